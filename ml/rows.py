"""Texts with labels as people keep them: CSV, JSONL, or a folder with one subfolder per label."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.data import LONGEST_LINE, json_object, lines
from ml.errors import DataError

FORMS = "a folder with one subfolder of .txt files per label, or a .csv, .tsv or .jsonl file (or one of these .gz)"


@dataclass(frozen=True)
class Row:
    where: str  # "<path>, line <number>", or the path of a text file
    text: str
    label: str


def rows(path: Path, text_column: str, label_column: str) -> Iterator[Row]:
    """The rows of a file or folder; the columns say nothing for a folder.

    Raises DataError, with the line, on a row without a text that is not blank, or without a label.
    """
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if path.is_dir():
        found = _folder(path)
    elif suffix == ".jsonl":
        found = _jsonl(path, text_column, label_column)
    elif suffix in (".csv", ".tsv"):
        found = _csv(path, text_column, label_column, "," if suffix == ".csv" else "\t")
    else:
        raise DataError(f"{path}: expected {FORMS}")
    for row in found:
        if not row.text.strip():
            raise DataError(f"{row.where}: no text: it is blank")
        yield row


def _jsonl(path: Path, text_column: str, label_column: str) -> Iterator[Row]:
    for where, line in lines(path):
        if line.strip():
            row = json_object(line, where)
            text = _column(row, text_column, where, "text")
            if not isinstance(text, str):
                raise DataError(f"{where}: no text: '{text_column}' is {text!r:.80}")
            yield Row(where, text, _label(_column(row, label_column, where, "label"), where))


def _label(value: Any, where: str) -> str:
    """As it is written in JSON, but without quotes, and a whole number without a decimal point. Raises DataError."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise DataError(f"{where}: the label is {value!r:.80}; it has to be a string, a number, true, false or null")
    return json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)


def _csv(path: Path, text_column: str, label_column: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_LINE)  # csv's own limit is shorter than some reviews
    reader = csv.reader((line for _, line in lines(path)), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        where = f"{path}, line {reader.line_num + 1}"
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise DataError(f"{where}: not CSV: {error}") from error
        if values is None:
            return
        if header is None:
            header = values
            for name in (text_column, label_column):
                if header.count(name) > 1:
                    raise DataError(f"{where}: {header.count(name)} columns are named {name!r}; rename all but one")
            continue
        if not values:
            continue
        if len(values) != len(header):
            raise DataError(f"{where}: {len(values)} columns, but the first line names {len(header)}")
        row = dict(zip(header, values, strict=True))
        yield Row(where, _column(row, text_column, where, "text"), _column(row, label_column, where, "label"))


def _column(row: dict[str, Any], name: str, where: str, kind: str) -> Any:
    if name not in row:
        there = ", ".join(map(repr, row)) or "nothing"
        raise DataError(f"{where}: no {kind}: there is no {name!r}, only {there:.200}; name it with --{kind}-column")
    return row[name]


def _folder(path: Path) -> Iterator[Row]:
    labels = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
    if not labels:
        raise DataError(f"{path} holds no subfolder; expected {FORMS}")
    for label in labels:
        files = sorted(label.glob("*.txt"))
        if not files:
            raise DataError(f"{label} holds no .txt file; move it away if it is no label")
        for file in files:
            if file.stat().st_size > LONGEST_LINE:
                raise DataError(f"{file}: more than {LONGEST_LINE:,} bytes; a file holds one text")
            yield Row(str(file), "".join(line for _, line in lines(file)), label.name)
