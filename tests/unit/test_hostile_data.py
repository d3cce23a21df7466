"""Data sets that no honest person made: refused with file and line, before they fill the memory."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml import data
from ml.data import read, read_texts
from ml.data_commands import main
from ml.errors import DataError
from ml.feedback_rules import parse
from ml.hyperparameters import Hyperparameters, Parser
from ml.rows import rows
from tests.unit.hostile import BODIES, TEXTS, any_json, any_text, as_json

GOOD = json.dumps({"text": "A good film.", "label": 1}) + "\n" + json.dumps({"text": "A bad film.", "label": 0}) + "\n"
READINGS: list[Callable[[Path], Any]] = [lambda path: list(rows(path, "text", "label")), read, read_texts]
in_one_folder = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


def own(source: Path, out: Path) -> None:
    main(["own", str(source), "--out", str(out)])


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.timeout(60)
def test_hostile_texts_make_a_data_set_in_which_they_are_as_they_were(tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(GOOD * 3 + as_json({"text": TEXTS[name], "label": 1}) + "\n" + as_json({"text": "x", "label": 0}))
    own(source, tmp_path / "out")
    made = read(tmp_path / "out" / "train.jsonl.gz") + read(tmp_path / "out" / "test.jsonl.gz")
    assert TEXTS[name] in {each.text for each in made}


@pytest.mark.parametrize("name", [name for name in BODIES if name not in ("nothing", "a byte order mark alone")])
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".csv"])
@pytest.mark.timeout(20)
def test_what_is_no_data_is_refused_with_file_and_line(tmp_path: Path, name: str, suffix: str) -> None:
    source = tmp_path / f"a{suffix}"
    source.write_bytes(gzip.compress(BODIES[name]) if suffix.endswith(".gz") else BODIES[name] + b"\nx,y,z")
    with pytest.raises(SystemExit, match=r"a\.(jsonl|jsonl\.gz|csv), (after )?line \d+: ") as told:
        own(source, tmp_path / "out")
    assert len(str(told.value)) < 1000
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_file_in_another_encoding_is_refused(tmp_path: Path, encoding: str, suffix: str) -> None:
    content = '{"text": "très bon", "label": 1}\n' if suffix == "jsonl" else "text,label\ntrès bon,1\n"
    (tmp_path / f"a.{suffix}").write_bytes(content.encode(encoding))
    with pytest.raises(SystemExit, match=r"line \d+: (not UTF-8 text|not JSON|no text)"):
        own(tmp_path / f"a.{suffix}", tmp_path / "out")


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.csv.gz"])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path, name: str) -> None:
    """200 MB of it, which are 200 KB on the disk if packed."""
    path = tmp_path / name
    with gzip.open(path, "wb", 1) if name.endswith(".gz") else open(path, "wb") as file:
        for _ in range(200):
            file.write(bytes(1_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(SystemExit, match=rf"{name}, line 1: more than 5,000,000 bytes; is it text"):
            own(path, tmp_path / "out")
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_a_gzip_that_unpacks_to_many_times_its_size_is_refused_and_unpacked_is_not(tmp_path: Path) -> None:
    again, others = GOOD * 5_000, '{"text": "Fine.", "label": 1}\n{"text": "Poor.", "label": 0}\n'
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((again + others).encode()))
    (tmp_path / "a.jsonl").write_text(again + others)
    with patch.object(data, "UNSUSPECTED", 50_000):
        with pytest.raises(SystemExit, match=r"a\.jsonl\.gz, line \d+: it unpacks to more than 100 times its size"):
            own(tmp_path / "a.jsonl.gz", tmp_path / "out")
        own(tmp_path / "a.jsonl", tmp_path / "out")


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,label\n"good,1\n' + "bad film,0\n" * 500_000)
    with pytest.raises(SystemExit, match=r"a\.csv, line 2: not CSV: field larger than field limit"):
        own(tmp_path / "a.csv", tmp_path / "out")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,text,label\ngood,bad,1\n")
    with pytest.raises(SystemExit, match=r"a\.csv, line 1: 2 columns are named 'text'; rename all but one"):
        own(tmp_path / "a.csv", tmp_path / "out")


def test_a_text_file_as_long_as_a_library_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine" / "pos").mkdir(parents=True)
    (tmp_path / "mine" / "pos" / "1.txt").write_text("good film\n" * 600_000)
    with pytest.raises(SystemExit, match=r"1\.txt: more than 5,000,000 bytes; a file holds one text"):
        own(tmp_path / "mine", tmp_path / "out")


def test_a_file_whose_name_is_no_utf_8_is_read_and_told_of(tmp_path: Path) -> None:
    path = tmp_path / "tr\udce8s.jsonl"  # as Python has the byte E8
    path.write_text(GOOD + '{"text": "Fine.", "label": 1}\n{"text": "Poor.", "label": 0}\n')
    own(path, tmp_path / "out")
    assert r"tr\udce8s.jsonl" in (tmp_path / "out" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("field", ["text", "label", "group", "other"])
def test_nesting_of_any_depth_is_read_or_refused(tmp_path: Path, field: str) -> None:
    """Python reads what is a little less deep than what it can write or show, or a little deeper."""
    path = tmp_path / "a.jsonl"
    for depth in (10, *range(880, 1010, 3)):
        path.write_text(GOOD + json.dumps({"text": "x", "label": 1, field: 0}).replace("0", "[" * depth + "]" * depth))
        for reading in READINGS[:2]:
            with suppress(DataError) if field in ("group", "other") else pytest.raises(DataError):
                reading(path)


@given(lines=st.lists(any_json.map(as_json) | any_text | st.binary(max_size=50), max_size=4), packed=st.booleans())
@in_one_folder
def test_any_lines_are_read_or_refused(tmp_path: Path, lines: list[str | bytes], packed: bool) -> None:
    content = b"\n".join(each if isinstance(each, bytes) else each.encode(errors="replace") for each in lines)
    for suffix in (".jsonl", ".csv", ".tsv"):
        path = tmp_path / f"a{suffix}{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(content) if packed else content)
        for reading in READINGS:
            with suppress(DataError):
                reading(path)


@given(content=st.binary(max_size=100), at=st.integers(0, 60), byte=st.integers(0, 255))
@in_one_folder
def test_any_damage_to_a_gzip_is_refused_or_harmless(tmp_path: Path, content: bytes, at: int, byte: int) -> None:
    packed = bytearray(gzip.compress(GOOD.encode()))
    packed[at % len(packed)] = byte
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(bytes(packed) + content)
    with suppress(DataError):
        read(path)


@given(document=any_json.map(as_json).map(str.encode) | st.binary(max_size=100))
@settings(deadline=None)
def test_any_document_is_feedback_or_refused(document: bytes) -> None:
    with suppress(DataError):
        parse("0" * 64, document)


@given(value=any_text | any_json.map(as_json), name=st.sampled_from(sorted(Hyperparameters.__dataclass_fields__)))
@settings(deadline=None)
def test_any_hyperparameter_is_of_its_type_or_refused(value: str, name: str) -> None:
    parser = Parser(None)
    with suppress(ValueError):
        found = parser.hyperparameters(parser.parse_args([f"--{name}={value}"]))
        assert type(getattr(found, name)) is Hyperparameters.__dataclass_fields__[name].type
