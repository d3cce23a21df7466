"""How good a model's probabilities are, and how to make them honest."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ml.calibration import LONGEST, USUAL, Calibration

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
    bins = calibration_bins(labels, probabilities)
    return sum(each["n"] * abs(each["stated"] - each["observed"]) for each in bins) / len(labels)


def calibration_bins(labels: Tensor, probabilities: Tensor) -> list[dict[str, float]]:
    """What a reliability diagram shows: for each tenth of P(positive) that has texts, their number `n`, the mean
    probability `stated` for them, and the share `observed` of positive ones."""
    labels, probabilities = labels.double(), probabilities.double()
    places = (probabilities * CALIBRATION_BINS).long().clamp(max=CALIBRATION_BINS - 1)
    inside = [places == place for place in range(CALIBRATION_BINS)]
    return [
        {
            "n": int(texts.sum()),
            "stated": probabilities[texts].mean().item(),
            "observed": labels[texts].mean().item(),
        }
        for texts in inside
        if texts.any()
    ]


def by_length(lengths: Sequence[int], right: Tensor) -> list[dict[str, float]]:
    """Accuracy of texts of similar length, for texts of `lengths` words that are judged `right` (N,) or not.

    The classes double in width (1, 2-3, 4-7 words, ...), so that they suit tweets and reviews alike; those without
    texts are left out.
    """
    classes: dict[int, list[bool]] = {}
    for length, correct in zip(lengths, right.tolist(), strict=True):
        classes.setdefault(length.bit_length(), []).append(correct)
    return [
        {"from": 2**bits // 2, "to": 2**bits - 1, "n": len(each), "accuracy": sum(each) / len(each)}
        for bits, each in sorted(classes.items())
    ]


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share that was observed in n independent cases.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927.
    """
    z = 1.959964
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # against rounding at 0 and 1


def mcnemar(candidate: Tensor, champion: Tensor) -> dict[str, float]:
    """Whether two models that judged the same texts right (N,) or wrong differ by more than chance.

    `candidate_only` and `champion_only` count the texts that one alone got right; `p_value` is two-sided and exact:
    how likely a fair coin, tossed for each of them, comes out at least as uneven.
    Q. McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika 12, 1947.
    """
    ours, theirs = int((candidate & ~champion).sum()), int((champion & ~candidate).sum())
    tosses = ours + theirs
    ways, tail = 1, 1  # of getting k heads, and of getting at most k: whole numbers, so nothing is rounded
    for k in range(min(ours, theirs)):
        ways = ways * (tosses - k) // (k + 1)
        tail += ways
    return {"candidate_only": ours, "champion_only": theirs, "p_value": min(1.0, 2 * tail / 2**tosses)}


def temperatures(calibration: Calibration, lengths: Sequence[int]) -> Tensor:
    """What to divide the logits (N,) of texts of these many words by."""
    return torch.tensor([calibration.of(length) for length in lengths])


def fit_calibration(logits: Tensor, labels: Tensor, lengths: Sequence[int], sets: Sequence[str]) -> Calibration:
    """The temperature by length that gives labels (N,) the highest likelihood, each set weighing the same.

    On a grid, 4 % apart from 0.2 to 5; of exponents as good the one nearest to 0.
    """
    logits, labels = logits.double(), labels.double()
    counts = Counter(sets)
    weights = torch.tensor([1 / counts[each] for each in sets], dtype=torch.double)
    words = torch.tensor([min(max(length, 1), LONGEST) / USUAL for length in lengths], dtype=torch.double)
    best, found = math.inf, Calibration()
    candidates = torch.logspace(math.log10(0.2), math.log10(5), 83, dtype=torch.double).tolist()
    for exponent in sorted((step / 50 for step in range(-20, 21)), key=abs):
        scaled = logits / words**exponent
        for temperature in candidates:
            losses = nn.functional.softplus(scaled / temperature) - labels * scaled / temperature
            loss = (losses * weights).sum().item()
            if loss < best - 1e-9:
                best, found = loss, Calibration(temperature, exponent)
    return found


def by_set(sets: Sequence[str], labels: Tensor, probabilities: Tensor) -> list[dict[str, Any]]:
    """Figures of each set that the texts (N,) come from, in alphabetical order."""
    found = []
    for name in sorted(set(sets)):
        inside = torch.tensor([each == name for each in sets])
        measured = metrics(labels[inside], probabilities[inside])
        kept = {key: measured[key] for key in ("accuracy", "loss", "calibration_error", "majority")}
        found.append({"set": name, "n": int(inside.sum()), **kept})
    return found


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The divisor of logits (N,) that gives labels (N,) the highest likelihood, to 2 %, from 0.1 to 10.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    logits, labels = logits.double(), labels.double()
    candidates = torch.logspace(-1, 1, 233, dtype=torch.double).tolist()
    loss = nn.functional.binary_cross_entropy_with_logits
    return min(candidates, key=lambda temperature: loss(logits / temperature, labels).item())
