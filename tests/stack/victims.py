"""The application's own processes, as they run below this one, to be killed."""

import os
import signal
from pathlib import Path

from local.supervise import children

# What does the application's work, and not the emulators, which stand for AWS, nor those who watch over processes.
KINDS = ("handler", "training", "serving")


def kill(kind: str, choice: int, state: Path) -> str | None:
    """SIGKILL one of the processes of that kind, chosen by a number; what it was, None when there is none.

    state: the state folder of the application, which is told from others by it.
    """
    found = sorted(pid for pid in descendants(os.getpid()) if kind_of(pid, state) == kind)
    if not found:
        return None
    victim = found[choice % len(found)]
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:  # it has ended by itself since
        return None
    return f"{kind} {victim}"


def kind_of(pid: int, state: Path) -> str | None:
    """Which of KINDS the process is."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        environment = Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    line = " ".join(command)
    if "supervise.py" in line or str(state) not in line + environment:
        return None
    if "model_server.py" in line:
        return "serving"
    if "train.py" in line and "TRAINING_JOB_NAME=" in environment:
        return "training"
    return "handler" if "AWS_LAMBDA_FUNCTION_NAME=" in environment else None


def descendants(pid: int) -> list[int]:
    """All processes below this one."""
    below = children(pid)
    return below + [each for child in below for each in descendants(child)]
