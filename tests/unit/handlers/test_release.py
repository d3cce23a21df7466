"""From a finished job to a model that serves: release and reconcile."""

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from handlers import reconcile, release
from handlers.common import clients, pointer, rollout
from handlers.common.pointer import Pointer, PointerConflict
from tests.unit.handlers.stage import BUCKET, ENVIRONMENT, PREFIX, V1, V2, V3, VOCABULARY, Stage, artifact, failure

EVENT = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Training Job State Change",
    "detail": {"TrainingJobName": PREFIX + V1, "TrainingJobStatus": "Completed"},
}


@pytest.fixture(autouse=True)
def deployed(stage: Stage) -> None:
    """A stage that was deployed, without a baseline, and serves nothing yet."""
    pointer.write(BUCKET, Pointer())


def endpoints(stage: Stage) -> set[str]:
    return {e["EndpointName"].removeprefix(PREFIX) for e in stage.sagemaker.list_endpoints()["Endpoints"]}


def test_a_good_model_is_published_and_serves(stage: Stage) -> None:
    job = stage.finish_job(V1, artifact(0.8))
    release.handler(EVENT, None)
    assert stage.pointer() == {V1: 1.0}
    assert stage.get(f"jobs/{job}/verdict.json")["approved"]
    assert stage.get(f"models/{V1}.json")["vocabulary"] == {"id": VOCABULARY.id, "size": len(VOCABULARY)}
    assert stage.s3.head_object(Bucket=BUCKET, Key=f"vocabularies/{VOCABULARY.id}.json.gz")
    assert endpoints(stage) == {V1}


def test_the_event_may_repeat_or_never_come(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    reconcile.handler({}, None)
    before = stage.get("serving.json")
    release.handler(EVENT, None)
    release.handler(EVENT, None)
    assert stage.get("serving.json") == before


def test_an_endpoint_that_is_still_starting_gets_no_requests(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.finish_job(V1, artifact())
    monkeypatch.setattr("handlers.common.rollout.ensure_endpoint", lambda *_: "Creating")
    release.handler(EVENT, None)
    assert stage.pointer() == {}


def test_the_newest_model_replaces_the_one_that_serves_which_is_drained_then_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job(V1, artifact())
    release.handler(EVENT, None)
    stage.finish_job(V2, artifact())
    release.handler(EVENT, None)
    assert stage.pointer() == {V2: 1.0, V1: 0.0}
    assert endpoints(stage) == {V1, V2}
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0}
    assert endpoints(stage) == {V2}
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0}


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
    stage.finish_job(V1, artifact())
    release.handler(EVENT, None)
    job = stage.finish_job(V2, left)
    release.handler(EVENT, None)
    verdict = stage.get(f"jobs/{job}/verdict.json")
    assert not verdict["approved"]
    assert reason in verdict["reasons"][0]
    assert stage.pointer() == {V1: 1.0}
    assert endpoints(stage) == {V1}


def test_an_endpoint_that_scores_golden_texts_otherwise_is_taken_down_again(stage: Stage) -> None:
    golden = [{"text": "good", "ids": VOCABULARY.encode("good").ids, "score": 0.4}]
    job = stage.finish_job(V1, artifact(replaced={"golden.json": golden}))
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
    job = stage.finish_job(V1, artifact())
    stage.endpoints.failures[PREFIX + V1] = failure("ModelNotReadyException", 429)
    with pytest.raises(Exception, match="away"):
        release.handler(EVENT, None)
    assert endpoints(stage) == {V1}
    monkeypatch.setattr("handlers.common.hosting.endpoint_status", lambda name: "Failed")
    release.handler(EVENT, None)
    assert stage.get(f"jobs/{job}/verdict.json")["reasons"] == ["Its endpoint did not start."]
    assert endpoints(stage) == set()


def test_an_endpoint_whose_model_cannot_be_loaded_is_taken_down_again(stage: Stage) -> None:
    job = stage.finish_job(V1, artifact())
    stage.endpoints.failures[PREFIX + V1] = failure("ModelError", 424, OriginalStatusCode=400)
    release.handler(EVENT, None)
    verdict = stage.get(f"jobs/{job}/verdict.json")
    assert verdict == {"approved": False, "reasons": ["Its endpoint cannot score its golden texts."]}
    assert endpoints(stage) == set()


def test_an_endpoint_that_cannot_be_asked_for_its_golden_texts_is_asked_again_later(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.endpoints.failures[PREFIX + V1] = failure("ModelNotReadyException", 429)
    with pytest.raises(Exception, match="away"):
        release.handler(EVENT, None)
    stage.endpoints.failures.clear()
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}


