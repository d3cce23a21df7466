"""The model card."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from ml import artifact, card
from ml.evaluation.cases import TESTS
from tests.unit import small_model

EARLIER = Path(__file__).parents[1] / "data" / "artifact-of-november"


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


def evaluated(model: Path, **values: Any) -> None:
    """Replace what the evaluation says."""
    path = model / artifact.EVALUATION
    artifact.write_json(path, artifact.read_json(path) | values)


SETS = [
    {"set": "imdb", "n": 1000, "accuracy": 0.92, "calibration_error": 0.004, "loss": 0.2, "majority": 0.5},
    {"set": "tweets", "n": 200, "accuracy": 0.8, "calibration_error": 0.0312, "loss": 0.4, "majority": 0.6},
]


def test_each_set_has_its_figures_where_there_are_several(model: Path) -> None:
    assert "## By kind of text" not in written(model)
    evaluated(model, by_set=SETS)
    rows = f"| imdb | 1000 | {card.with_interval(0.92, 1000)} | 0.0040 |\n"
    rows += f"| tweets | 200 | {card.with_interval(0.8, 200)} | 0.0312 |\n"
    assert rows in written(model)


def test_it_is_said_to_be_for_what_it_was_validated_on(model: Path) -> None:
    assert "It is for texts like those that it was trained on" in written(model)
    validation = artifact.read_json(model / artifact.EVALUATION)["validation"]
    evaluated(model, validation=validation | {"by_set": SETS})
    text = written(model)
    assert "It is for opinions in English, from a sentence to a long review, of the kinds in its validation" in text
    assert "(see Data): imdb, tweets. " in text
    assert "like those that it was trained on" not in text
    assert "Irony and quoted opinions can mislead it." in text


def test_each_capability_has_its_failure_rate(model: Path) -> None:
    found = artifact.read_json(model / artifact.EVALUATION)["behaviour"]
    text = written(model)
    for name, each in found["capabilities"].items():
        assert f"| {name} | {card.CAPABILITIES[name]} | {each['cases']} | {each['failures']} |" in text
    assert f"suite {found['suite']}" in text


def test_what_it_often_fails_at_is_a_limit(model: Path) -> None:
    found = artifact.read_json(model / artifact.EVALUATION)["behaviour"]
    rates = {"vocabulary": 0.0999, "negation": 0.1, "questions": 0.5}
    found["capabilities"] |= {name: each | {"rate": 0.0} for name, each in found["capabilities"].items()}
    found["capabilities"] |= {name: found["capabilities"][name] | {"rate": rate} for name, rate in rates.items()}
    evaluated(model, behaviour=found)
    assert "  negation (10.0%), questions (50.0%).\n" in written(model)
    found["capabilities"] |= {name: each | {"rate": 0.0} for name, each in found["capabilities"].items()}
    evaluated(model, behaviour=found)
    assert "often fails at" not in written(model)


def test_the_champion_s_failure_rates_stand_beside_its_own_of_the_same_suite(model: Path, tmp_path: Path) -> None:
    version = artifact.read_json(model / artifact.MODEL)["version"]
    candidate = small_model.write(tmp_path / "candidate", seed=1, champion=model)
    assert f"| failure rate | of {version} |" in written(candidate)
    beside = artifact.read_json(candidate / artifact.EVALUATION)["champion"]
    evaluated(candidate, champion=beside | {"behaviour": beside["behaviour"] | {"suite": "another"}})
    assert "| failure rate |\n" in written(candidate)


def test_the_divisor_of_logits_depends_on_length_where_it_was_fitted_so(model: Path) -> None:
    calibration = artifact.read_json(model / artifact.EVALUATION)["calibration"]
    evaluated(model, calibration=calibration | {"temperature": 1.5, "exponent": 0.12})
    assert "\n1.500 · (words / 50)^0.12, words from 1 to 1,000, which the validation set chose." in written(model)
    evaluated(model, calibration=calibration | {"temperature": 1.5, "exponent": 0.0})
    assert "\n1.500, which the validation set chose." in written(model)


def test_of_a_text_that_is_too_long_it_is_said_what_is_not_read(model: Path) -> None:
    description = artifact.read_json(model / artifact.MODEL)
    for ends, said in ((False, "Beyond 400 words, counted"), (True, "Of a text of more than 400 words, counted")):
        preprocessing = description["preprocessing"] | {"ends": ends, "length": 400}
        artifact.write_json(model / artifact.MODEL, description | {"preprocessing": preprocessing})
        assert said in written(model)


def test_a_model_of_an_earlier_release_has_a_card_without_what_was_not_measured(tmp_path: Path) -> None:
    """Neither sets nor behaviour, no exponent, and a champion that was not asked any cases."""
    folder = Path(shutil.copytree(EARLIER, tmp_path / "model"))
    path = folder / artifact.EVALUATION
    evaluation = artifact.read_json(path)
    assert not {"by_set", "behaviour"} & evaluation.keys()
    champion = {"version": "v", "metrics": evaluation["metrics"]}
    champion |= {"mcnemar": {"candidate_only": 1, "champion_only": 0, "p_value": 1.0}}
    artifact.write_json(path, evaluation | {"champion": champion})
    text = written(folder)
    assert "It is for texts like those that it was trained on" in text
    assert "## Against the model that served" in text
    assert not {"## How it behaves", "## By kind of text"} & set(text.splitlines())
    assert "often fails at" not in text


def test_every_capability_of_the_suite_is_described() -> None:
    assert card.CAPABILITIES.keys() == TESTS.keys()


def test_a_champion_is_compared_or_said_to_be_unreadable(model: Path, tmp_path: Path) -> None:
    text = written(small_model.write(tmp_path / "candidate", seed=1, champion=model))
    assert f"| {artifact.read_json(model / artifact.MODEL)['version']} |" in text
    assert re.search(r"\d+ are judged rightly by this model alone and \d+ by the\nother alone: p = [0-9.e-]+ ", text)
    (model / artifact.WEIGHTS).write_bytes(b"")
    text = written(small_model.write(tmp_path / "candidate", seed=1, champion=model))
    assert "It could not be judged: " in text
