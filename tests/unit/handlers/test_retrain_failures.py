"""Each AWS call of a retraining fails in turn; afterwards the same request succeeds, and is one job."""

import json
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError

from handlers import jobs as jobs_route
from handlers import retrain
from handlers.common import lease
from tests.unit.handlers.retraining import jobs, post, prepare, run, set_status, start_next, waiting
from tests.unit.handlers.stage import Stage, event, failure

Call = Callable[[], Any]


class Killed(BaseException):
    """The function's time is over, or its machine is gone: no handler of an exception sees it."""


def refused(call: Call) -> None:
    raise failure("AccessDenied", 403)


def unavailable(call: Call) -> None:
    raise failure("ServiceUnavailable", 503)


def answer_lost(call: Call) -> None:
    call()
    raise ReadTimeoutError(endpoint_url="https://aws.example")


def killed_before(call: Call) -> None:
    raise Killed


def killed_after(call: Call) -> None:
    call()
    raise Killed


FAILURES = [refused, unavailable, answer_lost, killed_before, killed_after]


@pytest.fixture
def ready(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(retrain, "source_archive", lambda: b"packed once")  # packing takes longer than all the rest
    return prepare(stage)


def fails_at(number: int, fail: Callable[[Call], None], function: Call, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run the function while its AWS call of that number, counted from 0, fails; whether it came to that call."""
    send, made = BaseClient._make_api_call, 0

    def call(client: Any, operation: str, arguments: Any) -> Any:
        nonlocal made
        made += 1
        if made == number + 1:
            return fail(lambda: send(client, operation, arguments))
        return send(client, operation, arguments)

    with monkeypatch.context() as patch, suppress(Exception, Killed):
        patch.setattr(BaseClient, "_make_api_call", call)
        function()
    return made > number


@pytest.mark.parametrize("fail", FAILURES)
def test_after_any_failed_call_the_same_request_succeeds_and_is_one_job(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, fail: Callable[[Call], None]
) -> None:
    for number in count():
        body, before = {"key": f"failing-{number}"}, len(jobs(ready))
        with monkeypatch.context() as patch:
            if not fails_at(number, fail, lambda: post(body), monkeypatch):  # noqa: B023 (called at once)
                break
            assert post(body)[0] in (202, 503)
            patch.setattr(lease, "STARTING_SECONDS", 0)
            status, answer = post(body)
            start_next()
        assert (status, waiting(ready)) == (202, [])
        assert answer["job"] in jobs(ready)
        assert len(jobs(ready)) == before + 1
    assert number > 8


def test_a_refused_call_is_in_nobody_s_way(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHEN_TRAINING", "refuse")
    for number in count():
        if not fails_at(number, refused, lambda: post({}), monkeypatch):
            break
        before = jobs(ready)
        status, answer = post({})
        assert status == 202
        assert sorted(jobs(ready)) == sorted([*before, answer["job"]])


@pytest.mark.parametrize("fail", FAILURES)
def test_after_any_failed_call_what_waits_is_started_once(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, fail: Callable[[Call], None]
) -> None:
    for number in count():
        first = run()
        queued = post({})[1]["job"]
        set_status(first, "Completed")
        before = len(jobs(ready))
        with monkeypatch.context() as patch:
            if not fails_at(number, fail, start_next, monkeypatch):
                break
            patch.setattr(lease, "STARTING_SECONDS", 0)
            start_next()
        assert (waiting(ready), len(jobs(ready))) == ([], before + 1)
        assert queued in jobs(ready)
    assert number > 8


@pytest.mark.parametrize("fail", [refused, answer_lost])
def test_a_request_that_was_acknowledged_while_a_job_ran_is_not_lost(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, fail: Callable[[Call], None]
) -> None:
    for number in count():
        first, body, answers = run(), {"key": f"waiting-{number}"}, []
        reached = fails_at(number, fail, lambda: answers.append(post(body)), monkeypatch)  # noqa: B023 (called at once)
        acknowledged = [answer["job"] for status, answer in answers if status == 202]
        set_status(first, "Completed")
        start_next()
        assert set(acknowledged) <= set(jobs(ready))
        assert waiting(ready) == []
        if not reached:
            break


@pytest.mark.parametrize("ending", ["started", "dropped"])
def test_at_no_moment_is_a_job_that_was_acknowledged_unknown(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Whoever asks, at any moment and after a crash at it, is told of the job: it waits, runs, or was dropped."""
    first = run()
    status, answer = post({})
    assert status == 202
    set_status(first, "Completed")
    send, told = BaseClient._make_api_call, []

    def ask() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(BaseClient, "_make_api_call", send)
            told.append(job_of(answer["job"]))

    def call(client: Any, operation: str, arguments: Any) -> Any:
        ask()
        if operation == "CreateTrainingJob" and ending == "dropped":
            raise failure("ValidationException")
        made = send(client, operation, arguments)
        ask()
        return made

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        start_next()
    assert len(told) > 10
    assert set(told) == {"Queued", {"started": "Completed", "dropped": "Failed"}[ending]}


def job_of(name: str) -> str:
    """The status that GET /jobs/{job} tells."""
    answer = jobs_route.handler(event("GET", "/jobs/{job}", job=name), None)
    assert answer["statusCode"] == 200
    return str(json.loads(answer["body"])["status"])
