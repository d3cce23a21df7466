"""A small labelled set and small networks, for the tests that train."""

import random
import subprocess
import time
from pathlib import Path

import torch

from ml.data import Example, write
from ml.encoded import Encoded
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM

SMALL = Hyperparameters(
    epochs=5,
    embedding_dim=8,
    hidden_dim=8,
    batch_size=16,
    learning_rate=0.05,
    dropout=0.1,
    embedding_dropout=0.1,
    validation_share=0.2,
    pieces=0,
    groups=False,
)
WORDS = 40  # of the encoded texts


def write_data(folder: Path) -> Path:
    """Texts whose sentiment one word decides."""
    chance = random.Random(0)
    examples = []
    for number in range(200):
        filler = chance.choices(["film", "actor", "plot", "scene", "music"], k=chance.randint(2, 9))
        filler.insert(chance.randrange(len(filler)), "dull" if number % 2 else "lovely")
        examples.append(Example(f"{' '.join(filler)} {number}", 1 - number % 2))
    write(folder / "train.jsonl.gz", examples[:150])
    write(folder / "test.jsonl.gz", examples[150:])
    return folder


def encoded(texts: int, seed: int = 0) -> Encoded:
    """Ids whose label is whether the second word stands among them."""
    chance = random.Random(seed)
    rows = [[chance.randrange(2, WORDS) for _ in range(chance.randint(1, 12))] for _ in range(texts)]
    return Encoded(rows, [Example("", int(3 in row or number % 2)) for number, row in enumerate(rows)])


def network(hyper: Hyperparameters = SMALL) -> SentimentLSTM:
    torch.manual_seed(0)
    return SentimentLSTM(hyper.architecture(WORDS))


def wait_for_another(file: Path, process: "subprocess.Popen[str]") -> None:
    """Until the process has put the file there, or another one in its place."""
    before = _written(file)
    while _written(file) in (None, before):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)


def _written(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:  # not there yet, or just being replaced
        return None
