"""Events come twice, late, out of order or never, and two functions run at once: what a release ends in is the same."""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import sagemaker_backends

from handlers import reconcile, release
from handlers.common import pointer, rollout
from handlers.common.pointer import Pointer, PointerConflict
from handlers.common.verdicts import VerdictConflict
from tests.unit.handlers.faults import Send, assert_whole, crashing, intercepted, settle, sound_alarm
from tests.unit.handlers.stage import PREFIX, V1, V2, Stage, artifact, better_than, endpoint_of

EVENTS: list[dict[str, Any]] = [
    {"detail-type": "SageMaker Training Job State Change", "detail": {"TrainingJobName": PREFIX + V2}},
    {"detail-type": "SageMaker Endpoint State Change", "detail": {"EndpointName": f"{PREFIX}{V2}-000000"}},
    {"detail-type": "SageMaker Model Package State Change", "detail": {"ModelPackageArn": "arn:aws:sagemaker:…"}},
    {"detail-type": "CloudWatch Alarm State Change", "detail": {"alarmName": f"{PREFIX}sentiment-errors"}},
    {},  # the schedule
]
SEEDS = range(4)


class World:
    """What happens to the release of V2 beside V1, whether or not anybody is told of it."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self.monkeypatch = stage, monkeypatch
        self.starting = True

    def meet(self, operation: str, send: Send) -> Any:
        """Endpoints other than V1's are Creating until they come up."""
        answer = send()
        if operation == "DescribeEndpoint" and self.starting and answer["EndpointName"] != endpoint_of(V1):
            answer["EndpointStatus"] = "Creating"
        return answer

    def job_ends(self) -> None:
        self.job().training_job_status = "Completed"

    def endpoint_comes_up(self) -> None:
        self.starting = False

    def alarm_goes_off(self) -> None:
        reconcile.handler({}, None)  # the new model has its first share by now
        sound_alarm("ALARM")

    def person_approves(self) -> None:
        reconcile.handler({}, None)  # what a person sees in the registry has been registered
        package = self.stage.get(f"verdicts/{V2}.json")["package"]
        self.stage.sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")

    def bake_is_over(self) -> None:
        self.monkeypatch.setenv("BAKE_SECONDS", "0")

    def drain_is_over(self) -> None:
        self.monkeypatch.setenv("DRAIN_SECONDS", "-1")

    def job(self) -> Any:
        return sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs[PREFIX + V2]