def test_an_endpoint_that_somebody_deleted_is_started_again(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    release.handler(EVENT, None)
    stage.sagemaker.delete_endpoint(EndpointName=PREFIX + V1)
    stage.sagemaker.delete_endpoint_config(EndpointConfigName=PREFIX + V1)
    reconcile.handler({}, None)
    assert endpoints(stage) == {V1}


def test_a_candidate_that_a_newer_one_overtook_leaves_no_endpoint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job(V1, artifact())
    stage.endpoints.failures[PREFIX + V1] = failure("ModelNotReadyException", 429)
    with pytest.raises(Exception, match="away"):
        release.handler(EVENT, None)
    stage.finish_job(V2, artifact())
    release.handler(EVENT, None)
    assert stage.pointer() == {V2: 1.0}
    assert endpoints(stage) == {V2}


def test_of_two_releases_at_once_one_wins(stage: Stage) -> None:
    stage.serve(V1)
    seen = pointer.read(BUCKET)
    pointer.write(BUCKET, seen.having(()))
    with pytest.raises(PointerConflict):
        pointer.write(BUCKET, seen)
    with pytest.raises(PointerConflict):
        pointer.write(BUCKET, Pointer())


def test_a_first_verdict_stands(stage: Stage) -> None:
    job = stage.finish_job(V1, artifact())
    verdict: dict[str, Any] = {"approved": False, "reasons": ["A person said no."]}
    stage.put(f"jobs/{job}/verdict.json", verdict)
    release.handler(EVENT, None)
    assert stage.get(f"jobs/{job}/verdict.json") == verdict
    assert endpoints(stage) == set()


def test_in_a_stage_that_is_being_removed_nothing_is_started(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    reconcile.handler({}, None)
    assert endpoints(stage) == set()
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="jobs/")["KeyCount"] == 1  # the artifact, no verdict


def test_a_pointer_that_was_deleted_meanwhile_is_not_written_again(stage: Stage) -> None:
    seen = pointer.read(BUCKET)
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    with pytest.raises(PointerConflict):
        pointer.write(BUCKET, seen)


def test_a_stage_that_is_removed_while_a_model_is_judged_gets_no_endpoint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job(V1, artifact())
    create_model = clients.sagemaker().create_model

    def remove_meanwhile(**arguments: Any) -> Any:
        stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
        return create_model(**arguments)

    monkeypatch.setattr(clients.sagemaker(), "create_model", remove_meanwhile)
    release.handler(EVENT, None)
    assert endpoints(stage) == set()


def test_room_that_a_drained_endpoint_takes_is_freed_before_the_candidate_is_started(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (V1, V2):
        stage.finish_job(version, artifact())
        release.handler(EVENT, None)
    stage.finish_job(V3, artifact())
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    create_endpoint = clients.sagemaker().create_endpoint

    def within_quota(**arguments: Any) -> Any:
        if len(endpoints(stage)) >= 2:
            raise failure("ResourceLimitExceeded")
        return create_endpoint(**arguments)

    monkeypatch.setattr(clients.sagemaker(), "create_endpoint", within_quota)
    reconcile.handler({}, None)
    assert stage.pointer() == {V3: 1.0, V2: 0.0}


def test_a_slow_read_of_the_artifact_is_no_verdict(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job = stage.finish_job(V1, artifact())

    def stall(stream: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://s3.example")

    with monkeypatch.context() as patched:
        patched.setattr("handlers.common.artifact._documents", stall)
        with pytest.raises(ReadTimeoutError):
            release.handler(EVENT, None)
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"jobs/{job}/verdict")["KeyCount"] == 0
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}


def test_every_finished_job_gets_its_verdict_also_one_that_a_newer_job_overtook(stage: Stage) -> None:
    older = stage.finish_job(V1, artifact())
    stage.finish_job(V2, artifact())
    release.handler(EVENT, None)
    assert stage.get(f"jobs/{older}/verdict.json")["approved"]
    assert stage.pointer() == {V2: 1.0}


def test_an_overtaken_candidate_is_not_switched_to_once_its_endpoint_is_being_deleted(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    release.handler(EVENT, None)
    seen = pointer.read(BUCKET)
    rollout.delete_orphans([PREFIX + V2], candidate=None)
    with pytest.raises(PointerConflict):
        rollout.switch(V2, VOCABULARY.id, seen)


def test_endpoints_of_a_stage_whose_name_begins_with_this_one_s_are_not_touched(stage: Stage) -> None:
    other = f"{PREFIX}anna-{V1}"
    stage.sagemaker.create_model(ModelName=other, ExecutionRoleArn=ENVIRONMENT["SAGEMAKER_ROLE_ARN"])
    stage.finish_job(f"anna-{V1}", artifact())
    reconcile.handler({}, None)
    assert [model["ModelName"] for model in stage.sagemaker.list_models()["Models"]] == [other]
    assert stage.pointer() == {}
