"""The gate, by figures alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.gate import APPROVED, PENDING, REJECTED, Champion, Thresholds, judge
from handlers.common.judging import _thresholds
from handlers.common.settings import SettingsError
from tests.unit.handlers.stage import Stage

THRESHOLDS = Thresholds(floor=0.7, gain=0.01, significance=0.05)
STRICT = replace(THRESHOLDS, behaviour=0.05)
CHAMPION = Champion("champion", "set")


def evaluation(accuracy: float, beside: float = 0.8, p_value: float = 0.001, **champion: Any) -> dict[str, Any]:
    return {
        "metrics": {"accuracy": accuracy},
        "set": {"size": 1200, "sha256": "set"},
        "champion": {
            "version": "champion",
            "metrics": {"accuracy": beside},
            "mcnemar": {"p_value": p_value},
            **champion,
        },
    }


@pytest.mark.parametrize(
    ("found", "champion", "status", "said"),
    [
        (evaluation(0.9), None, APPROVED, "reaches the floor"),
        (evaluation(0.69), None, REJECTED, "below the floor of 0.7"),
        (evaluation(0.69), CHAMPION, REJECTED, "below the floor of 0.7"),
        (evaluation(0.9), CHAMPION, APPROVED, "+0.1000 beside champion"),
        (evaluation(0.805), CHAMPION, REJECTED, "less than the smallest gain of 0.01"),
        (evaluation(0.9, p_value=float("nan")), CHAMPION, REJECTED, "may be an accident"),
        (evaluation(0.9, beside=float("nan")), CHAMPION, REJECTED, "less than the smallest gain"),
        (evaluation(float("nan")), None, REJECTED, "below the floor"),
        (evaluation(0.75), CHAMPION, REJECTED, "-0.0500 beside champion"),
        (evaluation(0.9, p_value=0.2), CHAMPION, REJECTED, "may be an accident: McNemar's p is 0.2"),
        (evaluation(0.99), Champion("champion", "another set"), PENDING, "decided by a person"),
        (evaluation(0.99), Champion("champion", None), PENDING, "decided by a person"),
        (evaluation(0.99), Champion("newer", "set"), PENDING, "decided by a person"),
        (evaluation(0.99, version=None, error="damaged"), CHAMPION, PENDING, "decided by a person"),
        ({**evaluation(0.99), "champion": None}, CHAMPION, PENDING, "decided by a person"),
    ],
)
def test_a_candidate_is_approved_only_where_the_same_texts_show_that_it_is_better(
    found: dict[str, Any], champion: Champion | None, status: str, said: str
) -> None:
    given_status, reasons = judge(found, champion, THRESHOLDS)
    assert given_status == status
    assert said in reasons[-1]


def behaviour(suite: str = "cases", /, **rates: float) -> dict[str, Any]:
    return {"suite": suite, "capabilities": {capability: {"rate": rate} for capability, rate in rates.items()}}


def behaving(own: dict[str, Any], others: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The evaluation `found`, with the behaviour of both models."""
    return {**found, "behaviour": own, "champion": {**found["champion"], "behaviour": others}}


BETTER = evaluation(0.9)
WORSE = behaviour(negation=0.344, contrast=0.2, fairness=0.5), behaviour(negation=0.283, contrast=0.15, fairness=0.02)


def test_a_candidate_that_behaves_worse_is_rejected_capability_by_capability() -> None:
    status, reasons = judge(behaving(*WORSE, BETTER), CHAMPION, STRICT)
    assert status == REJECTED
    assert reasons[-2:] == [
        "Of the cases of negation it fails 34.4%, champion, which serves, 28.3%: more than 5 percentage points worse.",
        "Of the cases of fairness it fails 50.0%, champion, which serves, 2.0%: more than 5 percentage points worse.",
    ]


