"""What a request for training may ask for: the hyperparameters with their bounds, and how a value is held to them."""

import re
from typing import Any

Kind = tuple[type, float, float] | tuple[str, ...] | type[bool]

# Numbers have a type, a least and a most; texts their choices. They are those of ml/hyperparameters.py, which cannot
# be imported where this module runs (it brings torch); a unit test holds the two equal.
HYPERPARAMETERS: dict[str, Kind] = {
    "epochs": (int, 1, 200),
    "keep": ("best", "last"),
    "batch_size": (int, 1, 4096),
    "learning_rate": (float, 1e-7, 1.0),
    "schedule": ("linear", "constant"),
    "weight_decay": (float, 0.0, 1.0),
    "clip": (float, 1e-3, 1e3),
    "averaging": (float, 0.0, 0.99999),
    "precision": ("auto", "float32", "bfloat16"),
    "seed": (int, 0, 2**31 - 1),
    "validation_share": (float, 0.01, 0.5),
    "embedding_dim": (int, 1, 2048),
    "hidden_dim": (int, 1, 4096),
    "bidirectional": bool,
    "pooling": ("max-mean", "max", "mean", "last"),
    "dropout": (float, 0.0, 0.95),
    "embedding_dropout": (float, 0.0, 0.95),
    "word_dropout": (float, 0.0, 0.95),
    "word_vectors": bool,
    "adversarial": (float, 0.0, 100.0),
    "self_training_epochs": (int, 0, 200),
    "self_training_word_dropout": (float, 0.0, 0.95),
    "pieces": (int, 0, 20),
    "vocabulary_size": (int, 3, 500_000),
    "min_count": (int, 1, 1000),
    "length": (int, 1, 10_000),
    "stop_words": ("keep-negations", "all", "none"),
    "strip_html": bool,
    "alphanumeric": bool,
    "lowercase": bool,
    "symbols": bool,
    "ends": bool,
    "groups": bool,
}


class JobError(ValueError):
    """The request for a training job asks for something that cannot be done; the message says what to ask instead."""


def hyperparameter(name: str, value: Any, kind: Kind) -> int | float | bool | str:
    """The value, if it is of the kind. Raises JobError."""
    if kind is bool:
        return boolean(name, value)
    assert isinstance(kind, tuple)
    if isinstance(kind[0], type):
        return number(name, value, *kind)
    if value not in kind:
        raise JobError(f"“{name}” has to be one of {', '.join(map(str, kind))}.")
    return value


def number(name: str, value: Any, kind: type, least: float, most: float) -> int | float:
    """The value, if it is a number of the kind within the bounds. Raises JobError."""
    whole = kind is int
    right = isinstance(value, int) if whole else isinstance(value, (int, float))
    if isinstance(value, bool) or not right or not least <= value <= most:
        raise JobError(f"“{name}” has to be a {'whole ' if whole else ''}number from {least:g} to {most:g}.")
    return kind(value)


def boolean(name: str, value: Any) -> bool:
    """The value, if it is true or false. Raises JobError."""
    if not isinstance(value, bool):
        raise JobError(f"“{name}” has to be true or false.")
    return value


def matching(value: Any, pattern: re.Pattern[str], name: str, form: str) -> str:
    """The value, if it is a text of the pattern, which `form` describes. Raises JobError."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise JobError(f"“{name}” has to be {form}.")
    return value
