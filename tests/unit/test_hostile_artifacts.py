"""Models that no training run wrote: an endpoint, or a run that compares, refuses them before they fill its memory."""

import json
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml import artifact, champion
from ml.errors import SentimentError, VocabularyError
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary
from tests.unit import small_model
from tests.unit.hostile import ARCHIVES, BODIES, any_json, as_json

in_one_folder = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return small_model.write(tmp_path / "model")


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.timeout(60)
def test_a_champion_that_was_made_to_do_harm_is_refused_in_little_memory(tmp_path: Path, name: str) -> None:
    (tmp_path / "model.tar.gz").write_bytes(ARCHIVES[name]())
    tracemalloc.start()
    try:
        with pytest.raises(SentimentError, match=r"model\.tar\.gz"):
            champion.read(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("field", ["hidden_dim", "embedding_dim", "vocabulary_size"])
def test_a_network_far_larger_than_its_weights_is_never_made(model: Path, field: str) -> None:
    description = artifact.read_json(model / artifact.MODEL)
    description["architecture"][field] = 2_000_000_000
    artifact.write_json(model / artifact.MODEL, description)
    with pytest.raises(SentimentError, match=r"has the shape .*, but model\.json says .*2000000000"):
        artifact.read(model)


@pytest.mark.parametrize("document", [artifact.MODEL, artifact.VOCABULARY, artifact.EVALUATION])
def test_documents_that_are_none_are_refused(model: Path, document: str) -> None:
    for body in BODIES.values():
        (model / document).write_bytes(body)
        with pytest.raises(SentimentError):
            artifact.read(model)


@given(document=st.sampled_from([artifact.MODEL, artifact.EVALUATION]), field=st.data(), value=any_json)
@in_one_folder
def test_any_value_in_place_of_one_is_read_or_refused(
    model: Path, document: str, field: st.DataObject, value: Any
) -> None:
    before = (model / document).read_bytes()
    found = json.loads(before)
    found[field.draw(st.sampled_from(sorted(found)))] = value
    (model / document).write_text(as_json(found))
    try:
        with suppress(SentimentError):
            assert 0 < artifact.read(model).calibration.temperature < float("inf")
    finally:
        (model / document).write_bytes(before)


@given(field=st.sampled_from(["id", "words", "preprocessing"]), value=any_json)
@settings(deadline=None)
def test_any_value_in_a_vocabulary_is_refused(field: str, value: Any) -> None:
    document = json.loads(Vocabulary(("good", "bad"), Preprocessing()).to_bytes()) | {field: value}
    with pytest.raises(VocabularyError):
        Vocabulary.from_bytes(as_json(document).encode())


@given(at=st.integers(0, 300), byte=st.integers(0, 255))
def test_a_vocabulary_with_another_byte_is_refused_unless_it_says_the_same(at: int, byte: int) -> None:
    vocabulary = Vocabulary(("good", "bad"), Preprocessing())
    data = bytearray(vocabulary.to_bytes())
    data[at % len(data)] = byte
    with suppress(VocabularyError):
        assert Vocabulary.from_bytes(bytes(data)) == vocabulary
