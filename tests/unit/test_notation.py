"""What people write that is no word: emoticons, emoji, stars, ratings, apostrophes, misread characters."""

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.spans import locate
from ml.text import Preprocessing, tokenise, tokenise_plainly

SYMBOLS = Preprocessing(stop_words="none", symbols=True)


def words(text: str) -> list[str]:
    return tokenise(text, SYMBOLS)


@pytest.mark.parametrize(
    "written", ["shouldn't", "shouldn’t", "shouldn‘t", "shouldn´t", "shouldn`t", "shouldn′t", "shouldnʼt", "shouldn＇t"]
)
def test_every_apostrophe_gives_the_same_negation(written: str) -> None:
    assert words(f"You {written} go") == ["you", "should", "n't", "go"]


@pytest.mark.parametrize(
    "written", ["hasnt", "Hasnt", "hasn t", "hasn 't", "hasn\\'t", "hasn\ufffdt", "hasn\x92t", "hasnâ€™t", "HASNT"]
)
def test_a_negation_is_found_where_its_apostrophe_was_lost(written: str) -> None:
    assert words(f"it {written} worked") == ["it", "has", "n't", "worked"]


@pytest.mark.parametrize("text", ["an ant", "I want it", "different", "the current giant"])
def test_a_word_that_only_ends_like_a_negation_stays_whole(text: str) -> None:
    assert "n't" not in words(text)


def test_a_lost_character_within_a_name_is_no_apostrophe() -> None:
    assert words("caf\ufffde") == ["caf", "e"]


@pytest.mark.parametrize("heart", ["<3", "<33", "&lt;3", "❤️", "💕"])
def test_a_heart_is_love(heart: str) -> None:
    assert words(f"this shop {heart}") == ["this", "shop", "zzlove"]


@pytest.mark.parametrize("text", ["delivered in <3 days", "x <30", "under <3%", "<3.5 kg"])
def test_less_than_a_number_is_no_heart(text: str) -> None:
    assert "zzlove" not in words(text)


def test_thumbs_up_are_not_thumbs_down() -> None:
    assert words("👍🏾") == ["zzup"]
    assert words("👎🏻") == ["zzdown"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("lunch :)", "zzhappy"),
        ("lunch:-)", "zzhappy"),
        ("lunch :(", "zzsad"),
        ("lunch :'(", "zzsad"),
        ("lunch :D", "zzlaugh"),
        ("lunch xD", "zzlaugh"),
        ("lunch ;)", "zzwink"),
        ("lunch :/", "zzmeh"),
        ("lunch >:(", "zzangry"),
        ("lunch 😡", "zzangry"),
        ("lunch 🤮", "zzsick"),
    ],
)
def test_an_emoticon_is_a_word(text: str, word: str) -> None:
    assert words(text) == ["lunch", word]


@pytest.mark.parametrize("text", ["see (note):", "at 10:15", "ratio 3:1", "https://example.org/(a):)", "Mr. D, 8)"])
def test_punctuation_of_prose_is_no_emoticon(text: str) -> None:
    assert not {"zzsad", "zzhappy", "zzlaugh"} & set(words(text))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("★★★★★", "zzrate5"),
        ("★★☆☆☆", "zzrate2"),
        ("⭐⭐⭐⭐", "zzrate4"),
        ("**", "zzrate2"),
        ("9/10", "zzrate5"),
        ("2 / 5", "zzrate2"),
        ("0/10", "zzrate0"),
        ("one out of ten", "zzrate1"),
        ("4.5 out of 5 stars", "zzrate5"),
        ("30/100", "zzrate2"),
    ],
)
def test_a_rating_is_a_word_for_its_fifths(text: str, word: str) -> None:
    assert words(text) == [word]


@pytest.mark.parametrize(
    "text", ["9/10/2025", "24/7", "nine out of ten dentists", "4 out of 5 rooms", "$9/10", "11/10/12", "7/5", "a/10"]
)
def test_a_date_or_a_count_of_things_is_no_rating(text: str) -> None:
    assert not [word for word in words(text) if word.startswith("zzrate")]


