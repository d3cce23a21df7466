"""{"tune": …} in POST /retrain: one tuning job, of whose jobs the best alone is a candidate."""

import json
import re
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import sagemaker_backends

from handlers import jobs as jobs_route
from handlers import lifecycle, models, reconcile, release, retrain
from handlers.common import training
from handlers.common.settings import settings
from local.sagemaker.tuned import Tuning
from local.sagemaker.tuning import record, training_request
from ml.job import JobError
from tests.unit.handlers.faults import answer_lost, crashing, fails_at, killed, unavailable
from tests.unit.handlers.lines import Lines, told
from tests.unit.handlers.retraining import jobs, post, prepare, run, start_next, waiting
from tests.unit.handlers.stage import BUCKET, PREFIX, V1, Stage, artifact, event, failure
from tests.unit.handlers.test_openapi import conforms

TUNE = {"ranges": {"hidden_dim": [16, 64], "pooling": ["max", "mean"]}, "jobs": 3, "parallel": 2}


@pytest.fixture
def ready(stage: Stage) -> Stage:
    return prepare(stage)


def ask(**body: Any) -> str:
    """The name of the tuning job that is started, or waits."""
    status, answer = post({"tune": TUNE, **body})
    assert status == 202
    job: str = answer["job"]
    return job


def tuning_of(job: str) -> Tuning:
    found: Any = sagemaker_backends[ACCOUNT]["us-east-1"].hyper_parameter_tuning_jobs[job]
    assert isinstance(found, Tuning)
    return found


def tried(stage: Stage, job: str, accuracies: list[float], left: bytes | None = None) -> list[str]:
    """The tuning job has had jobs that came to these accuracies, each with an artifact; their names."""
    tuning, backend = tuning_of(job), sagemaker_backends[ACCOUNT]["us-east-1"]
    for number, accuracy in enumerate(accuracies, 1):
        name, values = f"{job}-{number:03}-0a1b2c3d", {"hidden_dim": "32", "pooling": "max"}
        child = record(backend, training_request(tuning, name, values))
        child.final_metric_data_list = [
            {"MetricName": "validation_accuracy", "Value": accuracy, "Timestamp": child.creation_time}
        ]
        tuning.tried[name] = values
        stage.put(f"jobs/{name}/output/model.tar.gz", left or artifact(accuracy))
    return list(tuning.tried)


def end(job: str, status: str = "Completed", reason: str | None = None) -> None:
    tuning = tuning_of(job)
    tuning.status, tuning.failure_reason = status, reason


def described(job: str) -> dict[str, Any]:
    """GET /jobs/{job}, which is as the API's description says."""
    answer = jobs_route.handler(event("GET", "/jobs/{job}", job=job), None)
    conforms(answer, "get", "/jobs/{job}")
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def candidates() -> dict[str, str]:
    """Job → what was decided on its model."""
    listed = json.loads(models.handler(event("GET", "/models"), None)["body"])["models"]
    return {each["job"]: each["verdict"]["status"] for each in listed}


def test_one_tuning_job_is_created_that_costs_at_most_what_all_its_jobs_do(ready: Stage) -> None:
    status, answer = post({"tune": TUNE, "max_minutes": 30})
    assert status == 202
    assert re.fullmatch(PREFIX + "t[0-9a-f]{10}", answer["job"])
    assert len(answer["job"]) <= 32
    assert answer["cost_limit_usd"] == pytest.approx(3 * 0.704)
    tuning = tuning_of(answer["job"])
    assert tuning.config["ResourceLimits"] == {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2}
    assert tuning.tags == [{"Key": "application", "Value": "sentiment-test"}]
    assert jobs(ready) == []


