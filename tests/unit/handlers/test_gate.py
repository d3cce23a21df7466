"""The gate, by figures alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.gate import APPROVED, PENDING, REJECTED, Champion, Thresholds, judge

THRESHOLDS = Thresholds(floor=0.7, gain=0.01, significance=0.05)
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


@given(accuracy=st.floats(0, 1), beside=st.floats(0, 1), p_value=st.floats(0, 1))
def test_nothing_is_approved_that_misses_any_threshold(accuracy: float, beside: float, p_value: float) -> None:
    status, _ = judge(evaluation(accuracy, beside, p_value), CHAMPION, THRESHOLDS)
    passes = accuracy >= 0.7 and accuracy - beside >= 0.01 and p_value <= 0.05
    assert status == (APPROVED if passes else REJECTED)
