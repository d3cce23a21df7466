"""The model that is served beside what a user would pick instead: how often right, how fast, how large.

python -m benchmarks.alternatives --data data/imdb                        # as `python -m ml.data imdb` writes it
python -m benchmarks.alternatives --data data/imdb --notebook MODEL_DIR   # what `ml.train --preset notebook` wrote, too
python -m benchmarks.alternatives --short data/short --data data/imdb     # and short texts, of `ml.data short`

All on one core, from the text as it is sent to the verdict, one run after another. Accuracies are of the test set: of
our models as their evaluation.json has them, of the others from this run.

Short texts have a table of their own: those that the set in --short validates and tests on, by the set that each comes
from, then those of benchmarks/texts by domain and kind. scikit-learn learns from the set's training texts but those
without an opinion, and from those of --data, if given. P(positive) of a lexicon is its polarity, brought from -1 … 1 to
0 … 1; a score of exactly one half, which lexicons give to texts of unknown words, counts as half correct.
"""

import argparse
import json
import math
import subprocess
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks import _short_texts
from benchmarks._common import machine, reviews
from benchmarks.cost import table
from local import install
from local.settings import ALTERNATIVES_PYTHON
from local.supervise import Command
from ml import artifact
from ml.bundle import BASELINE
from ml.evaluation import scorers
from ml.lines import answer_lines
from ml.short.build import TESTS

HERE = Path(__file__).resolve().parent
TIMED = 2_000  # texts
TOGETHER = 512
VADER, TEXTBLOB = "vaderSentiment: a lexicon", "TextBlob: a lexicon"
LINEAR = "scikit-learn: TF-IDF of words and pairs, logistic regression"
OURS = "**as served**: the LSTM"
OTHERS = {VADER: "vader", TEXTBLOB: "textblob", LINEAR: "linear"}  # what benchmarks/_alternatives.py calls them


def other(way: str, data: Path) -> dict[str, Any]:
    """What benchmarks/_alternatives.py measures of a way. Raises CalledProcessError when it fails."""
    found: dict[str, Any] = json.loads(_ask("measure", way, data, str(TIMED)))
    return found


def other_scores(way: str, folders: list[Path], texts: list[str]) -> list[float]:
    """P(positive) of each text, once the way has learnt from `folders` if it can. Raises as `other`."""
    found: list[float] = json.loads(_ask("score", way, *folders, said=json.dumps(texts)))
    return found


def _ask(*arguments: str | Path, said: str = "") -> bytes:
    command: Command = [ALTERNATIVES_PYTHON, HERE / "_alternatives.py", *arguments]
    env = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, check=True, input=said.encode(), stdout=subprocess.PIPE, env=env).stdout


def our_scores(model: Path, texts: list[str]) -> list[float]:
    """P(positive) of each text by an artifact's LSTM; one half where it refuses one. Raises ArtifactError."""
    return [0.5 if math.isnan(score) else score for score in scorers.of_model(model)(texts)]


def short_texts(short: Path, texts: Path, model: Path, data: Path | None) -> str:
    """The table of short texts. Raises DataError, and as `other`."""
    groups = {**_short_texts.of_data_set(short), **_short_texts.of_files(texts)}
    every = list(dict.fromkeys(example.text for examples in groups.values() for example in examples))
    folders = [short, data] if data else [short]
    scores = {name: other_scores(way, folders, every) for name, way in OTHERS.items()}
    scores[OURS] = our_scores(model, every)
    return _short_texts.compared(groups, {name: dict(zip(every, found, strict=True)) for name, found in scores.items()})


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
        "accuracy": accuracy_on(data.name, evaluation),
        "training": training,
        "bytes": size,
    }


def accuracy_on(name: str, evaluation: dict[str, Any]) -> float:
    """Of the test texts of the set `name` alone, where the model was tested on several. Raises KeyError."""
    sets = {each["set"]: each["accuracy"] for each in evaluation.get("by_set", [])}
    return float(sets[name] if len(sets) > 1 else evaluation["metrics"]["accuracy"])


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
    parser.add_argument("--data", type=Path, help="IMDb, for a table of reviews")
    parser.add_argument("--short", type=Path, help="a set of short texts, for a table of them")
    parser.add_argument("--model", type=Path, default=BASELINE, help="default: the baseline")
    parser.add_argument("--notebook", type=Path, help="a model trained by the preset notebook")
    parser.add_argument("--texts", type=Path, default=TESTS, help="everyday.jsonl and negation.jsonl (%(default)s)")
    options = parser.parse_args()
    if not (options.data or options.short):
        parser.error("give --data, --short or both")
    install.alternatives_environment()
    torch.set_num_threads(1)
    print(machine())
    if options.data:
        rows = [row(name, other(way, options.data)) for name, way in OTHERS.items()]
        if options.notebook:
            rows.append(row("the notebook's recipe, served as ours", ours(options.notebook, options.data)))
        rows.append(row(OURS, ours(options.model, options.data)))
        print("\n" + table(["", "accuracy on test", "reviews/s, one core", "MB", "minutes to train"], rows))
    if options.short:
        print("\n" + short_texts(options.short, options.texts, options.model, options.data))


if __name__ == "__main__":
    main()
