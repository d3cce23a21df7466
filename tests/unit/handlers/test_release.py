"""From a finished job to a model that serves: release and reconcile."""

from typing import Any

import pytest

from handlers import lifecycle, reconcile, release
from handlers.common import pointer
from handlers.common.pointer import Pointer, PointerConflict
from tests.unit.handlers.stage import BUCKET, PREFIX, VOCABULARY, Stage, artifact, failure

EVENT = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Training Job State Change",
    "detail": {"TrainingJobName": PREFIX + "v1", "TrainingJobStatus": "Completed"},
}


@pytest.fixture(autouse=True)
def deployed(stage: Stage) -> None:
    """A stage that was deployed and serves nothing yet."""
    lifecycle.prepare()


def endpoints(stage: Stage) -> set[str]:
    return {e["EndpointName"].removeprefix(PREFIX) for e in stage.sagemaker.list_endpoints()["Endpoints"]}


def test_a_good_model_is_published_and_serves(stage: Stage) -> None:
    job = stage.finish_job("v1", artifact(0.8))
    release.handler(EVENT, None)
    assert stage.pointer() == {"v1": 1.0}
    assert stage.get(f"jobs/{job}/verdict.json")["approved"]
    assert stage.get("models/v1.json")["vocabulary"] == {"id": VOCABULARY.id, "size": len(VOCABULARY)}
    assert stage.s3.head_object(Bucket=BUCKET, Key=f"vocabularies/{VOCABULARY.id}.json.gz")
    assert endpoints(stage) == {"v1"}


def test_the_event_may_repeat_or_never_come(stage: Stage) -> None:
    stage.finish_job("v1", artifact())
    reconcile.handler({}, None)
    before = stage.get("serving.json")
    release.handler(EVENT, None)
    release.handler(EVENT, None)
    assert stage.get("serving.json") == before


def test_an_endpoint_that_is_still_starting_gets_no_requests(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.finish_job("v1", artifact())
    monkeypatch.setattr("handlers.common.rollout.ensure_endpoint", lambda *_: "Creating")
    release.handler(EVENT, None)
    assert stage.pointer() == {}


def test_the_newest_model_replaces_the_one_that_serves_which_is_drained_then_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job("v1", artifact())
    release.handler(EVENT, None)
    stage.finish_job("v2", artifact())
    release.handler(EVENT, None)
    assert stage.pointer() == {"v2": 1.0, "v1": 0.0}
    assert endpoints(stage) == {"v1", "v2"}
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    reconcile.handler({}, None)
    assert stage.pointer() == {"v2": 1.0}
    assert endpoints(stage) == {"v2"}
    reconcile.handler({}, None)
    assert stage.pointer() == {"v2": 1.0}


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (None, "left no model.tar.gz"),
        (b"no tar", "cannot be read"),
        (artifact()[:200], "cannot be read"),
        (artifact(0.69), "below the floor of 0.7"),
        (artifact(float("nan")), "not a finite number"),
        (artifact(replaced={"golden.json": None}), "lacks golden.json"),
        (artifact(replaced={"evaluation.json": None}), "lacks evaluation.json"),
        (artifact(replaced={"golden.json": [{"text": "good", "ids": [77], "score": 0.9}]}), "encoded differently"),
        (artifact(replaced={"golden.json": []}), "golden texts"),
        (artifact(replaced={"vocabulary.json": VOCABULARY.to_bytes().replace(b"film", b"flim")}), "agreed form"),
        (artifact(replaced={"../escape": b"x"}), "no plain file inside it"),
        (artifact(replaced={"/absolute": b"x"}), "no plain file inside it"),
    ],
)
def test_an_artifact_that_is_not_fit_is_rejected_with_the_reason_and_the_old_model_serves_on(
    stage: Stage, left: bytes | None, reason: str
) -> None:
    stage.finish_job("v1", artifact())
    release.handler(EVENT, None)
    job = stage.finish_job("v2", left)
    release.handler(EVENT, None)
    verdict = stage.get(f"jobs/{job}/verdict.json")
    assert not verdict["approved"]
    assert reason in verdict["reasons"][0]
    assert stage.pointer() == {"v1": 1.0}
    assert endpoints(stage) == {"v1"}


