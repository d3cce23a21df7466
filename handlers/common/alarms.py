"""The CloudWatch alarms that a release watches: an endpoint's own, made with it, and those of the sentiment function.

That one's crashes are Lambda's errors; where it answers 500, Lambda saw nothing, and the function counts it itself.
"""

from handlers.common.clients import cloudwatch
from handlers.common.metrics import namespace
from handlers.common.settings import number, required, settings

OF_AN_ENDPOINT = ("4xx", "5xx", "failures", "latency")
PERIOD = 60  # seconds: SageMaker's and Lambda's metrics have no finer ones


def ensure(endpoint: str, variant: str, minutes: int) -> None:
    """Create the endpoint's alarms, or bring them up to date: on answers of 4XX and 5XX, on missing scores, and on its
    latency. They go off after as many minutes in a row."""
    own = {
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
    }
    told_by_the_function = {
        "Namespace": namespace(),
        "Dimensions": [
            {"Name": "FunctionName", "Value": f"{settings().prefix}sentiment"},
            {"Name": "EndpointName", "Value": endpoint},
        ],
    }
    any_at_all = {"Statistic": "Sum", "Threshold": 0}
    too_long = {"Statistic": "Average", "Threshold": number("LATENCY_MILLISECONDS") * 1000}  # it is in microseconds
    for what, description, metric in (
        # The serving container answers every exception of the model's code with 400, and is sent nothing malformed.
        ("4xx", "The model did not answer a request.", {**own, "MetricName": "Invocation4XXErrors", **any_at_all}),
        ("5xx", "The model did not answer a request.", {**own, "MetricName": "Invocation5XXErrors", **any_at_all}),
        # What those do not see: answers that cannot be read, and calls that the sentiment function gave up.
        (
            "failures",
            "A request got no scores from the model.",
            {**told_by_the_function, "MetricName": "Failures", **any_at_all},
        ),
        (
            "latency",
            "The model takes longer than a client should wait.",
            {**own, "MetricName": "ModelLatency", **too_long},
        ),
    ):
        cloudwatch().put_metric_alarm(
            AlarmName=f"{endpoint}-{what}",
            AlarmDescription=description,
            ComparisonOperator="GreaterThanThreshold",
            Period=PERIOD,
            EvaluationPeriods=minutes,
            TreatMissingData="notBreaching",  # nobody asked, so nothing went wrong
            AlarmActions=[required("TOPIC_ARN")],
            **metric,
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
    names = [*_names(endpoint), *(f"{settings().prefix}sentiment-{what}" for what in ("errors", "mistakes"))]
    answer = cloudwatch().describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm"])
    return [alarm["AlarmName"] for alarm in answer["MetricAlarms"] if alarm["StateValue"] == "ALARM"]


def _names(endpoint: str) -> list[str]:
    return [f"{endpoint}-{what}" for what in OF_AN_ENDPOINT]
