"""The lookup table from words to ids."""

import json

import pytest
from hypothesis import given, settings
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


@settings(deadline=None)  # the first text imports nltk
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


SYMBOLS = Preprocessing(stop_words="none", length=6, symbols=True, ends=True)
GROUPS = {"zzname": ("ada", "femi"), "zzplace": ("lima",)}


def with_groups() -> Vocabulary:
    counts = {"terrible": 5, "lovely": 4, "ada": 2, "femi": 2, "went": 3, "to": 3, "rare": 1}
    return Vocabulary.of_counts(counts, SYMBOLS, size=100, min_count=2, groups=GROUPS)


def test_words_of_a_group_have_one_id_and_count_together() -> None:
    vocabulary = with_groups()
    assert vocabulary.words == ("terrible", "lovely", "zzname", "to", "went")
    assert vocabulary.encode("Ada went").ids == vocabulary.encode("Femi went").ids


def test_a_group_of_which_no_word_occurs_is_not_there() -> None:
    assert "zzplace" not in with_groups().groups


def test_groups_come_back_from_the_document_and_are_part_of_the_id() -> None:
    vocabulary = with_groups()
    read = Vocabulary.from_bytes(vocabulary.to_bytes())
    assert (read, read.id) == (vocabulary, vocabulary.id)
    assert Vocabulary(vocabulary.words, SYMBOLS).id != vocabulary.id


def test_a_group_whose_name_is_no_word_is_refused() -> None:
    document = json.loads(with_groups().to_bytes())
    document["groups"]["zzother"] = ["x"]
    with pytest.raises(VocabularyError, match="the group 'zzother' is no word of it"):
        Vocabulary.from_bytes(json.dumps(document).encode())


@pytest.mark.parametrize(
    "written", ["terrible", "terible", "terrrible", "terribel", "terribble", "terrilbe", "terriblle"]
)
def test_a_misspelt_common_word_is_that_word(written: str) -> None:
    assert with_groups().encode(written).ids == with_groups().encode("terrible").ids


@pytest.mark.parametrize("written", ["errible", "tribe", "lov", "horrible"])
def test_another_word_is_unknown(written: str) -> None:
    assert with_groups().encode(written).ids == [UNKNOWN]


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    encoding = with_groups().encode("went went went to to to to lovely lovely lovely")
    went, to, lovely = (with_groups().encode(word).ids[0] for word in ("went", "to", "lovely"))
    assert encoding.ids == [went, went, went, lovely, lovely, lovely]
    assert (encoding.tokens, encoding.truncated) == (10, True)
    assert to not in encoding.ids


def test_marks_alone_are_no_words() -> None:
    assert with_groups().encode("?!... https://example.org @you").ids == []


def test_marks_count_neither_as_words_nor_as_unknown() -> None:
    encoding = with_groups().encode("lovely, lovely! unheard")
    assert (encoding.tokens, len(encoding.ids)) == (3, 5)
    assert encoding.unknown == pytest.approx(1 / 3)
