"""A data set made of a user's own texts.

python -m ml.data own reviews.csv --out data/own --text-column review --label-column stars \
    --positive 4 5 --negative 1 2 --neither 3
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ml.data import Example, require_both_classes, save, split
from ml.duplicates import distinct, without
from ml.errors import DataError
from ml.rows import FORMS, rows
from ml.text import Preprocessing, tokenise

POSITIVE, NEGATIVE = ("1", "pos", "positive"), ("0", "neg", "negative")
SPLIT_SEED = 0


class Meaning:
    """Which labels, as written in the user's files, are 1 and which 0. Upper and lower case are the same."""

    def __init__(self, positive: Iterable[str], negative: Iterable[str], neither: Iterable[str] = ()) -> None:
        """Raises DataError when a label is said to be two things."""
        self._labels: dict[str, int | None] = {}
        for values, label in ((positive, 1), (negative, 0), (neither, None)):
            for value in map(_plain, values):
                if self._labels.setdefault(value, label) != label:
                    raise DataError(f"the label {value!r} is said to mean two things; name it once")

    def of(self, value: str, where: str) -> int | None:
        """1, 0, or None for a text to leave out. Raises DataError on any other label, naming `where`."""
        try:
            return self._labels[_plain(value)]
        except KeyError:
            advice = "say what it means with --positive, --negative or --neither"
            raise DataError(f"{where}: the label {value!r:.80} is neither positive nor negative; {advice}") from None


def _plain(label: str) -> str:
    return label.strip().casefold()


def add_command(commands: Any) -> None:
    usage = "python -m ml.data own FILE|FOLDER … --out DIR [--positive VALUE …] [--negative VALUE …] [options]"
    parser: argparse.ArgumentParser = commands.add_parser("own", help="texts of your own", usage=usage)
    parser.add_argument("sources", type=Path, nargs="+", metavar="FILE|FOLDER", help=FORMS)
    parser.add_argument("--out", type=Path, required=True, help="folder for train and test .jsonl.gz")
    parser.add_argument("--text-column", default="text", metavar="NAME", help="column or key of the text (%(default)s)")
    parser.add_argument("--label-column", default="label", metavar="NAME", help="and of its label (%(default)s)")
    values: dict[str, Any] = {"nargs": "+", "metavar": "VALUE"}
    parser.add_argument("--positive", default=POSITIVE, **values, help=f"labels of positive texts {POSITIVE}")
    parser.add_argument("--negative", default=NEGATIVE, **values, help=f"labels of negative texts {NEGATIVE}")
    parser.add_argument("--neither", default=(), **values, help="labels of texts to leave out")
    test = parser.add_mutually_exclusive_group()
    test.add_argument("--held-out", type=float, default=0.2, metavar="SHARE", help="part to test on (%(default)s)")
    test.add_argument("--test", type=Path, metavar="FILE|FOLDER", help="what to test on, in any of these forms")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read the sources, drop what repeats, and write train and test to `options.out`. Raises DataError."""
    if not 0 < options.held_out < 1:
        raise DataError(f"--held-out {options.held_out:g}: expected a share between 0 and 1, such as 0.2")
    written = {(options.out / f"{part}.jsonl.gz").resolve() for part in ("train", "test")}
    for source in filter(None, (*options.sources, options.test)):
        if source.resolve() in written:
            raise DataError(f"{source} would be overwritten; name another folder with --out")
    meaning = Meaning(options.positive, options.negative, options.neither)
    columns = options.text_column, options.label_column
    train, report = load(options.sources, columns, meaning)
    if options.test is None:
        train, test = split(train, options.held_out, SPLIT_SEED)
    else:
        test, about_test = load([options.test], columns, meaning)
        kept = without(train, test)
        report += [*about_test, f"{len(train) - len(kept)} texts of train left out because they are in test"]
        require_both_classes(kept, "what is left of train")
        train = kept
    readme = "\n".join(["Made with `python -m ml.data own`.", "", *(f"- {line}" for line in report), ""])
    save(options.out, {"train": train, "test": test}, readme)
    print(*report, sep="\n")


def load(sources: list[Path], columns: tuple[str, str], meaning: Meaning) -> tuple[list[Example], list[str]]:
    """The sources' examples, each text once, and what there is to say about them. Raises DataError."""
    examples: list[Example] = []
    left_out = 0
    wordless: list[str] = []
    for source in sources:
        for row in tqdm(rows(source, *columns), source.name, unit=" texts", disable=None):
            label = meaning.of(row.label, row.where)
            if label is None:
                left_out += 1
                continue
            examples.append(Example(row.text, label))
            if not tokenise(row.text, Preprocessing()):
                wordless.append(row.where)
    # A file's name need not be UTF-8, but what tells of it has to be.
    names = ", ".join(map(str, sources)).encode(errors="backslashreplace").decode()
    require_both_classes(examples, names)
    result = distinct(examples)
    report = [f"{names}: {len(examples)} texts, {sum(example.label for example in examples)} of them positive"]
    if left_out:
        report.append(f"{left_out} texts left out because of their label")
    if result.dropped:
        report.append(f"{result.dropped} repetitions left out, {result.contradictions} of them with the other label")
    if wordless:
        report.append(f"{len(wordless)} texts hold no word to learn from, the first in {wordless[0]}")
    return result.examples, report
