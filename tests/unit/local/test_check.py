import os
import shutil
import socket
import sys
import sysconfig
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import check
from local.problem import Problem
from local.settings import Settings


@pytest.fixture
def taken() -> Iterator["socket.socket"]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_taken_port_is_named_with_its_process_and_the_way_out(taken: "socket.socket") -> None:
    port = taken.getsockname()[1]

    with pytest.raises(Problem) as problem:
        check.ports(Settings(sagemaker_port=port, aws_port=free_port()))

    assert f"Port {port} is taken by" in str(problem.value)
    assert f"(process {os.getpid()})" in str(problem.value)
    assert f"LOCAL_SAGEMAKER_PORT={port + 100} npm start" in str(problem.value)


def test_free_ports_are_no_problem() -> None:
    check.ports(Settings(aws_port=free_port(), sagemaker_port=free_port()))


def test_missing_headers_are_named_with_the_command_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda name: name == "apt-get")

    version = f"python3.{sys.version_info.minor}"
    with pytest.raises(Problem, match=f"headers of {version} are missing.*sudo apt-get install {version}-dev"):
        check.machine()


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Python.h").touch()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda name: name == "dnf")

    with pytest.raises(Problem, match=r"no C compiler.*sudo dnf install gcc"):
        check.machine()


def test_another_system_than_linux_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(Problem, match="needs Linux, and this is darwin"):
        check.machine()


def test_a_full_disk_is_told_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 10**9))

    check.disk(installed=True)
    with pytest.raises(Problem, match=r"has 1\.0 GB left; 4\.0 GB are needed"):
        check.disk(installed=False)
