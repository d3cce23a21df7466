"""The lookup table from words to ids."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import VocabularyError
from ml.text import Preprocessing, tokenise
from ml.vocabulary import PADDING, UNKNOWN, Vocabulary, pad

PLAIN = Preprocessing(stop_words="none", length=4)
TRAINING = Vocabulary.build([["good", "film"], ["good", "n't", "a"], ["é", "a"]], PLAIN, size=100, min_count=1)
LAMBDA = Vocabulary.from_bytes(TRAINING.to_bytes())


def test_words_are_ranked_by_count_then_alphabet() -> None:
    assert TRAINING.words == ("a", "good", "film", "n't", "é")
    assert len(TRAINING) == 7


def test_size_counts_padding_and_unknown() -> None:
    vocabulary = Vocabulary.build([["b", "b", "a"]], PLAIN, size=3, min_count=1)
    assert vocabulary.words == ("b",)
    assert Vocabulary.build([["b", "b", "a"]], PLAIN, size=100, min_count=2).words == ("b",)


def test_encoding_says_what_was_unknown_and_cut() -> None:
    encoding = TRAINING.encode("A good film, a dreadful ending")
    assert encoding.ids == [2, 3, 4, 2]
    assert (encoding.tokens, encoding.unknown, encoding.truncated) == (6, pytest.approx(1 / 3), True)
    assert TRAINING.encode("dreadful").ids == [UNKNOWN]
    empty = TRAINING.encode("!!!")
    assert (empty.ids, empty.tokens, empty.unknown, empty.truncated) == ([], 0, 0.0, False)


@given(st.text(st.characters(exclude_categories=[])) | st.text("aé'n gofilmt<b>&;’\ud800"))
def test_lambda_and_training_give_the_same_ids(text: str) -> None:
    in_training = TRAINING.look_up(tokenise(text, PLAIN))
    assert LAMBDA.encode(text) == in_training == TRAINING.encode(text)
    assert all(0 < each < len(LAMBDA) for each in in_training.ids)


def test_the_id_depends_on_words_and_preprocessing() -> None:
    assert LAMBDA.id == TRAINING.id
    assert len(TRAINING.id) == 16
    assert Vocabulary(TRAINING.words, Preprocessing()).id != TRAINING.id
    assert Vocabulary(TRAINING.words[::-1], PLAIN).id != TRAINING.id


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not a vocabulary document"),
        (b"[]", "not a vocabulary document"),
        (b"\xff", "not a vocabulary document"),
        (b"{}", "'id'"),
    ],
)
def test_a_damaged_document_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        Vocabulary.from_bytes(data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"words": ["good"]}, "changed or damaged"),
        ({"words": ["good", 3]}, "list of strings"),
        ({"words": "good"}, "list of strings"),
        ({"words": ["a", "a"]}, "twice"),
        ({"preprocessing": {"length": 4}}, "is missing"),
        ({"preprocessing": PLAIN.to_dict() | {"lowercase": False}}, "changed or damaged"),
    ],
)
def test_a_changed_document_is_refused(change: dict[str, object], message: str) -> None:
    document = json.loads(TRAINING.to_bytes()) | change
    with pytest.raises(VocabularyError, match=message):
        Vocabulary.from_bytes(json.dumps(document).encode())


def test_rows_are_padded_to_the_longest() -> None:
    assert pad([[5], [2, 3, 4], []]) == [[5, PADDING, PADDING], [2, 3, 4], [PADDING] * 3]
    assert pad([]) == []
