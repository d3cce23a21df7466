"""The data set of short texts: what teaches, what validates, what judges."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ml.duplicates import key
from ml.errors import DataError
from ml.short import build
from ml.short.build import OWN, OWN_TIMES, TEMPLATES
from ml.short.sources import TRAINING, VALIDATION, read

BY_NAME = {source.name: source for source in TRAINING}


def put(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "train" / "vader-movies.jsonl.gz", [{"text": "a joy of a film", "label": 1, "rating": 2.0}])
    put(tmp_path / "train" / "goemotions.jsonl.gz", [{"text": "a tuesday in the year", "label": None}])
    put(tmp_path / "validation" / "pros-cons.jsonl.gz", [{"text": "sturdy little thing", "label": 1}])
    return tmp_path


@pytest.fixture(autouse=True)
def few_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "FROM_TEMPLATES", 50)


def test_the_parts_hold_others_texts_our_own_and_templates(folder: Path) -> None:
    parts, readme = build.build(folder)
    assert {example.set for example in parts["train"]} == {"vader-movies", "goemotions", OWN, TEMPLATES}
    assert {example.set for example in parts["validation"]} == {"pros-cons", OWN}
    assert {example.set for example in parts["test"]} == {"everyday-test", "negation-test"}
    assert "MIT" in readme


def test_no_text_stands_in_two_parts_or_twice(folder: Path) -> None:
    parts, _ = build.build(folder)
    keys = [key(example.text) for name in ("train", "validation") for example in parts[name]]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {key(example.text) for example in parts["test"]}


def test_our_own_sentences_are_labelled_balanced_and_read_more_often() -> None:
    training, validation = build.sentences()
    assert len(training) > 15_000
    assert {example.times for example in training} == {OWN_TIMES}
    assert {example.target for example in validation} == {None}
    positive = sum(example.label for example in validation) / len(validation)
    assert 0.45 < positive < 0.55


def test_a_set_that_is_missing_is_named_with_its_home(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build.build(folder)
    assert f"its home is {BY_NAME['semeval-tweets'].home}" in capsys.readouterr().out


def test_other_lines_than_the_known_ones_are_said_to_be_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build.build(folder)
    assert "vader-movies.jsonl.gz holds other lines" in capsys.readouterr().out


def test_a_line_without_the_rating_that_its_set_needs_is_named(tmp_path: Path) -> None:
    put(tmp_path / "x.jsonl.gz", [{"text": "fine", "label": 1, "rating": 9}])
    with pytest.raises(DataError, match=r"line 1.*'rating'"):
        read(BY_NAME["womens-clothing"], tmp_path / "x.jsonl.gz")


def test_a_folder_without_any_of_the_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds none of the sets"):
        build.build(tmp_path)


@pytest.mark.parametrize(
    ("name", "row", "target"),
    [
        ("vader-movies", {"label": 1, "rating": 0.0}, 0.5),
        ("vader-movies", {"label": 0, "rating": -4.0}, 0.0017),
        ("womens-clothing", {"label": None, "rating": 3}, 0.5),
        ("womens-clothing", {"label": 1, "rating": 5}, 0.97),
        ("opinion-lexicon", {"label": 0}, 0.05),
        ("goemotions", {"label": None}, 0.5),
    ],
)
def test_a_target_says_how_sure_a_label_is(tmp_path: Path, name: str, row: dict[str, Any], target: float) -> None:
    put(tmp_path / "x.jsonl.gz", [{"text": "some text", **row}])
    (example,) = read(BY_NAME[name], tmp_path / "x.jsonl.gz")
    assert example.target == pytest.approx(target, abs=1e-4)


def test_texts_without_an_opinion_are_taken_up_to_a_number_and_the_same_each_time(tmp_path: Path) -> None:
    rows = [{"text": f"text {number}", "label": None} for number in range(6_000)]
    put(tmp_path / "x.jsonl.gz", rows)
    first = read(BY_NAME["goemotions"], tmp_path / "x.jsonl.gz")
    put(tmp_path / "x.jsonl.gz", rows[::-1])
    assert len(first) == BY_NAME["goemotions"].neutral
    assert set(read(BY_NAME["goemotions"], tmp_path / "x.jsonl.gz")) == set(first)


def test_what_is_judged_by_has_labels_alone(tmp_path: Path) -> None:
    put(tmp_path / "x.jsonl.gz", [{"text": "one", "label": 1}, {"text": "two", "label": None}])
    (example,) = read(VALIDATION[1], tmp_path / "x.jsonl.gz", learnt=False)
    assert (example.text, example.label, example.target) == ("one", 1, None)


@pytest.mark.parametrize("row", [{"label": 1}, {"text": " ", "label": 1}, {"text": "a", "label": 2}])
def test_a_line_that_is_no_labelled_text_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    put(tmp_path / "x.jsonl.gz", [{"text": "fine", "label": 1}, row])
    with pytest.raises(DataError, match="line 2"):
        read(BY_NAME["opinion-lexicon"], tmp_path / "x.jsonl.gz")
