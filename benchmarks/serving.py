"""An endpoint's instance under load: processes, threads, rows a request and callers at once, on AWS's model server.

python -m benchmarks.serving                 # tables; needs Java, and installs the serving stack the first time
python -m benchmarks.serving --seconds 3

Callers ask again as soon as they are answered. They share the machine's cores with the server, unlike an instance's.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks._common import machine, made_up_rows
from benchmarks.cost import table
from local import install
from local.problem import Problem
from local.serving_stack import Invoke, aws_serving_image, java
from ml.bundle import BASELINE, write_code
from ml.vocabulary import pad

WAYS = ((1, 1), (1, 2), (2, 1), (2, 2), (4, 1))  # processes, and threads of each
ROWS = (1, 8, 32)  # reviews a request
CALLERS = (1, 2, 4, 8, 16, 32)
MANY = 8  # callers where the ways are compared
WARM_UP = 10.0  # seconds, in which every process loads the model and Java compiles the server
WORDS = 220  # of IMDb's reviews on average


@dataclass(frozen=True)
class Load:
    """What came of some seconds of asking."""

    reviews: float  # a second
    median: float  # milliseconds of a request
    slowest: float  # of a hundred, the 99th: milliseconds


def ask(invoke: Invoke, rows: int, callers: int, seconds: float) -> Load:
    """So many callers, each with so many reviews a request. Raises Problem when an answer is not 200."""
    vocabulary = json.loads((BASELINE / "vocabulary.json").read_bytes())
    ids = made_up_rows(rows, len(vocabulary["words"]), [WORDS] * rows)
    body = json.dumps({"vocabulary": vocabulary["id"], "inputs": pad(ids)}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    times: list[float] = []
    wrong: list[int] = []
    end = time.monotonic() + seconds

    def call() -> None:
        while time.monotonic() < end and not wrong:
            began = time.perf_counter()
            answer = invoke(body, headers)
            times.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                wrong.append(answer.status)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise Problem(f"the model server answered {wrong[0]}")
    ordered = sorted(times)
    rate = len(times) * rows / (time.monotonic() - began)
    return Load(rate, ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)])


def measure(processes: int, threads: int, loads: list[tuple[int, int]], seconds: float) -> list[Load]:
    """What comes of each (rows, callers), one after another, on a server of its own over the baseline."""
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch, "model")
        shutil.copytree(BASELINE, model)
        write_code(model / "code")
        with aws_serving_image(Path(scratch), processes, threads) as invoke:
            ask(invoke, 1, MANY, WARM_UP)
            return [ask(invoke, rows, callers, seconds) for rows, callers in loads]


def ways(seconds: float) -> str:
    """Reviews a second by processes, threads and rows."""
    head = ["processes × threads", *(f"{rows} a request: reviews/s (p99 ms)" for rows in ROWS)]
    lines = []
    for processes, threads in WAYS:
        found = measure(processes, threads, [(rows, MANY) for rows in ROWS], seconds)
        lines.append([f"{processes} × {threads}", *(f"{load.reviews:,.0f} ({load.slowest:.0f})" for load in found)])
        print(lines[-1], file=sys.stderr, flush=True)
    return table(head, lines)


def knee(seconds: float) -> str:
    """Reviews a second by callers, where a process has each core and a request holds one review."""
    cores = os.cpu_count() or 1
    found = measure(cores, 1, [(1, callers) for callers in CALLERS], seconds)
    head = [f"callers at once, {cores} × 1", "reviews/s", "median ms", "p99 ms"]
    rows = [
        [str(callers), f"{load.reviews:,.0f}", f"{load.median:.1f}", f"{load.slowest:.1f}"]
        for callers, load in zip(CALLERS, found, strict=True)
    ]
    return table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each load; default: 6")
    options = parser.parse_args()
    if java() is None:
        sys.exit("AWS's model server needs Java 17: sudo apt-get install openjdk-17-jre-headless")
    install.serving_environment()
    print(machine())
    print(f"\n{ways(options.seconds)}\n{knee(options.seconds)}")


if __name__ == "__main__":
    main()
