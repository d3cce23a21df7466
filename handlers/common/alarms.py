"""The CloudWatch alarms that a release watches: an endpoint's own, made with it, and that of the sentiment function."""

from handlers.common.clients import cloudwatch
from handlers.common.settings import number, required, settings

PERIOD = 60  # seconds: SageMaker's and Lambda's metrics have no finer ones


def ensure(endpoint: str, variant: str) -> None:
    """Create the endpoint's alarms, or bring them up to date: on answers of 4XX and 5XX, and on its latency."""
    common = {
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
        "Period": PERIOD,
        "EvaluationPeriods": 1,
        "TreatMissingData": "notBreaching",  # nobody asked, so nothing went wrong
        "AlarmActions": [required("TOPIC_ARN")],
    }
    # The serving container answers every exception of the model's code with 400, and is sent nothing that is malformed.
    for status in ("4XX", "5XX"):
        cloudwatch().put_metric_alarm(
            AlarmName=f"{endpoint}-{status.lower()}",
            AlarmDescription="The model did not answer a request.",
            MetricName=f"Invocation{status}Errors",
            Statistic="Sum",
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            **common,
        )
    cloudwatch().put_metric_alarm(
        AlarmName=f"{endpoint}-latency",
        AlarmDescription="The model takes longer than a client should wait.",
        MetricName="ModelLatency",
        Statistic="Average",
        Threshold=number("LATENCY_MILLISECONDS") * 1000,  # the metric is in microseconds
        ComparisonOperator="GreaterThanThreshold",
        **common,
    )


def remove(endpoint: str) -> None:
    """Delete the endpoint's alarms; none is no error."""
    cloudwatch().delete_alarms(AlarmNames=_names(endpoint))


def guarded() -> list[str]:
    """The names of which this stage has alarms, an endpoint's among them."""
    pages = (
        cloudwatch()
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=settings().prefix, AlarmTypes=["MetricAlarm"])
    )
    return [alarm["AlarmName"].rpartition("-")[0] for page in pages for alarm in page["MetricAlarms"]]


def ringing(endpoint: str) -> list[str]:
    """Of the endpoint's alarms and the sentiment function's, the names of those in state ALARM."""
    names = [*_names(endpoint), f"{settings().prefix}sentiment-errors"]
    answer = cloudwatch().describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm"])
    return [alarm["AlarmName"] for alarm in answer["MetricAlarms"] if alarm["StateValue"] == "ALARM"]


def _names(endpoint: str) -> list[str]:
    return [f"{endpoint}-{what}" for what in ("4xx", "5xx", "latency")]
