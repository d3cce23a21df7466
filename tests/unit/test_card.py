"""The model card."""

import re
from pathlib import Path

import pytest

from ml import artifact, card
from tests.unit import small_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return small_model.write(tmp_path / "model")


def written(model: Path) -> str:
    card.write(model)
    return (model / card.CARD).read_text("utf-8")


def test_a_card_says_what_the_artifact_s_documents_say(model: Path) -> None:
    text, description = written(model), artifact.read_json(model / artifact.MODEL)
    evaluation = artifact.read_json(model / artifact.EVALUATION)
    assert text.startswith(f"# Sentiment model {description['version']}\n")
    for fact in (
        f"{evaluation['metrics']['accuracy']:.2%}",
        f"{evaluation['calibration']['ece_before']:.4f} / {evaluation['calibration']['ece_after']:.4f}",
        evaluation["set"]["sha256"],
        description["data"]["sha256"],
        description["command"],
        "2 epochs in 3 min on cpu",
        "Epoch 1 was kept",
        "stop words are dropped, but negations are kept",
        "hidden_dim 4",
    ):
        assert fact in text
    assert "| train | 100 |\n| validation | 40 |\n| test | 40 |" in text
    assert "Against" not in text


def test_every_class_of_lengths_has_a_row(model: Path) -> None:
    rows = re.findall(r"^\| (\d+(?:–\d+)?) \| (\d+) \|", written(model), re.MULTILINE)
    by_length = artifact.read_json(model / artifact.EVALUATION)["by_length"]
    assert rows == [(card.span(each), str(each["n"])) for each in by_length]
    assert rows[:2] == [("1", "1"), ("2–3", "2")]


def test_cleaning_steps_that_are_off_are_not_claimed(model: Path) -> None:
    description = artifact.read_json(model / artifact.MODEL)
    off = {"strip_html": False, "alphanumeric": False, "lowercase": False, "stop_words": "none"}
    artifact.write_json(model / artifact.MODEL, description | {"preprocessing": description["preprocessing"] | off})
    assert "Cleaning: none." in written(model)


def test_the_data_set_s_own_words_are_quoted(tmp_path: Path) -> None:
    text = written(small_model.write(tmp_path / "model", about="Toys, by nobody.\n\nTheir terms: none."))
    assert "\n> Toys, by nobody.\n>\n> Their terms: none.\n" in text


def test_a_champion_is_compared_or_said_to_be_unreadable(model: Path, tmp_path: Path) -> None:
    text = written(small_model.write(tmp_path / "candidate", seed=1, champion=model))
    assert f"| {artifact.read_json(model / artifact.MODEL)['version']} |" in text
    assert re.search(r"\d+ are judged rightly by this model alone and \d+ by the\nother alone: p = [0-9.e-]+ ", text)
    (model / artifact.WEIGHTS).write_bytes(b"")
    text = written(small_model.write(tmp_path / "candidate", seed=1, champion=model))
    assert "It could not be judged: " in text
