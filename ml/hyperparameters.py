"""What a training run can be told, and how it is told: `--epochs 10 --hidden_dim 200`."""

import argparse
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, NoReturn

from ml.model import POOLING, Architecture
from ml.presets import PRESETS
from ml.text import STOP_LISTS, Preprocessing

ABSENT = {"symbols": False, "ends": False, "groups": False, "pieces": 0}  # what the first models did without
KEEP, SCHEDULES, PRECISIONS = ("best", "last"), ("linear", "constant"), ("auto", "float32", "bfloat16")


def _say(default: Any, help: str, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"help": help, "low": low, "high": high})


def _choose(default: str, help: str, choices: tuple[str, ...]) -> Any:
    return field(default=default, metadata={"help": f"{help}: {', '.join(choices)}", "choices": choices})


@dataclass(frozen=True)
class Hyperparameters:
    epochs: int = _say(4, "passes over the training set", low=1)
    keep: str = _choose("best", "whose weights are kept; the best epoch is that of the lowest validation loss", KEEP)
    batch_size: int = _say(64, "texts a step", low=1)
    learning_rate: float = _say(2e-3, "AdamW's step size at its peak", low=1e-7, high=1)
    schedule: str = _choose("linear", "of the step size: up and down on a line, or the same all along", SCHEDULES)
    weight_decay: float = _say(0.0, "AdamW's pull towards zero", low=0, high=1)
    clip: float = _say(1.0, "largest gradient norm", low=1e-3)
    averaging: float = _say(0.998, "decay of the moving average that the kept weights are; 0: none", 0, 0.99999)
    precision: str = _choose("auto", "of the LSTMs in training; auto: bfloat16 if the hardware has it", PRECISIONS)
    seed: int = _say(1, "of everything random; the same seed gives the same weights on a CPU", low=0)
    validation_share: float = _say(0.1, "share of the training set that chooses the epoch", low=0.01, high=0.5)

    embedding_dim: int = _say(128, "numbers a word", low=1)
    hidden_dim: int = _say(160, "LSTM units in each direction", low=1)
    bidirectional: bool = _say(True, "read the text backwards as well")
    pooling: str = _choose("max-mean", "from states to one vector", POOLING)
    dropout: float = _say(0.5, "share of the pooled vector zeroed while training", low=0, high=0.95)
    embedding_dropout: float = _say(0.3, "share of a text's embedding dimensions zeroed while training", 0, 0.95)
    word_dropout: float = _say(0.1, "share of words made unknown while training", low=0, high=0.95)
    word_vectors: bool = _say(True, "start from vectors of the words' company in all texts, unlabelled ones included")
    adversarial: float = _say(
        1.5, "how far longer texts are pushed to the other label and learnt again; 0: not", 0, 100
    )
    self_training_epochs: int = _say(5, "passes over unlabelled texts too, labelled by the model and n-grams", low=0)
    self_training_word_dropout: float = _say(0.2, "word_dropout in those passes, which have no adversarial", 0, 0.95)

    pieces: int = _say(1, "pieces of one to three sentences of each unlabelled text in those passes", low=0, high=20)

    vocabulary_size: int = _say(50_000, "ids, padding and unknown included", low=3)
    min_count: int = _say(2, "fewest occurrences of a word that gets an id", low=1)
    length: int = _say(1000, "words of a text that are read; the rest is cut", low=1)
    stop_words: str = _choose("none", "words to drop", tuple(STOP_LISTS))
    strip_html: bool = _say(True, "remove HTML")
    alphanumeric: bool = _say(True, "drop what is neither letter, digit nor apostrophe")
    lowercase: bool = _say(True, "fold upper case")
    symbols: bool = _say(True, "make words of emoji, emoticons, ratings and punctuation; one spelling of apostrophes")
    ends: bool = _say(True, "of a text that is too long read the end as well as the beginning")
    groups: bool = _say(True, "one id for all first names, one for all places, one for all groups of people")

    def __post_init__(self) -> None:
        for each in fields(self):
            value, rule = getattr(self, each.name), each.metadata
            if (choices := rule.get("choices")) and value not in choices:
                raise ValueError(f"{each.name} must be one of {', '.join(choices)}, not {value!r}")
            if (low := rule.get("low")) is not None and not value >= low:
                raise ValueError(f"{each.name} must be at least {low}, not {value}")
            if (high := rule.get("high")) is not None and not value <= high:
                raise ValueError(f"{each.name} must be at most {high}, not {value}")
        self.preprocessing()
        self.architecture(vocabulary_size=self.vocabulary_size)

    @classmethod
    def recorded(cls, values: Mapping[str, Any]) -> "Hyperparameters":
        """Those that a model's description records. Options newer than the model are taken as off.

        Raises TypeError or ValueError where they are not of this form.
        """
        return cls(**{**ABSENT, **values})

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
        self.add_argument("--preset", default="default", help=f"where the rest comes from: {', '.join(PRESETS)}")
        group = self.add_argument_group("hyperparameters")
        for each in fields(Hyperparameters):
            about = f"{each.metadata['help']} (default: {each.default})"
            group.add_argument(f"--{each.name}", type=_reader(each), default=argparse.SUPPRESS, help=about)

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"wrong arguments: {message}")

    def hyperparameters(self, options: argparse.Namespace) -> Hyperparameters:
        """What was given, over what the preset says. Raises ValueError."""
        if options.preset not in PRESETS:
            raise ValueError(f"preset must be one of {', '.join(PRESETS)}, not {options.preset!r}")
        names = [each.name for each in fields(Hyperparameters)]
        given = {name: getattr(options, name) for name in names if hasattr(options, name)}
        return Hyperparameters(**PRESETS[options.preset] | given)


def _reader(each: "Field[Any]") -> Any:
    return _boolean if each.type is bool else each.type


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"must be true or false, not {text!r}")
    return text.lower() == "true"
