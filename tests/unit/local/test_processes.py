import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from local.application import emulator_environment
from local.lock import AlreadyRunning, is_held, state_lock
from local.problem import Problem
from local.processes import Server
from local.settings import Settings
from local.status import running_url
from local.supervise import children
from tests.unit.local.trees import Tree, wait_for

LISTEN = """
import socket, sys, time
print("listening", flush=True)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(command: list[str], port: int, folder: Path) -> Server:
    return Server("The stand-in", command, port, folder / "server.log", dict(os.environ))


def test_a_server_is_up_when_it_takes_connections_and_gone_when_stopped(tmp_path: Path) -> None:
    port = free_port()
    server = start([sys.executable, "-c", LISTEN, str(port)], port, tmp_path)
    server.wait_until_up(20, lambda: None)

    server.stop()

    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_server_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    port = free_port()
    server = start([sys.executable, "-c", LISTEN, str(port)], port, tmp_path)
    server.wait_until_up(20, lambda: None)
    (process,) = children(server._process.pid)

    os.kill(process, signal.SIGKILL)
    server._process.wait(10)

    with pytest.raises(Problem, match=r"listening\s+The stand-in has ended \(killed by signal 9\)"):
        server.check()


def test_a_server_that_fails_at_its_start_is_told_at_once(tmp_path: Path) -> None:
    server = start([sys.executable, "-c", "raise SystemExit('no licence')"], free_port(), tmp_path)

    with pytest.raises(Problem, match=r"no licence\s+The stand-in has ended \(exit status 1\)"):
        server.wait_until_up(20, lambda: None)


def test_stopping_a_server_ends_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.processes.GRACE", 0.3)
    tree = Tree(tmp_path)
    server = start(tree.command(sys.executable), free_port(), tmp_path)
    tree.wait_until_up()

    server.stop()

    wait_for(lambda: tree.processes() == [], 5)


def test_one_application_at_a_time_has_a_state_folder(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with state_lock(tmp_path):
        assert is_held(tmp_path)
        with pytest.raises(AlreadyRunning), state_lock(tmp_path):
            pytest.fail("two had it")
    assert not is_held(tmp_path)


def test_the_url_is_told_once_the_application_is_ready(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    with pytest.raises(Problem, match="does not run; `npm start` starts it"):
        running_url(settings)

    with state_lock(tmp_path):
        word = {"phase": "starting", "aws_port": 4800, "sagemaker_port": 4801}
        (tmp_path / "running.json").write_text(json.dumps(word))
        with pytest.raises(Problem, match="still starting"):
            running_url(settings)

        (tmp_path / "running.json").write_text(json.dumps({**word, "phase": "ready"}))
        assert running_url(settings) == "http://127.0.0.1:4800/_aws/execute-api/sentiment-local/local"


def test_lambdas_see_nothing_of_the_machine_but_what_aws_would_show(tmp_path: Path) -> None:
    environment = emulator_environment(Settings(state=tmp_path), tmp_path / "tmp")

    assert environment["AUTH"] == "true"
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert "AWS_ENDPOINT_URL" not in environment  # the emulator gives its own
