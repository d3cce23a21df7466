"""What each step of cleaning and each choice about the network brings, on validation: one short run each.

python -m benchmarks.ablation --data data/imdb
python -m benchmarks.ablation --data data/imdb --only case length

The test set is not read. Everything not named in a row is as in the first.
"""

import argparse
import math
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import _common as common
from ml import report
from ml.corpus import Corpus, encode, load
from ml.fit import fit
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM

# Without what makes a long run better whatever the cleaning, and with a larger share to judge by.
SHORT = Hyperparameters(
    epochs=2, hidden_dim=64, adversarial=0.0, self_training_epochs=0, averaging=0.99, validation_share=0.2
)
CHANGES: dict[str, dict[str, Mapping[str, Any]]] = {
    "html": {"HTML kept": {"strip_html": False}},
    "characters": {"every character kept": {"alphanumeric": False}},
    "stop_words": {
        "stop words out, negations kept": {"stop_words": "keep-negations"},
        "stop words out, negations too": {"stop_words": "all"},
    },
    "case": {"case kept": {"lowercase": False}},
    "vocabulary": {f"vocabulary of {size:,}": {"vocabulary_size": size} for size in (5_000, 10_000, 60_000)},
    "length": {f"the first {length} words": {"length": length} for length in (100, 250, 500)},
    "pooling": {f"pooling: {name}": {"pooling": name} for name in ("max", "mean", "last")},
    "direction": {"forwards only": {"bidirectional": False}},
    "vectors": {"no word vectors": {"word_vectors": False}},
    "dropout": {"no dropout": {"dropout": 0.0, "embedding_dropout": 0.0, "word_dropout": 0.0}},
    "averaging": {"no weight averaging": {"averaging": 0.0}},
}


def run(corpus: Corpus, hyper: Hyperparameters) -> float:
    """The validation accuracy of the epoch with the lowest validation loss."""
    encoded = encode(corpus, hyper)
    network = SentimentLSTM(hyper.architecture(len(encoded.vocabulary)))
    with tempfile.TemporaryDirectory() as checkpoints:
        texts = encoded.training, encoded.validation, encoded.unlabelled
        epoch = fit(network, *texts, hyper, Path(checkpoints), {}, checkpoint_seconds=math.inf)
        lines = report.history(Path(checkpoints))
    return float(next(line["accuracy"] for line in lines if line["epoch"] == epoch))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data set")
    parser.add_argument("--only", nargs="+", choices=CHANGES, default=list(CHANGES))
    options = parser.parse_args()
    print(common.machine())
    corpus = replace(load(options.data, SHORT), test=[])
    rows = {"the default": {}} | {name: change for group in options.only for name, change in CHANGES[group].items()}
    found: dict[str, float] = {}
    for name, change in rows.items():
        found[name] = run(corpus, replace(SHORT, **change))
        print(f"{name}: {found[name]:.4f}", flush=True)
    base, size = found["the default"], len(corpus.validation)
    error = math.sqrt(base * (1 - base) / size)
    print(f"\n| {size:,} validation texts, standard error {error:.4f} | accuracy | change |\n|---|---|---|")
    for name, accuracy in found.items():
        print(f"| {name} | {accuracy:.4f} | {accuracy - base:+.4f} |")


if __name__ == "__main__":
    main()
