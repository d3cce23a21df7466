"""One table a question, one benchmark after another: `npm run bench` without a name.

npm run bench                           # what needs nothing but this folder: 10 minutes
npm run bench -- --data data/imdb       # and what needs IMDb, as `python -m ml.data imdb` writes it: an hour

What a benchmark prints goes to the screen as it comes. One that fails does not keep the others from running; the exit
status tells of it.
"""

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ml.imdb import ARCHIVE


@dataclass(frozen=True)
class Benchmark:
    """A question, the module that answers it, its options, and those that it has with a data set alone.

    DATA stands for the folder of the data set, and ARCHIVE for IMDb's archive in it.
    """

    question: str
    module: str
    options: tuple[str, ...] = ()
    with_data: tuple[str, ...] = ()
    needs_data: bool = False


DATA_SET = ("--data", "DATA")
BENCHMARKS = (
    Benchmark("How fast do texts become words?", "preprocessing", with_data=("--archive", "ARCHIVE"), needs_data=True),
    Benchmark("How fast does the network train?", "training", with_data=DATA_SET),
    Benchmark("What do several processes bring to training?", "distributed", with_data=DATA_SET, needs_data=True),
    Benchmark("What does one review cost a CPU?", "inference", with_data=("--model", "ml/baseline", *DATA_SET)),
    Benchmark("Where does each millisecond of a request go?", "route"),
    Benchmark("How long does a first request take?", "cold_start"),
    Benchmark("How many reviews a second does an endpoint's instance take?", "serving"),
    Benchmark("How fast is a file of reviews judged?", "batch_scoring", with_data=DATA_SET, needs_data=True),
    Benchmark("How fast is an upload cut, and are its answers joined?", "batches"),
    Benchmark("What would one pick instead?", "alternatives", with_data=DATA_SET, needs_data=True),
    Benchmark("How does the cost grow?", "growth", with_data=DATA_SET, needs_data=True),
    Benchmark("Which texts take longest to clean?", "linear_time", ("--worst", "6")),
    Benchmark("What does a fallback cost?", "fallback", ("--model", "ml/baseline")),
    Benchmark("What does a deployment cost?", "cost"),
    Benchmark("What does it take at scale?", "scale"),
)


def options_of(benchmark: Benchmark, data: Path | None) -> tuple[str, ...] | None:
    """What the benchmark is run with; None where it needs a data set, and there is none."""
    if data is None:
        return None if benchmark.needs_data else benchmark.options
    places = {"DATA": str(data), "ARCHIVE": str(data / ARCHIVE)}
    return tuple(places.get(option, option) for option in benchmark.options + benchmark.with_data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of IMDb, as `python -m ml.data imdb` writes it")
    options = parser.parse_args()
    failed, left_out = [], []
    for benchmark in BENCHMARKS:
        if (found := options_of(benchmark, options.data)) is None:
            left_out.append(benchmark.question)
            continue
        print(f"\n## {benchmark.question}\n", flush=True)
        began = time.monotonic()
        ended = subprocess.run([sys.executable, "-m", f"benchmarks.{benchmark.module}", *found], check=False)
        if ended.returncode:
            failed.append(benchmark.module)
        again = " ".join(("npm run bench --", benchmark.module, *found))
        print(f"\n{time.monotonic() - began:.0f} s: {again}", flush=True)
    if left_out:
        print(f"\nNot asked, for want of --data: {' '.join(left_out)}")
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
