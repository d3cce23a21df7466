"""Requests for a training job while one runs: they wait, or are refused, and none is lost."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handlers import retrain
from handlers.common import lease, queue, training
from tests.unit.handlers.retraining import jobs, post, prepare, run, set_status, start_next, waiting
from tests.unit.handlers.stage import PREFIX, Stage, failure


@pytest.fixture
def ready(stage: Stage) -> Stage:
    return prepare(stage)


@pytest.fixture
def refusing(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("WHEN_TRAINING", "refuse")
    return ready


def refuse(code: str) -> Callable[..., None]:
    def create(**_: Any) -> None:
        raise failure(code)

    return create


def test_a_request_while_a_job_runs_waits_and_is_started_when_the_job_has_ended(ready: Stage) -> None:
    first = run()
    status, answer = post({"epochs": 7})
    assert (status, waiting(ready), jobs(ready)) == (202, [answer["job"]], [first])
    assert start_next() is None
    set_status(first, "Failed")
    assert start_next() == answer["job"]
    assert (waiting(ready), sorted(jobs(ready))) == ([], sorted([first, answer["job"]]))
    job = ready.sagemaker.describe_training_job(TrainingJobName=answer["job"])
    assert job["HyperParameters"]["epochs"] == "7"


def test_a_job_that_is_stopping_still_runs(ready: Stage) -> None:
    set_status(run(), "Stopping")
    assert post({})[1]["job"] in waiting(ready)


def test_who_has_waited_longest_is_next_and_whoever_comes_queues_behind(ready: Stage) -> None:
    first = run()
    queued = [post({"key": key})[1]["job"] for key in "cab"]
    set_status(first, "Completed")
    queued.append(post({})[1]["job"])
    assert [start_next() for _ in queued] == queued
    assert start_next() is None


def test_with_refuse_a_request_while_a_job_runs_is_a_409_that_names_the_job(refusing: Stage) -> None:
    first = run()
    status, answer = post({})
    assert (status, answer["type"], first in answer["detail"]) == (409, "urn:sentiment:problem:busy", True)
    assert (waiting(refusing), jobs(refusing)) == ([], [first])


def test_the_key_of_the_job_that_runs_is_no_second_request(refusing: Stage) -> None:
    first = run(key="monday")
    status, answer = post({"key": "monday"})
    assert (status, answer["job"]) == (202, first)


def test_the_key_of_a_request_that_waits_is_no_second_request(ready: Stage) -> None:
    run()
    first = post({"key": "monday"})
    assert post({"key": "monday"}) == first
    assert waiting(ready) == [first[1]["job"]]


@pytest.mark.parametrize("policy", ["queue", "refuse"])
def test_of_two_requests_at_the_same_moment_one_starts(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    monkeypatch.setenv("WHEN_TRAINING", policy)
    found_free = lease._holder
    rivals: list[str] = []

    def overtaken(held: lease.Lease) -> str | None:
        holder = found_free(held)
        if not rivals:
            rivals.append("")
            rivals[0] = run()
        return holder

    monkeypatch.setattr(lease, "_holder", overtaken)
    status, answer = post({})
    assert jobs(ready) == rivals
    assert (status, waiting(ready)) == ((202, [answer["job"]]) if policy == "queue" else (409, []))


def test_a_request_that_is_cut_off_before_its_job_exists_blocks_others_for_a_minute_only(
    refusing: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease.take(PREFIX + "20260101-000000-0001")
    assert post({})[0] == 409
    monkeypatch.setattr(lease, "STARTING_SECONDS", 0)
    assert post({})[0] == 202


def test_nobody_is_let_through_while_the_function_may_still_create_its_job() -> None:
    page = Path(retrain.__file__).parents[1] / "serverless.yml"
    (timeout,) = re.findall(r"^  timeout: (\d+)", page.read_text(), re.MULTILINE)
    assert int(timeout) < lease.STARTING_SECONDS


def test_a_queued_request_that_aws_has_no_room_for_waits_on_and_others_pass_it(
    ready: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    stuck, other = post({"max_minutes": 61})[1]["job"], post({"max_minutes": 62})[1]["job"]
    set_status(first, "Completed")
    create = training.sagemaker().create_training_job

    def create_or_refuse(**request: Any) -> None:
        if request["TrainingJobName"] == stuck:
            raise failure("ResourceLimitExceeded")
        create(**request)

    with monkeypatch.context() as patch:
        patch.setattr(training.sagemaker(), "create_training_job", create_or_refuse)
        assert start_next() == other
    assert waiting(ready) == [stuck]
    assert "quota" in ready.get(f"queue/{stuck.removeprefix(PREFIX)}.json")["reason"]
    assert start_next() == stuck


def test_a_queued_request_that_can_never_start_is_dropped_with_its_reason(
    ready: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_status(run(), "Completed")
    first = run()
    answer = post({"key": "monday"})
    set_status(first, "Completed")
    with monkeypatch.context() as patch:
        patch.setattr(training.sagemaker(), "create_training_job", refuse("ValidationException"))
        assert start_next() is None
    version = answer[1]["job"].removeprefix(PREFIX)
    assert "does not train on" in ready.get(f"dropped/{version}.json")["reason"]
    assert waiting(ready) == []
    assert post({"key": "monday"}) == answer


def test_only_so_many_requests_may_wait(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LENGTH", 2)
    run()
    assert [post({})[0] for _ in range(3)] == [202, 202, 409]


def test_the_retrain_function_is_woken_only_when_something_waits(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[dict[str, Any]] = []

    class Lambdas:
        def invoke(self, **arguments: Any) -> None:
            woken.append(arguments)

    monkeypatch.setattr(queue, "lambdas", Lambdas)
    queue.wake()
    assert woken == []
    run()
    post({})
    queue.wake()
    (call,) = woken
    assert (call["FunctionName"], call["InvocationType"]) == (f"{PREFIX}retrain", "Event")
    assert retrain.handler(json.loads(call["Payload"]), None) == {"started": None}
