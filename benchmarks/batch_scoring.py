"""A file of many reviews judged on this machine: how fast, in how much memory, and beside what one would write instead.

python -m benchmarks.batch_scoring --data data/imdb                    # 1,000,000 reviews: half an hour on two cores
python -m benchmarks.batch_scoring --data data/imdb --lines 20000

The reviews are those of train and unlabelled, over and over where more are asked for. The other ways judge the first
SOME of the file, one way after another; `python -m ml.batch` judges the whole file as well.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import torch

from benchmarks._common import all_lines, lstm_operations, machine, matmul_rate
from benchmarks.cost import table
from ml import artifact
from ml.batch import cores
from ml.bundle import BASELINE
from ml.model import Architecture
from ml.vocabulary import pad

SOME = 5_000  # reviews that the other ways judge
NOTEBOOK_LENGTH = 500  # words that every review is padded to, where one pads before one looks
EVERY = 1.0  # seconds between two looks at memory
PARTS = 5  # of the whole run, each with the most memory held in it


def write(data: Path, path: Path, count: int) -> None:
    """So many reviews as lines of {"text": …}, which is all that a stranger's file would have."""
    with open(path, "w", encoding="utf-8") as file:
        for line in itertools.islice(itertools.cycle(all_lines(data)), count):
            file.write(json.dumps({"text": json.loads(line)["text"]}) + "\n")


def batch(path: Path, workers: int) -> tuple[float, list[float]]:
    """Seconds of `python -m ml.batch`, its start included, and GB that it and its processes held, look after look.

    Raises CalledProcessError when it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "verdicts.jsonl")
        command = [sys.executable, "-m", "ml.batch", str(path), "--out", str(out), "--workers", str(workers)]
        held: list[float] = []
        began = time.monotonic()
        process = subprocess.Popen(command)
        while True:
            try:
                process.wait(EVERY)
                break
            except subprocess.TimeoutExpired:
                held.append(memory(process.pid))
        spent = time.monotonic() - began
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return spent, held


def memory(pid: int) -> float:
    """GB of a process and of all that it started: their proportional shares, so that nothing is counted twice."""
    total = 0
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 1e9


def loop(path: Path, length: int | None) -> float:
    """Seconds of one process that judges SOME reviews one by one, each padded to `length` words where that is given."""
    model = artifact.read(BASELINE)
    with open(path, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in itertools.islice(file, SOME)]
    began = time.perf_counter()
    for text in texts:
        ids = model.vocabulary.encode(text).ids or [1]
        rows = pad([ids]) if length is None else [ids[:length] + [0] * (length - len(ids))]
        model.network.predict(torch.tensor(rows), model.calibration.of(len(ids)))
    return time.perf_counter() - began


def limit() -> float:
    """Seconds that the LSTMs' arithmetic of one word takes one core at the rate of its best float32 matrix product."""
    architecture = Architecture.from_dict(artifact.read_json(BASELINE / artifact.MODEL)["architecture"])
    return lstm_operations(architecture) / matmul_rate(torch.float32)


def words(path: Path) -> float:
    """How many of them the network reads of a review, on average of the first SOME."""
    vocabulary = artifact.read(BASELINE).vocabulary
    with open(path, encoding="utf-8") as file:
        counts = [len(vocabulary.encode(json.loads(line)["text"]).ids) for line in itertools.islice(file, SOME)]
    return sum(counts) / len(counts)


def ways(path: Path) -> list[tuple[str, float]]:
    """Reviews a second of each way to judge SOME reviews; on one core, but for the last."""

    def first(path: Path) -> Path:
        some = path.with_name("some.jsonl")
        with open(path, "rb") as file, open(some, "wb") as kept:
            kept.writelines(itertools.islice(file, SOME))
        return some

    some, count = first(path), cores()
    found: dict[str, Callable[[], float]] = {
        f"one by one, padded to {NOTEBOOK_LENGTH} words": lambda: loop(path, NOTEBOOK_LENGTH),
        "one by one, as long as they are": lambda: loop(path, None),
        "`ml.batch --workers 1`, start included": lambda: batch(some, 1)[0],
        f"`ml.batch`, {count} processes, start included": lambda: batch(some, count)[0],
    }
    rates = [(name, SOME / work()) for name, work in found.items()]
    return [*rates, ("the limit of one core", 1 / (limit() * words(path)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="IMDb, as `python -m ml.data imdb` writes it")
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the whole file; default: 1,000,000")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "reviews.jsonl")
        write(options.data, path, options.lines)
        found = ways(path)
        print(f"\n{SOME:,} reviews of {words(path):.0f} words that are read of each")
        first = found[0][1]
        print(table(["", "reviews/s", "times the first"], [[n, f"{r:,.0f}", f"{r / first:.1f}"] for n, r in found]))
        count, size = cores(), path.stat().st_size
        spent, held = batch(path, count)
    rate, most_possible = options.lines / spent, count * found[-1][1]
    print(f"{options.lines:,} reviews, {size / 1e6:,.0f} MB, {count} processes: {spent:,.0f} s, ", end="")
    print(f"{rate:,.0f} reviews/s, {rate / most_possible:.2f} of the limit")
    size_of_part = max(1, len(held) // PARTS)
    most = [max(held[start : start + size_of_part]) for start in range(0, size_of_part * PARTS, size_of_part)]
    print("most memory held in each fifth of the time, GB: " + ", ".join(f"{each:.2f}" for each in most))


if __name__ == "__main__":
    main()
