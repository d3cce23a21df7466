"""The custom resource: what a deploy prepares and what a remove clears."""

import json
from typing import Any

import pytest

from handlers import lifecycle, release
from tests.unit.handlers.stage import BUCKET, PREFIX, Stage, artifact


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

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def test_a_deploy_creates_the_pointer_and_a_second_one_leaves_it_alone(stage: Stage, answers: list[Any]) -> None:
    ask("Create")
    assert stage.get("serving.json") == {"deployments": []}
    stage.serve("v1")
    ask("Update")
    assert stage.pointer() == {"v1": 1.0}
    assert [(a["Status"], a["PhysicalResourceId"]) for a in answers] == [("SUCCESS", PREFIX + "lifecycle")] * 2


def test_a_remove_leaves_no_endpoint_no_model_and_an_empty_bucket_however_often_it_is_called(
    stage: Stage, answers: list[Any]
) -> None:
    lifecycle.prepare()
    stage.finish_job("v1", artifact())
    release.handler({}, None)
    ask("Delete")
    ask("Delete")
    assert stage.sagemaker.list_endpoints()["Endpoints"] == []
    assert stage.sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert stage.sagemaker.list_models()["Models"] == []
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


def test_a_remove_that_sagemaker_delays_too_long_fails_with_what_is_left(
    stage: Stage, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.prepare()
    stage.finish_job("v1", artifact())
    release.handler({}, None)
    monkeypatch.setattr(lifecycle, "delete_endpoint", lambda name: None)
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda self: 20_000)
    ask("Delete")
    assert answers[0]["Status"] == "FAILED"
    assert PREFIX + "v1" in answers[0]["Reason"]
