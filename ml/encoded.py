"""Texts as the network takes them, in batches of similar length."""

from array import array
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ml.data import Example
from ml.vocabulary import PADDING, UNKNOWN
from ml.workers import DEVICE

SHORT = 50  # words, with which a text is a sentence or two
FULL = 100  # words a text, padding included, up to which a batch takes in more texts
MOST = 4  # times as many of them
STEPS = 500  # of an epoch, which larger batches must not bring it below
POOL = 50  # batches that are sorted by length together


class Encoded:
    """Texts with their labels, or the P(positive) that is to be learnt; 0 where there are none yet.

    `empty` texts had no word left after cleaning.
    """

    def __init__(self, rows: Sequence[Sequence[int]], examples: Sequence[Example] | None = None) -> None:
        self.empty = sum(not row for row in rows)
        labels = [0] * len(rows) if examples is None else [example.label for example in examples]
        self._hold(flat(rows), labels, [""] * len(rows))

    @classmethod
    def of_rows(
        cls, rows: list[Tensor], labels: Sequence[float], empty: int, sets: Sequence[str] | None = None
    ) -> "Encoded":
        """Of rows as `flat` gives them; `sets` names the set that each comes from."""
        encoded = cls([])
        encoded.empty = empty
        encoded._hold(rows, labels, [""] * len(rows) if sets is None else sets)
        return encoded

    def _hold(self, rows: list[Tensor], labels: Sequence[float], sets: Sequence[str]) -> None:
        self.rows, self.lengths, self.sets = rows, [len(row) for row in rows], list(sets)
        self.labels = torch.tensor(labels, dtype=torch.float)

    def ids(self, indices: Sequence[int]) -> Tensor:
        """(B, T), on the device."""
        return pad_sequence([self.rows[i] for i in indices], batch_first=True, padding_value=PADDING).to(DEVICE).long()


def flat(rows: Sequence[Sequence[int]]) -> list[Tensor]:
    """The rows as views of one tensor of 32 bits a word, which is half of what torch would take for whole numbers.

    A text without any word is one unknown word, so that it is counted and not skipped.
    """
    whole = array("i")
    for row in rows:
        whole.extend(row or [UNKNOWN])
    return cut(torch.frombuffer(whole, dtype=torch.int32), [len(row) or 1 for row in rows]) if whole else []


def cut(whole: Tensor, lengths: Sequence[int]) -> list[Tensor]:
    """Rows of these lengths, as views of the tensor (sum of lengths,) in which they stand one after the other."""
    return list(whole.split(list(lengths)))


def joined(first: Encoded, second: Encoded) -> Encoded:
    """The texts of both, in order."""
    both = Encoded([])
    both.empty, both.rows, both.lengths, both.sets = (
        first.empty + second.empty,
        first.rows + second.rows,
        first.lengths + second.lengths,
        first.sets + second.sets,
    )
    both.labels = torch.cat([first.labels, second.labels])
    return both


def shuffled_batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """All indices once: batches of similar length, so that little is padded, in random order.

    Of short texts a batch has up to four times as many, where there are enough of them: each gives a weaker gradient,
    and an update of the whole embedding costs the same for few words as for many.
    """
    most = size * max(1, min(MOST, len(lengths) // (size * STEPS)))
    indices = torch.randperm(len(lengths)).tolist()
    batches = []
    for start in range(0, len(indices), POOL * size):
        pool = sorted(indices[start : start + POOL * size], key=lambda index: lengths[index])
        while pool:
            end = size
            while end < min(most, len(pool)) and (end + 1) * lengths[pool[end]] <= FULL * size:
                end += 1
            batches.append(pool[:end])
            pool = pool[end:]
    return [batches[number] for number in torch.randperm(len(batches)).tolist()]
