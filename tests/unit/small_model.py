"""A small model that has learned nothing, with all that a training run says about it; in no time."""

import random
from dataclasses import asdict
from pathlib import Path

import torch

from ml import artifact, report
from ml.data import Example
from ml.encoded import Encoded
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.scoring import logits_of
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary

WORDS = ["good", "bad", "film", "plot", "actor"]
CHANCE = random.Random(0)
HELD_OUT = [Example(" ".join(CHANCE.choices(WORDS, k=1 + number)), number % 2) for number in range(40)]
HYPER = Hyperparameters(epochs=2, embedding_dim=4, hidden_dim=4, vocabulary_size=100)
VOCABULARY = Vocabulary.build([WORDS], Preprocessing(), size=100, min_count=1)


def network(seed: int = 0) -> SentimentLSTM:
    torch.manual_seed(seed)
    model = SentimentLSTM(HYPER.architecture(len(VOCABULARY)))
    model.embedding.weight.data.mul_(20)
    with torch.no_grad():  # so that scores lie on both sides of a half
        model.linear.bias.sub_(logits_of(model, encoded(HELD_OUT)).median())
    return model


def encoded(examples: list[Example]) -> Encoded:
    return Encoded([VOCABULARY.encode(example.text).ids for example in examples], examples)


def write(folder: Path, seed: int = 0, champion: Path | None = None, about: str = "") -> Path:
    """Write the artifact, all but golden.json, card, plots and code/; returns `folder`."""
    model = network(seed)
    artifact.round_weights(model)
    texts = encoded(HELD_OUT)
    evaluation = report.evaluation(model, VOCABULARY, texts, texts, HELD_OUT, champion)
    evaluation["validation"]["epoch"] = 1
    evaluation["history"] = [
        {"epoch": epoch, "loss": 0.7, "validation_loss": 0.6, "accuracy": 0.5, "seconds": 90.0} for epoch in (1, 2)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    readme = folder.parent / "README.md"
    readme.write_text(about)
    data = {"name": "toys", "train": 100, "validation": 40, "test": 40, "sha256": "0" * 64}
    description = report.description(HYPER, VOCABULARY, data, [readme])
    assert description["hyperparameters"] == asdict(HYPER)
    artifact.write(folder, model, VOCABULARY, description, evaluation)
    return folder
