"""How good a model's probabilities are, and how to make them honest."""

import torch
from torch import Tensor, nn

CALIBRATION_BINS = 10


def metrics(labels: Tensor, probabilities: Tensor) -> dict[str, float | dict[str, int]]:
    """Figures for P(positive) (N,) of texts with labels (N,) of 0 and 1, N at least 1.

    `loss` is the mean negative log-likelihood in nats, `calibration_error` the expected one over ten equal
    bins, `majority` the accuracy of always guessing the larger class.
    """
    labels, probabilities = labels.double(), probabilities.double()
    positive, predicted = labels == 1, probabilities >= 0.5
    confusion = {
        "true_positive": int((positive & predicted).sum()),
        "false_positive": int((~positive & predicted).sum()),
        "true_negative": int((~positive & ~predicted).sum()),
        "false_negative": int((positive & ~predicted).sum()),
    }
    found, missed = confusion["true_positive"], confusion["false_positive"] + confusion["false_negative"]
    share = labels.mean().item()
    return {
        "accuracy": (positive == predicted).double().mean().item(),
        "loss": nn.functional.binary_cross_entropy(probabilities, labels).item(),
        "auc": _auc(positive, probabilities),
        "f1": 2 * found / (2 * found + missed) if found + missed else 0.0,
        "calibration_error": calibration_error(labels, probabilities),
        "majority": max(share, 1 - share),
        "confusion": confusion,
    }


def _auc(positive: Tensor, probabilities: Tensor) -> float:
    """The chance that a positive text scores above a negative one, ties half; 0.5 if a class is absent."""
    positives = int(positive.sum())
    pairs = positives * (len(positive) - positives)
    if not pairs:
        return 0.5
    _, place, counts = probabilities.unique(return_inverse=True, return_counts=True)
    mean_rank = counts.cumsum(0) - (counts - 1) / 2
    wins = mean_rank[place][positive].sum().item() - positives * (positives + 1) / 2
    return wins / pairs


def calibration_error(labels: Tensor, probabilities: Tensor) -> float:
    """Expected calibration error: how far, on average, a stated probability is from the observed share."""
    labels, probabilities = labels.double(), probabilities.double()
    bins = (probabilities * CALIBRATION_BINS).long().clamp(max=CALIBRATION_BINS - 1)
    gaps = torch.zeros(CALIBRATION_BINS, dtype=torch.double).index_add(0, bins, probabilities - labels)
    return (gaps.abs().sum() / len(labels)).item()


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The divisor of logits (N,) that gives labels (N,) the highest likelihood, to 2 %, from 0.1 to 10.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    logits, labels = logits.double(), labels.double()
    candidates = torch.logspace(-1, 1, 233, dtype=torch.double).tolist()
    loss = nn.functional.binary_cross_entropy_with_logits
    return min(candidates, key=lambda temperature: loss(logits / temperature, labels).item())
