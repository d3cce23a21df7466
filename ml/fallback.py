"""A small linear model beside the LSTM, which answers while the LSTM's endpoint cannot: n-grams, pruned and quantised.

Every training run makes one, of the same training texts and the same ids. To a model that was made before there were
any, this adds one:

python -m ml.fallback MODEL_DIR --data data/imdb
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml import artifact, ngrams
from ml.corpus import Corpus, EncodedCorpus, encode, load
from ml.data import set_hash
from ml.encoded import Encoded
from ml.errors import ArtifactError, GoldenError, SentimentError
from ml.evaluate import by_set, fit_temperature, metrics
from ml.hyperparameters import Hyperparameters
from ml.linear import Linear
from ml.ngrams import LinearModel
from ml.progress import say

# Chosen on IMDb's validation texts by `python -m benchmarks.fallback`: more n-grams bring nothing, larger steps cost.
NGRAMS = 100_000  # those of the largest weights
STEPS = 127  # between no weight and the largest


def add(folder: Path, corpus: EncodedCorpus) -> None:
    """Make the fallback of the model in `folder`, which lacks nothing else, and write its file and its figures.

    Raises ArtifactError or GoldenError.
    """
    linear = fit(corpus.training, corpus.validation, corpus.vocabulary.id, len(corpus.vocabulary))
    golden = [entry["ids"] for entry in artifact.read_json(folder / artifact.GOLDEN)]
    data = replace(linear, golden=tuple(map(linear.score, golden))).to_bytes()
    (folder / artifact.FALLBACK).write_bytes(data)
    evaluation = artifact.read_json(folder / artifact.EVALUATION)
    evaluation["fallback"] = figures = evaluate(check(folder), corpus.test) | {"bytes": len(data)}
    artifact.write_json(folder / artifact.EVALUATION, evaluation)
    say(f"fallback of {figures['ngrams']:,} n-grams in {len(data):,} bytes: {figures['accuracy']:.4f} right")


def check(folder: Path) -> Linear:
    """The fallback of the model in `folder`, which gives its golden scores. Raises ArtifactError or GoldenError."""
    linear = Linear.from_bytes((folder / artifact.FALLBACK).read_bytes())
    if fault := linear.fault([entry["ids"] for entry in artifact.read_json(folder / artifact.GOLDEN)]):
        raise GoldenError(f"the fallback does not serve: {fault}")
    return linear


def fit(training: Encoded, validation: Encoded, vocabulary: str, size: int) -> Linear:
    """The model of the training texts, calibrated on the others.

    `vocabulary` is the id of the one that the texts' ids, below `size`, are of.
    """
    return pruned(ngrams.fit(training.rows, training.labels, size), validation, vocabulary)


def pruned(
    fitted: LinearModel, validation: Encoded, vocabulary: str, count: int = NGRAMS, steps: int = STEPS
) -> Linear:
    """The `count` heaviest n-grams, their weights rounded to whole numbers from -steps to steps; calibrated."""
    heaviest = fitted.weights.abs().topk(min(count, len(fitted.weights))).indices
    whole, scale = quantise(fitted.weights[heaviest], steps)
    pairs = zip(fitted.codes[heaviest].tolist(), whole.tolist(), strict=True)
    weights = {code % 2**64: weight for code, weight in pairs if weight}
    linear = Linear(vocabulary, fitted.vocabulary_size, weights, scale, fitted.bias.item())
    # By the code that serves, so that what is measured is what answers.
    temperature = fit_temperature(logits_of(linear, validation.rows), validation.labels)
    return replace(linear, scale=scale / temperature, bias=linear.bias / temperature)


def quantise(weights: Tensor, steps: int = STEPS) -> tuple[Tensor, float]:
    """The weights (F,) as whole numbers from -steps to steps, and what to multiply them by."""
    scale = weights.abs().max().item() / steps if len(weights) else 0.0
    return (weights / scale).round().to(torch.int8) if scale else torch.zeros_like(weights, dtype=torch.int8), scale


def logits_of(linear: Linear, rows: Sequence[Tensor]) -> Tensor:
    """(N,) of texts given as ids (T,)."""
    return torch.tensor([linear.logit(row.tolist()) for row in rows], dtype=torch.double)


def evaluate(linear: Linear, test: Encoded) -> dict[str, Any]:
    """Figures on the texts that nothing was learnt or chosen from; for evaluation.json."""
    probabilities = torch.sigmoid(logits_of(linear, test.rows))
    measured = metrics(test.labels, probabilities)
    kept = ("accuracy", "loss", "auc", "calibration_error")
    figures: dict[str, Any] = {name: measured[name] for name in kept}
    return figures | {"ngrams": len(linear.weights), "by_set": by_set(test.sets, test.labels, probabilities)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the model")
    about = "folders of the data sets that it was trained on, in that order"
    parser.add_argument("--data", type=Path, nargs="+", required=True, help=about)
    options = parser.parse_args()
    try:
        add(options.model, corpus_of(options.model, options.data))
    except SentimentError as error:
        sys.exit(str(error))


def earlier_hash(corpus: Corpus) -> str:
    """As models had it whose training read all texts in one process."""
    examples = [line.example for line in corpus.training + corpus.validation if line.example]
    return set_hash(examples, [line.example.text for line in corpus.unlabelled if line.example])


def corpus_of(folder: Path, data: Path | Sequence[Path]) -> EncodedCorpus:
    """What the model in `folder` was trained on, as ids.

    Raises DataError, or ArtifactError where `data` is something else.
    """
    model, where = artifact.read(folder), data if isinstance(data, Path) else ", ".join(map(str, data))
    description = artifact.read_json(folder / artifact.MODEL)
    try:
        hyper = Hyperparameters.recorded(description["hyperparameters"])
        stated = description["data"]["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{folder / artifact.MODEL} does not say how the model was trained: {error!r}") from error
    name = str(description["data"].get("name", ""))
    corpus = load(data, hyper, name=name, as_before="symbols" not in description["hyperparameters"])
    if stated not in (corpus.sha256, earlier_hash(corpus)):
        raise ArtifactError(f"{where} has the hash {corpus.sha256}, and the model was trained on {stated}: give that")
    encoded = encode(corpus, hyper)
    if encoded.vocabulary.id != model.vocabulary.id:
        raise ArtifactError(f"{where} gives vocabulary {encoded.vocabulary.id}, not the model's {model.vocabulary.id}")
    return encoded


if __name__ == "__main__":
    main()
