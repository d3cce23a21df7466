"""CloudWatch is told of every invocation of an endpoint."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.metrics import metric_data
from tests.local_sagemaker import wait_for


def test_invocations_become_one_statistic_a_metric():
    data = metric_data("e", "main", [(200, 1000.0), (400, 3000.0), (500, 2000.0), (200, 2000.0)])

    statistics = {each["MetricName"]: each["StatisticValues"] for each in data}
    assert {name: each["Sum"] for name, each in statistics.items()} == {
        "Invocations": 4,
        "Invocation4XXErrors": 1,
        "Invocation5XXErrors": 1,
        "ModelLatency": 8000,
    }
    assert statistics["ModelLatency"] == {"SampleCount": 4, "Sum": 8000, "Minimum": 1000, "Maximum": 3000}
    assert {each["Unit"] for each in data if each["MetricName"] == "ModelLatency"} == {"Microseconds"}
    names = {dimension["Name"]: dimension["Value"] for each in data for dimension in each["Dimensions"]}
    assert names == {"EndpointName": "e", "VariantName": "main"}


def test_an_endpoint_that_is_invoked_has_metrics_in_cloudwatch(sagemaker, moto, model):
    sagemaker.create_endpoint("measured", model)
    sagemaker.settled("measured")
    cloudwatch = moto.client("cloudwatch")

    def total(metric: str) -> float:
        answer = cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[
                {"Name": "EndpointName", "Value": "measured"},
                {"Name": "VariantName", "Value": "AllTraffic"},
            ],
            StartTime=datetime.now(UTC) - timedelta(minutes=5),
            EndTime=datetime.now(UTC) + timedelta(minutes=5),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in answer["Datapoints"]))

    sagemaker.invoke("measured", {"question": 1})
    with pytest.raises(ClientError):
        sagemaker.invoke("measured", {"fail": "no"})
    with pytest.raises(ClientError):
        sagemaker.invoke("measured", {"die": True})

    wait_for(lambda: total("Invocations") == 3, "the metrics")
    assert (total("Invocation4XXErrors"), total("Invocation5XXErrors")) == (1, 1)
    assert total("ModelLatency") > 100