def test_a_stage_with_a_key_has_it_used_for_what_the_jobs_write(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KMS_KEY", "arn:aws:kms:us-east-1:123456789012:key/1")
    assert tuning_of(ask()).definition["OutputDataConfig"]["KmsKeyId"].endswith("key/1")


def test_a_stage_whose_name_is_too_long_says_so(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME_PREFIX", "sentiment-a-stage-of-long-name-")
    settings.cache_clear()
    with pytest.raises(JobError, match="10 letters too long"):
        retrain.handler({"tune": TUNE}, None)
    assert retrain.handler({}, None)["job"]
    settings.cache_clear()


def test_one_job_at_a_time_holds_for_tuning_too(ready: Stage) -> None:
    tuning = ask()
    plain = post({})[1]["job"]
    assert waiting(ready) == [plain]
    assert described(tuning)["status"] == "InProgress"
    assert start_next() is None
    end(tuning)
    assert start_next() == plain


def test_tuning_waits_while_a_job_runs(ready: Stage) -> None:
    first = run()
    queued = ask()
    assert waiting(ready) == [queued]
    assert described(queued)["status"] == "Queued"
    sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs[first].training_job_status = "Completed"
    assert start_next() == queued
    assert tuning_of(queued).status == "InProgress"


def test_the_same_key_twice_is_one_tuning_job_with_one_answer(ready: Stage) -> None:
    first = post({"tune": TUNE, "key": "monday"})
    end(first[1]["job"])
    assert post({"tune": TUNE, "key": "monday"}) == first
    assert post({"key": "monday"})[1]["job"] != first[1]["job"]


def test_what_aws_refuses_is_said_in_a_sentence(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise failure("ResourceLimitExceeded")

    with monkeypatch.context() as patch:
        patch.setattr(training.sagemaker(), "create_hyper_parameter_tuning_job", refuse)
        status, problem = post({"tune": TUNE})
    assert (status, "quota “ml.g5.xlarge" in problem["detail"]) == (503, True)
    assert ask()


def test_a_tuning_job_tells_of_its_jobs_and_of_the_best_so_far(ready: Stage) -> None:
    job = ask()
    children = tried(ready, job, [0.7, 0.9, 0.8])
    found = described(job)
    assert found["hyperparameters"]["epochs"] == "4"
    assert (found["tuning"]["jobs"], found["tuning"]["parallel"], found["tuning"]["ended"]) == (3, 2, 3)
    assert [each["job"] for each in found["tuning"]["tried"]] == children
    assert found["tuning"]["best"] == {
        "job": children[1],
        "status": "Completed",
        "hyperparameters": {"hidden_dim": "32", "pooling": "max"},
        "validation_accuracy": 0.9,
    }
    assert found["verdict"] is None


def test_a_job_of_a_tuning_job_can_be_followed_by_itself(ready: Stage) -> None:
    job = ask()
    (child,) = tried(ready, job, [0.7])
    line = {"epoch": 1, "loss": 0.5, "accuracy": 0.7}
    ready.put(f"checkpoints/{job}/{child}/metrics.jsonl", json.dumps(line) + "\n")
    assert described(child)["epochs"] == [line]


def test_nothing_is_judged_before_the_tuning_job_is_over(ready: Stage) -> None:
    tried(ready, ask(), [0.7, 0.9])
    reconcile.handler({}, None)
    assert candidates() == {}


def test_the_best_of_its_jobs_alone_is_a_candidate_and_is_released(ready: Stage) -> None:
    job = ask()
    best = tried(ready, job, [0.75, 0.9, 0.8])[1]
    end(job)
    for _ in range(4):
        reconcile.handler({}, None)
    assert candidates() == {best: "Approved"}
    assert ready.pointer() == {best.removeprefix(PREFIX): 1.0}
    found = described(job)
    assert found["verdict"]["approved"]
    assert described(best)["verdict"]["approved"]


def test_the_models_of_the_others_are_deleted(ready: Stage) -> None:
    job = ask()
    children = tried(ready, job, [0.75, 0.9, 0.8])
    assert all(artifact_of(ready, child) for child in children)
    end(job)
    reconcile.handler({}, None)
    assert [child for child in children if artifact_of(ready, child)] == [children[1]]


def artifact_of(stage: Stage, job: str) -> bool:
    """Whether the model that a job left is there."""
    key = f"jobs/{job}/output/model.tar.gz"
    return "Contents" in stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=key)


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        ("Stopped", None, "The tuning job ended as Stopped."),
        ("Failed", "All training jobs failed.", "All training jobs failed."),
        ("Completed", None, "None of the tuning job's jobs was completed."),
    ],
)
def test_a_tuning_job_without_a_best_model_is_rejected_once(
    ready: Stage, status: str, reason: str | None, sentence: str
) -> None:
    job = ask()
    end(job, status, reason)
    for _ in range(2):
        reconcile.handler({}, None)
    assert candidates() == {job: "Rejected"}
    assert sentence in described(job)["reason"]


