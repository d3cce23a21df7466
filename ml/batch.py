"""Judge a file of reviews, in the order of the file, on all cores of this machine.

python -m ml.batch reviews.jsonl             # lines of {"id": 7, "text": "…"} → reviews.verdicts.jsonl
python -m ml.batch reviews.csv --text-column review --id-column url --out verdicts.csv
python -m ml.batch reviews.jsonl.gz --model model        # what ml.train wrote; the baseline without --model
python -m ml.batch reviews.jsonl --stage dev             # by the model that serves there, on instances of SageMaker

A line that is no review costs that line: its answer says what is wrong with it. A review without an id gets the number
of its line, or of its row. Memory is that of the model and of a few thousand reviews, however many there are.
"""

import argparse
import csv
import gzip
import io
import json
import os
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from tqdm import tqdm

from ml.bundle import BASELINE
from ml.errors import DataError, SentimentError
from ml.lines import LINE_BYTES
from ml.pool import Line, judge

FORMS = (".jsonl", ".csv", ".tsv")
Bytes = IO[bytes] | gzip.GzipFile
COLUMNS = ("id", "sentiment", "score", "error")


def read(path: Path, text_column: str, id_column: str) -> Iterator[Line]:
    """The file's reviews as JSON lines, each with its number and the bytes of the file that are read by then.

    Raises DataError where the file cannot be read, and not for what is wrong with one line.
    """
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(open(path, "rb"))
            file: Bytes = stack.enter_context(gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw
            found = _lines(file) if form(path) == ".jsonl" else _rows(file, path, text_column, id_column)
            for number, line in enumerate(found, start=1):
                yield Line(number, line, raw.tell())
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{path} cannot be read: {error}") from error


def form(path: Path) -> str:
    """What kind of file the name says it is, one of FORMS. Raises DataError."""
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in FORMS:
        raise DataError(f"{path}: expected a file whose name ends in {', '.join(FORMS)}, or one of these and .gz")
    return suffix


def _lines(file: Bytes) -> Iterator[bytes]:
    """Each line, of which one that is too long is cut as soon as that is known."""
    while line := file.readline(LINE_BYTES + 2):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LINE_BYTES)):
            pass
        yield line.removesuffix(b"\n")


def _rows(file: Bytes, path: Path, text_column: str, id_column: str) -> Iterator[bytes]:
    csv.field_size_limit(LINE_BYTES)
    text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
    reader = csv.reader(text, delimiter="\t" if form(path) == ".tsv" else ",")
    header = next(reader, [])
    if text_column not in header:
        there = ", ".join(map(repr, header)) or "nothing"
        raise DataError(f"{path}: there is no column {text_column!r}, only {there:.200}; name it with --text-column")
    if id_column and id_column not in header:
        raise DataError(f"{path}: there is no column {id_column!r}; name one that there is with --id-column")
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield json.dumps({"broken": str(error)}).encode()
            continue
        if values:
            row = dict(zip(header, values, strict=False))
            name = {"id": row[id_column]} if id_column in row else {}
            yield json.dumps({**name, "text": row.get(text_column)}).encode()


class Writer:
    """Writes answers as JSON Lines or as CSV, by the file's name; the file is whole or it is not there."""

    def __init__(self, path: Path) -> None:
        """Raises DataError when there is such a file, or when its name says neither."""
        self.path, self._unfinished = path, path.with_name(path.name + ".unfinished")
        kind = form(path)
        if path.exists():
            raise DataError(f"{path} is there already; name another file with --out")
        self._file = (gzip.open if path.suffix == ".gz" else open)(self._unfinished, "wt", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, delimiter="\t" if kind == ".tsv" else ",") if kind != ".jsonl" else None
        if self._csv:
            self._csv.writerow(COLUMNS)

    def __enter__(self) -> "Writer":
        return self

    def write(self, answers: list[dict[str, Any]]) -> None:
        """One line, or row, an answer."""
        if self._csv:
            self._csv.writerows([answer.get(column, "") for column in COLUMNS] for answer in answers)
        else:
            self._file.writelines(json.dumps(answer) + "\n" for answer in answers)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is None:
            self._unfinished.replace(self.path)
        else:
            self._unfinished.unlink(missing_ok=True)


