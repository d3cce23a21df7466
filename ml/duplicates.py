"""Texts that occur twice: what a model has been trained on must not be what it is tested on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ml.data import Example

_WORD = re.compile(r"\w+")


def key(text: str) -> str:
    """Equal for texts of the same words in the same order, whatever their case, punctuation and spaces."""
    return " ".join(_WORD.findall(text.lower())) or text


@dataclass(frozen=True)
class Distinct:
    """Examples without repetitions, and how many were dropped."""

    examples: list[Example]
    dropped: int
    contradictions: int  # of the dropped: with the other label than the one that was kept


def distinct(examples: Iterable[Example]) -> Distinct:
    """The first of each text."""
    kept: dict[str, Example] = {}
    dropped = contradictions = 0
    for example in examples:
        first = kept.setdefault(key(example.text), example)
        if first is not example:
            dropped += 1
            contradictions += first.label != example.label
    return Distinct(list(kept.values()), dropped, contradictions)


def without(examples: Sequence[Example], others: Iterable[Example]) -> list[Example]:
    """The examples whose text is not among the others'."""
    taken = {key(example.text) for example in others}
    return [example for example in examples if key(example.text) not in taken]


def shared(texts: Iterable[str], others: Iterable[str]) -> int:
    """How many of the texts are among the others."""
    taken = {key(text) for text in others}
    return sum(key(text) in taken for text in texts)
