"""A file of reviews in, a file of verdicts out."""

import csv
import gzip
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ml import artifact, batch, pool
from ml.errors import DataError, SentimentError
from ml.predict import score_rows
from tests.unit import small_model

TEXTS = [" ".join(small_model.WORDS[: 1 + number % 5]) for number in range(30)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model.write(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LINES", 4)


def expected(model: Path) -> list[float]:
    loaded = artifact.read(model)
    return score_rows([loaded.vocabulary.encode(text).ids for text in TEXTS], loaded)


def run(model: Path, path: Path, *more: str) -> None:
    batch.main([str(path), "--model", str(model), "--workers", "2", *more])


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("small_chunks")
def test_json_lines_become_json_lines_in_the_same_order_from_several_processes(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps({"text": text}) + "\n" for text in TEXTS).encode()))
    run(model, path)
    answers = read_lines(tmp_path / "reviews.verdicts.jsonl")
    assert [answer["id"] for answer in answers] == list(range(1, 31))
    assert [answer["score"] for answer in answers] == pytest.approx(expected(model), abs=1e-6)


@pytest.mark.usefixtures("small_chunks")
def test_a_table_becomes_a_table_by_the_columns_that_are_named(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([["url", "review"], *([f"u{n}", text + ",\n"] for n, text in enumerate(TEXTS))])
    run(model, path, "--text-column", "review", "--id-column", "url")
    with open(tmp_path / "reviews.verdicts.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"u{number}" for number in range(30)]
    assert [float(row["score"]) for row in rows] == pytest.approx(expected(model), abs=1e-6)
    assert {row["sentiment"] for row in rows} == {"positive", "negative"}


def test_a_table_may_become_json_lines(model: Path, tmp_path: Path) -> None:
    (tmp_path / "reviews.tsv").write_text("text\tn\ngood\t1\n\n\t2\nbad\n")
    run(model, tmp_path / "reviews.tsv", "--out", str(tmp_path / "out.jsonl"))
    answers = read_lines(tmp_path / "out.jsonl")
    assert [(answer["id"], "score" in answer) for answer in answers] == [(1, True), (2, False), (3, True)]


def test_a_line_that_is_too_long_is_read_past_and_costs_itself(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LINE_BYTES", 50)
    lines = ['{"text": "good"}', '{"text": "' + "bad " * 100 + '"}', '{"text": "plot"}']
    (tmp_path / "reviews.jsonl").write_text("\n".join(lines))
    found = list(batch.read(tmp_path / "reviews.jsonl", "text", ""))
    assert [len(line.content) for line in found] == [16, 52, 16]
    assert found[-1].read == (tmp_path / "reviews.jsonl").stat().st_size


def test_only_so_many_lines_are_read_ahead(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LINES", 2)
    taken = 0

    def endless() -> Iterator[pool.Line]:
        nonlocal taken
        while True:
            taken += 1
            yield pool.Line(taken, b'{"text": "good"}', taken)

    answers = pool.judge(endless(), model, workers=1)
    for number in range(1, 6):
        assert next(answers).read == 2 * number
        assert taken <= 2 * (number + pool.AHEAD)
    answers.close()  # type: ignore[attr-defined]


def test_a_process_that_is_killed_is_said_to_be(model: Path) -> None:
    def lines() -> Iterator[pool.Line]:
        for number in range(1, 10_000):
            yield pool.Line(number, b'{"text": "good"}', number)
            if number == 600:
                for process in pool.multiprocessing.active_children():
                    assert process.pid
                    os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(DataError, match="a process was killed"):
        list(pool.judge(lines(), model, workers=1))


@pytest.mark.parametrize(
    ("name", "content", "options", "says"),
    [
        ("none.jsonl", None, [], "is no file"),
        ("reviews.txt", "good", [], "name ends in .jsonl, .csv, .tsv"),
        ("reviews.csv", "a,b\n1,2\n", [], "there is no column 'text', only 'a', 'b'"),
        ("reviews.csv", "text\ngood\n", ["--id-column", "url"], "there is no column 'url'"),
        ("reviews.csv", "", [], "only nothing"),
        ("reviews.jsonl.gz", "no gzip", [], "cannot be read"),
        ("reviews.jsonl", "", ["--workers", "0"], "--workers has to be at least 1"),
    ],
)
def test_what_cannot_be_judged_is_said_and_leaves_no_file(
    model: Path, tmp_path: Path, name: str, content: str | None, options: list[str], says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(SystemExit, match=says):
        run(model, tmp_path / name, *options)
    assert [path.name for path in tmp_path.iterdir()] == ([name] if content is not None else [])


def test_a_file_that_is_there_is_not_written_over(model: Path, tmp_path: Path) -> None:
    (tmp_path / "reviews.jsonl").write_text('{"text": "good"}')
    (tmp_path / "reviews.verdicts.jsonl").write_text("mine")
    with pytest.raises(SystemExit, match="is there already; name another file with --out"):
        run(model, tmp_path / "reviews.jsonl")
    assert (tmp_path / "reviews.verdicts.jsonl").read_text() == "mine"


def test_a_folder_without_a_model_is_said_to_hold_none(tmp_path: Path) -> None:
    with pytest.raises(SentimentError, match=r"model\.json"):
        list(pool.judge([pool.Line(1, b"{}", 1)], tmp_path, workers=1))