@pytest.mark.parametrize("fault", [unavailable, answer_lost, killed])
def test_each_call_of_a_verdict_on_tuning_may_fail(ready: Stage, fault: Any) -> None:
    """Whatever fails, the best model serves in the end, and nothing else was judged."""
    for number in range(0, 60, 9):
        job = ask()
        best = tried(ready, job, [0.9, 0.75])[0]
        end(job)
        reached = fails_at(number, fault, lambda: reconcile.handler({}, None))
        for _ in range(4):
            with crashing():
                reconcile.handler({}, None)
        assert candidates().get(best) in ("Approved", "PendingManualApproval")
        assert {each.rpartition("-")[0].rpartition("-")[0] for each in candidates()} <= {job, *all_tuning_jobs()}
        if not reached:
            return


def all_tuning_jobs() -> set[str]:
    return set(sagemaker_backends[ACCOUNT]["us-east-1"].hyper_parameter_tuning_jobs)


@pytest.mark.parametrize("fault", [unavailable, answer_lost, killed])
def test_each_call_of_a_request_may_fail_and_the_same_key_makes_one_tuning_job(ready: Stage, fault: Any) -> None:
    for number in range(0, 40, 2):
        body = {"tune": TUNE, "key": f"{number}"}
        reached = fails_at(number, fault, lambda body=body: post(body))  # type: ignore[misc]
        ready.s3.delete_object(Bucket="sentiment-test-bucket", Key="training.json")  # as if a minute had gone by
        status, answer = post(body)
        assert status == 202
        assert len(all_tuning_jobs()) + len(waiting(ready)) == number // 2 + 1
        if answer["job"] in all_tuning_jobs():
            end(answer["job"])
        while start := start_next():
            end(start)
        if not reached:
            return
    raise AssertionError("the request makes more calls than were tried")


def test_a_job_of_a_tuning_job_wakes_nothing_and_counts_as_no_failure(ready: Stage, lines: Lines) -> None:
    job = ask()
    assert woken_by("TrainingJob", f"{job}-001-0a1b2c3d", lines) == []
    assert woken_by("HyperParameterTuningJob", job, lines) == [(job, 1)]


def woken_by(kind: str, name: str, lines: Lines) -> list[tuple[str, int]]:
    """(subject, failed jobs) of the lines of who was woken by the failure of a job."""
    detail = {f"{kind}Name": name, f"{kind}Status": "Failed"}
    release.handler({"detail-type": f"SageMaker {kind} State Change", "detail": detail}, None)
    woken = [line for line in lines.all if line["message"] == "woken"]
    return [(line["subject"], sum("FailedJobs" in metric for metric, _ in told(line))) for line in woken]


def test_removing_the_stage_stops_tuning_first(ready: Stage) -> None:
    job = ask()
    (child,) = tried(ready, job, [0.7])
    sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs[child].training_job_status = "Stopping"
    assert lifecycle.stop_jobs() == [job, job, child]
    assert tuning_of(job).status == "Stopping"
    end(job, "Stopped")
    sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs[child].training_job_status = "Stopped"
    assert lifecycle.stop_jobs() == []


def test_names_tell_tuning_jobs_their_jobs_and_all_else_apart(ready: Stage) -> None:
    tuning, child = f"{PREFIX}t0123456789", f"{PREFIX}t0123456789-001-0a1b2c3d"
    found = settings()
    assert [
        (found.owns(n), found.tunes(n), found.is_tried(n)) for n in (tuning, child, PREFIX + V1, "other-t0123456789")
    ] == [
        (True, True, False),
        (True, False, True),
        (True, False, False),
        (False, False, False),
    ]
    assert found.version_of(f"{child}-abcdef") == found.version_of(child) == "t0123456789-001-0a1b2c3d"
