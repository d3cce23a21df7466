"""Process trees that are hard to end, and a way to see whether any of their processes is left."""

import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path

# A process that ignores SIGTERM, its child, and a grandchild in a session of its own whose parent is gone.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
depth, token, ready = int(sys.argv[1]), sys.argv[2], sys.argv[3]
if depth:
    child = [sys.executable, "-c", sys.argv[4], str(depth - 1), token, ready, sys.argv[4]]
    subprocess.Popen(child, start_new_session=True)
    if depth == 2:
        sys.exit()
else:
    open(ready, "w").close()
time.sleep(120)
"""


class Tree:
    """Command lines for a stubborn tree, whose processes carry a token to be found by."""

    def __init__(self, folder: Path) -> None:
        self.token = uuid.uuid4().hex
        self.ready = folder / f"ready-{self.token}"

    def command(self, python: str, depth: int = 1) -> list[str]:
        return [python, "-c", STUBBORN, str(depth), self.token, str(self.ready), STUBBORN]

    def processes(self) -> list[int]:
        """Those of its processes that run, supervisors among them, for they have the whole command in theirs."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                running = (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            except OSError:
                continue
            if self.token.encode() in command and running and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        return found

    def wait_until_up(self) -> None:
        wait_for(self.ready.exists, 20)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
