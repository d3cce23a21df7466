"""What each process of the local application holds: memory, open files, threads; and whether that grows."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import TracebackType

MEBIBYTE = 2**20
# The last quarter of a soak against the second. An interpreter's arenas come and go by less than this; a leak of 1 kB a
# request exceeds it in 2,000 requests.
MEMORY_SLACK, MEMORY_SHARE, COUNT_SLACK = 2 * MEBIBYTE, 0.01, 2
HELD = ("memory", "files", "threads")
LATE = 10.0  # seconds by which the last sample may lie before the end
UNJUDGED = ("AWS emulator",)  # keeps every log line and metric in its memory, as CloudWatch keeps them elsewhere


@dataclass(frozen=True)
class Sample:
    """One process at one moment. memory: its proportional share of what it maps (PSS), in bytes; so is rss, whole."""

    at: float
    memory: int
    rss: int
    files: int
    threads: int


@dataclass(frozen=True)
class Growth:
    """How much more there was in the last quarter of a soak than in the second (medians)."""

    memory: float
    files: float
    threads: float

    def is_noise(self, memory: float) -> bool:
        """Whether nothing is seen to grow, of a process that holds so much."""
        allowed = max(MEMORY_SLACK, MEMORY_SHARE * memory)
        return self.memory <= allowed and self.files <= COUNT_SLACK and self.threads <= COUNT_SLACK


def growth(samples: list[Sample], begin: float, end: float) -> Growth | None:
    """Of a soak from `begin` to `end`; None when the process was not there throughout."""
    quarter = (end - begin) / 4
    before = [sample for sample in samples if quarter <= sample.at - begin < 2 * quarter]
    after = [sample for sample in samples if 3 * quarter <= sample.at - begin <= 4 * quarter]
    if not (before and after) or samples[0].at > begin + quarter or samples[-1].at < end - LATE:
        return None
    pairs = [(median(getattr(s, what) for s in before), median(getattr(s, what) for s in after)) for what in HELD]
    return Growth(*(b - a for a, b in pairs))


class Watch:
    """Samples the processes of the application below `root`, every so many seconds, for as long as the context lasts.

    samples: (process id, name) → its samples, oldest first.
    """

    def __init__(self, root: int, every: float) -> None:
        self.samples: dict[tuple[int, str], list[Sample]] = {}
        self._root, self._every = root, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._look()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            self._look()

    def _look(self) -> None:
        for pid in descendants(self._root):
            try:
                name, sample = name_of(pid), sample_of(pid)
            except OSError:  # it has ended meanwhile
                continue
            if name:
                self.samples.setdefault((pid, name), []).append(sample)


def descendants(pid: int) -> list[int]:
    """Process ids of all below a process."""
    try:  # each thread has the children that it started; one look over all processes for each would take longer
        files = list(Path(f"/proc/{pid}/task").glob("*/children"))
        below = [int(child) for file in files for child in file.read_text().split()]
    except OSError:
        return []
    return below + [each for child in below for each in descendants(child)]


def name_of(pid: int) -> str | None:
    """What a process of the application is, by its command and environment; None for supervisors and strangers."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    if any(part.endswith("supervise.py") for part in command):
        return None
    if any(part.endswith("local/emulator") for part in command):
        return "AWS emulator"
    if "local.sagemaker" in command:
        return "SageMaker"
    if any(part.endswith("model_server.py") for part in command):
        return "model server"
    variables = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    functions = [each.partition("=")[2] for each in variables if each.startswith("AWS_LAMBDA_FUNCTION_NAME=")]
    return f"Lambda {functions[0].rpartition('-')[2]}" if functions else None


def sample_of(pid: int) -> Sample:
    """What a process holds now. Raises OSError when there is none."""
    process = Path(f"/proc/{pid}")
    at = time.monotonic()
    memory = _kibibytes(process / "smaps_rollup")
    threads = next(line for line in (process / "status").read_text().splitlines() if line.startswith("Threads:"))
    files = sum(1 for _ in (process / "fd").iterdir())
    return Sample(at, memory["Pss"] * 1024, memory["Rss"] * 1024, files, int(threads.split()[1]))


def _kibibytes(path: Path) -> dict[str, int]:
    lines = (line.split() for line in path.read_text().splitlines()[1:])
    return {fields[0].rstrip(":"): int(fields[1]) for fields in lines if fields[2:] == ["kB"]}
