"""`npm run bench` without a name: one benchmark after another."""

import importlib
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import all as every
from ml.imdb import ARCHIVE


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


def test_a_benchmark_that_needs_a_data_set_is_not_run_without(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: asked.append(command) or SimpleNamespace(returncode=0))
    monkeypatch.setattr("sys.argv", ["all"])
    assert every.main() == 0
    assert {command[2] for command in asked} == {
        f"benchmarks.{benchmark.module}" for benchmark in every.BENCHMARKS if not benchmark.needs_data
    }


def test_with_a_data_set_each_is_told_where_it_is(tmp_path: Path) -> None:
    found = [every.options_of(benchmark, tmp_path) for benchmark in every.BENCHMARKS]
    assert None not in found
    given = {option for options in found if options for option in options if option.startswith(str(tmp_path))}
    assert given == {str(tmp_path), str(tmp_path / ARCHIVE)}


def test_one_that_fails_keeps_no_other_from_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: asked.append(command[2]) or SimpleNamespace(returncode=len(asked) == 1)
    )
    monkeypatch.setattr("sys.argv", ["all", "--data", "data"])
    assert every.main() == 1
    assert len(asked) == len(every.BENCHMARKS)
    assert f"Failed: {every.BENCHMARKS[0].module}" in capsys.readouterr().out
