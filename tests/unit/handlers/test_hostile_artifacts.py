"""What a training job may leave for a model: release refuses it with a reason, within the memory of a Lambda."""

import gzip
import json
import tarfile
import tracemalloc
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common import artifact, judging
from handlers.common.artifact import ArtifactError, read_artifact
from handlers.common.gate import Champion, Thresholds, judge
from tests.unit.handlers.stage import BUCKET, Stage, documents
from tests.unit.handlers.stage import artifact as whole
from tests.unit.hostile import ARCHIVES, BODIES, any_json, archive, as_json

KEY = "jobs/x/output/model.tar.gz"
DOCUMENTS = ["model.json", "vocabulary.json", "evaluation.json", "golden.json"]
on_one_stage = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
OTHERS: dict[str, Callable[[], bytes]] = {
    "a way out": lambda: archive(("../../model.json", 10)),
    "a link": lambda: archive(("model.json", 0), kind=tarfile.SYMTYPE),
    "a file with holes": lambda: archive(("model.json", 0), kind=tarfile.GNUTYPE_SPARSE),
    "a gzip in a gzip": lambda: gzip.compress(whole()),
    "no gzip": lambda: bytes(10_000),
    "nothing": bytes,
}


def refused(stage: Stage, body: bytes) -> str:
    """Why the archive is refused."""
    stage.put(KEY, body)
    with pytest.raises(ArtifactError) as told:
        read_artifact(BUCKET, KEY)
    return str(told.value)


@pytest.mark.parametrize("name", ARCHIVES | OTHERS)
@pytest.mark.timeout(60)
def test_an_archive_that_was_made_to_do_harm_is_refused_in_little_memory(stage: Stage, name: str) -> None:
    stage.put(KEY, (ARCHIVES | OTHERS)[name]())
    tracemalloc.start()
    try:
        with pytest.raises(ArtifactError, match=r"model\.tar\.gz"):
            read_artifact(BUCKET, KEY)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_an_archive_that_unpacks_to_gigabytes_is_left_once_it_is_too_large(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact, "CONTENTS_BYTES", 50_000_000)
    bomb = archive(*((f"weights{number}", 10_000_000) for number in range(20)))
    assert "too large once unpacked, at 'weights5'" in refused(stage, bomb)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_that_are_none_are_refused(stage: Stage, document: str) -> None:
    for body in BODIES.values():
        assert len(refused(stage, whole(replaced={document: body}))) < 1000


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_of_very_many_lists_are_refused_before_they_are_read(stage: Stage, document: str) -> None:
    lists = b"[" + b"[]," * 200_000 + b"[]]"
    assert "more than 100,000 lists and objects" in refused(stage, whole(replaced={document: lists}))


@given(document=st.sampled_from(DOCUMENTS), field=st.data(), value=any_json)
@on_one_stage
def test_any_value_in_place_of_one_is_released_or_refused(
    stage: Stage, document: str, field: st.DataObject, value: Any
) -> None:
    found = json.loads(documents()[document])
    place = found[0] if isinstance(found, list) else found
    place[field.draw(st.sampled_from(sorted(place)))] = value
    stage.put(KEY, whole(replaced={document: as_json(found).encode()}))
    try:
        assert 0 <= read_artifact(BUCKET, KEY).accuracy <= 1
    except ArtifactError as refusal:
        told = str(refusal)
        assert told.endswith(".")


MEASURED: dict[str, Any] = {
    "behaviour": {"suite": "cases", "capabilities": {"negation": {"rate": 0.3}}},
    "by_set": [{"set": "imdb", "n": 3, "accuracy": 0.9, "calibration_error": 0.01}],
    "champion": {
        "version": "v",
        "metrics": {"accuracy": 0.8},
        "mcnemar": {"p_value": 0.1},
        "behaviour": {"suite": "cases", "capabilities": {"negation": {"rate": 0.1}}},
    },
}
PLACES = [
    *(("behaviour",), ("behaviour", "suite"), ("behaviour", "capabilities"), ("behaviour", "capabilities", "negation")),
    *(("by_set",), ("by_set", 0), ("by_set", 0, "set"), ("by_set", 0, "n"), ("by_set", 0, "accuracy")),
    *(("champion", "behaviour"), ("champion", "behaviour", "suite"), ("champion", "behaviour", "capabilities")),
    *(("behaviour", "capabilities", "negation", "rate"), ("champion", "behaviour", "capabilities", "negation", "rate")),
]


@given(at=st.sampled_from(PLACES), value=any_json)
@on_one_stage
def test_any_value_in_place_of_a_measured_one_is_judged_and_published_or_refused(
    stage: Stage, at: tuple[Any, ...], value: Any
) -> None:
    found = json.loads(documents()["evaluation.json"]) | deepcopy(MEASURED)
    place = found
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = value
    stage.put(KEY, whole(replaced={"evaluation.json": as_json(found).encode()}))
    try:
        evaluation = read_artifact(BUCKET, KEY).evaluation
    except ArtifactError as refusal:
        told = str(refusal)
        assert told.endswith(".")
    else:
        assert judge(evaluation, Champion("v", "held-out"), Thresholds(0.7, 0.01, 0.2, 0.05))[1]
        json.dumps(judging._in_detail(evaluation), allow_nan=False)


@given(at=st.integers(0, 100_000), byte=st.integers(0, 255), end=st.integers(0, 100_000))
@on_one_stage
def test_any_damage_to_the_tar_is_refused_or_harmless(stage: Stage, at: int, byte: int, end: int) -> None:
    tar = bytearray(gzip.decompress(whole()))
    tar[at % len(tar)] = byte
    stage.put(KEY, gzip.compress(bytes(tar[: end % len(tar) + 1 if end % 3 == 0 else len(tar)]), 1))
    try:
        assert read_artifact(BUCKET, KEY).golden
    except ArtifactError as refusal:
        told = str(refusal)
        assert told.endswith(".")
