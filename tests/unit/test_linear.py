"""The linear model as a Lambda has it: what was learnt with torch, told in plain Python."""

import hashlib
import json
import zlib
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ml import ngrams
from ml.errors import ArtifactError
from ml.linear import MOST_BYTES, MOST_NGRAMS, Linear
from ml.ngrams import LinearModel

SIZE = 30_000  # of the vocabulary
WRAPPING = 3_000_000  # of one whose triples take more than 64 bits
SCALE = 0.01
texts = st.lists(st.integers(1, 12), max_size=30)
weights = st.integers(-127, 127)


def taught(known: list[int], whole: list[int], size: int = SIZE) -> tuple[Linear, LinearModel]:
    """The same model twice: of all n-grams of `known`, each of one of the weights."""
    codes = ngrams.find([torch.tensor(known, dtype=torch.long)], size).codes
    values = [whole[place % len(whole)] for place in range(len(codes))]
    linear = Linear(
        "v", size, {code % 2**64: value for code, value in zip(codes.tolist(), values, strict=True)}, SCALE, 0.5
    )
    return linear, LinearModel(codes, torch.tensor(values) * SCALE, torch.tensor(0.5), size)


MODEL = replace(taught([2, 3, 4, 2, 3], [100, -50, 7])[0], golden=(0.25,))


@given(texts, st.lists(weights, min_size=1, max_size=9), texts, st.sampled_from([SIZE, WRAPPING]))
def test_its_logits_are_those_of_the_model_that_was_taught(
    known: list[int], whole: list[int], text: list[int], size: int
) -> None:
    text = [word * (size // 13) for word in text]
    linear, learnt = taught([word * (size // 13) for word in known], whole, size)
    expected = learnt.logits([torch.tensor(text, dtype=torch.long)]).item()
    assert linear.logit(text) == pytest.approx(expected, abs=1e-4)


@given(texts, st.lists(weights, min_size=1, max_size=9), texts)
def test_what_the_words_add_makes_the_logit(known: list[int], whole: list[int], text: list[int]) -> None:
    linear, _ = taught(known, whole)
    added = linear.added(text)
    assert len(added) == len(text)
    assert sum(added) + linear.bias == pytest.approx(linear.logit(text), abs=1e-9)


@given(texts, st.lists(weights, min_size=1, max_size=9), st.floats(-50, 50), st.lists(st.floats(0, 1), max_size=3))
def test_a_file_read_back_is_the_same_model(
    known: list[int], whole: list[int], bias: float, golden: list[float]
) -> None:
    linear = replace(taught(known, whole)[0], bias=bias, golden=tuple(golden))
    assert Linear.from_bytes(linear.to_bytes()) == linear


@given(st.data())
def test_a_file_cut_short_or_altered_is_refused(data: st.DataObject) -> None:
    whole = MODEL.to_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    altered = bytearray(whole)
    altered[place] ^= data.draw(st.integers(1, 255))
    for bad in (whole[:place], bytes(altered)):
        with pytest.raises(ArtifactError, match="hash"):
            Linear.from_bytes(bad)


def forged(compressed: bytes = b"", **changed: object) -> bytes:
    """A file whose hash is right and whose content is not."""
    header = {
        "vocabulary": "v",
        "vocabulary_size": SIZE,
        "ngrams": 1,
        "scale": 1.0,
        "bias": 0.0,
        "golden": [],
    } | changed
    content = json.dumps(header).encode() + b"\n" + (compressed or zlib.compress(bytes(9)))
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


@pytest.mark.parametrize(
    "bad",
    [
        forged(ngrams=MOST_NGRAMS + 1),
        forged(ngrams=-1),
        forged(ngrams=2),
        forged(ngrams="1"),
        forged(ngrams=1.5),
        forged(vocabulary_size=0),
        forged(scale=float("nan")),
        forged(bias=10**400),
        forged(golden=None),
        forged(golden=["0.5"]),
        forged(zlib.compress(bytes(50_000_000))),
        forged(b"not compressed"),
    ],
)
def test_a_file_of_another_form_is_refused_without_being_unpacked_whole(bad: bytes) -> None:
    assert len(forged()) < len(bad) + 20
    assert Linear.from_bytes(forged()).score([]) == 0.5
    with pytest.raises(ArtifactError, match="agreed form"):
        Linear.from_bytes(bad)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(ArtifactError, match="2,000,001 bytes is too large"):
        Linear.from_bytes(bytes(MOST_BYTES + 1))


def test_a_long_text_of_one_opinion_gets_a_score_that_is_a_probability() -> None:
    sure = replace(MODEL, scale=1e6)
    assert {sure.score([2]), sure.score([3])} <= {0.0, 1.0}


def test_golden_texts_that_score_otherwise_than_in_training_are_a_fault() -> None:
    told = replace(MODEL, golden=(MODEL.score([2, 3]), MODEL.score([4])))
    assert told.fault([[2, 3], [4]]) is None
    assert "off" in str(told.fault([[2, 3], [3]]))
    assert "2 golden texts, and there are 1" in str(told.fault([[2, 3]]))
