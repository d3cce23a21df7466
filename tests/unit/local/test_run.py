"""`npm start` itself, with a stand-in for what it starts: who may be killed, and which Python is taken."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import ROOT
from local.supervise import children
from tests.unit.local.trees import Tree, wait_for

NODE = shutil.which("node") or "node"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the real run.mjs and supervise.py, and a `python -m local` that prints how it was called."""
    (tmp_path / "local").mkdir()
    for name in ("run.mjs", "supervise.py"):
        text = (ROOT / "local" / name).read_text()
        (tmp_path / "local" / name).write_text(text.replace('"--grace", "10"', '"--grace", "0.5"'))
    (tmp_path / "local" / "__main__.py").write_text("import sys; print('called', *sys.argv[1:]); sys.exit(7)")
    (tmp_path / "package.json").write_text(json.dumps({"scripts": {"start": "node local/run.mjs start"}}))
    return tmp_path


def run(checkout: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [NODE, "local/run.mjs", *arguments]
    env = {**os.environ, "PYTHON": sys.executable, **environment}
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, timeout=30, check=False)


def python_on_path(folder: Path, **scripts: str) -> str:
    """A PATH that holds Node, a shell's needs, and these programs."""
    folder.mkdir()
    for name, text in scripts.items():
        program = folder / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    return str(folder)


def test_arguments_and_the_exit_status_pass_through(checkout: Path) -> None:
    result = run(checkout, "start", "--some", "thing")

    assert (result.stdout, result.returncode) == ("called start --some thing\n", 7)


def test_a_python_that_exists_and_does_not_run_is_passed_over(checkout: Path) -> None:
    path = python_on_path(checkout / "bin", python3="exit 127", python3_12=f'exec {sys.executable} "$@"')

    assert run(checkout, "start", PYTHON="", PATH=path).stdout == "called start\n"


def test_without_a_fitting_python_one_sentence_says_what_to_do(checkout: Path) -> None:
    path = python_on_path(checkout / "bin", python3="echo 3 9 1 /usr/bin/python3")

    result = run(checkout, "start", PYTHON="", PATH=path)

    assert result.returncode == 1
    assert result.stderr.strip() == (
        "This needs Python 3.11, 3.12 or 3.13, and found is Python 3.9. Install one with: "
        "sudo apt-get install python3 python3-dev python3-venv   (or: sudo dnf install python3-devel)"
    )


def test_a_chosen_python_that_does_not_run_is_named(checkout: Path) -> None:
    result = run(checkout, "start", PYTHON="/nowhere/python")

    assert result.returncode == 1
    assert "PYTHON is “/nowhere/python”, which does not run" in result.stderr


@pytest.mark.parametrize("victim", ["npm", "node", "supervisor", "inner"])
def test_whoever_is_killed_nothing_is_left(checkout: Path, victim: str) -> None:
    tree = Tree(checkout)
    (checkout / "local" / "__main__.py").write_text(
        "import subprocess, sys; from local.supervise import supervised\n"
        f"sys.exit(subprocess.Popen(supervised({tree.command(sys.executable)!r}, 0.3)).wait())"
    )
    env = {**os.environ, "PYTHON": sys.executable}
    npm = subprocess.Popen(
        ["npm", "start"], cwd=checkout, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    tree.wait_until_up()
    chain = descent(npm.pid)

    os.kill({"npm": npm.pid, **chain}[victim], signal.SIGKILL)

    npm.wait(30)
    wait_for(lambda: not any(map(is_running, [*chain.values(), *tree.processes()])), 25)
    assert set(chain) == {"node", "supervisor", "inner"}


def descent(npm: int) -> dict[str, int]:
    """The processes below npm by their part; between npm and Node there may be a shell."""
    found: dict[str, int] = {}
    pid = npm
    while below := children(pid):
        pid = below[0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if command.startswith(b"node\0") or b"/node\0" in command[:40]:
            found["node"] = pid
        elif b"supervise.py" in command:
            found["supervisor"] = pid
        elif b"-m\0local" in command:
            found["inner"] = pid
            return found
    return found


def is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