@pytest.fixture
def world(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> World:
    """V1 serves, and V2 is in training."""
    pointer.write(Pointer())
    sound_alarm("OK")
    stage.finish_job(V1, artifact())
    reconcile.handler({}, None)
    monkeypatch.setenv("BAKE_SECONDS", "600")
    stage.finish_job(V2, better_than(V1))
    world = World(stage, monkeypatch)
    world.job().training_job_status = "InProgress"
    return world


def live_through(world: World, seed: int, *happenings: Callable[[], None]) -> None:
    """One thing happens after the other; before, between and after them come any events, or none."""
    draw = random.Random(seed)
    with intercepted(world.meet):
        for happens in (*happenings, world.drain_is_over):
            for event in draw.choices(EVENTS, k=draw.randrange(4)):
                release.handler(event, None)
            happens()
        settle(world.stage)
    boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{PREFIX}sentiment-errors"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_better_model_serves_in_the_end_whatever_events_come(world: World, seed: int) -> None:
    live_through(world, seed, world.job_ends, world.endpoint_comes_up, world.bake_is_over)
    assert_whole(world.stage, endpoint_of(V2))
    assert world.stage.outcomes() == [(V2, "released"), (V1, "released")]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_model_that_sets_off_an_alarm_is_rejected_in_the_end_whatever_events_come(world: World, seed: int) -> None:
    live_through(world, seed, world.job_ends, world.endpoint_comes_up, world.alarm_goes_off, world.bake_is_over)
    assert_whole(world.stage, endpoint_of(V1))
    assert world.stage.verdict(V2)[0] == "Rejected"
    assert world.stage.outcomes() == [(V2, "rolled back"), (V1, "released")]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_person_approves_serves_in_the_end_whatever_events_come(world: World, seed: int) -> None:
    left = better_than(V1, set={"size": 5, "sha256": "other texts"})
    world.stage.put(f"jobs/{PREFIX}{V2}/output/model.tar.gz", left)
    live_through(world, seed, world.job_ends, world.person_approves, world.endpoint_comes_up, world.bake_is_over)
    assert_whole(world.stage, endpoint_of(V2))
    assert world.stage.verdict(V2) == ("Approved", "A person set it to Approved in the registry.")


def interrupted_at(number: int, function: Callable[[], Any], other: Callable[[], Any]) -> bool:
    """Run the function, and the whole of the other before its AWS call of that number; whether it came to that."""
    made, within = 0, False

    def meet(operation: str, send: Send) -> Any:
        nonlocal made, within
        if not within:
            made += 1
            if made == number + 1:
                within = True
                other()
                within = False
        return send()

    with intercepted(meet):
        function()
    return made > number


def look() -> None:
    reconcile.handler({}, None)


def test_of_two_functions_at_once_one_releases_the_model_and_the_other_leaves_it_to_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    pointer.write(Pointer())
    champion = None
    for number in count(0, 3):
        candidate = f"20260101-000000-{number:04d}"
        stage.finish_job(candidate, better_than(champion) if champion else artifact())
        reached = interrupted_at(number, look, look)
        settle(stage)
        assert_whole(stage, endpoint_of(candidate))
        assert stage.outcomes()[:2] == [(v, "released") for v in (candidate, champion) if v]
        champion = candidate
        if not reached:
            break
    assert number > 40


def test_a_model_that_one_function_rolls_back_while_another_would_finish_is_rejected_and_gone_or_approved_and_serves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alarm goes off for the one, and is quiet again for the other."""
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    pointer.write(Pointer())
    sound_alarm("OK")
    champion = V1
    stage.finish_job(champion, artifact())
    look()

    def step() -> None:
        with suppress(PointerConflict, VerdictConflict):
            rollout.step()

    def finish() -> None:
        sound_alarm("OK")
        monkeypatch.setenv("BAKE_SECONDS", "0")
        look()

    for number in count():
        candidate = f"20260102-000000-{number:04d}"
        monkeypatch.setenv("BAKE_SECONDS", "600")
        stage.finish_job(candidate, better_than(champion))
        look()
        assert stage.pointer() == {candidate: 0.25, champion: 0.75}
        sound_alarm("ALARM")
        reached = interrupted_at(number, step, finish)
        sound_alarm("OK")
        settle(stage)
        boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{PREFIX}sentiment-errors"])
        status, outcome = stage.verdict(candidate)[0], stage.outcomes()[0]
        assert (status, outcome) in [("Approved", (candidate, "released")), ("Rejected", (candidate, "rolled back"))]
        champion = candidate if status == "Approved" else champion
        assert_whole(stage, endpoint_of(champion))
        sound_alarm("OK")
        if not reached:
            break
    assert number > 5


def ask_for(version: str) -> None:
    """A person does. Who is overtaken by another may be told so, or crash."""
    with suppress(PointerConflict, VerdictConflict), crashing():
        release.handler({"version": version}, None)


def test_a_person_s_word_holds_at_whatever_point_of_another_release_it_is_given(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    pointer.write(Pointer())
    for version in (V1, V2):
        stage.finish_job(version, artifact() if version == V1 else better_than(V1))
        settle(stage)
    for number in count(0, 2):
        asked = next(iter(stage.pointer()))
        other = V1 if asked == V2 else V2
        under_way: list[bool] = []

        def have_back(version: str = asked, seen: list[bool] = under_way) -> None:
            seen.append(bool(stage.get("serving.json")["rollout"]) or stage.pointer().get(version) != 1.0)
            ask_for(version)

        reached = interrupted_at(number, partial(ask_for, other), have_back)
        settle(stage)
        assert_whole(stage, endpoint_of(asked if under_way == [True] else other))
        if not reached:
            break
    assert number > 20
