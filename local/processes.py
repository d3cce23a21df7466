"""The servers that the local application starts: up when they answer, watched while it runs, gone when it ends."""

import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from local.problem import Problem
from local.screen import tail
from local.settings import ROOT
from local.supervise import Command, supervised

GRACE = 5.0  # seconds that a server has between SIGTERM and SIGKILL


class Server:
    """One server below a supervisor of its own, in its own process group: Ctrl-C reaches it through `stop` alone."""

    def __init__(self, name: str, command: Command, port: int, log: Path, environment: Mapping[str, str]) -> None:
        self.name, self.port, self.log = name, port, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                supervised(command, GRACE),
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def check(self) -> None:
        """Raises Problem with the end of its log once the server has ended."""
        status = self._process.poll()
        if status is not None:
            how = f"killed by signal {status - 128}" if status > 128 else f"exit status {status}"
            raise Problem(f"{tail(self.log)}{self.name} has ended ({how}). All that it printed is in {self.log}.")

    def wait_until_up(self, seconds: float, tick: Callable[[], None]) -> None:
        """Wait until its port takes connections. Raises Problem when it ends, or does not come up in time."""
        deadline = time.monotonic() + seconds
        while True:
            self.check()
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if time.monotonic() > deadline:
                raise Problem(f"{tail(self.log)}{self.name} did not answer on port {self.port} in {seconds:.0f} s.")
            tick()
            time.sleep(0.05)

    def stop(self) -> None:
        """End it and everything it started; at most GRACE seconds and a little."""
        self._process.terminate()
        try:
            self._process.wait(GRACE + 3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
