"""Texts as the network takes them, in batches of similar length."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ml.data import Example
from ml.vocabulary import PADDING, UNKNOWN
from ml.workers import DEVICE

POOL = 50  # batches that are sorted by length together


class Encoded:
    """Texts with their labels, 0 where there are none yet. `empty` texts had no word left after cleaning."""

    def __init__(self, rows: Sequence[Sequence[int]], examples: Sequence[Example] | None = None) -> None:
        self.empty = sum(not row for row in rows)
        # A text without any word is one unknown word, so that it is counted and not skipped.
        self.rows = [torch.tensor(row or [UNKNOWN]) for row in rows]
        self.lengths = [len(row) for row in self.rows]
        labels = [0] * len(rows) if examples is None else [example.label for example in examples]
        self.labels = torch.tensor(labels, dtype=torch.float)

    def ids(self, indices: Sequence[int]) -> Tensor:
        """(B, T), on the device."""
        return pad_sequence([self.rows[i] for i in indices], batch_first=True, padding_value=PADDING).to(DEVICE)


def joined(first: Encoded, second: Encoded) -> Encoded:
    """The texts of both, in order."""
    both = Encoded([])
    both.empty, both.rows, both.lengths = (
        first.empty + second.empty,
        first.rows + second.rows,
        first.lengths + second.lengths,
    )
    both.labels = torch.cat([first.labels, second.labels])
    return both


def shuffled_batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """All indices once: batches of similar length, so that little is padded, in random order."""
    indices = torch.randperm(len(lengths)).tolist()
    batches = []
    for start in range(0, len(indices), POOL * size):
        pool = sorted(indices[start : start + POOL * size], key=lambda index: lengths[index])
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    return [batches[number] for number in torch.randperm(len(batches)).tolist()]
