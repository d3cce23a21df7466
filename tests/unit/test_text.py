"""Cleaning and tokenising."""

import json
import sys
import time
import warnings
from dataclasses import replace
from itertools import product
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ml.text
from ml.text import STOP_LISTS, Preprocessing, tokenise, tokenise_plainly

ALL_WORDS = Preprocessing(stop_words="none")
any_preprocessing = st.builds(
    Preprocessing,
    strip_html=st.booleans(),
    alphanumeric=st.sampled_from([True, True, True, False]),  # False has no quick path
    lowercase=st.booleans(),
    stop_words=st.sampled_from(sorted(STOP_LISTS)),
)
any_text = st.text(st.characters(exclude_categories=[]))
markup = st.lists(
    st.sampled_from(["<", ">", "&", "#", ";", "<!--", "-->", "<b>", "</b>", "<br/>", "&amp;", '"', "'", "x ", "<?xml "])
).map("".join)
# What nltk's rules, the tags and the entities are made of, so that chance puts them together in every way.
PIECES = """
    ' ' ' n't N'T N't 's 'S 'm 'd 'll 'Ll 'LL 're 've s d ll re n t is was tis cannot Gimme gımme gonna gotta lemme
    LEMME wanna more 'n d'ye ye 'ſ K ’ _ a It's 1 é 映 \ud800 . " & & &amp; &#39; &am p; < > <br/> <br> </br> <BR> <b>
    </b> <i> <em> </strong> <p> </p> <!-- --> <! <script> </script> http://a.b
"""
SPACES = [" ", " ", "\n", "\x1c", "\xa0", "\u2028"]
pieces = st.lists(st.sampled_from(PIECES.split()) | st.sampled_from([*SPACES, "<br />"]), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A <b>great</b><br/>film &amp; more", ["a", "great", "film", "more"]),
        ("don&#39;t, DON’T and cannot", ["do", "n't", "do", "n't", "and", "can", "not"]),
        ("one <!-- hidden --> two <!DOCTYPE html> three <script>var four</script>", ["one", "two", "three"]),
        ("I <3 it, a<b and AT&T", ["i", "3", "it", "a", "b", "and", "at", "t"]),
        ("10/10 snake_case 'quoted'", ["10", "10", "snake", "case", "quoted"]),
        ("schöner Film 映画", ["schöner", "film", "映画"]),
        ("one<br>two</br>three<br/>four", ["one", "twothree", "four"]),
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


@settings(max_examples=1000)
@given(pieces | any_text | markup, any_preprocessing)
def test_the_quick_path_gives_the_words_of_the_plain_one(text: str, preprocessing: Preprocessing) -> None:
    assert tokenise(text, preprocessing) == tokenise_plainly(text, preprocessing)


@pytest.mark.parametrize("lowercase", [True, False])
def test_every_short_word_is_split_as_between_its_neighbours(lowercase: bool) -> None:
    preprocessing = Preprocessing(stop_words="none", lowercase=lowercase)
    words = ["".join(letters) for size in range(1, 6) for letters in product("'ntsAd", repeat=size)]
    text = " ".join(["first", *words, "last"])
    assert tokenise(text, preprocessing) == tokenise_plainly(text, preprocessing)


@pytest.mark.parametrize("text", ["'he's'", "he's' ", "<br />he's'<br />", "''''tis", "''s good ''", "x '''"])
def test_quotes_at_the_ends_give_the_words_of_the_plain_path(text: str) -> None:
    assert tokenise(text, ALL_WORDS) == tokenise_plainly(text, ALL_WORDS)


@pytest.mark.parametrize("stop_words", STOP_LISTS)
@pytest.mark.parametrize("lowercase", [True, False])
def test_a_usual_review_needs_no_library(stop_words: str, lowercase: bool) -> None:
    text = "It's 'GREAT',<br /><br />isn't it? <i>Très</i> <b>good</b> & I'd see R&B again. He'll too!"
    preprocessing = Preprocessing(stop_words=stop_words, lowercase=lowercase)
    expected = tokenise_plainly(text, preprocessing)
    with (
        patch.dict(sys.modules, {"bs4": None, "nltk": None}),  # importing them fails
        patch.object(ml.text, "_tokeniser", side_effect=AssertionError("not needed")),
        patch.object(ml.text, "_WORDS", {stop_words: ml.text._Words(STOP_LISTS[stop_words])}),
    ):
        assert tokenise(text, preprocessing) == expected


def test_words_once_met_are_forgotten_before_they_fill_the_memory() -> None:
    words = ml.text._Words(frozenset())
    with patch.object(ml.text._Words, "SIZE", 10):
        for number in range(25):
            assert words[f"w{number}"] == (f"w{number}",)
            assert len(words) <= 10
    size = len(words)
    assert words["w" * 100_000] == ("w" * 100_000,)
    assert len(words) == size


@pytest.mark.parametrize(
    "pattern",
    ["a", "<", "<!--", "&#", "<b>", "</b>", "<b></i>", "<a b='>", "<![CDATA[", "<?", "&#9", "'", "n't ", "<p>x", "-->"],
)
def test_hostile_texts_take_linear_time(pattern: str) -> None:
    text = (pattern * 100_000)[:100_000]
    started = time.process_time()
    tokenise(text, Preprocessing())
    assert time.process_time() - started < 3  # 0.6 s at most when idle


def test_a_text_of_ever_new_contractions_takes_linear_time() -> None:
    text = " ".join(f"{number:x}'{number:x}'s" for number in range(9_000))
    started = time.process_time()
    tokenise(text, Preprocessing())
    assert time.process_time() - started < 5  # 0.5 s when idle


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
