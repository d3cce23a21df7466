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
