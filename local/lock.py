"""One local application at a time for one state folder, and one deployment at a time from one checkout."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another process holds the state folder."""


@contextmanager
def state_lock(state: Path) -> Iterator[None]:
    """Hold the state folder for as long as the context lasts; the kernel lets go of it however the process ends.

    Raises AlreadyRunning.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a") as file:
        if not _lock(file):
            raise AlreadyRunning(str(state))
        yield


def is_held(state: Path) -> bool:
    """Whether a process holds the state folder."""
    if not (state / "lock").exists():
        return False
    with (state / "lock").open("a") as file:
        return not _lock(file)


def _lock(file: IO[str]) -> bool:
    for _ in range(10):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.05)  # it may be another's `is_held`, which lets go at once
    return False


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait for one's turn with a file that several processes use, and have it while the context lasts."""
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
