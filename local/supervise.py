"""Runs a command and leaves none of its descendants behind, whatever ends first.

    python -I local/supervise.py [--grace SECONDS] [--parent PID] -- COMMAND ...

This process adopts every orphan below it (it is a *child subreaper*, see prctl(2)), is told by the kernel when its own
parent dies, and ends all that is left below it before it ends itself. Standard library only: it also guards the
installation, before there is any virtual environment.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)

Command = Sequence[str | os.PathLike[str]]

HERE = Path(__file__).resolve()

_libc = ctypes.CDLL(None, use_errno=True)


def supervised(command: Command, grace: float = 5.0) -> list[str]:
    """The command line that runs `command` under a supervisor that ends when the calling thread does.

    grace: seconds between SIGTERM and SIGKILL for what the command leaves behind.
    """
    options = ["--grace", str(grace), "--parent", str(os.getpid())]
    return [sys.executable, "-I", str(HERE), *options, "--", *(os.fspath(part) for part in command)]


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    processes = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [process for process in processes if _parent_of(process) == pid]


def _parent_of(pid: int) -> int | None:
    try:
        # The name, in parentheses, may hold spaces and parentheses itself.
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(after_name.split()[1])


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def _follow_parent() -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _run(command: list[str], parent: int | None) -> int:
    """Run the command to its end, or until a signal or the parent's death; exit status as a shell gives it."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Signals stay blocked and are waited for instead: none can arrive at a moment when it would be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    _follow_parent()
    if parent is not None and os.getppid() != parent:
        return 128 + signal.SIGTERM  # it died before the kernel was asked to tell

    def prepare() -> None:
        _follow_parent()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    try:
        child = subprocess.Popen(command, preexec_fn=prepare)  # noqa: PLW1509 (there is one thread here)
    except OSError as error:
        print(f"{command[0]} cannot be started: {error.strerror}", file=sys.stderr)
        return 127
    while (number := signal.sigwait(SIGNALS)) == signal.SIGCHLD:
        for pid, status in _reap():
            if pid == child.pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                return child.returncode if child.returncode >= 0 else 128 - child.returncode
    return 128 + number


def _sweep(grace: float) -> None:
    """End every descendant: SIGTERM, and SIGKILL for what is there `grace` seconds later.

    Only children need to be looked at: the orphans that they leave become children of this process.
    """
    deadlines: dict[int, float] = {}
    while True:
        _reap()
        remaining = children(os.getpid())
        if not remaining:
            return
        for pid in remaining:
            if pid not in deadlines:
                deadlines[pid] = time.monotonic() + grace
                os.kill(pid, signal.SIGTERM)  # a child that has ended stays a zombie until it is reaped here
            elif time.monotonic() > deadlines[pid]:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _reap() -> list[tuple[int, int]]:
    """Process id and wait status of every child, adopted ones among them, that has ended since the last call."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.append((pid, status))


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs a command and leaves none of its descendants behind.")
    parser.add_argument("--grace", type=float, default=5.0, help="seconds between SIGTERM and SIGKILL")
    parser.add_argument("--parent", type=int, help="process id of the parent; end when it is another by now")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    try:
        return _run(options.command, options.parent)
    finally:
        _sweep(options.grace)


if __name__ == "__main__":
    sys.exit(main())
