"""The model that is served beside what a user would pick instead: how often right, how fast, how large.

python -m benchmarks.alternatives --data data/imdb                        # as `python -m ml.data imdb` writes it
python -m benchmarks.alternatives --data data/imdb --notebook MODEL_DIR   # what `ml.train --preset notebook` wrote, too

All on one core, from the text as it is sent to the verdict, one run after another. Accuracies are of the test set: of
our models as their evaluation.json has them, of the others from this run.
"""

import argparse
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks._common import machine, reviews
from benchmarks.cost import table
from local import install
from local.settings import ALTERNATIVES_PYTHON
from local.supervise import Command
from ml import artifact
from ml.bundle import BASELINE
from ml.lines import answer_lines

HERE = Path(__file__).resolve().parent
TIMED = 2_000  # texts
TOGETHER = 512


def other(way: str, data: Path) -> dict[str, Any]:
    """What benchmarks/_alternatives.py says of a way. Raises CalledProcessError when it fails."""
    command: Command = [ALTERNATIVES_PYTHON, HERE / "_alternatives.py", way, data, str(TIMED)]
    env = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, env=env).stdout)
    return found


def ours(model: Path, data: Path) -> dict[str, Any]:
    """The same of an artifact's LSTM."""
    loaded, evaluation = artifact.read(model), artifact.read_json(model / artifact.EVALUATION)
    lines = [json.dumps({"text": text}).encode() for text in reviews(data, TIMED)]
    answer_lines(lines[:100], loaded)
    began = time.perf_counter()
    for start in range(0, len(lines), TOGETHER):
        answer_lines(lines[start : start + TOGETHER], loaded)
    seconds = time.perf_counter() - began
    training = sum(epoch["seconds"] for epoch in evaluation["history"])
    size = (model / artifact.WEIGHTS).stat().st_size + (model / artifact.VOCABULARY).stat().st_size
    return {
        "seconds": seconds,
        "accuracy": evaluation["metrics"]["accuracy"],
        "training": training,
        "bytes": size,
    }


def row(name: str, found: dict[str, Any]) -> list[str]:
    return [
        name,
        f"{found['accuracy']:.4f}",
        f"{TIMED / found['seconds']:,.0f}",
        f"{found['bytes'] / 1e6:.1f}" if "bytes" in found else "0.5",
        f"{found['training'] / 60:.1f}" if "training" in found else "0",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=BASELINE, help="default: the baseline")
    parser.add_argument("--notebook", type=Path, help="a model trained by the preset notebook")
    options = parser.parse_args()
    install.alternatives_environment()
    torch.set_num_threads(1)
    print(machine())
    rows = [row("vaderSentiment: a lexicon", other("vader", options.data))]
    rows.append(row("scikit-learn: TF-IDF of words and pairs, logistic regression", other("linear", options.data)))
    if options.notebook:
        rows.append(row("the notebook's recipe, served as ours", ours(options.notebook, options.data)))
    rows.append(row("**as served**: the LSTM", ours(options.model, options.data)))
    print("\n" + table(["", "accuracy on test", "reviews/s, one core", "MB", "minutes to train"], rows))


if __name__ == "__main__":
    main()
