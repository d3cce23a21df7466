"""`npm run bench` without a name: one benchmark after another. And short texts, judged in several ways."""

import importlib
import json
import math
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import _short_texts, alternatives
from benchmarks import all as every
from ml.data import Example, save
from ml.evaluate import wilson
from ml.imdb import ARCHIVE

_alternatives = importlib.import_module("benchmarks._alternatives")  # so that its libraries' types are not asked for


@pytest.mark.parametrize("benchmark", every.BENCHMARKS, ids=lambda benchmark: benchmark.module)
def test_each_benchmark_takes_the_options_that_it_is_run_with(
    benchmark: every.Benchmark, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = importlib.import_module(f"benchmarks.{benchmark.module}")
    options = every.options_of(benchmark, Path("data"))
    assert options is not None
    monkeypatch.setattr("sys.argv", [benchmark.module, *options, "--help"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(option in said for option in options if option.startswith("--"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules that are run, in place of running them; the first of them fails."""
    modules: list[str] = []

    def fake(command: list[str], check: bool) -> SimpleNamespace:
        modules.append(command[2].removeprefix("benchmarks."))
        return SimpleNamespace(returncode=int(len(modules) == 1))

    monkeypatch.setattr(subprocess, "run", fake)
    return modules


def test_a_benchmark_that_needs_a_data_set_is_not_run_without(run: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["all"])
    every.main()
    assert run == [benchmark.module for benchmark in every.BENCHMARKS if not benchmark.needs_data]


def test_with_a_data_set_each_is_told_where_it_is(tmp_path: Path) -> None:
    found = [every.options_of(benchmark, tmp_path) for benchmark in every.BENCHMARKS]
    assert None not in found
    given = {option for options in found if options for option in options if option.startswith(str(tmp_path))}
    assert given == {str(tmp_path), str(tmp_path / ARCHIVE)}


def test_one_that_fails_keeps_no_other_from_running(
    run: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["all", "--data", "data"])
    assert every.main() == 1
    assert run == [benchmark.module for benchmark in every.BENCHMARKS]
    assert f"Failed: {every.BENCHMARKS[0].module}\n" in capsys.readouterr().out


def short_set(folder: Path) -> Path:
    """A set whose validation is of two sets, with a test of one."""
    validation = [Example(f"hotel {each}", each % 2, set="hotels") for each in range(4)]
    validation += [Example(f"tweet {each}", each % 2, set="tweets") for each in range(2)]
    training = [Example("good", 1, times=3), Example("bad", 0), Example("a room", 1, target=0.5)]
    save(folder, {"train": training, "validation": validation, "test": [Example("yes", 1), Example("no", 0)]}, "")
    return folder


def test_short_texts_are_grouped_by_the_set_that_they_come_from(tmp_path: Path) -> None:
    groups = _short_texts.of_data_set(short_set(tmp_path / "short"))
    counts = {name: len(examples) for name, examples in groups.items()}
    assert counts == {"hotels, validation": 4, "tweets, validation": 2, "short, test": 2}


def test_everyday_texts_are_grouped_by_domain_and_negations_by_kind(tmp_path: Path) -> None:
    everyday = [{"text": "a", "label": 1, "domain": "apps"}, {"text": "b", "label": 0, "domain": "books"}]
    (tmp_path / "everyday.jsonl").write_text("".join(json.dumps(row) + "\n" for row in everyday))
    (tmp_path / "negation.jsonl").write_text(json.dumps({"text": "not a", "label": 0, "kind": "words"}) + "\n")
    assert _short_texts.of_files(tmp_path) == {
        "everyday: apps": [Example("a", 1)],
        "everyday: books": [Example("b", 0)],
        "negation: words": [Example("not a", 0)],
    }


def test_who_says_exactly_one_half_is_half_right() -> None:
    assert _short_texts.accuracy([1, 0, 1, 0], [0.5, 0.5, 0.9, 0.6]) == 0.5
    assert _short_texts.accuracy([1, 0], [0.51, 0.49]) == 1


def test_each_way_has_its_accuracy_with_an_interval_and_its_calibration_error() -> None:
    groups = {"hotels": [Example("good", 1), Example("bad", 0)], "apps": [Example("good", 1)]}
    scores = {"ours": {"good": 0.9, "bad": 0.1}, "a lexicon": {"good": 0.75, "bad": 0.5}}
    low, high = wilson(0.75, 2)
    assert _short_texts.compared(groups, scores).splitlines() == [
        "| accuracy (95 % interval), calibration error | n | ours | a lexicon |",
        "| --- | --- | --- | --- |",
        f"| hotels | 2 | 1.000 ({wilson(1, 2)[0]:.3f}–1.000), 0.100 | 0.750 ({low:.3f}–{high:.3f}), 0.375 |",
        f"| apps | 1 | 1.000 ({wilson(1, 1)[0]:.3f}–1.000), 0.100 | 1.000 ({wilson(1, 1)[0]:.3f}–1.000), 0.250 |",
    ]


def test_every_way_judges_each_short_text_once_and_what_learns_does_so_from_the_training_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, tuple[list[Path], list[str]]] = {}

    def other_scores(way: str, folders: list[Path], texts: list[str]) -> list[float]:
        asked[way] = folders, texts
        return [0.5] * len(texts)

    monkeypatch.setattr(alternatives, "other_scores", other_scores)
    monkeypatch.setattr(alternatives.scorers, "of_model", lambda model: lambda texts: [math.nan] * len(texts))
    monkeypatch.setattr(alternatives._short_texts, "of_files", lambda folder: {"everyday: apps": [Example("yes", 1)]})
    short, imdb = short_set(tmp_path / "short"), tmp_path / "imdb"

    table = alternatives.short_texts(short, tmp_path, Path("model"), imdb)

    assert asked.keys() == {"vader", "textblob", "linear"}
    folders, texts = asked["linear"]
    assert folders == [short, imdb]
    assert sorted(texts) == ["hotel 0", "hotel 1", "hotel 2", "hotel 3", "no", "tweet 0", "tweet 1", "yes"]
    assert table.count("0.500 (") == 4 * 4  # a text that our model refuses counts as one half, too


def test_a_linear_model_learns_no_texts_without_an_opinion_and_others_as_often_as_they_are_to_be(
    tmp_path: Path,
) -> None:
    assert _alternatives.read_opinions([short_set(tmp_path / "short")]) == (["good", "bad"], [1, 0], [3, 1])


def test_a_polarity_becomes_a_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    polarities = {"worst": -1.0, "neither": 0.0, "good": 0.5}
    monkeypatch.setitem(_alternatives.LEXICONS, "vader", lambda: polarities.__getitem__)
    assert _alternatives.scores("vader", [], ["worst", "neither", "good"]) == [0, 0.5, 0.75]


def test_a_model_that_was_tested_on_several_sets_is_compared_on_the_one_that_all_are() -> None:
    several = {
        "metrics": {"accuracy": 0.7},
        "by_set": [{"set": "imdb", "accuracy": 0.9}, {"set": "x", "accuracy": 0.5}],
    }
    assert alternatives.accuracy_on("imdb", several) == 0.9
    assert alternatives.accuracy_on("imdb", {"metrics": {"accuracy": 0.7}}) == 0.7
    with pytest.raises(KeyError):
        alternatives.accuracy_on("toys", several)


def test_without_any_texts_alternatives_says_what_to_give(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["alternatives"])
    with pytest.raises(SystemExit):
        alternatives.main()
    assert "give --data, --short or both" in capsys.readouterr().err
