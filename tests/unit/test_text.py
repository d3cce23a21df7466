"""Cleaning and tokenising."""

import json
import time
import warnings
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ml.text
from ml.text import STOP_LISTS, Preprocessing, tokenise

ALL_WORDS = Preprocessing(stop_words="none")
any_text = st.text(st.characters(exclude_categories=[]))
markup = st.lists(
    st.sampled_from(["<", ">", "&", "#", ";", "<!--", "-->", "<b>", "</b>", "<br/>", "&amp;", '"', "'", "x ", "<?xml "])
).map("".join)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A <b>great</b><br/>film &amp; more", ["a", "great", "film", "more"]),
        ("don&#39;t, DON’T and cannot", ["do", "n't", "do", "n't", "and", "can", "not"]),
        ("one <!-- hidden --> two <!DOCTYPE html> three <script>var four</script>", ["one", "two", "three"]),
        ("I <3 it, a<b and AT&T", ["i", "3", "it", "a", "b", "and", "at", "t"]),
        ("10/10 snake_case 'quoted'", ["10", "10", "snake", "case", "quoted"]),
        ("schöner Film 映画", ["schöner", "film", "映画"]),
        ("😀 !!! '''", []),
        ("", []),
    ],
)
def test_words_are_what_a_reader_sees(text: str, tokens: list[str]) -> None:
    assert tokenise(text, ALL_WORDS) == tokens


def test_each_step_can_be_turned_off() -> None:
    text = "<i>NOT</i> good!"
    assert tokenise(text, replace(ALL_WORDS, lowercase=False)) == ["NOT", "good"]
    assert tokenise(text, replace(ALL_WORDS, strip_html=False)) == ["i", "not", "i", "good"]
    assert tokenise("5 a.m., 3.50", replace(ALL_WORDS, alphanumeric=False)) == ["5", "a.m.", "3.50"]


def test_stop_words_go_and_negations_stay_unless_told() -> None:
    text = "It wasn't the best, but I have never been bored; very good"
    assert tokenise(text, Preprocessing()) == ["n't", "best", "never", "bored", "very", "good"]
    assert tokenise(text, Preprocessing(stop_words="all")) == ["best", "bored", "very", "good"]
    assert tokenise("IT IS", Preprocessing(lowercase=False)) == []


def test_the_stop_list_has_no_word_in_both_halves() -> None:
    lists = json.loads(Path(ml.text.__file__).with_name("stopwords.json").read_text("utf-8"))
    assert not set(lists["words"]) & set(lists["negations"])
    assert {"not", "n't", "no", "nor"} <= STOP_LISTS["all"] - STOP_LISTS["keep-negations"]
    assert "very" not in STOP_LISTS["all"]


@given(any_text | markup, st.booleans(), st.booleans())
def test_any_text_gives_clean_words(text: str, alphanumeric: bool, strip_html: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tokens = tokenise(text, Preprocessing(alphanumeric=alphanumeric, strip_html=strip_html))
    for token in tokens:
        assert token.encode()
        assert any(character.isalnum() for character in token)


@given(any_text.map(lambda text: text.replace("<", " ").replace("&", " ")))
def test_leaving_out_beautifulsoup_changes_no_token(text: str) -> None:
    with patch.object(ml.text, "_strip_html", side_effect=AssertionError("not needed")):
        quick = tokenise(text, ALL_WORDS)
    assert quick == tokenise(ml.text._strip_html(text), ALL_WORDS)


@pytest.mark.parametrize(
    "pattern",
    ["a", "<", "<!--", "&#", "<b>", "</b>", "<b></i>", "<a b='>", "<![CDATA[", "<?", "&#9", "'", "n't ", "<p>x", "-->"],
)
def test_hostile_texts_take_linear_time(pattern: str) -> None:
    text = (pattern * 100_000)[:100_000]
    started = time.process_time()
    tokenise(text, Preprocessing())
    assert time.process_time() - started < 3  # 0.6 s at most when idle


@pytest.mark.parametrize("text", ["http://example.com/?a&amp;b", "<?xml version='1.0'?><a>b</a>", "a.txt&nbsp;"])
def test_beautifulsoup_gives_no_advice(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tokenise(text, ALL_WORDS)


def test_preprocessing_survives_json() -> None:
    preprocessing = Preprocessing(lowercase=False, length=7)
    assert Preprocessing.from_dict(json.loads(json.dumps(preprocessing.to_dict()))) == preprocessing


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stemming": True}, "'stemming' is unknown"),
        ({"length": "500"}, "'length' must be of type int, not '500'"),
        ({"length": True}, "'length' must be of type int"),
        ({"length": 0}, "'length' must be at least 1"),
        ({"stop_words": "some"}, "'stop_words' must be one of"),
    ],
)
def test_a_wrong_preprocessing_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Preprocessing.from_dict(Preprocessing().to_dict() | change)


def test_a_missing_step_is_refused() -> None:
    values = Preprocessing().to_dict()
    del values["lowercase"]
    with pytest.raises(ValueError, match="'lowercase' is missing"):
        Preprocessing.from_dict(values)
