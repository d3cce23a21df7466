"""The serving process of one endpoint: invoked over kept connections, replaced when it dies, drained."""

import itertools
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import urllib3

from local.sagemaker import processes

log = logging.getLogger(__name__)

SERVER = Path(__file__).with_name("model_server.py")
START_SECONDS = 120.0
POLL_SECONDS = 0.02
END_SECONDS = 2.0
INVOCATION_SECONDS = 60.0
RESTART_SECONDS = (0.5, 1, 2, 5, 10, 30)
CONNECTIONS = 64


class ServingError(Exception):
    """The serving process did not come up, or gave no answer; the text says why."""


class Throttled(Exception):
    """As many requests as the endpoint takes at once are under way."""


class Container:
    """One model server over the model in `folder`, for as long as the endpoint lives.

    `run` needs a thread of its own: it starts the server, watches it and starts it again when it dies. More than
    `at_once` requests are refused, where it is given; a request may take `seconds`.
    """

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str],
        python: Path,
        at_once: int | None = None,
        seconds: float = INVOCATION_SECONDS,
    ) -> None:
        self._folder = folder
        self._environment = {**processes.base_environment(), **environment}
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._stopping = threading.Event()
        self._idle = threading.Condition()
        self._in_flight = 0
        self._at_once = at_once
        self._seconds = seconds

    def run(self, on_ready: Callable[[], None]) -> None:
        """Serve until `stop`. Raises ServingError if the server does not come up the first time."""
        try:
            self._start()
            on_ready()
            while True:
                self._wait_for_death()
                if self._stopping.is_set():
                    return
                self._start_again()
        finally:
            if self._process:
                processes.stop(self._process, END_SECONDS)

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Pass one request to the model. Raises ServingError when no answer comes, Throttled where too many run."""
        with self._idle:
            pool = self._pool
            if pool is None:
                raise ServingError("the model's container has stopped and is being replaced")
            if self._at_once is not None and self._in_flight >= self._at_once:
                raise Throttled
            self._in_flight += 1
        try:
            return pool.urlopen("POST", "/invocations", body=body, headers=headers, retries=False)
        except urllib3.exceptions.TimeoutError as error:
            raise ServingError(
                "Your invocation timed out while waiting for a response from container primary."
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise ServingError(f"the model's container closed the connection: {error}") from error
        finally:
            with self._idle:
                self._in_flight -= 1
                self._idle.notify_all()

    def stop(self, drain: float = INVOCATION_SECONDS) -> None:
        """Let requests in flight finish, `drain` seconds at most, and end the process. New ones are refused."""
        self._stopping.set()
        with self._idle:
            self._pool = None
            self._idle.wait_for(lambda: self._in_flight == 0, timeout=drain)
        if self._process:
            processes.stop(self._process, END_SECONDS)

    def _wait_for_death(self) -> None:
        assert self._process is not None
        status = self._process.wait()
        self._pool = None
        if not self._stopping.is_set():
            log.warning("%s: the serving process %s; starting it again", self._folder.name, processes.outcome(status))

    def _start_again(self) -> None:
        """Try until the server is up or the endpoint is deleted, ever more slowly."""
        for delay in itertools.chain(RESTART_SECONDS, itertools.repeat(RESTART_SECONDS[-1])):
            if self._stopping.wait(delay):
                return
            try:
                return self._start()
            except (ServingError, OSError) as error:
                log.warning("%s: %s", self._folder.name, error)

    def _start(self) -> None:
        port_file = self._folder / "port"
        port_file.unlink(missing_ok=True)
        with (self._folder / "serving.log").open("ab") as output:
            command = [str(self._python), "-I", str(SERVER), str(self._folder / "model"), str(port_file)]
            self._process = processes.start(command, self._environment, self._folder, output, END_SECONDS)
        try:
            pool = self._connect(self._port(self._process, port_file))
        except ServingError:
            processes.stop(self._process, END_SECONDS)
            raise
        if not self._stopping.is_set():
            self._pool = pool

    def _port(self, process: subprocess.Popen[bytes], port_file: Path) -> int:
        """The port that the server listens on, which it writes when the model is loaded."""
        deadline = time.monotonic() + START_SECONDS
        while not port_file.exists():
            status = process.poll()
            if status is not None:
                how = processes.outcome(status)
                raise ServingError(f"the serving process {how} before the model was loaded. {self._last_lines()}")
            if time.monotonic() > deadline:
                raise ServingError(f"the model was not loaded within {START_SECONDS:.0f} s. {self._last_lines()}")
            time.sleep(POLL_SECONDS)
        return int(port_file.read_text())

    def _connect(self, port: int) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=2, read=self._seconds)
        pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=CONNECTIONS, timeout=timeout)
        try:
            status = pool.urlopen("GET", "/ping", retries=False, timeout=2).status
        except urllib3.exceptions.HTTPError as error:
            raise ServingError(f"/ping was not answered: {error}") from error
        if status != 200:
            raise ServingError(f"/ping was answered with status {status}, not 200")
        return pool

    def _last_lines(self) -> str:
        lines = (self._folder / "serving.log").read_text(errors="replace").strip().splitlines()[-3:]
        return f"Its last lines: {' | '.join(lines) or '(none)'}"
