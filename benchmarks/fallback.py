"""The small model that answers while the large one cannot: how small may it be, and what does it cost a Lambda?

python -m benchmarks.fallback --model ml/baseline                       # what the model's own one costs: seconds
python -m benchmarks.fallback --model ml/baseline --data data/imdb      # and which sizes were tried: 2 minutes

The sizes are judged on the validation texts of the data set that the model was trained on, and the figures on its test
set are those that evaluation.json holds. The times are of one core, in plain Python, as a Lambda has it.
"""

import argparse
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks import _common as common
from ml import artifact, fallback
from ml.corpus import EncodedCorpus
from ml.linear import Linear
from ml.vocabulary import FIRST_WORD, Vocabulary

WORDS = 250
SIZES = (10_000, 50_000, 100_000, 400_000)
STEPS = (127, 15, 7)  # whole numbers of 8, 5 and 4 bits


def cost(folder: Path) -> None:
    data = (folder / artifact.FALLBACK).read_bytes()
    evaluation = artifact.read_json(folder / artifact.EVALUATION)
    vocabulary = Vocabulary.from_bytes((folder / artifact.VOCABULARY).read_bytes())
    print("| model | right, of test | calibration error | bytes |")
    print("|---|---|---|---|")
    for name, figures, size in (
        ("LSTM", evaluation["metrics"], (folder / artifact.WEIGHTS).stat().st_size),
        ("fallback", evaluation["fallback"], len(data)),
    ):
        print(f"| {name} | {figures['accuracy']:.4f} | {figures['calibration_error']:.4f} | {size:,} |")
    linear, numbers = Linear.from_bytes(data), random.Random(1)
    rows = [[numbers.randrange(FIRST_WORD, len(vocabulary)) for _ in range(WORDS)] for _ in range(20)]
    ways: dict[str, Callable[[], Any]] = {
        "reading the file": partial(Linear.from_bytes, data),
        f"score of {WORDS} words": lambda: [linear.score(row) for row in rows],
        "what each word adds": lambda: [linear.added(row) for row in rows],
    }
    print("\n| | ms |")
    print("|---|---|")
    for name, times in common.interleaved(ways, repeats=7).items():
        each = 1 if name.startswith("reading") else len(rows)
        print(f"| {name} | {min(times) / each * 1000:.2f} |")


def sizes(corpus: EncodedCorpus) -> None:
    print("\n| n-grams | steps of a weight | right, of validation | calibration error | bytes |")
    print("|---|---|---|---|---|")
    fitted = fallback.ngrams.fit(corpus.training.rows, corpus.training.labels, len(corpus.vocabulary))
    for count in SIZES:
        for steps in STEPS:
            linear = fallback.pruned(fitted, corpus.validation, corpus.vocabulary.id, count, steps)
            figures = fallback.evaluate(linear, corpus.validation)
            told = f"{figures['accuracy']:.4f} | {figures['calibration_error']:.4f} | {len(linear.to_bytes()):,}"
            print(f"| {count:,} | {steps} | {told} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of a model")
    parser.add_argument("--data", type=Path, help="folder of the data set that it was trained on")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{common.machine()}\n")
    cost(options.model)
    if options.data:
        sizes(fallback.corpus_of(options.model, options.data))


if __name__ == "__main__":
    main()
