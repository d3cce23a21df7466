"""The lines of a data set, dealt out to the processes that train together.

A gzipped file cannot be read from its middle: each process decompresses all of it, but parses, keeps and cleans every
n-th line only. Of the other lines it knows what all have to agree on: label and hashes.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from ml.data import Example, draw, example, line_of, lines, text
from ml.duplicates import key
from ml.errors import DataError
from ml.workers import Workers

Value = TypeVar("Value")


class Line(NamedTuple):
    """What a process knows of one line of the data set."""

    label: int  # 0 where there is none
    owner: int  # rank of the process that cleans its text
    digest: str  # hash of its text, label and group
    draw: str  # by which the training texts are split; empty where there is no label
    set: str = ""  # what it comes from
    target: float | None = None  # P(positive) to be learnt, where it is not the label
    times: int = 1  # how often an epoch reads it
    example: Example | None = None  # in the process that has read it


def read(
    path: Path, workers: Workers, seed: int = 0, labelled: bool = True, whole: bool = False, name: str = ""
) -> list[Line]:
    """All lines of a file, of the set `name` where they name none. This process reads its share, or with `whole` all.

    Raises DataError, in every process, when a line that one of them read is no text, or not labelled as it has to be.
    """
    held: dict[int, Line] = {}
    total, problem = 0, None
    try:
        for number, (where, line) in enumerate(lines(path)):
            total, owner = number + 1, number % workers.count
            if whole or owner == workers.rank:
                found = example(where, line) if labelled else Example(text(where, line), 0)
                digest = _hash(line_of(found if labelled else found.text))
                drawn, repeated = draw(found, seed) if labelled else "", found.times or 1
                held[number] = Line(found.label, owner, digest, drawn, found.set or name, found.target, repeated, found)
    except DataError as error:
        problem = str(error)
    mine = [each[:-1] for each in held.values() if each.owner == workers.rank]
    told = workers.gather_json({"problem": problem, "total": total, "lines": mine})
    problems = [each["problem"] for each in told if each["problem"]]
    if problems:
        raise DataError(problems[0])
    totals = [each["total"] for each in told]
    if len(set(totals)) > 1:
        raise DataError(f"{path} is not the same file for all processes: they find {totals} lines in it")
    dealt = deal([each["lines"] for each in told], (number % workers.count for number in range(total)))
    return [held.get(number) or Line._make([*known, None]) for number, known in enumerate(dealt)]


def deal(shares: Sequence[Iterable[Value]], owners: Iterable[int]) -> Iterator[Value]:
    """The values that each process has of its own lines, in the order of the lines, whose `owners` are given."""
    streams = [iter(share) for share in shares]
    return (next(streams[owner]) for owner in owners)


def texts(lines: Iterable[Line], workers: Workers) -> list[str]:
    """Those that this process has to clean, in order."""
    return [line.example.text for line in lines if line.example and line.owner == workers.rank]


def keys(lines: Sequence[Line], workers: Workers) -> list[str]:
    """For each line a hash that is equal for texts of the same words."""
    return list(deal(workers.gather_json([_hash(key(each)) for each in texts(lines, workers)]), owners(lines)))


def owners(lines: Iterable[Line]) -> Iterator[int]:
    """Of each line."""
    return (line.owner for line in lines)


def set_hash(lines: Iterable[Line]) -> str:
    """Of the texts and their labels, whatever their order and whoever has read them."""
    return hashlib.sha256("".join(sorted(line.digest for line in lines)).encode()).hexdigest()


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:32]
