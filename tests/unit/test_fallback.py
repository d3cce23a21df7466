"""The small model beside the large one: made in the same run, of the same texts and ids."""

import json
import random
from pathlib import Path

import pytest
import torch

from ml import artifact, fallback, golden, ngrams
from ml.bundle import BASELINE
from ml.corpus import EncodedCorpus, load
from ml.data import Example
from ml.encoded import Encoded
from ml.errors import ArtifactError
from ml.linear import Linear
from ml.vocabulary import Vocabulary
from tests.unit import small_model
from tests.unit.small_model import HELD_OUT, VOCABULARY, encoded
from tests.unit.toys import write_data

CHANCE = random.Random(1)


def opinions(count: int) -> list[Example]:
    """Texts that hold one word that tells, among others that do not."""
    labels = [CHANCE.randrange(2) for _ in range(count)]
    return [
        Example(" ".join([*CHANCE.choices(["film", "plot", "actor"], k=5), ["bad", "good"][label]]), label)
        for label in labels
    ]


TRAINING, VALIDATION = encoded(opinions(60)), encoded(opinions(30))
CORPUS = EncodedCorpus(VOCABULARY, TRAINING, VALIDATION, encoded(HELD_OUT), Encoded([]))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = small_model.write(tmp_path / "model")
    golden.write(folder, ["a good film", "a bad plot"])
    return folder


def test_it_learns_what_the_training_texts_tell() -> None:
    linear = fallback.fit(TRAINING, VALIDATION, VOCABULARY.id, len(VOCABULARY))
    assert linear.score(VOCABULARY.encode("a good film").ids) > 0.5 > linear.score(VOCABULARY.encode("bad plot").ids)
    assert linear.vocabulary == VOCABULARY.id


def test_no_more_n_grams_are_kept_than_wanted_and_those_are_the_heaviest() -> None:
    fitted = ngrams.fit(TRAINING.rows, TRAINING.labels, len(VOCABULARY))
    linear = fallback.pruned(fitted, VALIDATION, VOCABULARY.id, count=2)
    assert set(linear.weights) == {VOCABULARY.encode(word).ids[0] for word in ("good", "bad")}


def test_texts_that_share_no_n_gram_make_one_that_knows_nothing_and_still_answers() -> None:
    rows = Encoded([[2], [3]], [Example("", 0), Example("", 1)])
    linear = fallback.fit(rows, rows, "v", 9)
    assert (linear.weights, linear.score([2])) == ({}, pytest.approx(0.5))
    assert Linear.from_bytes(linear.to_bytes()) == linear


def test_weights_are_rounded_to_the_nearest_of_127_steps() -> None:
    weights = torch.randn(1000)
    whole, scale = fallback.quantise(weights)
    assert int(whole.abs().max()) == 127
    assert (whole * scale - weights).abs().max() <= scale / 2 * 1.001


def test_the_file_stands_beside_the_model_and_its_figures_beside_the_model_s(model: Path) -> None:
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    fallback.add(model, CORPUS)
    after = {path.name: path.read_bytes() for path in model.iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {artifact.FALLBACK, artifact.EVALUATION}
    linear = Linear.from_bytes(after[artifact.FALLBACK])
    evaluation = json.loads(after[artifact.EVALUATION])
    figures = evaluation.pop("fallback")
    assert evaluation == json.loads(before[artifact.EVALUATION])
    right = [(linear.score(VOCABULARY.encode(each.text).ids) >= 0.5) == each.label for each in HELD_OUT]
    assert figures["accuracy"] == pytest.approx(sum(right) / len(right))
    assert (figures["ngrams"], figures["bytes"]) == (len(linear.weights), len(after[artifact.FALLBACK]))


def test_it_records_the_scores_of_the_model_s_golden_texts(model: Path) -> None:
    fallback.add(model, CORPUS)
    linear = Linear.from_bytes((model / artifact.FALLBACK).read_bytes())
    assert linear.fault([entry["ids"] for entry in artifact.read_json(model / artifact.GOLDEN)]) is None


def test_the_same_texts_give_the_same_file(model: Path) -> None:
    fallback.add(model, CORPUS)
    first = (model / artifact.FALLBACK).read_bytes()
    fallback.add(model, CORPUS)
    assert (model / artifact.FALLBACK).read_bytes() == first


def test_another_data_set_than_the_model_s_is_refused(model: Path, tmp_path: Path) -> None:
    data = write_data(tmp_path / "set")
    with pytest.raises(ArtifactError, match="and the model was trained on 0000"):
        fallback.corpus_of(model, data)
    description = artifact.read_json(model / artifact.MODEL)
    description["data"]["sha256"] = load(data, small_model.HYPER).sha256
    artifact.write_json(model / artifact.MODEL, description)
    with pytest.raises(ArtifactError, match="gives vocabulary"):
        fallback.corpus_of(model, data)


def test_a_model_that_does_not_say_how_it_was_trained_gets_none(model: Path, tmp_path: Path) -> None:
    description = artifact.read_json(model / artifact.MODEL)
    description["hyperparameters"]["number_of_wonders"] = 7
    artifact.write_json(model / artifact.MODEL, description)
    with pytest.raises(ArtifactError, match=r"does not say how the model was trained.*number_of_wonders"):
        fallback.corpus_of(model, tmp_path)


def test_the_repository_s_baseline_has_a_good_one_of_its_own_vocabulary() -> None:
    data = (BASELINE / artifact.FALLBACK).read_bytes()
    linear, evaluation = Linear.from_bytes(data), artifact.read_json(BASELINE / artifact.EVALUATION)
    assert linear.vocabulary == Vocabulary.from_bytes((BASELINE / artifact.VOCABULARY).read_bytes()).id
    assert linear.fault([entry["ids"] for entry in artifact.read_json(BASELINE / artifact.GOLDEN)]) is None
    accuracy = {each["set"]: each["accuracy"] for each in evaluation["fallback"]["by_set"]}
    assert accuracy["imdb"] > 0.85
    assert evaluation["fallback"]["bytes"] == len(data) < 2_000_000
