"""Texts and their labels on disk: lines of `{"text": …, "label": 0|1}`, gzipped, and how they are split.

python -m ml.data snippets --out data/snippets             # a small real corpus, see ml/snippets.py
python -m ml.data imdb --out data/imdb                     # 50,000 labelled reviews, see ml/imdb.py
python -m ml.data short --from DIR --out data/short        # short texts on anything, see ml/short/build.py
python -m ml.data own reviews.csv --out data/own           # a corpus of your own, see ml/own.py
python -m ml.data feedback --base data/imdb --stage dev --out data/imdb-feedback    # see ml/feedback.py
python -m ml.data upload data/own --name own --stage dev   # to where training jobs read it, see ml/upload.py

A data set is a folder of train.jsonl.gz and test.jsonl.gz, with, where there are any, validation.jsonl.gz (else a part
of train validates), extra.jsonl.gz (labelled, only trained on) and unlabelled.jsonl.gz (lines of `{"text": …}`). A
labelled line may name a `group`, such as the film that it reviews, and the `set` that it comes from, by which figures
are told apart. Where it is learnt it may have a `target`, P(positive), for raters differ, and some texts hold no
opinion; and `times`, how often an epoch reads it.
"""

import gzip
import hashlib
import json
import shutil
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from ml.errors import DataError

LABELLED, UNLABELLED = ("train", "validation", "test", "extra"), "unlabelled"
MOST_TIMES = 100
LONGEST_LINE = 5_000_000  # bytes: a few books
# A .gz that unpacks to more than this many times its size was made to fill a memory: texts pack to a third or a fifth.
RATIO, UNSUSPECTED = 100, 100_000_000  # and bytes that are no matter, however they were packed


@dataclass(frozen=True)
class Example:
    text: str
    label: int  # 1 positive, 0 negative
    group: str | None = None  # what it is about: texts about one thing are alike, so a split keeps them together
    set: str | None = None  # what it comes from, where that is not the whole data set
    target: float | None = None  # P(positive) to be learnt, where it is not the label
    times: int | None = None  # how often an epoch reads it, where that is not once


class Labelled(Protocol):
    @property
    def label(self) -> int: ...


Item = TypeVar("Item", bound=Labelled)


def read(path: Path) -> list[Example]:
    """All examples of a labelled `.jsonl.gz` file.

    Raises DataError, with file and line number where one line is at fault, also when a class is missing.
    """
    examples = [example(where, line) for where, line in lines(path)]
    require_both_classes(examples, str(path))
    return examples


def example(where: str, line: str) -> Example:
    """A line of a labelled file. Raises DataError that names `where`."""
    row = _row(line, where)
    if type(row.get("label")) is not int or row["label"] not in (0, 1):
        raise DataError(f"{where}: 'label' must be 0 or 1, not {row.get('label')!r:.80}")
    for name in ("group", "set"):
        if not isinstance(row.get(name), str | None):
            raise DataError(f"{where}: {name!r} must be a string, if it is given, not {row[name]!r:.80}")
    target, times = row.get("target"), row.get("times")
    if target is not None and not (type(target) in (int, float) and 0 <= target <= 1):
        raise DataError(f"{where}: 'target' must be a number from 0 to 1, if it is given, not {target!r:.80}")
    if times is not None and not (type(times) is int and 1 <= times <= MOST_TIMES):
        raise DataError(f"{where}: 'times' must be a whole number from 1 to {MOST_TIMES}, not {times!r:.80}")
    return Example(row["text"], row["label"], row.get("group"), row.get("set"), target, times)


def read_texts(path: Path) -> list[str]:
    """All texts of an unlabelled `.jsonl.gz` file. Raises DataError as `read` does."""
    texts = [text(where, line) for where, line in lines(path)]
    if not texts:
        raise DataError(f"{path} is empty")
    return texts


