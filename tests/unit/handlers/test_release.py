"""From a finished job to a model that serves: release and reconcile."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import sagemaker_backends

from handlers import reconcile, release
from handlers.common import clients, judging, pointer, verdicts
from handlers.common.pointer import Pointer, PointerConflict
from handlers.common.verdicts import VerdictConflict
from tests.unit.handlers.stage import (
    BUCKET,
    ENVIRONMENT,
    PREFIX,
    V1,
    V2,
    V3,
    VOCABULARY,
    Stage,
    artifact,
    better_than,
    documents,
    endpoint_of,
    failure,
)

EVENT = {
    "version": "0",
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Training Job State Change",
    "detail": {"TrainingJobName": PREFIX + V1, "TrainingJobStatus": "Completed"},
}


@pytest.fixture(autouse=True)
def deployed(stage: Stage) -> None:
    """A stage that was deployed, without a baseline, and serves nothing yet."""
    pointer.write(Pointer())


def serve(stage: Stage, version: str = V1) -> None:
    stage.finish_job(version, artifact())
    release.handler(EVENT, None)
    assert stage.pointer() == {version: 1.0}


def test_a_good_model_is_published_and_serves(stage: Stage) -> None:
    serve(stage)
    assert stage.verdict(V1)[0] == "Approved"
    assert stage.get(f"models/{V1}.json")["vocabulary"] == {"id": VOCABULARY.id, "size": len(VOCABULARY)}
    assert stage.s3.head_object(Bucket=BUCKET, Key=f"vocabularies/{VOCABULARY.id}.json.gz")
    assert stage.hosted() == {V1}


def test_what_its_training_measured_of_its_behaviour_and_by_set_is_published(stage: Stage) -> None:
    rates = {"negation": {"cases": 60, "failures": 3, "rate": 0.05, "tests": {}}}
    sets = [{"set": "imdb", "n": 3, "accuracy": 0.9, "loss": 0.2, "calibration_error": 0.01, "majority": 0.5}]
    more = {"behaviour": {"suite": "cases", "capabilities": rates}, "by_set": sets}
    evaluation = json.loads(documents()["evaluation.json"])
    stage.finish_job(V1, artifact(replaced={"evaluation.json": evaluation | more}))
    release.handler(EVENT, None)
    description = stage.get(f"models/{V1}.json")
    assert description["behaviour"] == {"suite": "cases", "failure_rates": {"negation": 0.05}}
    assert description["by_set"] == [{"set": "imdb", "n": 3, "accuracy": 0.9, "calibration_error": 0.01}]


def test_of_a_model_from_before_nothing_is_published_that_was_not_measured(stage: Stage) -> None:
    serve(stage)
    assert not {"behaviour", "by_set"} & stage.get(f"models/{V1}.json").keys()


def test_a_model_that_behaves_worse_than_what_serves_is_rejected_where_the_stage_asks_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(stage)
    own, others = ({"suite": "cases", "capabilities": {"negation": {"rate": rate}}} for rate in (0.3, 0.1))
    evaluation = json.loads(documents(0.9)["evaluation.json"])
    beside = {"version": V1, "metrics": {"accuracy": 0.8}, "mcnemar": {"p_value": 0.001}, "behaviour": others}
    monkeypatch.setenv("LARGEST_BEHAVIOUR_LOSS", "0.05")
    found = evaluation | {"champion": beside, "behaviour": own}
    stage.finish_job(V2, artifact(replaced={"evaluation.json": found}))
    reconcile.handler({}, None)
    assert stage.verdict(V2)[0] == "Rejected"
    assert "Of the cases of negation it fails 30.0%" in stage.verdict(V2)[1]
    monkeypatch.setenv("LARGEST_BEHAVIOUR_LOSS", "")
    stage.finish_job(V3, artifact(replaced={"evaluation.json": found}))
    reconcile.handler({}, None)
    assert stage.verdict(V3)[0] == "Approved"


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


def test_the_better_model_replaces_the_one_that_serves_which_is_drained_then_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(stage)
    stage.finish_job(V2, better_than(V1))
    release.handler(EVENT, None)
    assert stage.pointer() == {V2: 1.0, V1: 0.0}
    assert stage.hosted() == {V1, V2}
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0}
    assert stage.hosted() == {V2}
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0}


NO_NUMBER = {"metrics": {"accuracy": float("nan")}, "majority": 0.5, "set": {"size": 1, "sha256": "held-out"}}


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (None, "left no model.tar.gz"),
        (b"no tar", "cannot be read"),
        (artifact()[:200], "cannot be read"),
        (artifact(0.69), "below the floor of 0.7"),
        (artifact(replaced={"evaluation.json": NO_NUMBER}), "not a finite number"),
        (artifact(replaced={"golden.json": None}), "lacks golden.json"),
        (artifact(replaced={"evaluation.json": None}), "lacks evaluation.json"),
        (artifact(replaced={"evaluation.json": {"metrics": {"accuracy": 0.9}}}), "agreed form"),
        (artifact(replaced={"golden.json": [{"text": "good", "ids": [77], "score": 0.9}]}), "encoded differently"),
        (artifact(replaced={"golden.json": []}), "golden texts"),
        (artifact(replaced={"golden.json": [{"text": "good", "ids": [2], "score": None}]}), "agreed form"),
        (better_than(V1, set={"size": "many", "sha256": "held-out"}), "agreed form"),
        (artifact(replaced={"golden.json": [{"text": "", "ids": [], "score": float("nan")}]}), "no probabilities"),
        (artifact(replaced={"vocabulary.json": VOCABULARY.to_bytes().replace(b"film", b"flim")}), "agreed form"),
        (artifact(replaced={"../escape": b"x"}), "no plain file inside it"),
        (artifact(replaced={"/absolute": b"x"}), "no plain file inside it"),
    ],
)
def test_an_artifact_that_is_not_fit_is_rejected_with_the_reason_and_the_old_model_serves_on(
    stage: Stage, left: bytes | None, reason: str
) -> None:
    serve(stage)
    stage.finish_job(V2, left)
    release.handler(EVENT, None)
    status, said = stage.verdict(V2)
    assert status == "Rejected"
    assert reason in said
    assert stage.pointer() == {V1: 1.0}
    assert stage.hosted() == {V1}


@pytest.mark.parametrize(
    ("status", "secondary", "failure_reason", "said"),
    [
        ("Failed", "Failed", "AlgorithmError: no label", "failed: AlgorithmError: no label"),
        ("Stopped", "Stopped", None, "ended as Stopped"),
        ("Stopped", "MaxRuntimeExceeded", None, "ran out of the time"),
    ],
)
def test_a_job_that_did_not_end_well_is_rejected_with_its_reason(
    stage: Stage, status: str, secondary: str, failure_reason: str | None, said: str
) -> None:
    serve(stage)
    stage.end_job(V2, status, secondary, failure_reason)
    release.handler(EVENT, None)
    assert stage.verdict(V2)[0] == "Rejected"
    assert said in stage.verdict(V2)[1]
    assert stage.pointer() == {V1: 1.0}


def test_an_endpoint_that_scores_golden_texts_otherwise_is_taken_down_again(stage: Stage) -> None:
    golden = [{"text": "good", "ids": VOCABULARY.encode("good").ids, "score": 0.4}]
    stage.finish_job(V1, artifact(replaced={"golden.json": golden}))
    release.handler(EVENT, None)
    assert stage.verdict(V1) == ("Rejected", "Its endpoint scores golden texts up to 0.5000 off.")
    assert stage.outcomes() == [(V1, "failed")]
    reconcile.handler({}, None)
    assert stage.hosted() == set()


def test_an_endpoint_that_failed_to_start_is_deleted_and_its_model_rejected_with_sagemaker_s_reason(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(stage)
    stage.finish_job(V2, better_than(V1))
    monkeypatch.setattr("handlers.common.rollout.ensure_endpoint", lambda *_: "Failed")
    monkeypatch.setattr("handlers.common.rollout.failure_reason", lambda name: "No ping.")
    release.handler(EVENT, None)
    assert stage.verdict(V2) == ("Rejected", "Its endpoint did not start: No ping.")
    assert stage.pointer() == {V1: 1.0}
    assert stage.hosted() == {V1}


def test_while_nothing_serves_an_endpoint_that_failed_to_start_is_started_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job(V1, artifact())
    with monkeypatch.context() as patched:
        patched.setattr("handlers.common.rollout.ensure_endpoint", lambda *_: "Failed")
        patched.setattr("handlers.common.rollout.failure_reason", lambda name: "No capacity.")
        release.handler(EVENT, None)
    assert stage.verdict(V1)[0] == "Approved"
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}


def test_one_candidate_that_cannot_be_judged_now_holds_up_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.finish_job(V1, artifact())
    stage.finish_job(V2, artifact())
    read = judging.read_artifact

    def stall(bucket: str, key: str) -> Any:
        if V1 in key:
            raise ReadTimeoutError(endpoint_url="https://s3.example")
        return read(bucket, key)

    monkeypatch.setattr(judging, "read_artifact", stall)
    release.handler(EVENT, None)
    assert stage.pointer() == {V2: 1.0}


def test_what_serves_and_has_failed_is_started_anew(stage: Stage) -> None:
    serve(stage)
    sagemaker_backends[ACCOUNT]["us-east-1"].endpoints[endpoint_of(V1)].endpoint_status = "Failed"
    for _ in range(2):
        reconcile.handler({}, None)
    assert stage.sagemaker.describe_endpoint(EndpointName=endpoint_of(V1))["EndpointStatus"] == "InService"
    assert stage.pointer() == {V1: 1.0}


def test_an_endpoint_that_hangs_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.finish_job(V1, artifact())
    monkeypatch.setattr("handlers.common.rollout.ensure_endpoint", lambda *_: "Creating")
    release.handler(EVENT, None)
    assert stage.verdict(V1)[0] == "Approved"
    monkeypatch.setattr("handlers.common.rollout.START_SECONDS", -1)
    release.handler(EVENT, None)
    assert "still Creating" in stage.verdict(V1)[1]
    assert stage.outcomes() == [(V1, "failed")]


def test_an_endpoint_whose_model_cannot_be_loaded_is_taken_down_again(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.endpoints.failures[endpoint_of(V1)] = failure("ModelError", 424, OriginalStatusCode=400)
    release.handler(EVENT, None)
    assert stage.verdict(V1) == ("Rejected", "Its endpoint cannot score its golden texts.")
    reconcile.handler({}, None)
    assert stage.hosted() == set()


def test_an_endpoint_that_cannot_be_asked_for_its_golden_texts_is_asked_again_later(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.endpoints.failures[endpoint_of(V1)] = failure("ModelNotReadyException", 429)
    with pytest.raises(Exception, match="away"):
        release.handler(EVENT, None)
    assert stage.hosted() == {V1}
    stage.endpoints.failures.clear()
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}


def test_an_endpoint_that_never_answers_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.finish_job(V1, artifact())
    stage.endpoints.failures[endpoint_of(V1)] = failure("ModelNotReadyException", 429)
    monkeypatch.setattr("handlers.common.rollout.START_SECONDS", -1)
    release.handler(EVENT, None)
    assert "did not answer" in stage.verdict(V1)[1]
    reconcile.handler({}, None)
    assert stage.hosted() == set()


def test_an_endpoint_that_somebody_deleted_is_started_again(stage: Stage) -> None:
    serve(stage)
    stage.sagemaker.delete_endpoint(EndpointName=endpoint_of(V1))
    stage.sagemaker.delete_endpoint_config(EndpointConfigName=endpoint_of(V1))
    reconcile.handler({}, None)
    assert stage.hosted() == {V1}


def test_of_two_candidates_the_newer_is_released_and_the_other_is_not_afterwards(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.finish_job(V2, artifact())
    release.handler(EVENT, None)
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0}
    assert stage.hosted() == {V2}
    assert stage.outcomes() == [(V2, "released"), (V1, "superseded")]


def test_of_two_releases_at_once_one_wins(stage: Stage) -> None:
    stage.serve(V1)
    seen = pointer.read()
    pointer.write(seen.having(()))
    with pytest.raises(PointerConflict):
        pointer.write(seen)
    with pytest.raises(PointerConflict):
        pointer.write(Pointer())


def test_a_first_verdict_stands(stage: Stage) -> None:
    job = stage.finish_job(V1, artifact())
    verdict = {
        "version": V1,
        "job": job,
        "created_at": "2026-01-01T00:00:00+00:00",
        "at": "2026-01-01T00:00:00+00:00",
        "status": "Rejected",
        "reasons": ["A person said no."],
    }
    stage.put(f"verdicts/{V1}.json", verdict)
    release.handler(EVENT, None)
    assert stage.verdict(V1) == ("Rejected", "A person said no.")
    assert stage.hosted() == set()


def test_of_two_changes_of_a_verdict_at_once_one_stands(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    release.handler(EVENT, None)
    seen, listed = verdicts.read(V1), verdicts.every()[0]
    assert seen is not None
    assert seen == listed
    stood = verdicts.change(verdicts.decided(seen, "Rejected", "A person said no.", by="person"))
    with pytest.raises(VerdictConflict):
        verdicts.change(verdicts.decided(listed, "PendingManualApproval", "It was put off."))
    assert verdicts.read(V1) == stood
    verdicts.change(verdicts.decided(stood, "Approved", "A person said yes.", by="person"))
    assert stage.verdict(V1) == ("Approved", "A person said yes.")


def test_in_a_stage_that_is_being_removed_nothing_is_started(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    reconcile.handler({}, None)
    assert stage.hosted() == set()
    assert stage.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1  # the artifact, no verdict


def test_a_pointer_that_was_deleted_meanwhile_is_not_written_again(stage: Stage) -> None:
    seen = pointer.read()
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    with pytest.raises(PointerConflict):
        pointer.write(seen)


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
    assert stage.sagemaker.list_endpoints()["Endpoints"] == []


def test_room_that_a_drained_endpoint_takes_is_freed_before_the_candidate_is_started(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(stage)
    stage.finish_job(V2, better_than(V1))
    release.handler(EVENT, None)
    stage.finish_job(V3, better_than(V2))
    create_endpoint = clients.sagemaker().create_endpoint

    def within_quota(**arguments: Any) -> Any:
        if len(stage.sagemaker.list_endpoints()["Endpoints"]) >= 2:
            raise failure("ResourceLimitExceeded")
        return create_endpoint(**arguments)

    monkeypatch.setattr(clients.sagemaker(), "create_endpoint", within_quota)
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0, V1: 0.0}  # waits for the room
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    reconcile.handler({}, None)
    assert stage.pointer() == {V3: 1.0, V2: 0.0}


def test_without_room_beside_what_serves_a_candidate_is_rejected_with_the_reason(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(stage)
    stage.finish_job(V2, better_than(V1))

    def no_quota(**_: Any) -> None:
        raise failure("ResourceLimitExceeded")

    monkeypatch.setattr(clients.sagemaker(), "create_endpoint", no_quota)
    reconcile.handler({}, None)
    assert stage.verdict(V2)[0] == "Rejected"
    assert "quota" in stage.verdict(V2)[1]
    reconcile.handler({}, None)
    assert stage.hosted() == {V1}


def test_a_slow_read_of_the_artifact_is_no_verdict(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.finish_job(V1, artifact())

    def stall(stream: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://s3.example")

    with monkeypatch.context() as patched:
        patched.setattr("handlers.common.artifact._documents", stall)
        release.handler(EVENT, None)
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="verdicts/")["KeyCount"] == 0
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}


def test_endpoints_that_nobody_names_are_deleted_but_none_of_a_stage_whose_name_begins_with_this_one_s(
    stage: Stage,
) -> None:
    other = f"{PREFIX}anna-{V1}"
    for name in (other, endpoint_of(V2)):
        stage.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ENVIRONMENT["SAGEMAKER_ROLE_ARN"])
    stage.finish_job(f"anna-{V1}", artifact())
    reconcile.handler({}, None)
    assert [model["ModelName"] for model in stage.sagemaker.list_models()["Models"]] == [other]
    assert stage.pointer() == {}


def test_the_log_says_what_woke_it(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        release.handler(EVENT, None)
    woken = next(vars(record) for record in caplog.records if record.message == "woken")
    assert (woken["by"], woken["subject"]) == ("SageMaker Training Job State Change", PREFIX + V1)


def test_jobs_of_an_earlier_deployment_are_no_candidates(stage: Stage) -> None:
    stage.finish_job(V1, artifact())
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    pointer.write(Pointer(created_at=tomorrow))
    reconcile.handler({}, None)
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="verdicts/")["KeyCount"] == 0
    assert stage.pointer() == {}
