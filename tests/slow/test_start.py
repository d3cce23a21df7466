"""`npm start` from the outside: what it prints, what survives it, and that nothing is left of it."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.settings import ROOT

# The machine may be busy, and a first start fetches the corpus.
FIRST, LATER = 120, 90


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Npm:
    """npm in this checkout, for a copy of the application with a state folder and ports of its own."""

    def __init__(self, state: Path) -> None:
        ports = {"LOCAL_AWS_PORT": str(free_port()), "LOCAL_SAGEMAKER_PORT": str(free_port())}
        self.env = {**os.environ, "LOCAL_STATE": str(state), **ports}
        self.output = state.parent / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = ["npm", "--silent", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def start(self, seconds: float) -> str:
        """Start, and wait for the last line that it prints; all that was printed."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["npm", "start"], cwd=ROOT, env=self.env, stdout=output, stderr=output, start_new_session=True
            )
        wait_for(lambda: "Ctrl-C stops everything" in self.printed(), seconds, self.printed)
        return self.printed()

    def printed(self) -> str:
        if self.process is not None and self.process.poll() is not None:
            pytest.fail(f"npm start has ended:\n{self.output.read_text()}")
        return self.output.read_text()

    def processes(self) -> list[int]:
        """Every process of this copy, known by what is in its environment: the state folder or the AWS port."""
        marks = (self.env["LOCAL_STATE"].encode(), f"GATEWAY_PORT={self.env['LOCAL_AWS_PORT']}".encode())
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if any(mark in environment or mark in command for mark in marks):
                found.append(int(folder.name))
        return found


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.2)


@pytest.fixture
def npm(tmp_path: Path) -> Iterator[Npm]:
    copy = Npm(tmp_path / "state")
    yield copy
    for pid in copy.processes():
        os.kill(pid, signal.SIGKILL)


def version(npm: Npm) -> str:
    url = npm.run("run", "url").stdout.strip()
    answer = subprocess.run(["curl", "-s", f"{url}/model"], capture_output=True, check=True)
    return str(json.loads(answer.stdout)["version"])


def named(npm: Npm, mark: str) -> int:
    """The process of this copy whose command holds the mark; not its supervisor, whose command holds it as well."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in npm.processes()}
    (pid,) = [pid for pid, command in commands.items() if mark in command and "supervise.py" not in command]
    return pid


@pytest.mark.timeout(900)
def test_start_stop_and_start_again(npm: Npm) -> None:
    """What is printed works when pasted; what is trained survives; Ctrl-C and `kill -9` leave nothing behind."""
    printed = npm.start(FIRST)

    commands = [shlex.split(line) for line in printed.splitlines() if line.startswith("curl ")]
    answers = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for command in commands]
    assert [answer.get("sentiment") for answer in answers] == ["positive", "negative", None]
    assert len(answers[2]["results"]) == 2
    url = npm.run("run", "url").stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/_aws/execute-api/sentiment-local/local\n", url)
    assert "InService" in npm.run("run", "status").stdout
    first = version(npm)

    again = npm.run("start")
    assert again.returncode == 1
    assert "running already" in again.stderr

    assert "stop it first" in npm.run("run", "reset").stderr

    # Ctrl-C reaches the whole foreground group.
    assert npm.process is not None
    os.killpg(npm.process.pid, signal.SIGINT)
    npm.process.wait(30)
    wait_for(lambda: not npm.processes(), 5, npm.processes)
    assert "does not run" in npm.run("run", "url").stderr

    for victim in ("local.start", "local/emulator", "local.sagemaker"):
        npm.process = None
        npm.start(LATER)
        assert version(npm) == first, "the same model serves, and none was trained"
        os.kill(named(npm, victim), signal.SIGKILL)
        wait_for(lambda: not npm.processes(), 30, npm.processes)
        printed = npm.output.read_text()
        assert ("has ended (killed by signal 9)" in printed) == (victim != "local.start"), printed

    assert npm.run("run", "reset").returncode == 0
    assert not Path(npm.env["LOCAL_STATE"]).exists()
