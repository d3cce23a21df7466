"""Metrics and calibration."""

import pytest
import torch

from ml.evaluate import calibration_error, fit_temperature, metrics


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
