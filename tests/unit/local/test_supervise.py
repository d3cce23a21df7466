import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.supervise import children, supervised
from tests.unit.local.trees import Tree, wait_for

PYTHON = sys.executable


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.mark.parametrize("status", [0, 3])
def test_it_exits_as_the_command_does(status: int) -> None:
    command = supervised([PYTHON, "-c", f"raise SystemExit({status})"])

    assert subprocess.run(command, check=False).returncode == status


def test_a_command_that_cannot_be_started_is_named() -> None:
    run = subprocess.run(supervised(["/nowhere/at-all"]), capture_output=True, text=True, check=False)

    assert run.returncode == 127
    assert "/nowhere/at-all cannot be started: No such file or directory" in run.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_whole_tree(tree: Tree, number: signal.Signals, status: int) -> None:
    supervisor = subprocess.Popen(supervised(tree.command(PYTHON), grace=0.3))
    tree.wait_until_up()

    supervisor.send_signal(number)

    assert supervisor.wait(10) == status
    assert tree.processes() == []


def test_what_a_command_leaves_behind_ends_with_it(tree: Tree) -> None:
    """Also a process that ignores SIGTERM, in a session of its own, whose parent has long ended."""
    command = [PYTHON, "-c", "import subprocess, sys; subprocess.Popen(sys.argv[1:]).wait()"]
    supervisor = subprocess.Popen(supervised([*command, *tree.command(PYTHON, depth=2)], grace=0.3))

    assert supervisor.wait(20) == 0
    assert tree.processes() == []


def test_a_killed_command_takes_its_tree_along(tree: Tree) -> None:
    supervisor = subprocess.Popen(supervised(tree.command(PYTHON), grace=0.3))
    tree.wait_until_up()
    (command,) = children(supervisor.pid)

    os.kill(command, signal.SIGKILL)

    assert supervisor.wait(10) == 128 + signal.SIGKILL
    assert tree.processes() == []


def test_a_killed_parent_takes_the_tree_along(tree: Tree) -> None:
    program = (
        "import subprocess, sys; from local.supervise import supervised; "
        "subprocess.Popen(supervised(sys.argv[1:], grace=0.3)).wait()"
    )
    parent = subprocess.Popen([PYTHON, "-c", program, *tree.command(PYTHON)])
    tree.wait_until_up()

    parent.kill()
    parent.wait()

    wait_for(lambda: tree.processes() == [], 10)


def test_a_killed_supervisor_leaves_its_tree_to_the_one_above(tree: Tree) -> None:
    inner = [PYTHON, "-I", "local/supervise.py", "--grace", "0.3", "--", *tree.command(PYTHON)]
    outer = subprocess.Popen(supervised(inner, grace=0.3))
    tree.wait_until_up()
    (supervisor,) = children(outer.pid)

    os.kill(supervisor, signal.SIGKILL)

    assert outer.wait(10) == 128 + signal.SIGKILL
    assert tree.processes() == []