def text(where: str, line: str) -> str:
    """A line of an unlabelled file. Raises DataError that names `where`."""
    return str(_row(line, where)["text"])


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """("<path>, line <number>", line) of a file of UTF-8 text, gzipped if its name ends in .gz.

    No more than a line is held, and none of more than LONGEST_LINE bytes. Raises DataError.
    """
    number = total = 0
    try:
        most = max(UNSUSPECTED, RATIO * path.stat().st_size)
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                total += len(line)
                if len(line) > LONGEST_LINE:
                    advice = "is it text, with line breaks? Leave out, or cut, what is longer"
                    raise DataError(f"{path}, line {number}: more than {LONGEST_LINE:,} bytes; {advice}")
                if path.suffix == ".gz" and total > most:
                    what = f"it unpacks to more than {RATIO} times its size, as no texts do"
                    raise DataError(f"{path}, line {number}: {what}; unpack it, if it is what you want")
                yield f"{path}, line {number}", line.decode("utf-8-sig")
    except FileNotFoundError as error:
        hint = "; a data set is a folder of train.jsonl.gz and test.jsonl.gz" if path.name.endswith(".jsonl.gz") else ""
        raise DataError(f"{path} does not exist{hint}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}, line {number}: not UTF-8 text ({error}); save the file as UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        what = "not a whole gzip file" if path.suffix == ".gz" else "not readable"
        raise DataError(f"{path}, after line {number}: {what}: {error}") from error


def json_object(line: str, where: str) -> dict[str, Any]:
    """The line's JSON object. Raises DataError that names `where`."""
    try:
        row = json.loads(line, object_pairs_hook=_fields)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise DataError(f"{where}: expected a JSON object, not {line.strip()!r:.80}")
    return row


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice: which of two texts would be meant?"""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"{twice!r:.80} stands twice in one object")
    return fields


def require_both_classes(examples: Sequence[Labelled], where: str) -> None:
    """Raises DataError when there is nothing, or nothing to tell apart."""
    labels = {example.label for example in examples}
    if not labels:
        raise DataError(f"{where} is empty")
    if len(labels) == 1:
        raise DataError(f"{where}: all {len(examples)} texts have label {labels.pop()}, but both 0 and 1 are needed")


def write(path: Path, rows: Iterable[Example | str]) -> None:
    """Write examples, or texts without labels, whole or not at all; the same rows give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with open(unfinished, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
            for row in rows:
                file.write(line_of(row).encode())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def save(folder: Path, parts: Mapping[str, Sequence[Example | str]], readme: str) -> None:
    """Write a data set, all of its parts or none. Raises DataError where that would mix it with another one."""
    others = {path.name for path in folder.glob("*.jsonl.gz")} - {f"{part}.jsonl.gz" for part in parts}
    if others:
        raise DataError(f"{folder} holds {', '.join(sorted(others))} of another data set; name another folder")
    staging = folder / ".unfinished"
    try:
        for part, rows in parts.items():
            write(staging / f"{part}.jsonl.gz", tqdm(rows, f"Writing {part}", unit=" texts", disable=None))
        (staging / "README.md").write_text(readme, "utf-8")
        for path in staging.iterdir():
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    print(f"{folder}: {', '.join(f'{len(rows)} {part}' for part, rows in parts.items())}")


def _row(line: str, where: str) -> dict[str, Any]:
    row = json_object(line, where)
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        raise DataError(f"{where}: no text: expected an object with a string 'text' that is not blank")
    return row


def line_of(row: Example | str) -> str:
    """The line that `write` makes of it."""
    fields = {"text": row} if isinstance(row, str) else asdict(row)
    return json.dumps({name: value for name, value in fields.items() if value is not None}, sort_keys=True) + "\n"


def set_hash(examples: Iterable[Example], unlabelled: Iterable[str] = ()) -> str:
    """sha256 of the texts and their labels, whatever their order."""
    lines = [*map(line_of, examples), *map(line_of, unlabelled)]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def split(examples: Sequence[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """(the rest, about `share` of each label): at least one of each label in both, or DataError.

    Which ones depends on the texts and the seed, not on their order. A group is not torn apart: a model that has read
    of a film in training judges other reviews of it better than those of a film that is new to it.
    """
    return divide(examples, [draw(each, seed) for each in examples], share)


def draw(example: Example, seed: int) -> str:
    """What decides on which side of a split the example comes: equal for all of a group, else random."""
    name = f"group {example.group}" if example.group is not None else example.text
    return hashlib.sha256(f"{seed} {name}".encode(errors="surrogatepass")).hexdigest()[:32]


def divide(examples: Sequence[Item], draws: Sequence[str], share: float) -> tuple[list[Item], list[Item]]:
    """As `split`, of examples whose `draw` is known."""
    wanted = {}
    for label in (0, 1):
        count = sum(example.label == label for example in examples)
        if count < 2:
            raise DataError(f"{count} examples have label {label}: at least 2 are needed to split them")
        wanted[label] = min(max(1, round(share * count)), count - 1)
    groups: dict[str, list[Item]] = {}
    for name, each in zip(draws, examples, strict=True):
        groups.setdefault(name, []).append(each)
    rest: list[Item] = []
    part: list[Item] = []
    for name in sorted(groups):
        counts = {label: sum(example.label == label for example in groups[name]) for label in wanted}
        fits = all(counts[label] <= wanted[label] for label in wanted)
        (part if fits else rest).extend(groups[name])
        wanted = {label: wanted[label] - counts[label] * fits for label in wanted}
    for side in (rest, part):
        largest = max(map(len, groups.values()))
        what = f"one side of a split at {share:g} (the largest group has {largest} texts: take a larger share)"
        require_both_classes(side, what)
        side.sort(key=lambda example: example.label)
    return rest, part


if __name__ == "__main__":
    from ml.data_commands import main

    main()
