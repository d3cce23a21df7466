"""Labelled texts: files of `{"text": …, "label": 0|1}` lines, gzipped, and how they are split.

python -m ml.data snippets --out data/snippets     # a small real corpus, see ml/snippets.py
"""

import argparse
import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ml.errors import DataError


@dataclass(frozen=True)
class Example:
    text: str
    label: int  # 1 positive, 0 negative


def read(path: Path) -> list[Example]:
    """All examples of a `.jsonl.gz` file. Raises DataError with file and line number."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [_example(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1)]
    except FileNotFoundError as error:
        message = f"{path} does not exist; a data set is a folder of train.jsonl.gz and test.jsonl.gz"
        raise DataError(message) from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not a whole gzip file of UTF-8 text: {error}") from error


def _example(line: str, where: str) -> Example:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where}: not JSON: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise DataError(f"{where}: expected an object with a string 'text'")
    if type(row.get("label")) is not int or row["label"] not in (0, 1):
        raise DataError(f"{where}: 'label' must be 0 or 1, not {row.get('label')!r:.80}")
    return Example(row["text"], row["label"])


def write(path: Path, examples: Iterable[Example]) -> None:
    """Write a `.jsonl.gz` file whole or not at all; the same examples give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(_line(example) for example in examples).encode()
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(gzip.compress(content, mtime=0))
    unfinished.replace(path)


def _line(example: Example) -> str:
    return json.dumps(asdict(example), sort_keys=True) + "\n"


def set_hash(examples: Iterable[Example]) -> str:
    """sha256 of the examples, whatever their order."""
    return hashlib.sha256("".join(sorted(map(_line, examples))).encode()).hexdigest()


def split(examples: Sequence[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """(the rest, `share` of each label): at least one of each label in both, or DataError.

    Which ones depends on the texts and the seed, not on their order.
    """
    rest: list[Example] = []
    part: list[Example] = []
    for label in (0, 1):
        chosen = [example for example in examples if example.label == label]
        if len(chosen) < 2:
            raise DataError(f"{len(chosen)} examples have label {label}: at least 2 are needed to split them")
        chosen.sort(key=lambda example: hashlib.sha256(f"{seed} {example.text}".encode()).digest())
        cut = min(max(1, round(share * len(chosen))), len(chosen) - 1)
        part += chosen[:cut]
        rest += chosen[cut:]
    return rest, part


def main(arguments: list[str] | None = None) -> None:
    from ml import snippets

    parser = argparse.ArgumentParser(prog="python -m ml.data", description="Make a data set.")
    commands = parser.add_subparsers(dest="corpus", required=True)
    snippets.add_command(commands)
    options = parser.parse_args(arguments)
    try:
        sets, readme = options.make(options)
        for name, examples in sets.items():
            write(options.out / f"{name}.jsonl.gz", examples)
        (options.out / "README.md").write_text(readme, "utf-8")
    except (DataError, OSError) as error:
        sys.exit(f"ml.data: {error}")
    print(f"{options.out}: {', '.join(f'{len(examples)} {name}' for name, examples in sets.items())}")


if __name__ == "__main__":
    main()