def test_addresses_and_handles_are_one_word_each() -> None:
    assert words("@shop_help see www.example.org/x?y=1 or mail me@example.org") == [
        *("zzuser", "see", "zzlink", "or", "mail", "zzlink")
    ]


def test_a_hashtag_is_split_where_its_words_begin() -> None:
    assert words("#LoveThisTrain #NYTravel") == ["love", "this", "train", "ny", "travel"]


def test_styled_letters_and_soft_hyphens_are_plain() -> None:
    assert words("𝒈𝒓𝒆𝒂𝒕 ｖａｌｕｅ com\u00adfort e\u0301clair") == ["great", "value", "comfort", "éclair"]


def test_elongation_is_cut_to_two_letters_but_numbers_stay() -> None:
    assert words("soooooo coooold 10000") == ["soo", "coold", "10000"]


def test_a_literal_line_break_is_a_space() -> None:
    assert words("good\\r\\nbad\\nworse") == ["good", "bad", "worse"]


def test_marks_of_a_sentence_are_words_and_a_last_full_stop_is_none() -> None:
    assert words("Good? No, bad. Really!") == ["good", "zzask", "no", "zzcomma", "bad", "zzstop", "really", "zzwow"]
    assert words("Good.") == words("Good")


def test_without_the_setting_nothing_of_this_happens() -> None:
    plain = replace(SYMBOLS, symbols=False)
    assert tokenise("<3 didnt 9/10 👍", plain) == ["3", "didnt", "9", "10"]


PIECES = [
    *("&", "&amp;", "&t=9s", "&eacute"),
    *(
        "didn",
        "t",
        "nt",
        "'",
        "’",
        "´",
        "\ufffd",
        " ",
        " ",
        "<3",
        "<",
        ">",
        "&lt;3",
        ":)",
        ":(",
        ":",
        "(",
        ")",
        ";",
        "D",
    ),
    *(
        "10/10",
        "9",
        "/",
        "10",
        "out of",
        "five",
        "★",
        "☆",
        "*",
        "**",
        "!",
        "?",
        ".",
        "..",
        ",",
        "#",
        "Ab",
        "aB",
        "@",
        "_",
    ),
    *(
        "http://",
        "www.",
        "\\n",
        "\\",
        "\x92",
        "\x80",
        "â€™",
        "👍",
        "🏽",
        "❤",
        "\ufe0f",
        "e\u0301",
        "ﬁ",
        "½",
        "ooo",
        "<b>",
        "T_T",
    ),
]


@settings(deadline=None)  # the first text imports nltk
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=30))
def test_the_quick_way_and_the_places_agree_with_the_definition(text: str) -> None:
    found = tokenise_plainly(text, SYMBOLS)
    assert tokenise(text, SYMBOLS) == found
    spans = locate(text, SYMBOLS)
    assert [span.word for span in spans] == found
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.start <= second.start for first, second in pairwise(spans))


@pytest.mark.parametrize(
    "piece", ["n t ", ":(", "9/", "((((", "*", "a@", "#A", "\\n", "<3", "???", "..", "xxx", "www."]
)
def test_steps_take_time_linear_to_the_text(piece: str) -> None:
    def seconds(times: int) -> float:
        began = time.perf_counter()
        tokenise(piece * times, SYMBOLS)
        return time.perf_counter() - began

    seconds(100)
    short, long = min(seconds(2_000) for _ in range(3)), min(seconds(20_000) for _ in range(3))
    assert long < 40 * short + 0.05


@pytest.mark.parametrize("marks", ["\u0300\u0316" * 50_000, "\u0300" * 50_000 + "\u0316" * 50_000])
def test_a_long_row_of_combining_marks_takes_no_quadratic_time(marks: str) -> None:
    began = time.perf_counter()
    tokenise("a" + marks, SYMBOLS)
    assert time.perf_counter() - began < 5
