"""A data set of short texts on anything, to train on beside long reviews.

python -m ml.data short --from DIR --out data/short

What is learnt: the sets of others that lie in DIR (ml/short/sources.py), sentences that were written for this purpose
(sentences/), and sentences from templates (templates.py). What is validated on: other texts of the same kinds. What is
tested on: everyday sentences and negations by an author who has seen none of the others (benchmarks/texts).
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml.data import Example, save
from ml.duplicates import key
from ml.errors import DataError
from ml.evaluation.cases import cases
from ml.short import templates
from ml.short.sources import TRAINING, VALIDATION, Source, is_known, read

HERE = Path(__file__).parent
TESTS = HERE.parent.parent / "benchmarks" / "texts"
LABELS = {"+": 0.97, "-": 0.03, "=": 0.5}
OWN, TEMPLATES = "everyday", "templates"
VALIDATED_ONE_IN = 10  # of our own sentences
OWN_TIMES = 3  # as often as an epoch reads a text of others
FROM_TEMPLATES = 24_000


def add_command(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("short", help="short texts on anything")
    parser.add_argument(
        "--from", type=Path, dest="source", required=True, help="folder of the sets of others: train/ and validation/"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for train, validation and test .jsonl.gz")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the set to `options.out`. Raises DataError."""
    parts, readme = build(options.source)
    save(options.out, parts, readme)


def build(folder: Path) -> tuple[dict[str, list[Example]], str]:
    """The parts, and what there is to say about them. Raises DataError."""
    test = list(_tests())
    own_training, own_validation = sentences()
    validation, validation_table = _read_all(VALIDATION, folder / "validation", learnt=False)
    made = [
        Example(text, int(target >= 0.5), set=TEMPLATES, target=target)
        for text, target in templates.examples(FROM_TEMPLATES)
    ]
    others, training_table = _read_all(TRAINING, folder / "train", learnt=True)
    taken = {key(example.text) for example in test} | {key(text) for case in cases() for text in case.texts}
    validation = _distinct([*own_validation, *validation], taken)
    # Of texts that occur twice our own are kept, whose labels were read again.
    training = _distinct([*own_training, *others, *made], taken)
    rows = [
        f"| {name} | {about} | {licence} | {count:,} |"
        for name, about, licence, count in training_table + validation_table
    ]
    rows += [
        f"| {OWN} | written for this purpose | MIT, this project | {len(own_training) + len(own_validation):,} |",
        f"| {TEMPLATES} | from templates | MIT, this project | {len(made):,} |",
    ]
    readme = "\n".join(
        [
            "Short texts on anything (`python -m ml.data short`).",
            "",
            "| set | what | licence | texts |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )
    return {"train": training, "validation": validation, "test": test}, readme


def sentences() -> tuple[list[Example], list[Example]]:
    """Those in sentences/ to learn, and those to validate on. Raises DataError."""
    training, validation = [], []
    for path in sorted((HERE / "sentences").glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            label, _, text = line.partition(" ")
            if label not in LABELS or not text.strip():
                raise DataError(
                    f"{path}, line {number}: expected “+”, “-” or “=”, a space and a text, not {line!r:.80}"
                )
            target = LABELS[label]
            if target != 0.5 and hashlib.sha256(text.encode()).digest()[0] % VALIDATED_ONE_IN == 0:
                validation.append(Example(text, int(target >= 0.5), set=OWN))
            else:
                training.append(Example(text, int(target >= 0.5), set=OWN, target=target, times=OWN_TIMES))
    return training, validation


def _read_all(
    sources: tuple[Source, ...], folder: Path, learnt: bool
) -> tuple[list[Example], list[tuple[str, str, str, int]]]:
    found: list[Example] = []
    table = []
    for source in sources:
        path = folder / f"{source.name}.jsonl.gz"
        if not path.exists():
            print(f"{path} is not there: the set “{source.title}” is left out; its home is {source.home}")
            continue
        if not is_known(source, path):
            print(f"{path} holds other lines than those that the shipped model learnt from; they are taken as they are")
        examples = read(source, path, learnt)
        found += examples
        table.append((source.name, f"{source.title}, {source.home}", source.licence, len(examples)))
    if not table:
        raise DataError(
            f"{folder} holds none of the sets that ml/short/sources.py names, such as {sources[0].name}.jsonl.gz"
        )
    return found, table


def _tests() -> Iterator[Example]:
    for name in ("everyday", "negation"):
        for line in (TESTS / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Example(row["text"], row["label"], set=f"{name}-test")


def _distinct(examples: list[Example], taken: set[str]) -> list[Example]:
    """The first of each text that is not among those `taken`, to which it is added."""
    kept = []
    for example in examples:
        name = key(example.text)
        if name not in taken:
            taken.add(name)
            kept.append(example)
    return kept
