import sys
from pathlib import Path
from typing import Any

import pytest

from layers import build
from local import install
from local.problem import Problem
from local.screen import run


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A checkout of its own, where each step of an installation is only written down."""
    done: list[str] = []

    def stand_in(title: str, command: list[Any], log: Path, **options: Any) -> None:
        done.append(title)
        if "venv" in command:
            (Path(command[-1]) / "bin").mkdir(parents=True)

    (tmp_path / "requirements").mkdir()
    for name in ("app.txt", "torch.txt", "dev.txt", "lambda.txt"):
        (tmp_path / "requirements" / name).write_text(name)
    monkeypatch.setattr(install, "run", stand_in)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(install, "VENV_PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "_reachable", lambda index: True)
    return done


ALL = ["Python environment", "Python packages", "PyTorch"]


def test_what_is_installed_is_not_installed_again(steps: list[str]) -> None:
    install.python_environment()
    install.python_environment()

    assert steps == ALL


def test_changed_requirements_are_installed(steps: list[str], tmp_path: Path) -> None:
    install.python_environment()
    (tmp_path / "requirements" / "torch.txt").write_text("torch==3")
    install.python_environment()

    assert steps == ALL + ALL


def test_an_interrupted_installation_is_made_anew(
    steps: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as interruption:
        interruption.setattr(install, "_pip", interrupted)
        with pytest.raises(KeyboardInterrupt):
            install.python_environment()
    half_written = tmp_path / ".venv" / "half-written"
    half_written.touch()

    install.python_environment()

    assert not half_written.exists()
    assert steps == ["Python environment", *ALL]


def interrupted(*arguments: Any) -> None:
    raise KeyboardInterrupt


def test_test_tools_follow_the_environment_that_they_are_in(steps: list[str], tmp_path: Path) -> None:
    install.python_environment()
    install.development_tools()
    install.development_tools()
    (tmp_path / "requirements" / "app.txt").write_text("another")
    install.python_environment()
    install.development_tools()

    assert steps == [*ALL, "Test tools", *ALL, "Test tools"]


def fail_with(text: str, log: Path) -> str:
    with pytest.raises(Problem) as problem:
        run("Packages", [sys.executable, "-c", f"raise SystemExit({text!r})"], log, cwd=log.parent, fetches=True)
    return str(problem.value)


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("npm error code ENOTFOUND", "the package registry cannot be reached. Check the network"),
        ("NewConnectionError: Failed to establish a new connection", "the package registry cannot be reached"),
        ("OSError: [Errno 28] No space left on device", "the disk is full. Free some space"),
    ],
)
def test_a_failure_is_put_into_a_sentence(printed: str, said: str, tmp_path: Path) -> None:
    problem = fail_with(printed, tmp_path / "a.log")

    assert said in problem
    assert str(tmp_path / "a.log") in problem
    assert "\n" not in problem


def test_a_failure_of_another_kind_shows_the_end_of_the_log(tmp_path: Path) -> None:
    assert "no such package" in fail_with("no such package", tmp_path / "a.log")


def test_a_layer_is_current_until_its_requirements_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("")
    monkeypatch.setattr(build, "LAYER", tmp_path)
    monkeypatch.setattr(build, "REQUIREMENTS", requirements)
    assert not build.is_current("local")

    build.build("local")
    assert build.is_current("local")

    requirements.write_text("# changed\n")
    assert not build.is_current("local")
