"""What serves a model: instances with or without a GPU, or serverless inference."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from handlers import model, reconcile
from handlers.common import pointer
from handlers.common.capacity import Realtime, Serverless, capacity, kind_of
from handlers.common.clients import sagemaker
from handlers.common.hosting import hosting
from handlers.common.pointer import Pointer
from handlers.common.settings import SettingsError
from tests.unit.handlers.stage import V1, Stage, artifact, endpoint_of

SERVERLESS = {"ENDPOINT_KIND": "serverless", "ENDPOINT_MEMORY": "3072", "ENDPOINT_CONCURRENCY": "5"}


@pytest.fixture
def models(stage: Stage) -> Iterator[list[dict[str, Any]]]:
    """The CreateModel requests of the test: moto does not keep all of them."""
    requests: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        requests.append(params)

    events = sagemaker().meta.events
    events.register("before-parameter-build.sagemaker.CreateModel", note)
    yield requests
    events.unregister("before-parameter-build.sagemaker.CreateModel", note)


def serve(stage: Stage, monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """The name of the endpoint of a stage that serves its first model under these settings."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pointer.write(Pointer())
    stage.finish_job(V1, artifact())
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}
    return endpoint_of(V1)


def variant_of(stage: Stage, name: str) -> dict[str, Any]:
    config = stage.sagemaker.describe_endpoint_config(EndpointConfigName=name)
    (variant,) = config["ProductionVariants"]
    return dict(variant)


def test_instances_are_of_the_type_and_number_asked_for_and_their_model_reaches_no_network(
    stage: Stage, models: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = serve(stage, monkeypatch, ENDPOINT_INSTANCE_TYPE="ml.c5.large", ENDPOINT_LEAST="2", ENDPOINT_MOST="3")
    variant = variant_of(stage, name)
    assert (variant["InstanceType"], variant["InitialInstanceCount"]) == ("ml.c5.large", 2)
    assert [request["EnableNetworkIsolation"] for request in models] == [True]


def test_a_serverless_endpoint_has_memory_and_concurrency_and_neither_instances_nor_autoscaling_nor_isolation(
    stage: Stage, models: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = serve(stage, monkeypatch, **SERVERLESS)
    variant = variant_of(stage, name)
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 3072, "MaxConcurrency": 5}
    assert not {"InstanceType", "InitialInstanceCount"} & variant.keys()
    assert [request["EnableNetworkIsolation"] for request in models] == [False]
    scaling = boto3.client("application-autoscaling")
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []


def test_a_serverless_endpoint_has_the_same_alarms_as_instances_have(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = serve(stage, monkeypatch, **SERVERLESS)
    alarms = boto3.client("cloudwatch").describe_alarms(AlarmNamePrefix=name)["MetricAlarms"]
    assert {alarm["AlarmName"] for alarm in alarms} == {
        f"{name}-{what}" for what in ("4xx", "5xx", "failures", "latency")
    }
    # A request that meets a start which takes too long is no reason to take a model back.
    assert {alarm["EvaluationPeriods"] for alarm in alarms} == {3}


def test_on_a_gpu_the_driver_is_one_that_the_image_s_cuda_runs_with() -> None:
    assert Realtime("ml.g5.xlarge", 1, 1).variant()["InferenceAmiVersion"] == "al2-ami-sagemaker-inference-gpu-3-1"
    assert "InferenceAmiVersion" not in Realtime("ml.m5.large", 1, 1).variant()


def test_an_endpoint_carries_the_stage_s_tag_by_which_its_costs_are_told_apart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = stage.sagemaker.describe_endpoint(EndpointName=serve(stage, monkeypatch))["EndpointArn"]
    assert stage.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "application", "Value": "sentiment-test"}]


def test_another_kind_of_endpoint_is_a_rollout_and_the_model_says_which_kind_serves_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = serve(stage, monkeypatch)
    assert model.describe(pointer.read().serving)["endpoint"] == {"kind": "realtime", "status": "InService"}
    for name, value in {**SERVERLESS, "DRAIN_SECONDS": "-1"}.items():
        monkeypatch.setenv(name, value)
    for _ in range(2):
        reconcile.handler({}, None)
        for alarm in boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]:
            boto3.client("cloudwatch").set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="")
    reconcile.handler({}, None)
    assert endpoint_of(V1) != before
    assert [each["EndpointName"] for each in stage.sagemaker.list_endpoints()["Endpoints"]] == [endpoint_of(V1)]
    assert model.describe(pointer.read().serving)["endpoint"] == {"kind": "serverless", "status": "InService"}


@pytest.mark.parametrize("changed", [{"ENDPOINT_MEMORY": "4096"}, {"ENDPOINT_CONCURRENCY": "6"}])
def test_other_memory_or_concurrency_is_another_endpoint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    names = []
    for environment in (SERVERLESS, changed):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        names.append(endpoint_of(V1))
    assert len(set(names)) == 2
    assert max(map(len, names)) <= 63


@pytest.mark.parametrize(
    ("environment", "image"),
    [
        ({"ENDPOINT_INSTANCE_TYPE": "ml.m5.large"}, "serving-image"),
        ({"ENDPOINT_INSTANCE_TYPE": "ml.g5.xlarge"}, "serving-image-gpu"),
        ({"ENDPOINT_INSTANCE_TYPE": "ml.g4dn.xlarge"}, "serving-image-gpu"),
        ({**SERVERLESS, "ENDPOINT_INSTANCE_TYPE": "ml.g5.xlarge"}, "serving-image"),
    ],
)
def test_the_image_follows_the_instance_type(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], image: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert hosting().image == image


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ENDPOINT_KIND": "batch"}, "'batch'; it has to be one of realtime, serverless"),
        ({"ENDPOINT_KIND": ""}, "ENDPOINT_KIND is not set"),
        ({"ENDPOINT_MEMORY": "1536"}, "has to be 1024, 2048, … or 6144"),
        ({"ENDPOINT_MEMORY": "7168"}, "has to be 1024, 2048, … or 6144"),
        ({"ENDPOINT_CONCURRENCY": "201"}, "from 1 to 200"),
        ({"ENDPOINT_CONCURRENCY": "0"}, "from 1 to 200"),
        ({"ENDPOINT_CONCURRENCY": "1.5"}, "ENDPOINT_CONCURRENCY is 1.5, but has to be a whole number"),
        ({"ENDPOINT_KIND": "realtime", "ENDPOINT_LEAST": "0"}, "has to have 1 at least"),
        ({"ENDPOINT_KIND": "realtime", "ENDPOINT_LEAST": "3", "ENDPOINT_MOST": "2"}, "from 3 to 2 instances"),
    ],
)
def test_settings_that_sagemaker_would_not_take_are_refused_with_a_sentence(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], sentence: str
) -> None:
    for name, value in {**SERVERLESS, **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=sentence):
        capacity()


def test_a_serverless_endpoint_that_is_being_created_or_gone_is_not_called_otherwise_than_aws_does() -> None:
    assert Serverless(1024, 1).variant() == {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}
    assert kind_of({"EndpointStatus": "Creating"}) == "realtime"
    assert kind_of({"ProductionVariants": [{"VariantName": "main", "CurrentServerlessConfig": {}}]}) == "serverless"
