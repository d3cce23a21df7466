"""Each AWS call of release, reconcile and lifecycle fails, in turn or for good; afterwards the stage ends up whole.

Killing the function before a call is killing it after the one before; a call that only reads has nothing to be killed
after, and no answer whose loss would change anything. So `killed` and `answer_lost` are for the calls that write,
`unavailable` is for all. With --every-call each of them fails in turn; without, a part does.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import boto3
import pytest

from handlers import lifecycle, reconcile, release
from handlers.common import pointer
from handlers.common.pointer import Pointer
from tests.unit.handlers.faults import (
    Fault,
    answer_lost,
    assert_whole,
    crashing,
    fails_at,
    fails_for_good,
    killed,
    operations,
    remains,
    settle,
    sound_alarm,
    unavailable,
)
from tests.unit.handlers.stage import BUCKET, PREFIX, V0, Stage, artifact, better_than, endpoint_of

STRIDES: dict[Fault, int] = {killed: 1, answer_lost: 4, unavailable: 8}
FAULTS = pytest.mark.parametrize("fault", STRIDES)
Calls = Callable[[int], Iterator[int]]


def version(number: int) -> str:
    return f"20260101-000000-{number:04d}"


@pytest.fixture
def calls(fault: Fault, request: pytest.FixtureRequest) -> Calls:
    """The numbers of the calls that are to fail: of all, or one in as many as the fault's stride, times `sparser`."""
    every = request.config.getoption("--every-call")
    return lambda sparser: count(0, 1 if every else STRIDES[fault] * sparser)


