"""The custom resource: what a deploy prepares and what a remove clears."""

import json
from typing import Any
from urllib.error import URLError

import boto3
import pytest
from botocore.exceptions import ClientError

from handlers import lifecycle, release
from tests.unit.handlers.stage import BUCKET, ENVIRONMENT, PREFIX, V1, V2, Stage, artifact, endpoint_of, failure

pytestmark = pytest.mark.usefixtures("baseline")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What CloudFormation was told."""
    told: list[dict[str, Any]] = []

    class Accepted:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def urlopen(request: Any, timeout: float) -> Accepted:
        told.append({"url": request.full_url, **json.loads(request.data)})
        return Accepted()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return told


def ask(kind: str) -> None:
    lifecycle.handler(
        {
            "RequestType": kind,
            "ResponseURL": "https://cloudformation.example/answer",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Lifecycle",
        },
        Context(),
    )


class Context:
    """A Lambda context with a minute left."""

    function_name = "lifecycle"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def test_a_deploy_creates_the_pointer_and_a_second_one_leaves_it_alone(stage: Stage, answers: list[Any]) -> None:
    ask("Create")
    assert stage.pointer() == {}
    stage.serve(V1)
    ask("Update")
    assert stage.pointer() == {V1: 1.0}
    assert [(a["Status"], a["PhysicalResourceId"]) for a in answers] == [("SUCCESS", PREFIX + "lifecycle")] * 2


def test_a_remove_leaves_no_endpoint_no_model_and_an_empty_bucket_however_often_it_is_called(
    stage: Stage, answers: list[Any]
) -> None:
    lifecycle.prepare()
    stage.finish_job(V1, artifact())
    release.handler({}, None)
    ask("Delete")
    ask("Delete")
    assert stage.sagemaker.list_endpoints()["Endpoints"] == []
    assert stage.sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert stage.sagemaker.list_models()["Models"] == []
    assert stage.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    assert boto3.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    targets = boto3.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    assert targets["ScalableTargets"] == []
    assert stage.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
    assert [a["Status"] for a in answers] == ["SUCCESS", "SUCCESS"]


def test_a_failure_is_told_to_cloudformation_at_once(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the bucket is locked")

    monkeypatch.setattr(lifecycle, "clear", fail)
    ask("Delete")
    assert (answers[0]["Status"], answers[0]["Reason"]) == ("FAILED", "OSError: the bucket is locked")


def test_a_remove_that_sagemaker_delays_goes_on_in_another_run_until_cloudformation_would_give_up(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.prepare()
    stage.finish_job(V1, artifact())
    release.handler({}, None)
    handed_on: list[dict[str, Any]] = []

    class Lambdas:
        def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
            assert (FunctionName, InvocationType) == ("lifecycle", "Event")
            handed_on.append(json.loads(Payload))

    with monkeypatch.context() as patched:
        patched.setattr(lifecycle, "lambdas", Lambdas)
        patched.setattr(lifecycle, "delete_endpoint", lambda name: None)
        patched.setattr(Context, "get_remaining_time_in_millis", lambda self: 20_000)
        ask("Delete")
        assert answers == []
        while len(handed_on) < lifecycle.RUNS and not answers:
            lifecycle.handler(handed_on[-1], Context())
    assert (len(handed_on), answers[0]["Status"]) == (lifecycle.RUNS - 1, "FAILED")
    assert endpoint_of(V1) in answers[0]["Reason"]
    lifecycle.handler(handed_on[0], Context())
    assert answers[1]["Status"] == "SUCCESS"
    assert stage.hosted() == set()


def test_an_answer_that_does_not_reach_cloudformation_is_given_by_lambda_s_second_attempt(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda repeats what was invoked asynchronously, as CloudFormation does, when the function raises."""

    def unreachable(request: Any, timeout: float) -> None:
        raise URLError("CloudFormation cannot be reached")

    for kind in ("Create", "Update", "Delete"):
        with monkeypatch.context() as patched:
            patched.setattr("urllib.request.urlopen", unreachable)
            with pytest.raises(URLError):
                ask(kind)
        ask(kind)
    assert [each["Status"] for each in answers] == ["SUCCESS"] * 3
    assert stage.hosted() == set()