def run(path: Path, out: Path, model: Path, text_column: str, id_column: str, workers: int) -> str:
    """Judge the reviews of `path` into `out`; a sentence on what came of them. Raises SentimentError."""
    if not path.is_file():
        raise DataError(f"{path} is no file")
    counts: Counter[str] = Counter()
    began = time.monotonic()
    with Writer(out) as writer, tqdm(total=path.stat().st_size, unit="B", unit_scale=True, disable=None) as bar:
        for chunk in judge(read(path, text_column, id_column), model, workers):
            writer.write(chunk.answers)
            counts.update(answer.get("sentiment", "error") for answer in chunk.answers)
            bar.update(chunk.read - bar.n)
            bar.set_postfix_str(
                f"{counts.total():,} lines, {counts.total() / (time.monotonic() - began):,.0f} a second"
            )
    return summary(out, counts, time.monotonic() - began)


def run_on(stage: str, region: str | None, name: str | None, path: Path, out: Path, columns: tuple[str, str]) -> str:
    """Have the stage judge the reviews of `path` into `out`, or fetch the answers to its batch of that name, where one
    is given; a sentence on what came of them. Raises SentimentError."""
    from ml import stage_batch

    if name is None and not path.is_file():
        raise DataError(f"{path} is no file")
    began = time.monotonic()
    with Writer(out) as writer:
        api = stage_batch.found(stage, region)
        name = name or stage_batch.begin(api, read(path, *columns), path.stat().st_size)
        try:
            counts = stage_batch.fetch(stage_batch.follow(api, name), writer)
        except (KeyboardInterrupt, DataError) as error:
            again = f"to wait for it again, and for its answers: python -m ml.batch {path} --stage {stage} --id {name}"
            what = str(error) or "the batch goes on without you"
            raise DataError(f"{what}; {again}") from None
    return summary(out, counts, time.monotonic() - began)


def summary(out: Path, counts: Counter[str], seconds: float) -> str:
    """What came of the reviews, in a sentence."""
    return (
        f"{out}: {counts['positive']:,} positive, {counts['negative']:,} negative, {counts['error']:,} with an error; "
        f"{seconds:,.1f} s, {counts.total() / seconds:,.0f} lines a second"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ml.batch", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, help=f"{', '.join(FORMS)}, or one of these .gz")
    parser.add_argument("--out", type=Path, help="default: FILE with .verdicts before its ending")
    parser.add_argument("--model", type=Path, default=BASELINE, help="folder of the artifact; default: the baseline")
    parser.add_argument("--text-column", default="text", help="of a CSV file; default: text")
    parser.add_argument("--id-column", default="", help="of a CSV file; default: rows are numbered")
    parser.add_argument("--workers", type=int, default=cores(), help="processes; default: one a core")
    parser.add_argument("--stage", help="have this deployed stage judge them; its credentials are needed")
    parser.add_argument("--region", help="of the stage; default: AWS_REGION, else us-east-1")
    parser.add_argument("--id", help="with --stage: of a batch that has been uploaded, to wait for and to fetch")
    options = parser.parse_args(arguments)
    if options.id and not options.stage:
        parser.error("--id is a batch of a stage: give --stage as well")
    try:
        if options.workers < 1:
            raise DataError(f"--workers has to be at least 1, not {options.workers}")
        out = options.out or verdicts_beside(options.file)
        columns = options.text_column, options.id_column
        if options.stage:
            print(run_on(options.stage, options.region, options.id, options.file, out, columns))
            return
        print(run(options.file, out, options.model, *columns, options.workers))
    except SentimentError as error:
        sys.exit(str(error))


def verdicts_beside(path: Path) -> Path:
    """reviews.csv.gz → reviews.verdicts.csv. Raises DataError."""
    kind = form(path)
    return path.with_name(path.name.removesuffix(".gz")[: -len(kind)] + ".verdicts" + kind)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