@pytest.fixture
def serving(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage in which version(0) serves, and where what is drained goes at once."""
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    pointer.write(Pointer())
    stage.finish_job(version(0), artifact())
    reconcile.handler({}, None)
    assert stage.pointer() == {version(0): 1.0}
    return stage


def twice() -> None:
    """Release, then what is due later: drained endpoints go."""
    for _ in range(2):
        reconcile.handler({}, None)


@FAULTS
def test_a_first_model_serves_whichever_call_of_its_release_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Fault, calls: Calls
) -> None:
    """Nothing serves before, and there is no group of model packages; each time anew."""
    for number in calls(2):
        pointer.write(Pointer())
        stage.finish_job(version(number), artifact())
        reached = fails_at(number, fault, lambda: reconcile.handler({}, None))
        settle(stage)
        assert_whole(stage, endpoint_of(version(number)))
        assert stage.outcomes() == [(version(number), "released")]
        if not reached:
            break
        remove()
    assert number > 10


@FAULTS
def test_a_better_model_replaces_the_champion_whichever_call_of_its_release_fails(
    serving: Stage, fault: Fault, calls: Calls
) -> None:
    champion = version(0)
    for number in calls(1):
        candidate = version(number + 1)
        serving.finish_job(candidate, better_than(champion))
        reached = fails_at(number, fault, twice)
        settle(serving)
        assert_whole(serving, endpoint_of(candidate))
        assert serving.verdict(candidate)[0] == "Approved"
        assert serving.outcomes()[:2] == [(candidate, "released"), (champion, "released")]
        champion = candidate
        if not reached:
            break
    assert number > 20


@FAULTS
def test_a_model_that_fails_its_bake_is_rejected_whichever_call_of_its_roll_back_fails(
    serving: Stage, monkeypatch: pytest.MonkeyPatch, fault: Fault, calls: Calls
) -> None:
    for number in calls(1):
        candidate = version(number + 1)
        monkeypatch.setenv("BAKE_SECONDS", "600")
        sound_alarm("OK")
        serving.finish_job(candidate, better_than(version(0)))
        reconcile.handler({}, None)
        assert serving.pointer() == {candidate: 0.25, version(0): 0.75}
        sound_alarm("ALARM")
        reached = fails_at(number, fault, twice)
        settle(serving)
        boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{PREFIX}sentiment-errors"])
        assert_whole(serving, endpoint_of(version(0)))
        assert serving.verdict(candidate)[0] == "Rejected"
        assert "went off" in serving.verdict(candidate)[1]
        assert serving.outcomes()[0] == (candidate, "rolled back")
        if not reached:
            break
    assert number > 10


@FAULTS
def test_a_person_has_back_what_served_before_whichever_call_fails(serving: Stage, fault: Fault, calls: Calls) -> None:
    """Asked again where the first request was not taken; what served before is long gone, and served from anew."""
    serving.finish_job(version(1), better_than(version(0)))
    settle(serving)
    for number in calls(2):
        back = version(0 if version(1) in serving.pointer() else 1)
        reached = fails_at(number, fault, lambda: release.handler({"version": back}, None))  # noqa: B023
        if not serving.get("serving.json")["rollout"]:
            release.handler({"version": back}, None)
        settle(serving)
        assert_whole(serving, endpoint_of(back))
        assert serving.verdict(back)[0] == "Approved"
        if not reached:
            break
    assert number > 10


@FAULTS
def test_changed_settings_have_a_new_endpoint_serve_whichever_call_fails(
    serving: Stage, monkeypatch: pytest.MonkeyPatch, fault: Fault, calls: Calls
) -> None:
    for number in calls(2):
        monkeypatch.setenv("ENDPOINT_MOST", str(3 + number))
        reached = fails_at(number, fault, twice)
        settle(serving)
        assert_whole(serving, endpoint_of(version(0)))
        assert serving.verdict(version(0))[0] == "Approved"
        if not reached:
            break
    assert number > 10


class Context:
    """A Lambda context with a minute left."""

    function_name = "lifecycle"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def deploy() -> None:
    lifecycle.prepare()


def remove() -> None:
    lifecycle.clear(Context())


@pytest.mark.usefixtures("baseline")
@FAULTS
def test_a_deployment_that_failed_anywhere_and_is_repeated_serves_the_baseline(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Fault, calls: Calls
) -> None:
    for number in count():
        reached = fails_at(number, fault, deploy)
        deploy()
        settle(stage)
        assert_whole(stage, endpoint_of(V0))
        remove()
        assert left(stage) == []
        if not reached:
            break
    assert number > 1


@pytest.mark.usefixtures("baseline")
@FAULTS
def test_a_removal_that_failed_anywhere_and_is_repeated_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Fault, calls: Calls
) -> None:
    """Meanwhile reconcile starts nothing anew."""
    for number in calls(2):
        deploy()
        reconcile.handler({}, None)
        assert stage.pointer() == {V0: 1.0}
        reached = fails_at(number, fault, remove)
        before = remains(stage)
        reconcile.handler({}, None)
        assert set(remains(stage)) <= set(before)
        remove()
        assert left(stage) == []
        if not reached:
            break
    assert number > 5


def left(stage: Stage) -> list[Any]:
    """What is left of a stage."""
    stage.hosted()
    objects = stage.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [*remains(stage), *objects, *stage.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]]


def test_an_operation_that_fails_for_good_harms_nothing_that_serves_and_when_it_works_again_the_release_ends_well(
    serving: Stage,
) -> None:
    champion = version(0)
    serving.finish_job(version(1), better_than(champion))
    known = sorted(set(operations(twice)))
    assert len(known) > 15
    champion = version(1)
    for number, operation in enumerate(known, 2):
        candidate = version(number)
        serving.finish_job(candidate, better_than(champion))
        with fails_for_good(operation):
            for _ in range(2):
                with crashing():
                    reconcile.handler({}, None)
        assert sum(serving.pointer().values()) == 1.0
        assert {each["endpoint"] for each in serving.get("serving.json")["deployments"] if each["weight"]} <= set(
            remains(serving)
        )
        assert len(serving.sagemaker.list_endpoints()["Endpoints"]) <= 2
        settle(serving)
        assert_whole(serving, endpoint_of(candidate))
        champion = candidate


def test_messages_that_cannot_be_sent_keep_no_release_from_happening(serving: Stage) -> None:
    serving.finish_job(version(1), better_than(version(0)))
    with fails_for_good("Publish", "AuthorizationError", 403):
        settle(serving)
    assert_whole(serving, endpoint_of(version(1)))


@pytest.mark.parametrize(
    "operation",
    ["CreateModel", "CreateEndpoint", "PutMetricAlarm", "RegisterScalableTarget", "DescribeEndpoint", "DescribeAlarms"],
)
def test_a_release_that_comes_no_further_for_good_is_given_up_with_the_reason(
    serving: Stage, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    monkeypatch.setattr("handlers.common.rollout.START_SECONDS", -1)
    serving.finish_job(version(1), better_than(version(0)))
    with fails_for_good(operation, "AccessDeniedException", 403):
        for _ in range(3):
            with crashing():
                reconcile.handler({}, None)
    settle(serving)
    assert_whole(serving, endpoint_of(version(0)))
    status, reason = serving.verdict(version(1))
    assert status == "Rejected"
    assert f"{operation} answers AccessDeniedException" in reason


@pytest.mark.parametrize("broken", ["Publish", "ListEndpoints", "DescribeEndpoint", "ListTrainingJobs"])
def test_a_bad_release_is_undone_although_something_else_fails(
    serving: Stage, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setenv("BAKE_SECONDS", "600")
    serving.finish_job(version(1), better_than(version(0)))
    sound_alarm("OK")
    reconcile.handler({}, None)
    sound_alarm("ALARM")
    with fails_for_good(broken), crashing():
        reconcile.handler({}, None)
    assert serving.pointer()[version(0)] == 1.0
    assert serving.verdict(version(1))[0] == "Rejected"


@pytest.mark.parametrize("broken", ["Publish", "PutMetricAlarm", "RegisterScalableTarget", "ListModelPackages"])
def test_a_person_has_back_what_is_still_there_although_something_else_fails(
    serving: Stage, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "600")
    serving.finish_job(version(1), better_than(version(0)))
    reconcile.handler({}, None)
    assert serving.pointer() == {version(1): 1.0, version(0): 0.0}
    with fails_for_good(broken), crashing():
        release.handler({"version": version(0)}, None)
    assert serving.pointer() == {version(0): 1.0, version(1): 0.0}
