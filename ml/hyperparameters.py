"""What a training run can be told, and how it is told: `--epochs 10 --hidden_dim 200`."""

import argparse
from dataclasses import Field, dataclass, field, fields
from typing import Any, NoReturn

from ml.model import POOLING, Architecture
from ml.text import STOP_LISTS, Preprocessing


def _say(default: Any, help: str, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"help": help, "low": low, "high": high})


@dataclass(frozen=True)
class Hyperparameters:
    epochs: int = _say(6, "passes over the training set; the best one is kept", low=1)
    batch_size: int = _say(64, "texts a step", low=1)
    learning_rate: float = _say(4e-3, "AdamW's step size at its peak", low=1e-7, high=1)
    weight_decay: float = _say(1e-2, "AdamW's pull towards zero", low=0, high=1)
    clip: float = _say(1.0, "largest gradient norm", low=1e-3)
    seed: int = _say(1, "of everything random; the same seed gives the same weights on a CPU", low=0)
    validation_share: float = _say(0.1, "share of the training set that chooses the epoch", low=0.01, high=0.5)

    embedding_dim: int = _say(100, "numbers a word", low=1)
    hidden_dim: int = _say(200, "LSTM units in each direction", low=1)
    bidirectional: bool = _say(True, "read the text backwards as well")
    pooling: str = _say("max-mean", f"from states to one vector: {', '.join(POOLING)}")
    dropout: float = _say(0.5, "share of activations zeroed while training", low=0, high=0.95)
    word_dropout: float = _say(0.2, "share of words made unknown while training", low=0, high=0.95)

    vocabulary_size: int = _say(30_000, "ids, padding and unknown included", low=3)
    min_count: int = _say(2, "fewest occurrences of a word that gets an id", low=1)
    length: int = _say(500, "words of a text that are read; the rest is cut", low=1)
    stop_words: str = _say("keep-negations", f"words to drop: {', '.join(STOP_LISTS)}")
    strip_html: bool = _say(True, "remove HTML")
    alphanumeric: bool = _say(True, "drop what is neither letter, digit nor apostrophe")
    lowercase: bool = _say(True, "fold upper case")

    def __post_init__(self) -> None:
        for each in fields(self):
            value, low, high = getattr(self, each.name), each.metadata["low"], each.metadata["high"]
            if low is not None and not value >= low:
                raise ValueError(f"{each.name} must be at least {low}, not {value}")
            if high is not None and not value <= high:
                raise ValueError(f"{each.name} must be at most {high}, not {value}")
        self.preprocessing()
        self.architecture(vocabulary_size=self.vocabulary_size)

    def preprocessing(self) -> Preprocessing:
        return Preprocessing(**{each.name: getattr(self, each.name) for each in fields(Preprocessing)})

    def architecture(self, vocabulary_size: int) -> Architecture:
        """The network for a vocabulary that was found to hold `vocabulary_size` ids."""
        own = {each.name: getattr(self, each.name) for each in fields(Architecture)}
        return Architecture(**own | {"vocabulary_size": vocabulary_size})


class Parser(argparse.ArgumentParser):
    """Takes every hyperparameter as `--name value`; raises ValueError, where argparse would exit."""

    def __init__(self, description: str | None) -> None:
        super().__init__(
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        )
        group = self.add_argument_group("hyperparameters")
        for each in fields(Hyperparameters):
            group.add_argument(f"--{each.name}", type=_reader(each), default=each.default, help=each.metadata["help"])

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"wrong arguments: {message}")

    def hyperparameters(self, options: argparse.Namespace) -> Hyperparameters:
        return Hyperparameters(**{each.name: getattr(options, each.name) for each in fields(Hyperparameters)})


def _reader(each: "Field[Any]") -> Any:
    return _boolean if each.type is bool else each.type


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"must be true or false, not {text!r}")
    return text.lower() == "true"
