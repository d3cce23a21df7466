"""The short texts that templates make: what they must be whatever the frames and words are."""

import re
from collections import Counter

import pytest

from ml.short import templates, words

COUNT = 20_000


@pytest.fixture(scope="module")
def drawn() -> list[templates.Example]:
    return templates.draw(COUNT, seed=1)


def test_the_same_seed_draws_the_same_texts_and_another_seed_others():
    assert templates.examples(300, seed=5) == templates.examples(300, seed=5)
    assert templates.examples(300, seed=5) != templates.examples(300, seed=6)


def test_a_smaller_count_draws_the_first_of_a_larger_one():
    assert templates.examples(101, seed=2) == templates.examples(500, seed=2)[:101]


def test_no_text_is_drawn_twice(drawn):
    assert len(drawn) == COUNT
    assert len({example.text for example in drawn}) == COUNT


def test_the_targets_are_only_those_of_positive_negative_and_neutral():
    assert {target for _, target in templates.examples(3000)} == {0.97, 0.03, 0.5}


def test_positive_and_negative_are_equally_many_within_every_kind(drawn):
    counts = Counter((example.kind, example.label) for example in drawn)
    for kind in {example.kind for example in drawn} - {"neutral", "negated positive", "negated negative"}:
        positive, negative = counts[kind, 1], counts[kind, -1]
        assert abs(positive - negative) <= 0.02 * (positive + negative), kind


def test_negated_negatives_are_as_many_as_negated_positives(drawn):
    counts = Counter((example.kind, example.label) for example in drawn)
    assert abs(counts["negated negative", 1] - counts["negated positive", -1]) <= 1
    assert not counts["negated negative", -1]
    assert not counts["negated positive", 1]


def test_every_kind_is_there_with_its_share(drawn):
    counts = Counter(example.kind for example in drawn)
    others = ("scope", "plain", "contrast", "change", "opinion", "question", "comparison", "condition")
    assert set(counts) == {"negated positive", "negated negative", "neutral", "robustness", *others}
    assert min(counts.values()) > 0.04 * COUNT
    assert 0.07 < counts["robustness"] / COUNT < 0.09
    assert 0.08 < sum(example.label == 0 for example in drawn) / COUNT < 0.12


def test_no_slot_is_left_unfilled_and_no_space_is_doubled(drawn):
    for example in drawn:
        assert not re.search(r"[{}|*~]|  ", example.text), example.text


@pytest.mark.parametrize("name", list(templates.KINDS | templates.NEUTRAL_KINDS))
def test_every_frame_can_be_filled_for_every_class_of_subject_that_it_may_have(name):
    kind = (templates.KINDS | templates.NEUTRAL_KINDS)[name]
    for frame in kind.frames.strip().splitlines():
        for side in frame.split(" | "):
            for subject in kind.classes:
                for label in (1, -1):
                    random = templates.Random(frame)
                    text = templates.Filler(label, side, (subject,), random, random).text()
                    assert "{" not in text


def test_a_stands_before_consonants_and_an_before_vowels(drawn):
    for example in drawn:
        if example.kind != "robustness":
            assert not re.search(r"\ba (?=[aeio])(?!one\b|once\b|eu)", example.text, re.IGNORECASE), example.text
            assert not re.search(r"\ban (?![aeiou]|ho)", example.text, re.IGNORECASE), example.text


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("a useful app", "a useful app"),
        ("a honest coach", "an honest coach"),
        ("a uninhabitable inn", "an uninhabitable inn"),
        ("a user-friendly app", "a user-friendly app"),
        ("a European nurse", "a European nurse"),
        ("a Ukrainian nurse", "a Ukrainian nurse"),
        ("A awful hour", "An awful hour"),
    ],
)
def test_the_article_follows_the_sound_of_the_next_word(written, right):
    assert templates.articled(written) == right


@pytest.mark.parametrize(
    ("adjective", "more", "most"),
    [
        ("good", "better", "best"),
        ("bad", "worse", "worst"),
        ("nice", "nicer", "nicest"),
        ("useful", "more useful", "most useful"),
        ("well made", "better made", "best made"),
        ("easy to use", "easier to use", "easiest to use"),
    ],
)
def test_adjectives_are_compared_as_in_english(adjective, more, most):
    assert (templates.comparative(adjective), templates.superlative(adjective)) == (more, most)


@pytest.mark.parametrize(
    ("verb", "third", "past", "participle"),
    [
        ("break", "breaks", "broke", "broken"),
        ("go", "goes", "went", "gone"),
        ("drag", "drags", "dragged", "dragged"),
        ("stop", "stops", "stopped", "stopped"),
        ("annoy", "annoys", "annoyed", "annoyed"),
        ("satisfy", "satisfies", "satisfied", "satisfied"),
        ("charge", "charges", "charged", "charged"),
    ],
)
def test_verbs_are_inflected_as_in_english(verb, third, past, participle):
    assert (templates.third_person(verb), *templates.past(verb)) == (third, past, participle)


def test_groups_and_places_do_not_give_the_label_away(drawn):
    for group in (words.NATIONS, words.FAITHS, words.IDENTITIES, words.NAMES, words.PLACES):
        word = re.compile(rf"\b({'|'.join(map(re.escape, group))})\b")
        counts = Counter((found, example.label) for example in drawn for found in set(word.findall(example.text)))
        for name in group:
            positive, negative = counts[name, 1], counts[name, -1]
            assert abs(positive - negative) <= 6 + 0.2 * (positive + negative), name


def test_no_opinion_word_is_both_positive_and_negative():
    for table in (words.GRADABLE, words.EXTREME, words.NOUNS, words.TRAITS, words.DOINGS):
        positive, negative = ({word for group in table[sign].values() for word in group} for sign in (1, -1))
        assert not positive & negative


def test_frames_and_words_are_as_many_and_as_varied_as_they_need_to_be():
    frames = [line for kind in templates.KINDS.values() for line in kind.frames.strip().splitlines()]
    assert len(set(frames)) >= 300
    assert sum(map(len, words.SUBJECTS.values())) >= 250
    for sign in (1, -1):
        adjectives = {
            word for table in (words.GRADABLE, words.EXTREME) for group in table[sign].values() for word in group
        }
        doings = {word for group in words.DOINGS[sign].values() for word in group}
        assert len(adjectives) >= 220
        assert len(doings) + len(words.FEELINGS[sign]) >= 120
        assert len({word for group in words.NOUNS[sign].values() for word in group}) >= 60
