"""Child processes of SageMaker, each below a supervisor that leaves none of its descendants behind."""

import os
import signal
import subprocess
from pathlib import Path
from typing import IO

from local.supervise import Command, supervised


def start(
    command: Command, environment: dict[str, str], folder: Path, output: IO[bytes], grace: float
) -> subprocess.Popen[bytes]:
    """Start `command` in `folder` with exactly this environment; stdout and stderr go to `output`.

    `grace` is how many seconds it has to end by itself once it is stopped. It is stopped too when the calling thread
    ends, so that thread must live as long as the command is to run.
    """
    return subprocess.Popen(
        supervised(command, grace),
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def base_environment() -> dict[str, str]:
    """What of this process's environment a container would have: no credentials, no settings of the user."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def stop(process: subprocess.Popen[bytes], limit: float) -> int:
    """End a command and its descendants; what is left after `limit` seconds is killed. Returns the exit status."""
    process.terminate()
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def outcome(status: int) -> str:
    """Words for an exit status as a shell gives it: "exited with code 3", "was killed by signal 9 (SIGKILL)"."""
    number = -status if status < 0 else status - 128
    try:
        return f"was killed by signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"exited with code {status}"
