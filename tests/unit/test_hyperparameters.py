"""Hyperparameters, presets and how they are told."""

import dataclasses

import pytest

from ml.hyperparameters import Hyperparameters, Parser
from ml.job import JobError, parse
from ml.presets import PRESETS


def read(*arguments: str) -> Hyperparameters:
    parser = Parser(None)
    return parser.hyperparameters(parser.parse_args(arguments))


@pytest.mark.parametrize("preset", PRESETS)
def test_each_preset_is_a_set_that_can_be_trained(preset: str) -> None:
    read("--preset", preset)


def test_without_a_preset_the_defaults_hold() -> None:
    assert read() == read("--preset", "default") == Hyperparameters(**PRESETS["default"])  # type: ignore[arg-type]


def test_what_is_given_goes_before_the_preset_wherever_it_stands() -> None:
    notebook = read("--preset", "notebook")
    three = dataclasses.replace(notebook, epochs=3)
    assert read("--preset", "notebook", "--epochs", "3") == read("--epochs", "3", "--preset", "notebook") == three
    assert three != notebook


def test_the_notebook_is_the_recipe_of_the_write_up() -> None:
    """Stop words out, 5,000 words, one LSTM of 200 in one direction, its last state, Adam, the last epoch."""
    notebook = read("--preset", "notebook")
    assert (notebook.stop_words, notebook.vocabulary_size, notebook.min_count) == ("all", 5000, 1)
    assert (notebook.embedding_dim, notebook.hidden_dim, notebook.bidirectional) == (32, 200, False)
    assert (notebook.pooling, notebook.length, notebook.keep, notebook.epochs) == ("last", 500, "last", 10)
    assert not any((notebook.dropout, notebook.embedding_dropout, notebook.word_dropout, notebook.averaging))


def test_a_job_is_sent_all_that_its_preset_says_and_what_was_asked_for_beside_it() -> None:
    asked = parse({"preset": "notebook", "epochs": 3}, "imdb", "ml.g5.xlarge").hyperparameters
    arguments = [word for name, value in asked.items() for word in (f"--{name}", str(value).lower())]
    assert read(*arguments) == read("--preset", "notebook", "--epochs", "3")
    with pytest.raises(JobError, match="“preset” has to be one of default, sentences, notebook"):
        parse({"preset": "best"}, "imdb", "ml.g5.xlarge")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("keep", "first", "keep must be one of best, last, not 'first'"),
        ("schedule", "cosine", "schedule must be one of linear, constant, not 'cosine'"),
        ("precision", "int8", "precision must be one of auto, float32, bfloat16, not 'int8'"),
        ("averaging", 1.0, "averaging must be at most 0.99999, not 1.0"),
        ("stop_words", "some", "stop_words must be one of"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(name: str, value: str | float, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Hyperparameters(**{name: value})  # type: ignore[arg-type]


def test_help_tells_each_default() -> None:
    help_ = Parser(None).format_help()
    assert all(f"(default: {each.default})" in " ".join(help_.split()) for each in dataclasses.fields(Hyperparameters))
