"""What a poisoner gets past the rules on feedback, and past the gate: simulated on IMDb's train reviews.

python -m benchmarks.poisoning --data data/imdb

A fifth of train, of films of its own, judges; a quarter of the rest is the base set, and half of the rest is what
people send: some texts each, a few of them with the wrong sentiment by mistake. A poisoner sends flipped labels. The
rules are the defaults, the gate's thresholds those of serverless.yml, and the test set is not read. The model is the
linear one of n-grams, which takes seconds where the LSTM takes half an hour.
"""

import argparse
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from benchmarks import _common as common
from handlers.common.gate import Champion, Thresholds, judge
from ml import ngrams
from ml.data import Example, read, split
from ml.evaluate import mcnemar
from ml.feedback_rules import Feedback, Rules
from ml.feedback_rules import judge as choose
from ml.text import Preprocessing
from ml.tokens import tokenise_all
from ml.vocabulary import Vocabulary

GATE = Thresholds(floor=0.8, gain=0.002, significance=0.05)
WORDS = Preprocessing(stop_words="none", length=1000)
VOCABULARY = 30_000
MEAN_TEXTS = 3  # of an honest sender, beyond the first
MISTAKES = 0.05  # of honest senders' labels
OWN, OTHERS = "texts of its own", "texts that others sent"


@dataclass(frozen=True)
class Attack:
    """What the poisoner does: which share of all feedback it sends, from how many sources, on which texts."""

    share: float
    sources: int
    texts: str = OWN


ATTACKS = (
    Attack(0.0, 0),
    Attack(0.1, 5),
    Attack(0.2, 5),
    Attack(0.4, 5),
    Attack(0.2, 5, OTHERS),
    Attack(0.4, 100),
    Attack(0.4, 1000),
)


def receive(pool: Sequence[Example], attack: Attack) -> list[Feedback]:
    """As much feedback as there are texts in the pool; the poisoner's ids begin with "poison"."""
    chance = random.Random(1)
    texts = chance.sample(pool, len(pool))
    poison = round(attack.share * len(texts))
    honest, left = texts[poison:], texts[:poison]
    received, place, sender = [], 0, 0
    while place < len(honest):
        sender += 1
        for example in honest[place : place + min(round(chance.expovariate(1 / MEAN_TEXTS)) + 1, 200)]:
            label = example.label ^ (chance.random() < MISTAKES)
            received.append(Feedback(f"honest {place}", example.text, label, f"person {sender}"))
            place += 1
    # All of its sources say the same of a text that others sent; of texts of its own, each has other ones.
    apart = 1 if attack.texts == OWN else max(attack.sources, 1)
    aimed_at = left if attack.texts == OWN else chance.sample(honest, poison // apart)
    for number in range(poison // apart * apart):
        example, source = aimed_at[number // apart], f"poisoner {number % attack.sources}"
        name = hashlib.sha256(str(number).encode()).hexdigest()  # a hash, as ids are, so that no source comes first
        received.append(Feedback(f"poison {name}", example.text, 1 - example.label, source))
    return received


class Judge:
    """Trains on texts of which it has the ids, and tells which of the validation texts the model gets right."""

    def __init__(self, texts: Sequence[Example], validation: Sequence[Example]) -> None:
        words = tokenise_all([example.text for example in [*texts, *validation]], WORDS)
        self.vocabulary = Vocabulary.build(words[: len(texts)], WORDS, VOCABULARY, min_count=2)
        rows = [torch.tensor(self.vocabulary.look_up(each).ids or [1]) for each in words]
        self.rows = {example.text: row for example, row in zip(texts, rows, strict=False)}
        self.validation, self.labels = rows[len(texts) :], _labels(validation)
        self._judged: dict[tuple[Example, ...], Tensor] = {}

    def right(self, training: Sequence[Example]) -> Tensor:
        """(N,) of the validation texts."""
        known = tuple(training)
        if known not in self._judged:
            rows = [self.rows[example.text] for example in training]
            model = ngrams.fit(rows, _labels(training), len(self.vocabulary))
            self._judged[known] = (model.logits(self.validation) >= 0) == (self.labels == 1)
        return self._judged[known]


def _labels(examples: Sequence[Example]) -> Tensor:
    return torch.tensor([float(example.label) for example in examples])


def verdict(right: Tensor, base: Tensor) -> str:
    """Accuracy, and the gate's word on a model beside the one of the base set alone."""
    accuracy = right.float().mean().item()
    champion = {"version": "base", "metrics": {"accuracy": base.float().mean().item()}}
    beside = {**champion, "mcnemar": mcnemar(right, base)}
    of = {"metrics": {"accuracy": accuracy}, "set": {"size": len(right), "sha256": "validation"}, "champion": beside}
    return f"{accuracy:.4f} {judge(of, Champion('base', 'validation'), GATE)[0].lower()}"


def poisoned(feedback: Sequence[Feedback]) -> int:
    return sum(each.id.startswith("poison") for each in feedback)


def row(attack: Attack, base: Sequence[Example], pool: Sequence[Example], judging: Judge, alone: Tensor) -> str:
    """A line of the table."""
    received = receive(pool, attack)
    taken = choose(received, [], base, Rules()).taken
    models = []
    for feedback in (received, taken, [each for each in taken if not poisoned([each])]):
        added = [Example(each.text, each.label) for each in feedback]
        models.append(verdict(judging.right([*base, *added]), alone))
    attacker = f"{attack.share:.0%}, {attack.sources} sources, {attack.texts}" if attack.share else "nobody"
    counts = [f"{poisoned(each):,} of {len(each):,}" for each in (received, taken)]
    return f"| {attacker} | {counts[0]} | {models[0]} | {counts[1]} | {models[1]} | {models[2]} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder made by `python -m ml.data imdb`")
    options = parser.parse_args()
    rest, validation = split(read(options.data / "train.jsonl.gz"), 0.2, seed=0)
    others, pool = split(rest, 0.5, seed=0)
    base, _ = split(others, 0.5, seed=0)
    judging = Judge([*base, *pool], validation)
    alone = judging.right(base)
    print(common.machine())
    print(f"{len(base):,} texts in the base set; it alone gets {alone.float().mean():.4f} of {len(validation):,} right")
    print("\n| who poisons | sent: poison | all of it | taken: poison | what is taken | that without its poison |")
    print("|---|---|---|---|---|---|")
    for attack in ATTACKS:
        print(row(attack, base, pool, judging, alone), flush=True)


if __name__ == "__main__":
    main()
