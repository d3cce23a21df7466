"""`npm run data`, `train`, `try` and `behaviour`: what is installed before, and what they become."""

import json
from dataclasses import dataclass, field

import pytest

from local import __main__ as commands
from local.settings import ROOT, VENV_PYTHON


@dataclass
class Done:
    """What is installed, and what is then run in place of the command."""

    installed: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    done = Done()

    def become(path: object, command: list[str], env: dict[str, str]) -> None:
        done.command, done.env = command, env

    monkeypatch.setattr(commands.install, "python_environment", lambda: done.installed.append("python"))
    monkeypatch.setattr(commands.os, "chdir", lambda folder: None)
    monkeypatch.setattr(commands.os, "execve", become)
    monkeypatch.setattr(commands.sys, "platform", "linux")
    for name in commands.ALLOCATOR:
        monkeypatch.delenv(name, raising=False)
    return done


@pytest.mark.parametrize(
    ("name", "module"),
    [("data", "ml.data"), ("train", "ml.train"), ("try", "ml.ask"), ("behaviour", "ml.evaluation.behaviour")],
)
def test_each_becomes_its_module_with_the_arguments_once_python_is_installed(
    done: Done, name: str, module: str
) -> None:
    commands.COMMANDS[name](["--some", "two words"])
    assert done.installed == ["python"]
    assert done.command == [str(VENV_PYTHON), "-m", module, "--some", "two words"]


def test_data_alone_is_given_what_it_needs_to_reach_aws(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    given = {}
    for name in ("data", "train", "try", "behaviour"):
        commands.COMMANDS[name]([])
        given[name] = done.env.get("AWS_PROFILE")
    assert given == {"data": "mine", "train": None, "try": None, "behaviour": None}


def test_training_keeps_its_memory_and_leaves_the_number_of_threads_alone(
    done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    commands.train([])
    assert commands.ALLOCATOR.items() <= done.env.items()
    assert "OMP_NUM_THREADS" not in done.env


def test_what_the_user_says_of_memory_holds(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=0")
    commands.train([])
    assert done.env["GLIBC_TUNABLES"] == "glibc.malloc.hugetlb=0"
    assert done.env["MALLOC_MMAP_MAX_"] == "0"


def test_elsewhere_than_on_linux_and_for_other_commands_nothing_is_said_of_memory(
    done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.ask([])
    assert not commands.ALLOCATOR.keys() & done.env.keys()
    monkeypatch.setattr(commands.sys, "platform", "darwin")
    commands.train([])
    assert not commands.ALLOCATOR.keys() & done.env.keys()


def test_every_script_is_a_command_and_every_command_has_a_script() -> None:
    scripts = json.loads((ROOT / "package.json").read_text())["scripts"].values()
    assert {script.removeprefix("node local/run.mjs ").split()[0] for script in scripts} == set(commands.COMMANDS)
