"""Rows of ids in, calibrated probabilities out, in batches that cost least."""

import torch

from ml.artifact import Model
from ml.attribution import word_weights
from ml.vocabulary import pad

BATCH = 32  # rows at most
STEP = 4  # reading the weights for a step takes as long as computing it for that many rows


def score_rows(rows: list[list[int]], model: Model) -> list[float]:
    """Calibrated P(positive) of each row, in order, on the network's device; rows of similar length share a batch."""
    scores = [0.0] * len(rows)
    device = next(model.network.parameters()).device
    by_length = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    for part in cheapest_batches([len(rows[index]) for index in by_length]):
        batch = by_length[part]
        ids = torch.tensor(pad([rows[index] for index in batch]), device=device)
        temperatures = torch.tensor([model.calibration.of(len(rows[index])) for index in batch], device=device)
        for index, score in zip(batch, model.network.predict(ids, temperatures).tolist(), strict=True):
            scores[index] = score
    return scores


def explain_row(row: list[int], model: Model) -> list[float]:
    """What each id of the row adds to the calibrated logit, to four places."""
    ids = torch.tensor(row, device=next(model.network.parameters()).device)
    found = word_weights(model.network, ids, model.calibration.of(len(row))).tolist()
    return [round(weight, 4) for weight in found]


def cheapest_batches(lengths: list[int]) -> list[slice]:
    """Where to cut rows of ascending lengths, so that scoring them costs least.

    A batch takes a step for each word of its longest row, and a step costs STEP plus the number of rows: too few
    batches compute padding, too many read the weights too often.
    """
    costs, starts = [0], [0]  # of the cheapest way to score the first rows, and where its last batch starts
    for end, longest in enumerate(lengths, start=1):
        cost, start = min(
            (costs[start] + longest * (STEP + end - start), start) for start in range(max(0, end - BATCH), end)
        )
        costs.append(cost)
        starts.append(start)
    batches, end = [], len(lengths)
    while end:
        batches.append(slice(starts[end], end))
        end = starts[end]
    return batches
