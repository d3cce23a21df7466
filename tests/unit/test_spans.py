"""Where words and sentences stand in a text as it was sent."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml.spans import Span, locate, sentences
from ml.text import Preprocessing, tokenise
from tests.unit.test_text import any_preprocessing, any_text, markup, pieces

ALL_WORDS = Preprocessing(stop_words="none")
ENTITIES = """
    &eacute; &#233; &amp; &nbsp; &amp &eacute &foo; &notit; &#xF0000; &#1114109; &#983045 caf x İ
"""
entities = st.lists(st.sampled_from([*ENTITIES.split(), " "])).map("".join)


def found(text: str, preprocessing: Preprocessing = ALL_WORDS) -> list[tuple[str, str]]:
    return [(span.word, text[span.start : span.end]) for span in locate(text, preprocessing)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("A <b>great</b> film", [("a", "A"), ("great", "great"), ("film", "film")]),
        ("caf&eacute; caf&#233;!", [("café", "caf&eacute;"), ("café", "caf&#233;")]),
        ("I DON’T like", [("i", "I"), ("do", "DO"), ("n't", "N’T"), ("like", "like")]),
        ("İstanbul cannot", [("i", "İ"), ("stanbul", "stanbul"), ("can", "can"), ("not", "not")]),
        ("one<br>two</br>three", [("one", "one"), ("twothree", "two</br>three")]),
        ("a <!-- b --> <script>c()</script> d", [("a", "a"), ("d", "d")]),
        ("'twas the 'best'", [("twas", "twas"), ("the", "the"), ("best", "best")]),
        ("<i title='good'>good", [("good", "good")]),
        ("\U000f0041 b&amp;c", [("b", "b"), ("c", "c")]),
        ("bad &#xF0000; good", [("bad", "bad"), ("good", "good")]),
    ],
)
def test_a_word_s_place_is_what_it_was_made_of(text: str, spans: list[tuple[str, str]]) -> None:
    assert found(text) == spans


def test_words_that_the_stop_list_drops_have_no_place() -> None:
    assert locate("this the lathe", Preprocessing(stop_words="all")) == [Span("lathe", 9, 14)]


@given(pieces | any_text | markup | entities, any_preprocessing)
@settings(max_examples=1500, deadline=None)
@example("&notit;a", ALL_WORDS)
@example("bad &#xF0000; good &#1114109;film &#1114112;", ALL_WORDS)
def test_the_words_are_those_of_tokenise_and_their_places_are_in_order(text: str, preprocessing: Preprocessing) -> None:
    spans = locate(text, preprocessing)
    assert [span.word for span in spans] == tokenise(text, preprocessing)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert sorted((span.start, span.end) for span in spans) == [(span.start, span.end) for span in spans]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<&")), any_preprocessing)
@settings(deadline=None)
def test_in_plain_text_a_place_holds_the_word_itself(text: str, preprocessing: Preprocessing) -> None:
    for span in locate(text, preprocessing):
        there = text[span.start : span.end].replace("’", "'")
        assert (there.lower() if preprocessing.lowercase else there).startswith(span.word[:1])
        assert span.word in (there.lower() if preprocessing.lowercase else there)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Great fun! Go and see it.", ["Great fun!", "Go and see it."]),
        ("Mr. Smith and J. Doe met. “Really?” she asked.", ["Mr. Smith and J. Doe met.", "“Really?”", "she asked."]),
        ("One<br /><br />two... three\n\nfour", ["One<br /><br />", "two...", "three", "four"]),
        ("3.5 of 5 stars", ["3.5 of 5 stars"]),
        ("… !!! ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(any_text | pieces | markup)
@settings(deadline=None)
def test_sentences_are_in_order_and_hold_every_letter_and_digit(text: str) -> None:
    places = [place for span in sentences(text) for place in span]
    assert sorted(places) == places
    within = {place for start, end in sentences(text) for place in range(start, end)}
    assert all(place in within for place, char in enumerate(text) if char.isalnum())


@pytest.mark.parametrize("unit", ["...", "<br", "<!--", "&eacute;", "<textarea>&amp;<b>", "a. ", "<a '", ".)"])
@pytest.mark.timeout(20)
def test_places_are_found_in_time_linear_to_the_text(unit: str) -> None:
    """What would take quadratic time takes minutes for as many characters."""
    text = unit * (100_000 // len(unit))
    locate(text, ALL_WORDS)
    sentences(text)
