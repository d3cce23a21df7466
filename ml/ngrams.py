"""A linear model of n-grams: fast, and wrong about other texts than the LSTM is.

Logistic regression on the 1-, 2- and 3-grams that a text has, scaled by how much likelier they are in one class than
in the other: Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL 2012.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ml.linear import LONGEST

RARE = 2  # n-grams of fewer texts are left out
ITERATIONS = 60


@dataclass(frozen=True)
class Ngrams:
    """Which n-grams occur in which texts: pairs (M,), sorted by text, each pair once."""

    texts: Tensor
    codes: Tensor


@dataclass(frozen=True)
class LinearModel:
    codes: Tensor  # (F,) of the n-grams that it knows, ascending
    weights: Tensor  # (F,)
    bias: Tensor  # ()
    vocabulary_size: int

    def logits(self, rows: Sequence[Tensor]) -> Tensor:
        """(N,) of texts given as ids (T,)."""
        ngrams = find(rows, self.vocabulary_size)
        places, known = _look_up(self.codes, ngrams.codes)
        values, texts = self.weights[places[known]], ngrams.texts[known]
        return torch.zeros(len(rows)).index_add_(0, texts, values) + self.bias


def find(rows: Sequence[Tensor], vocabulary_size: int) -> Ngrams:
    """The n-grams of texts given as ids (T,) below `vocabulary_size`."""
    pairs = []
    for text, row in enumerate(rows):
        grams = [row.long()]  # a pair of ids is more than 32 bits hold
        for length in range(1, LONGEST):
            # Ids are shifted by 1 so that no n-gram is another one with a 0 in front.
            grams.append(grams[-1][:-1] * (vocabulary_size + 1) + row[length:] + 1)
        codes = torch.cat(grams).unique()
        pairs.append((torch.full_like(codes, text), codes))
    if not pairs:
        return Ngrams(torch.empty(0, dtype=torch.long), torch.empty(0, dtype=torch.long))
    return Ngrams(torch.cat([texts for texts, _ in pairs]), torch.cat([codes for _, codes in pairs]))


def fit(rows: Sequence[Tensor], labels: Tensor, vocabulary_size: int) -> LinearModel:
    """The model for texts given as ids (T,) and their labels (N,) of 0 and 1."""
    ngrams = find(rows, vocabulary_size)
    codes, counts = ngrams.codes.unique(return_counts=True)
    codes = codes[counts >= RARE]
    places, known = _look_up(codes, ngrams.codes)
    places, texts = places[known], ngrams.texts[known]
    scale = _log_ratio(places, labels[texts], len(codes))
    weights, bias = nn.Parameter(torch.zeros(len(codes))), nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    @torch.no_grad()
    def loss() -> float:
        # The gradient is written out, which a sum over the pairs makes ten times as fast as autograd.
        logits = torch.zeros(len(rows)).index_add_(0, texts, (weights * scale)[places]) + bias
        difference = torch.sigmoid(logits) - labels
        weights.grad = torch.zeros(len(codes)).index_add_(0, places, difference[texts]) * scale + weights
        bias.grad = difference.sum()
        likelihood = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum")
        return (likelihood + weights.square().sum() / 2).item()

    optimizer.step(loss)
    return LinearModel(codes, (weights * scale).detach(), bias.detach(), vocabulary_size)


def _log_ratio(places: Tensor, labels: Tensor, size: int) -> Tensor:
    """For each n-gram (F,) the log of how much likelier it is in the positive class."""
    positive = torch.ones(size).index_add_(0, places, labels)
    negative = torch.ones(size).index_add_(0, places, 1 - labels)
    return (positive / positive.sum()).log() - (negative / negative.sum()).log()


def _look_up(codes: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Where each of `wanted` (M,) stands in the ascending `codes`, and whether it does."""
    if not len(codes):
        return torch.zeros_like(wanted), torch.zeros_like(wanted, dtype=torch.bool)
    places = torch.searchsorted(codes, wanted).clamp(max=len(codes) - 1)
    return places, codes[places] == wanted
