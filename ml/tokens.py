"""Many texts to words, on all cores.

The workers are interpreters of their own and not multiprocessing's, which would import the program that trains,
torch included, before they begin; and start it over where, as in a SageMaker job, that is a plain script.
"""

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from subprocess import PIPE, Popen

from tqdm import tqdm

from ml.text import Preprocessing, tokenise

# Texts from which on several cores are faster, start of the workers included.
ENOUGH = 30_000
ENOUGH_PLAIN = 2_000  # where `tokenise` has no quick path
BATCH = 500
# nltk imports these where it finds them, for a second, and its tokeniser does without.
WORKER = "import sys; sys.modules.update(numpy=None, scipy=None); from ml.tokens import main; main()"


def tokenise_all(texts: Sequence[str], preprocessing: Preprocessing, cores: int | None = None) -> list[list[str]]:
    """`tokenise` of each text, in order, on `cores` (default: all that this process may use).

    Raises RuntimeError when a worker is killed, as by lack of memory.
    """
    cores = cores or available_cores()
    enough = ENOUGH if preprocessing.alphanumeric else ENOUGH_PLAIN
    with tqdm(total=len(texts), desc="cleaning", leave=False, disable=not sys.stdout.isatty()) as bar:
        results: list[list[str]] = []
        if cores == 1 or len(texts) < enough:
            for text in texts:
                results.append(tokenise(text, preprocessing))
                bar.update()
            return results
        with ExitStack() as stack:
            idle: SimpleQueue[Popen[str]] = SimpleQueue()
            for _ in range(cores):
                idle.put(stack.enter_context(_worker(preprocessing)))

            def ask(start: int) -> list[str]:
                worker = idle.get()
                try:
                    return _ask(worker, texts[start : start + BATCH])
                finally:
                    idle.put(worker)

            threads = stack.enter_context(ThreadPoolExecutor(cores))
            for joined in threads.map(ask, range(0, len(texts), BATCH)):
                results += [words.split() for words in joined]
                bar.update(len(joined))
        return results


def available_cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine has.

    Where torchrun started several processes on one machine, they share them.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def _worker(preprocessing: Preprocessing) -> Popen[str]:
    root = str(Path(__file__).resolve().parent.parent)
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-c", WORKER, json.dumps(preprocessing.to_dict())]
    return Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=os.environ | {"PYTHONPATH": paths})


def _ask(worker: Popen[str], texts: Sequence[str]) -> list[str]:
    """Each text's words, joined by spaces, which no word holds."""
    assert worker.stdin
    assert worker.stdout
    try:
        print(json.dumps(texts), file=worker.stdin, flush=True)
        return json.loads(worker.stdout.readline())
    except (BrokenPipeError, ValueError) as error:
        raise RuntimeError(f"a process that cleans texts ended with status {worker.wait()}") from error


def main() -> None:
    """A worker: a JSON list of texts a line in, a JSON list of their words a line out."""
    preprocessing = Preprocessing.from_dict(json.loads(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps([" ".join(tokenise(text, preprocessing)) for text in json.loads(line)]), flush=True)
