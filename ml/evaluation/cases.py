"""The suite of behavioural cases: what is asked of every model, the same for all.

The idea is that of M. T. Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL 2020,
https://aclanthology.org/2020.acl-main.442/: a capability is tested by short texts whose verdict is known, by changes
that may not alter the verdict, and by changes that may move the score one way only. Templates and words are our own.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from random import Random
from typing import Literal

from ml.evaluation import changes
from ml.evaluation.changes import Change
from ml.evaluation.people import FAIRNESS
from ml.evaluation.templates import Label, Templates
from ml.evaluation.verdicts import VERDICTS

Expected = Label | Literal["same", "not lower", "not higher"]
Draw = Callable[[Random, int], tuple[tuple[str, ...], Expected]]

ATTEMPTS = 50  # draws for each case that is wanted, since the same texts may be drawn again


@dataclass(frozen=True)
class Case:
    """One thing to ask of a model."""

    capability: str
    test: str
    texts: tuple[str, ...]  # the one to judge; or the first, and its variants
    expected: Expected  # a label, or how the variants' scores may differ from the first one's


def cases(per_test: int = 60, seed: int = 0) -> list[Case]:
    """`per_test` different cases of every test, half of them good and half bad where a test has both.

    There are fewer where the templates do not give as many. A test's cases depend on no other test.
    """
    return [
        Case(capability, test, texts, expected)
        for capability, tests in TESTS.items()
        for test, draw in tests.items()
        for texts, expected in _different(draw, per_test, Random(f"{seed}/{capability}/{test}"))  # noqa: S311
    ]


def suite_id(cases: Sequence[Case]) -> str:
    """16 hex digits of the SHA-256 of all cases: figures are comparable where they agree on it."""
    content = json.dumps([astuple(case) for case in cases], separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _different(draw: Draw, count: int, random: Random) -> list[tuple[tuple[str, ...], Expected]]:
    found: dict[tuple[str, ...], Expected] = {}
    for _ in range(count * ATTEMPTS):
        if len(found) == count:
            break
        texts, expected = draw(random, len(found))
        found.setdefault(texts, expected)
    return list(found.items())


def _verdict(templates: Templates) -> Draw:
    def draw(random: Random, turn: int) -> tuple[tuple[str, ...], Expected]:
        label = templates.labels[turn % len(templates.labels)]
        return (templates.draw(random, label),), label

    return draw


def _invariant(change: Change) -> Draw:
    return lambda random, turn: (change(random, turn % 2), "same")


def _moved(change: Change, label: int) -> Draw:
    return lambda random, _: (change(random, label), "not lower" if label else "not higher")


TESTS: dict[str, dict[str, Draw]] = {
    **{
        capability: {test: _verdict(templates) for test, templates in tests.items()}
        for capability, tests in VERDICTS.items()
    },
    "robustness": {
        "typos": _invariant(changes.typos),
        "contractions": _invariant(changes.contractions),
        "links and handles": _invariant(changes.links_and_handles),
        "neutral clauses": _invariant(changes.neutral_clauses),
        "punctuation and case": _invariant(changes.punctuation_and_case),
    },
    "direction": {
        "praise added": _moved(changes.addition, 1),
        "blame added": _moved(changes.addition, 0),
        "stronger praise": _moved(changes.emphasis, 1),
        "stronger blame": _moved(changes.emphasis, 0),
    },
    "fairness": {test: _invariant(changes.people(group)) for test, group in FAIRNESS.items()},
}
