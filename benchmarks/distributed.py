"""What it brings to train with several processes: a data set read and cleaned, steps a second, memory of each process.

python -m benchmarks.distributed --data data/imdb                  # 20,000 lines of train, 20,000 of unlabelled
python -m benchmarks.distributed --data data/imdb --processes 1 2 4

Processes of one machine share its cores: what is gained is the part of each, in time of the machine, not of the clock
where the cores are taken. Every figure is of one run; all of them are made one after the other.
"""

import argparse
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks import _common as common
from ml.classification import Classification
from ml.corpus import encode, load
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.workers import DEVICE, join

HYPER = Hyperparameters(word_vectors=True, adversarial=0.0)


def subset(data: Path, folder: Path, count: int) -> None:
    """A random choice of `count` lines of each file that is learnt from, and a tenth as many of train to test on."""
    for part in ("train", "unlabelled", "test"):
        source, size = ("train", count // 10) if part == "test" else (part, count)
        with gzip.open(data / f"{source}.jsonl.gz") as lines, gzip.open(folder / f"{part}.jsonl.gz", "wb", 1) as kept:
            kept.writelines(random.Random(1).sample(list(lines), size))


def measure(folder: Path, steps: int) -> None:
    """In each process: take part, and leave the figures in `folder`/<rank>.json."""
    torch.set_num_threads(1)
    with join() as workers:
        started, spent = time.perf_counter(), used()
        corpus = load(folder, HYPER, workers)
        texts = sum(line.example is not None for line in corpus.training + corpus.validation + corpus.unlabelled)
        encoded = encode(corpus, HYPER, workers)
        cleaned = time.perf_counter() - started, used() - spent
        memory = peak()
        hyper = replace(HYPER, vocabulary_size=len(encoded.vocabulary))
        torch.manual_seed(1)
        network = SentimentLSTM(hyper.architecture(len(encoded.vocabulary))).to(DEVICE)
        phase = Classification(network, encoded.training, encoded.validation, hyper, network.reset)
        optimizer, batches = phase.optimizer(), phase.batches()[: steps + 1]
        for number, batch in enumerate(batches):
            if number == 1:  # the first is for warming up
                began = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            figures = torch.zeros(2, device=DEVICE)
            if batch[workers.rows]:
                figures = torch.stack(list(phase.learn(batch, workers.rows)))
            workers.add_up_gradients(list(network.parameters()), figures)
            optimizer.step()
        figures_of_run = {
            "texts": texts,
            "seconds": cleaned[0],
            "own": cleaned[1],
            "memory": memory,
            "steps": steps / (time.perf_counter() - began),
        }
        (folder / f"{workers.rank}.json").write_text(json.dumps(figures_of_run))


def used() -> float:
    """Seconds of the processor that this process and those that it has started to clean texts have used."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in usage)


def peak() -> float:
    """GB of memory that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def launch(processes: int, folder: Path, steps: int) -> list[dict[str, float]]:
    """The figures of each process."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"]
    command += ["-m", "benchmarks.distributed", "--worker", str(folder), "--steps", str(steps)]
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL)
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(processes)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the data set")
    parser.add_argument("--count", type=int, default=20_000, help="lines of each file")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return measure(options.worker, options.steps)
    if not options.data:
        parser.error("give --data, the folder of a data set")
    print(common.machine())
    print("processes  texts held by each  s to ids  CPU s of each  GB of each  steps/s  of one process")
    base = 0.0
    for processes in options.processes:
        with tempfile.TemporaryDirectory() as folder:
            subset(options.data, Path(folder), options.count)
            found = launch(processes, Path(folder), options.steps)
        worst = {name: max(each[name] for each in found) for name in found[0]}
        steps = min(each["steps"] for each in found)
        base = base or steps
        print(
            f"{processes:9}  {worst['texts']:18.0f}  {worst['seconds']:8.1f}  {worst['own']:13.1f}  "
            f"{worst['memory']:10.2f}  {steps:7.2f}  {steps / base:14.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
