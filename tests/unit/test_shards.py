"""A data set that is dealt out to processes: together they know what one would."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ml.data import Example, write
from ml.shards import deal
from ml.tokens import available_cores
from tests.unit import shared_corpus
from tests.unit.torchrun import start
from tests.unit.toys import write_data

SAME = ("set", "vocabulary", "rows", "labels", "empty")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts of every kind of file; some occur twice, or have no word."""
    folder = write_data(tmp_path_factory.mktemp("data"))
    write(folder / "extra.jsonl.gz", [Example("a lovely plot", 1), Example("a dull plot", 0), Example("!!!", 0)])
    texts = [f"some film {number % 9}" for number in range(25)]
    write(folder / "unlabelled.jsonl.gz", [*texts, "Some FILM 3!", "a lovely plot"])
    return folder


@pytest.fixture(scope="module")
def alone(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return told(data, tmp_path_factory.mktemp("one"), 1)[0]


@pytest.fixture(scope="module")
def two(data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return told(data, tmp_path_factory.mktemp("two"), 2)


def told(data: Path, folder: Path, processes: int) -> list[dict[str, Any]]:
    """What each process has found."""
    if processes == 1:
        shared_corpus.main(data, folder)
    else:
        run = start(processes, "tests.unit.shared_corpus", data, folder)
        _, errors = run.communicate(timeout=120)
        assert run.returncode == 0, errors
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(processes)]


def test_processes_that_share_a_set_get_the_ids_that_one_gets(alone: dict[str, Any], two: list[dict[str, Any]]) -> None:
    assert alone["empty"] == 1
    assert all({name: each[name] for name in SAME} == {name: alone[name] for name in SAME} for each in two)


def test_each_process_keeps_and_cleans_its_share_of_the_texts_alone(
    alone: dict[str, Any], two: list[dict[str, Any]]
) -> None:
    first, second = two
    assert first["read"] + second["read"] == alone["read"]
    assert first["cleaned"] + second["cleaned"] == alone["cleaned"]
    assert abs(first["cleaned"] - second["cleaned"]) < 20
    assert first["judged"] == alone["judged"]  # by the first process, which judges the model beside the champion


def test_a_line_that_is_no_text_ends_all_processes_with_its_number(tmp_path: Path) -> None:
    lines = [Example("fine", 1), Example("bad", 0), Example("fine", 1), Example("", 0)]
    write(tmp_path / "train.jsonl.gz", lines)
    for found in told(tmp_path, tmp_path, 2):
        assert "train.jsonl.gz, line 4: no text" in found["error"]


def test_what_processes_hold_is_put_together_in_the_order_of_the_lines() -> None:
    assert list(deal([["a", "d"], ["b"], ["c"]], [0, 1, 2, 0])) == ["a", "b", "c", "d"]


def test_the_processes_of_one_machine_share_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = available_cores()
    monkeypatch.setitem(os.environ, "LOCAL_WORLD_SIZE", "2")
    assert available_cores() == max(1, alone // 2)