def test_an_endpoint_that_scores_golden_texts_otherwise_is_taken_down_again(stage: Stage) -> None:
    golden = [{"text": "good", "ids": VOCABULARY.encode("good").ids, "score": 0.4}]
    job = stage.finish_job("v1", artifact(replaced={"golden.json": golden}))
    release.handler(EVENT, None)
    verdict = stage.get(f"jobs/{job}/verdict.json")
    assert (verdict["approved"], verdict["reasons"]) == (
        False,
        ["Its endpoint scores golden texts up to 0.5000 off."],
    )
    assert endpoints(stage) == set()


def test_an_endpoint_that_failed_to_start_is_deleted_and_its_model_rejected(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = stage.finish_job("v1", artifact())
    monkeypatch.setattr("handlers.common.rollout.ensure_endpoint", lambda *_: "Failed")
    release.handler(EVENT, None)
    assert stage.get(f"jobs/{job}/verdict.json")["reasons"] == ["Its endpoint did not start."]


def test_an_endpoint_whose_model_cannot_be_loaded_is_taken_down_again(stage: Stage) -> None:
    job = stage.finish_job("v1", artifact())
    stage.endpoints.failures[PREFIX + "v1"] = failure("ModelError", 424, OriginalStatusCode=400)
    release.handler(EVENT, None)
    verdict = stage.get(f"jobs/{job}/verdict.json")
    assert verdict == {"approved": False, "reasons": ["Its endpoint cannot score its golden texts."]}
    assert endpoints(stage) == set()


def test_an_endpoint_that_cannot_be_asked_for_its_golden_texts_is_asked_again_later(stage: Stage) -> None:
    stage.finish_job("v1", artifact())
    stage.endpoints.failures[PREFIX + "v1"] = failure("ModelNotReadyException", 429)
    with pytest.raises(Exception, match="away"):
        release.handler(EVENT, None)
    stage.endpoints.failures.clear()
    reconcile.handler({}, None)
    assert stage.pointer() == {"v1": 1.0}


def test_an_endpoint_that_somebody_deleted_is_started_again(stage: Stage) -> None:
    stage.finish_job("v1", artifact())
    release.handler(EVENT, None)
    stage.sagemaker.delete_endpoint(EndpointName=PREFIX + "v1")
    stage.sagemaker.delete_endpoint_config(EndpointConfigName=PREFIX + "v1")
    reconcile.handler({}, None)
    assert endpoints(stage) == {"v1"}


def test_a_candidate_that_a_newer_one_overtook_leaves_no_endpoint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job("v1", artifact())
    stage.endpoints.failures[PREFIX + "v1"] = failure("ModelNotReadyException", 429)
    with pytest.raises(Exception, match="away"):
        release.handler(EVENT, None)
    stage.finish_job("v2", artifact())
    release.handler(EVENT, None)
    assert stage.pointer() == {"v2": 1.0}
    assert endpoints(stage) == {"v2"}


def test_of_two_releases_at_once_one_wins(stage: Stage) -> None:
    stage.serve("v1")
    seen = pointer.read(BUCKET)
    pointer.write(BUCKET, seen.having(()))
    with pytest.raises(PointerConflict):
        pointer.write(BUCKET, seen)
    with pytest.raises(PointerConflict):
        pointer.write(BUCKET, Pointer())


def test_a_first_verdict_stands(stage: Stage) -> None:
    job = stage.finish_job("v1", artifact())
    verdict: dict[str, Any] = {"approved": False, "reasons": ["A person said no."]}
    stage.put(f"jobs/{job}/verdict.json", verdict)
    release.handler(EVENT, None)
    assert stage.get(f"jobs/{job}/verdict.json") == verdict
    assert endpoints(stage) == set()


def test_in_a_stage_that_is_being_removed_nothing_is_started(stage: Stage) -> None:
    stage.finish_job("v1", artifact())
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    reconcile.handler({}, None)
    assert endpoints(stage) == set()
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="jobs/")["KeyCount"] == 1  # the artifact, no verdict


def test_a_pointer_that_was_deleted_meanwhile_is_not_written_again(stage: Stage) -> None:
    seen = pointer.read(BUCKET)
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    with pytest.raises(PointerConflict):
        pointer.write(BUCKET, seen)
