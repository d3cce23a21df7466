"""Canary, switch and roll-back, by the gate, by hand and for changed settings."""

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import sagemaker_backends

from handlers import reconcile, release
from handlers.common import pointer, rollout
from handlers.common.planning import Refused
from handlers.common.pointer import Pointer
from tests.unit.handlers import requests_made
from tests.unit.handlers.faults import sound_alarm
from tests.unit.handlers.stage import V1, V2, V3, Stage, artifact, better_than, endpoint_of

ALARMS = ("4xx", "5xx", "failures", "latency")  # of an endpoint


@pytest.fixture(autouse=True)
def serving(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """V1 serves, and releases bake for ten minutes from now on."""
    pointer.write(Pointer())
    stage.finish_job(V1, artifact())
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}
    monkeypatch.setenv("BAKE_SECONDS", "600")


def ring(alarm: str) -> None:
    boto3.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="A test.")


def calm(stage: Stage) -> None:
    """Alarms begin as OK: moto has them ring from the start."""
    for alarm in boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        boto3.client("cloudwatch").set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="Quiet.")


def begin_canary(stage: Stage, version: str = V2) -> None:
    stage.finish_job(version, better_than(V1))
    reconcile.handler({}, None)
    calm(stage)


def over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bake is over, and what is drained may go."""
    monkeypatch.setenv("BAKE_SECONDS", "0")
    monkeypatch.setenv("DRAIN_SECONDS", "-1")


def test_a_new_model_has_its_first_share_while_it_bakes_and_all_afterwards(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_canary(stage)
    assert stage.pointer() == {V2: 0.25, V1: 0.75}
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 0.25, V1: 0.75}
    over(monkeypatch)
    reconcile.handler({}, None)
    assert stage.pointer()[V2] == 1.0
    reconcile.handler({}, None)
    assert stage.hosted() == {V2}
    assert stage.outcomes() == [(V2, "released"), (V1, "released")]


@pytest.mark.parametrize("alarm", [*ALARMS, "sentiment-errors", "sentiment-mistakes"])
def test_an_alarm_takes_the_release_back_at_once_and_for_good(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, alarm: str
) -> None:
    begin_canary(stage)
    if alarm.startswith("sentiment-"):
        sound_alarm("ALARM", alarm.removeprefix("sentiment-"))
    else:
        ring(f"{endpoint_of(V2)}-{alarm}")
    release.handler({"version": "0", "detail-type": "CloudWatch Alarm State Change"}, None)
    assert stage.pointer() == {V2: 0.0, V1: 1.0}
    assert stage.verdict(V2)[0] == "Rejected"
    assert "went off" in stage.verdict(V2)[1]
    calm(stage)
    over(monkeypatch)
    for _ in range(3):
        reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}
    assert stage.hosted() == {V1}
    assert stage.outcomes()[0] == (V2, "rolled back")


def test_an_endpoint_that_goes_away_while_it_bakes_takes_the_release_back(stage: Stage) -> None:
    begin_canary(stage)
    stage.sagemaker.delete_endpoint(EndpointName=endpoint_of(V2))
    rollout.step()  # alone: otherwise what has a share is looked after first, and comes back
    assert stage.pointer() == {V2: 0.0, V1: 1.0}
    assert "absent" in stage.verdict(V2)[1]


@pytest.mark.parametrize("status", ["Updating", "SystemUpdating", "RollingBack"])
def test_an_endpoint_that_is_being_updated_serves_on(stage: Stage, status: str) -> None:
    begin_canary(stage)
    sagemaker_backends[ACCOUNT]["us-east-1"].endpoints[endpoint_of(V2)].endpoint_status = status
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 0.25, V1: 0.75}


def test_a_canary_waits_until_alarms_that_are_not_its_fault_are_quiet(stage: Stage) -> None:
    sound_alarm("ALARM")
    stage.finish_job(V2, better_than(V1))
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}
    calm(stage)
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 0.25, V1: 0.75}


def test_a_release_of_what_serves_already_that_fails_takes_nothing_down(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_canary(stage)
    monkeypatch.setattr(rollout, "golden_fault", lambda *_: "Wrong.")
    release.handler({"version": V1}, None)
    assert stage.pointer()[V1] == 1.0


def test_a_person_s_rejection_takes_a_release_back(stage: Stage) -> None:
    begin_canary(stage)
    package = stage.get(f"verdicts/{V2}.json")["package"]
    stage.sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Rejected")
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 0.0, V1: 1.0}
    assert "A person" in stage.verdict(V2)[1]


def test_a_version_that_served_before_serves_again_at_once_when_a_person_asks_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAKE_SECONDS", "0")
    begin_canary(stage)
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0, V1: 0.0}
    monkeypatch.setenv("BAKE_SECONDS", "600")
    answer = release.handler({"version": V1}, None)
    assert answer
    assert answer["rollout"] == [{"version": V1, "weight": 1.0}]
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0, V2: 0.0}
    assert stage.outcomes()[0] == (V1, "released")


def test_it_serves_again_also_when_its_endpoint_is_long_gone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_canary(stage)
    over(monkeypatch)
    for _ in range(2):
        reconcile.handler({}, None)
        calm(stage)
    assert stage.hosted() == {V2}
    monkeypatch.setenv("DRAIN_SECONDS", "60")
    release.handler({"version": V1}, None)
    assert stage.pointer() == {V1: 1.0, V2: 0.0}
    assert stage.hosted() == {V1, V2}


def test_a_person_s_word_ends_a_release_that_is_under_way(stage: Stage) -> None:
    begin_canary(stage)
    release.handler({"version": V1}, None)
    assert stage.pointer() == {V1: 1.0, V2: 0.0}
    assert stage.outcomes()[:2] == [(V1, "released"), (V2, "superseded")]
    reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0, V2: 0.0}


def test_a_person_may_release_what_the_gate_left_to_them(stage: Stage) -> None:
    stage.finish_job(V2, better_than(V1, set={"size": 5, "sha256": "other texts"}))
    reconcile.handler({}, None)
    assert stage.verdict(V2)[0] == "PendingManualApproval"
    assert stage.pointer() == {V1: 1.0}
    release.handler({"version": V2}, None)
    assert stage.verdict(V2) == ("Approved", "A person had it released.")
    assert stage.pointer() == {V2: 0.25, V1: 0.75}


def test_asking_for_what_serves_changes_nothing(stage: Stage) -> None:
    before = stage.get("serving.json")
    release.handler({"version": V1}, None)
    assert stage.get("serving.json") == before


@pytest.mark.parametrize("version", [V3, "../serving", ""])
def test_a_version_that_is_not_kept_is_refused_with_a_sentence(stage: Stage, version: str) -> None:
    with pytest.raises(Refused, match="GET /models lists"):
        release.handler({"version": version}, None)


def test_other_settings_are_a_rollout_of_the_same_version(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    old = endpoint_of(V1)
    monkeypatch.setenv("ENDPOINT_INSTANCE_TYPE", "ml.c5.large")
    reconcile.handler({}, None)
    calm(stage)
    new = endpoint_of(V1)
    shares = {d["endpoint"]: d["weight"] for d in stage.get("serving.json")["deployments"]}
    assert shares == {new: 0.25, old: 0.75}
    over(monkeypatch)
    for _ in range(2):
        reconcile.handler({}, None)
    assert [e["EndpointName"] for e in stage.sagemaker.list_endpoints()["Endpoints"]] == [new]


def test_settings_that_sagemaker_refuses_leave_what_serves_as_it_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = endpoint_of(V1)
    monkeypatch.setattr(requests_made, "check_request", lambda *_: None)  # else the test itself would refuse it
    monkeypatch.setenv("ENDPOINT_INSTANCE_TYPE", "ml.nonsense.large")
    for _ in range(3):
        reconcile.handler({}, None)
    assert stage.pointer() == {V1: 1.0}
    assert stage.outcomes()[0] == (V1, "failed")
    assert [e["EndpointName"] for e in stage.sagemaker.list_endpoints()["Endpoints"]] == [old]
    assert [model["ModelName"] for model in stage.sagemaker.list_models()["Models"]] == [old]


def test_settings_that_failed_are_not_tried_again_and_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENDPOINT_INSTANCE_TYPE", "ml.c5.large")
    reconcile.handler({}, None)
    calm(stage)
    ring(f"{endpoint_of(V1)}-latency")
    for _ in range(3):
        reconcile.handler({}, None)
    assert [each for each in stage.outcomes() if each[1] == "rolled back"] == [(V1, "rolled back")]
    assert stage.verdict(V1)[0] == "Approved"
    assert stage.pointer()[V1] in (0.0, 1.0)


def test_an_approval_beside_another_model_than_serves_now_waits_for_a_person(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_canary(stage)
    stage.finish_job(V3, better_than(V1))
    reconcile.handler({}, None)
    assert stage.verdict(V3)[0] == "Approved"
    monkeypatch.setenv("BAKE_SECONDS", "0")
    for _ in range(2):
        reconcile.handler({}, None)
        calm(stage)
    assert stage.pointer()[V2] == 1.0
    assert stage.verdict(V3) == ("PendingManualApproval", f"{V2} went live since, which it was not judged beside.")


def test_an_endpoint_in_service_has_alarms_and_scales_and_neither_outlives_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaling, cloudwatch = boto3.client("application-autoscaling"), boto3.client("cloudwatch")

    def targets() -> list[str]:
        found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        return [each["ResourceId"] for each in found]

    def alarms() -> set[str]:
        return {each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"]}

    assert targets() == [f"endpoint/{endpoint_of(V1)}/variant/main"]
    assert alarms() == {f"{endpoint_of(V1)}-{what}" for what in ALARMS}
    begin_canary(stage)
    over(monkeypatch)
    for _ in range(2):
        reconcile.handler({}, None)
    assert targets() == [f"endpoint/{endpoint_of(V2)}/variant/main"]
    assert alarms() == {f"{endpoint_of(V2)}-{what}" for what in ALARMS}
