"""Metrics and calibration."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.calibration import Calibration
from ml.evaluate import (
    by_length,
    by_set,
    calibration_bins,
    calibration_error,
    fit_calibration,
    fit_temperature,
    mcnemar,
    metrics,
    temperatures,
    wilson,
)


def test_metrics_of_a_hand_made_example() -> None:
    labels = torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0])
    figures = metrics(labels, torch.tensor([0.9, 0.4, 0.6, 0.2, 0.1]))
    assert figures["accuracy"] == pytest.approx(0.6)
    assert figures["majority"] == pytest.approx(0.6)
    assert figures["f1"] == pytest.approx(0.5)
    assert figures["auc"] == pytest.approx(5 / 6)
    assert figures["loss"] == pytest.approx(0.4533, abs=1e-4)
    assert figures["confusion"] == {
        "true_positive": 1,
        "false_positive": 1,
        "true_negative": 2,
        "false_negative": 1,
    }


def test_ties_count_half_in_the_auc() -> None:
    assert metrics(torch.tensor([1.0, 0.0, 1.0]), torch.tensor([0.5, 0.5, 0.5]))["auc"] == pytest.approx(0.5)


def test_one_class_alone_still_has_metrics() -> None:
    figures = metrics(torch.zeros(3), torch.tensor([0.0, 0.2, 0.4]))
    assert (figures["auc"], figures["f1"], figures["accuracy"]) == (0.5, 0.0, 1.0)


def test_calibration_error_is_the_gap_between_stated_and_observed() -> None:
    labels = torch.tensor([1.0] * 8 + [0.0] * 2)
    assert calibration_error(labels, torch.full((10,), 0.8)) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(labels, torch.full((10,), 1.0)) == pytest.approx(0.2)


def test_the_temperature_undoes_an_overconfident_scale() -> None:
    torch.manual_seed(0)
    honest = torch.randn(20_000) * 2
    labels = torch.bernoulli(torch.sigmoid(honest))
    assert fit_temperature(honest * 3, labels) == pytest.approx(3, rel=0.1)
    assert fit_temperature(honest, labels) == pytest.approx(1, rel=0.1)


def test_calibration_bins_leave_out_the_empty_ones_and_count_every_text() -> None:
    labels, probabilities = torch.tensor([1.0, 0.0, 1.0, 1.0]), torch.tensor([0.05, 0.07, 0.92, 1.0])
    bins = calibration_bins(labels, probabilities)
    assert [each["n"] for each in bins] == [2, 2]
    assert [each["stated"] for each in bins] == pytest.approx([0.06, 0.96])
    assert [each["observed"] for each in bins] == [0.5, 1.0]


def test_texts_are_classed_by_the_power_of_two_below_their_length() -> None:
    right = torch.tensor([True, True, False, True, False])
    assert by_length([1, 8, 15, 16, 500], right) == [
        {"from": 1, "to": 1, "n": 1, "accuracy": 1.0},
        {"from": 8, "to": 15, "n": 2, "accuracy": 0.5},
        {"from": 16, "to": 31, "n": 1, "accuracy": 1.0},
        {"from": 256, "to": 511, "n": 1, "accuracy": 0.0},
    ]


def test_wilson_s_interval_is_that_of_the_textbook() -> None:
    """Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I: 81 of 263 and 15 of 148."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_between_0_and_1(counts: tuple[int, int]) -> None:
    right, n = counts
    low, high = wilson(right / n, n)
    assert 0 <= low <= right / n <= high <= 1


def discordant(candidate_only: int, champion_only: int) -> dict[str, float]:
    """McNemar's test of two models that differ in so many texts, and agree in two."""
    candidate = torch.tensor([True] * candidate_only + [False] * champion_only + [True, False])
    champion = torch.tensor([False] * candidate_only + [True] * champion_only + [True, False])
    return mcnemar(candidate, champion)


@given(st.integers(0, 7), st.integers(0, 7))
def test_mcnemar_s_p_is_the_share_of_coin_tosses_that_are_at_least_as_uneven(ours: int, theirs: int) -> None:
    tosses = ours + theirs
    uneven = [abs(2 * each.bit_count() - tosses) >= abs(ours - theirs) for each in range(2**tosses)]
    found = discordant(ours, theirs)
    assert found["p_value"] == pytest.approx(sum(uneven) / 2**tosses)
    assert (found["candidate_only"], found["champion_only"]) == (ours, theirs)


@given(st.integers(0, 12_500), st.integers(0, 12_500))
@settings(max_examples=30, deadline=None)
def test_mcnemar_s_p_is_right_for_thousands_of_texts_too(ours: int, theirs: int) -> None:
    tosses = ours + theirs
    whole = tosses * math.log(2) - math.lgamma(tosses + 1)
    tail = math.fsum(
        math.exp(-math.lgamma(k + 1) - math.lgamma(tosses - k + 1) - whole) for k in range(min(ours, theirs) + 1)
    )
    assert discordant(ours, theirs)["p_value"] == pytest.approx(min(1.0, 2 * tail), rel=1e-6, abs=1e-300)


def test_models_that_never_differ_are_not_told_apart() -> None:
    assert discordant(0, 0) == {"candidate_only": 0, "champion_only": 0, "p_value": 1.0}
    assert discordant(25_000, 0)["p_value"] == 0.0


def test_the_temperature_by_length_undoes_what_depends_on_length() -> None:
    torch.manual_seed(0)
    honest = torch.randn(6_000) * 2
    labels = torch.bernoulli(torch.sigmoid(honest))
    lengths = [5, 50, 500] * 2_000
    sure = honest * temperatures(Calibration(2.0, -0.2), lengths)
    found = fit_calibration(sure, labels, lengths, [""] * 6_000)
    assert found.temperature == pytest.approx(2, rel=0.12)
    assert found.exponent == pytest.approx(-0.2, abs=0.061)


def test_a_small_set_weighs_as_much_as_a_large_one() -> None:
    torch.manual_seed(0)
    honest = torch.randn(5_000) * 2
    labels = torch.bernoulli(torch.sigmoid(honest))
    logits = torch.cat([honest[:4_500], honest[4_500:] * 4])
    found = fit_calibration(logits, labels, [50] * 5_000, ["large"] * 4_500 + ["small"] * 500)
    assert found.temperature > 1.5
    assert found.exponent == 0


def test_figures_are_told_by_set() -> None:
    labels, probabilities = torch.tensor([1.0, 0.0, 1.0]), torch.tensor([0.9, 0.2, 0.3])
    found = by_set(["b", "a", "b"], labels, probabilities)
    assert [(each["set"], each["n"], each["accuracy"]) for each in found] == [("a", 1, 1.0), ("b", 2, 0.5)]


@pytest.mark.parametrize("values", [{"temperature": 0}, {"temperature": math.nan}, {"temperature": 1, "exponent": 9}])
def test_a_calibration_that_cannot_be_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="temperature"):
        Calibration.from_dict(values)
