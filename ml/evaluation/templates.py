"""Sentences with slots, which words of the same subject fill."""

import re
from dataclasses import dataclass
from random import Random
from typing import Literal

from ml.evaluation import words
from ml.evaluation.words import SUBJECTS, Subject

Label = Literal[0, 1]

LABELS: tuple[Label, ...] = (0, 1)  # negative, positive
_START = re.compile(r"(?:^|(?<=[.!?] ))[a-z]")


@dataclass(frozen=True)
class Templates:
    """What a test draws its sentences from. In `both`, the slots decide whether the verdict is good or bad."""

    both: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = SUBJECTS

    @property
    def labels(self) -> tuple[Label, ...]:
        """Those that the templates can have."""
        return tuple(label for label in LABELS if self.of(label))

    def of(self, label: int) -> tuple[str, ...]:
        return self.both + (self.negative, self.positive)[label]

    def draw(self, random: Random, label: int) -> str:
        """One text with that verdict."""
        return fill(random.choice(self.of(label)), slots(random, random.choice(self.subjects), label))


def slots(random: Random, subject: Subject, label: int) -> dict[str, str]:
    """What a template may name. A slot has the label's polarity, and `other_…` the opposite one."""
    other = 1 - label
    trait = random.choice(subject.traits)
    opinion = random.choice(subject.opinions)
    adjectives = [random.choice(words.MILD[each] + words.STRONG[each]) for each in LABELS]
    mild = [random.choice(words.MILD[each]) for each in LABELS]
    one, another = random.sample([each for each in subject.aspects if not {*each} & {*trait}], 2)
    return {
        "noun": random.choice(subject.nouns),
        "it": subject.pronouns[0],
        "them": subject.pronouns[1],
        "used": subject.used,
        "perfect": subject.perfect,
        "again": subject.again,
        "person": random.choice(words.PERSONS),
        "month": random.choice(words.MONTHS),
        "adjective": adjectives[label],
        "other_adjective": adjectives[other],
        "an_adjective": with_article(adjectives[label]),
        "an_other_adjective": with_article(adjectives[other]),
        "mild": mild[label],
        "other_mild": mild[other],
        "trait": trait[label],
        "other_trait": trait[other],
        "verb": opinion[label],
        "other_verb": opinion[other],
        "aspect": f"the {one[0]} {one[1]} {one[2 + label]}",
        "other_aspect": f"the {another[0]} {another[1]} {another[2 + other]}",
        "thing": f"{one[2 + label]} {one[0]}",
        "other_thing": f"{another[2 + other]} {another[0]}",
        "fact": random.choice(subject.facts[label]),
    }


def fill(template: str, slots: dict[str, str]) -> str:
    """The text, in which every sentence begins with a capital letter."""
    return _START.sub(lambda letter: letter[0].upper(), template.format_map(slots))


def with_article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
