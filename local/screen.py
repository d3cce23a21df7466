"""What a person sees: one line a step, with the time it took; a moving one on a terminal while it lasts."""

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from local.problem import Problem
from local.supervise import Command, supervised

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_LINE_EVERY = 30.0  # seconds; without a terminal (CI, a log file) a step that lasts says so this often


class Step:
    """A line on the screen for as long as a step lasts; `tick` moves it, and may be called as often as one likes."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._terminal = sys.stdout.isatty()
        self._began = time.monotonic()
        self._said = self._began

    def __enter__(self) -> "Step":
        self.tick()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._clear()
        if kind is None:
            say(f"✓ {self.title}  {self.seconds:.1f} s")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def tick(self, note: str = "") -> None:
        """Show that the step goes on, and at what it is."""
        now = time.monotonic()
        if self._terminal:
            frame = FRAMES[int(now * 10) % len(FRAMES)]
            line = f"{frame} {self.title}  {self.seconds:.0f} s  {note}"
            sys.stdout.write("\r\x1b[2K" + line[: shutil.get_terminal_size().columns - 1])
            sys.stdout.flush()
        elif now - self._said > PLAIN_LINE_EVERY:
            self._said = now
            say(f"… {self.title}  {self.seconds:.0f} s  {note}")

    def _clear(self) -> None:
        if self._terminal:
            sys.stdout.write("\r\x1b[2K")


def say(text: str = "") -> None:
    """Print a line now, also where standard output is a pipe."""
    print(text, flush=True)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, indented; empty when there is none."""
    if not log.exists():
        return ""
    text = log.read_text(errors="replace").rstrip().splitlines()[-lines:]
    return "".join(f"    {line}\n" for line in text)


def run(
    title: str,
    command: Command,
    log: Path,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    fetches: bool = False,
) -> None:
    """Run a command as one step; what it prints goes to `log`, its last line beside the step's title.

    Raises Problem when the command fails: with one sentence where it `fetches` packages and the network or the disk
    is to blame, else with the end of the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with Step(title) as step, log.open("wb") as output:
        child = subprocess.Popen(
            supervised(command), cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while child.poll() is None:
                step.tick(_last_line(log))
                time.sleep(0.1)
        finally:
            child.terminate()
            child.wait()
        if child.returncode == 0:
            return
        raise Problem((_plain_reason(title, log) if fetches else None) or _end_of(title, log))


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 400))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


NETWORK = (
    "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "NewConnectionError",
    "NameResolutionError", "Temporary failure in name resolution", "ConnectTimeoutError", "ReadTimeoutError",
    "ProxyError", "Failed to establish a new connection", "fetch failed",
)  # fmt: skip
FULL = ("No space left on device", "ENOSPC")


def _plain_reason(title: str, log: Path) -> str | None:
    text = log.read_text(errors="replace")
    if any(sign in text for sign in FULL):
        return f"{title}: the disk is full. Free some space and start again. (The log is {log}.)"
    if any(sign in text for sign in NETWORK):
        return (
            f"{title}: the package registry cannot be reached. Check the network, and the proxy's settings if there "
            f"is one, and start again. (The log is {log}.)"
        )
    return None


def _end_of(title: str, log: Path) -> str:
    return f"{tail(log)}{title}: failed. All that was printed is in {log}."