def test_a_candidate_that_would_wait_is_rejected_if_it_behaves_worse() -> None:
    status, reasons = judge(behaving(*WORSE, BETTER), replace(CHAMPION, test_set="another set"), STRICT)
    assert status == REJECTED
    assert "its held-out texts are others" in reasons[1].lower()
    assert not any("decided by a person" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("found", "champion", "thresholds", "status"),
    [
        (behaving(*WORSE, BETTER), CHAMPION, THRESHOLDS, APPROVED),  # the threshold is off
        (behaving(*WORSE, BETTER), None, STRICT, APPROVED),
        (behaving(*WORSE, BETTER), Champion("newer", "set"), STRICT, PENDING),  # not that champion's behaviour
        (behaving(behaviour("other", negation=1), WORSE[1], BETTER), CHAMPION, STRICT, APPROVED),  # other cases
        (behaving(WORSE[0], {"error": "out of memory"}, BETTER), CHAMPION, STRICT, APPROVED),
        (BETTER, CHAMPION, STRICT, APPROVED),  # evaluations from before there was any behaviour in them
        (BETTER | {"behaviour": WORSE[0]}, CHAMPION, STRICT, APPROVED),
        ({**BETTER, "behaviour": WORSE[0], "champion": None}, CHAMPION, STRICT, PENDING),
        (behaving(WORSE[1], WORSE[0], BETTER), CHAMPION, STRICT, APPROVED),  # better
        (behaving(behaviour(negation=0.55), behaviour(negation=0.5), BETTER), CHAMPION, STRICT, APPROVED),
        (behaving(behaviour(negation=float("nan")), behaviour(negation=0.5), BETTER), CHAMPION, STRICT, REJECTED),
        (behaving(*WORSE, evaluation(0.805)), CHAMPION, STRICT, REJECTED),
    ],
)
def test_behaviour_counts_only_where_both_were_asked_the_same_cases_in_the_same_job(
    found: dict[str, Any], champion: Champion | None, thresholds: Thresholds, status: str
) -> None:
    assert judge(found, champion, thresholds)[0] == status


CASES = 60  # so that rates are what they are in a suite
FAILED = st.integers(0, CASES)


@given(
    accuracy=st.floats(0, 1),
    beside=st.floats(0, 1),
    p_value=st.floats(0, 1),
    failed=st.lists(st.tuples(FAILED, FAILED), max_size=3),
    most=st.none() | st.integers(0, CASES),
    same_set=st.booleans(),
)
def test_nothing_is_approved_that_misses_any_threshold(
    accuracy: float,
    beside: float,
    p_value: float,
    failed: list[tuple[int, int]],
    most: int | None,
    same_set: bool,
) -> None:
    own, others = (
        behaviour(**{str(number): pair[which] / CASES for number, pair in enumerate(failed)}) for which in (0, 1)
    )
    found = behaving(own, others, evaluation(accuracy, beside, p_value))
    thresholds = replace(THRESHOLDS, behaviour=None if most is None else most / CASES)
    status, _ = judge(found, CHAMPION if same_set else replace(CHAMPION, test_set="another set"), thresholds)
    behaves = most is None or all(ours - theirs <= most for ours, theirs in failed)
    better = accuracy - beside >= 0.01 and p_value <= 0.05
    if accuracy < 0.7 or not behaves or (same_set and not better):
        assert status == REJECTED
    else:
        assert status == (APPROVED if same_set else PENDING)


def test_the_threshold_of_behaviour_is_a_share_or_off(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _thresholds() == Thresholds(floor=0.7, gain=0.01, significance=0.05, behaviour=None)
    for value, meant in (("", None), ("0.05", 0.05), ("0", 0.0)):
        monkeypatch.setenv("LARGEST_BEHAVIOUR_LOSS", value)
        assert _thresholds().behaviour == meant
    for value, sentence in (("5", "is 5, but has to be from 0 to 1"), ("some", "has to be a number"), ("nan", "nan")):
        monkeypatch.setenv("LARGEST_BEHAVIOUR_LOSS", value)
        with pytest.raises(SettingsError, match=f"LARGEST_BEHAVIOUR_LOSS.*{sentence}"):
            _thresholds()


def test_each_stage_states_all_thresholds_with_that_of_behaviour_off() -> None:
    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's short forms, which do not matter here."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    page = yaml.load((Path(__file__).parents[3] / "serverless.yml").read_text("utf-8"), Loader)["custom"]
    for stage in page["stages"].values():
        assert stage["gate"].keys() == {"floor", "gain", "significance", "behaviour"}
        assert stage["gate"]["behaviour"] is None
    assert page["serving"]["LARGEST_BEHAVIOUR_LOSS"] == "${self:custom.settings.gate.behaviour, null}"