def test_a_removal_that_cannot_be_handed_on_is_taken_up_by_lambda_s_second_attempt(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.prepare()
    stage.finish_job(V1, artifact())
    release.handler({}, None)

    class Lambdas:
        def invoke(self, **_: object) -> None:
            raise failure("TooManyRequestsException", 429)

    with monkeypatch.context() as patched:
        patched.setattr(lifecycle, "lambdas", Lambdas)
        patched.setattr(lifecycle, "delete_endpoint", lambda name: None)
        patched.setattr(Context, "get_remaining_time_in_millis", lambda self: 20_000)
        with pytest.raises(ClientError, match="TooManyRequests"):
            ask("Delete")
    assert answers == []
    ask("Delete")
    assert [each["Status"] for each in answers] == ["SUCCESS"]
    assert stage.hosted() == set()


def test_feedback_that_a_stage_keeps_outlives_its_removal_and_nothing_else_does(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_FEEDBACK", "true")
    lifecycle.prepare()
    stage.finish_job(V1, artifact())
    release.handler({}, None)
    stage.put("feedback/quarantine/1.json", {"text": "good"})
    stage.put("source.key", b"tells senders apart")  # without it, who sent feedback would count anew
    ask("Delete")
    assert answers[0]["Status"] == "FAILED"
    assert "1 objects of feedback" in answers[0]["Reason"]
    assert stage.hosted() == set()
    left = [each["Key"] for each in stage.s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert left == ["feedback/quarantine/1.json", "source.key"]
    stage.s3.delete_object(Bucket=BUCKET, Key=left[0])
    ask("Delete")
    assert answers[1]["Status"] == "SUCCESS"
    assert stage.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_what_s3_does_not_delete_is_told_to_cloudformation(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {"Errors": [{"Key": "models/old.json", "Code": "AccessDenied", "Message": "secret"}]}
    monkeypatch.setattr(lifecycle.s3(), "delete_objects", lambda **_: refused)
    lifecycle.prepare()
    ask("Delete")
    assert (answers[0]["Status"], "AccessDenied" in answers[0]["Reason"]) == ("FAILED", True)


def test_old_versions_go_with_the_stage_and_feedback_that_was_deleted_is_not_kept_for_its_old_versions(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_FEEDBACK", "true")
    stage.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    lifecycle.prepare()
    for key in ("models/old.json", "feedback/quarantine/1.json"):
        stage.put(key, {"text": "good"})
        stage.put(key, {"text": "better"})
    stage.s3.delete_object(Bucket=BUCKET, Key="feedback/quarantine/1.json")
    ask("Delete")
    assert answers[0]["Status"] == "SUCCESS"
    left = stage.s3.list_object_versions(Bucket=BUCKET)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")


def test_a_remove_stops_jobs_whenever_they_start_and_minds_no_job_that_has_just_ended(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    running = iter([[PREFIX + V1], [PREFIX + V2], []])
    monkeypatch.setattr(lifecycle, "_jobs", lambda status: next(running, []) if status == "InProgress" else [])

    def stop(TrainingJobName: str) -> None:
        stopped.append(TrainingJobName)
        raise failure("ValidationException")

    monkeypatch.setattr(lifecycle.sagemaker(), "stop_training_job", stop)
    ask("Delete")
    assert stopped == [PREFIX + V1, PREFIX + V2]
    assert answers[0]["Status"] == "SUCCESS"


def test_a_remove_takes_models_and_configs_that_have_no_endpoint(stage: Stage, answers: list[Any]) -> None:
    stage.sagemaker.create_model(ModelName=PREFIX + V1, ExecutionRoleArn=ENVIRONMENT["SAGEMAKER_ROLE_ARN"])
    ask("Delete")
    assert stage.sagemaker.list_models()["Models"] == []


def test_a_remove_leaves_the_stage_alone_whose_name_begins_with_its_own(stage: Stage, answers: list[Any]) -> None:
    other = f"{PREFIX}anna-{V1}"
    stage.sagemaker.create_model(ModelName=other, ExecutionRoleArn=ENVIRONMENT["SAGEMAKER_ROLE_ARN"])
    ask("Delete")
    assert [model["ModelName"] for model in stage.sagemaker.list_models()["Models"]] == [other]
