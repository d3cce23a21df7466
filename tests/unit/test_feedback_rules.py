"""Which feedback is taken."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.data import Example
from ml.duplicates import key
from ml.errors import DataError
from ml.feedback_rules import Fate, Feedback, Judgement, Rules, judge, largest_cap, parse

ALONE = Rules(largest_share=1.0)  # one source is enough


def film(number: int) -> str:
    return f"Film number {number} was one that I liked."


def sent(*feedback: tuple[str, int, str]) -> list[Feedback]:
    """Feedback of (text, label, source), its id its place."""
    return [Feedback(str(place), *each) for place, each in enumerate(feedback)]


def fates(feedback: list[Feedback], rules: Rules = ALONE, test: str = "", train: str = "") -> list[Fate]:
    judgement = judge(feedback, [Example(test, 1)], [Example(train, 1)], rules)
    return [judgement.fates[each.id] for each in feedback]


def test_what_one_source_says_of_a_text_that_nobody_else_sent_is_taken() -> None:
    assert fates(sent((film(1), 1, "a"), (film(2), 0, "a"))) == [Fate.TAKEN, Fate.TAKEN]


def test_a_text_that_models_are_tested_on_is_never_taken_however_it_is_written_and_whoever_sends_it() -> None:
    many = sent(*((film(1).upper() + "!!", 0, f"source {number}") for number in range(20)))
    assert set(fates(many, test=film(1))) == {Fate.HELD_OUT}


def test_a_text_of_the_base_set_keeps_the_label_that_it_has() -> None:
    assert fates(sent((film(1), 0, "a")), train=film(1)) == [Fate.KNOWN]


def test_a_text_of_few_words_is_left_out() -> None:
    assert fates(sent(("Great", 0, "a"), ("<br />It is a great film.", 1, "a"))) == [Fate.SHORT, Fate.TAKEN]


def test_a_source_that_says_both_of_a_text_says_nothing_and_does_not_hinder_others() -> None:
    feedback = sent((film(1), 1, "a"), (film(1) + "!", 0, "a"), (film(1), 0, "b"))
    assert fates(feedback) == [Fate.UNDECIDED, Fate.UNDECIDED, Fate.TAKEN]


def test_a_source_has_one_vote_on_a_text_however_often_it_sends_it() -> None:
    feedback = sent((film(1), 0, "a"), (film(1) + "!", 0, "a"), (film(1).upper(), 0, "a"), (film(1), 1, "b"))
    assert fates(feedback) == [Fate.CONTRADICTED, Fate.REPEATED, Fate.REPEATED, Fate.CONTRADICTED]


def test_a_contradicted_text_has_the_label_that_most_sources_give_it() -> None:
    feedback = sent((film(1), 0, "a"), (film(1), 1, "b"), (film(1), 1, "c"))
    assert fates(feedback) == [Fate.OUTVOTED, Fate.TAKEN, Fate.AGREEING]


def test_of_one_source_come_no_more_texts_than_the_cap() -> None:
    feedback = sent(*((film(number), 1, "a") for number in range(30)), (film(99), 0, "b"))
    found = Counter(fates(feedback, Rules(most_per_source=4, largest_share=1.0)))
    assert found == {Fate.TAKEN: 5, Fate.CAPPED: 26}


def test_a_text_counts_for_the_source_that_sent_fewest_of_those_that_agree() -> None:
    feedback = sent(*((film(number), 1, "a") for number in range(30)), (film(3), 1, "b"))
    judgement = judge(feedback, [], [], Rules(most_per_source=2, largest_share=1.0))
    assert Counter(each.source for each in judgement.taken) == {"a": 2, "b": 1}
    assert judgement.fates["3"] is Fate.AGREEING


@pytest.mark.parametrize(
    ("counts", "share", "cap"),
    [
        ([], 0.1, 0),
        ([1000], 1.0, 20),
        ([1000] * 9, 0.1, 0),  # ten sources are needed
        ([1000] * 10, 0.1, 20),
        ([1] * 10 + [1000], 0.1, 1),
        ([1] * 90 + [1000], 0.1, 10),  # 10 of 100
        ([3, 3], 0.5, 3),
    ],
)
def test_no_source_has_more_than_its_share(counts: list[int], share: float, cap: int) -> None:
    assert largest_cap(counts, Rules(largest_share=share)) == cap


@pytest.mark.parametrize("wrong", [{"largest_share": 0.0}, {"largest_share": 1.5}, {"most_per_source": 0}])
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DataError, match="feedback: the"):
        replace(Rules(), **wrong)  # type: ignore[arg-type]


VOTES = st.lists(
    st.tuples(st.integers(0, 12).map(film), st.sampled_from([0, 1]), st.sampled_from("abcdefghijkl")), max_size=60
)
SOME_RULES = st.builds(Rules, st.just(1), st.integers(1, 5), st.sampled_from([0.1, 0.2, 0.5, 1.0]))


@given(VOTES, SOME_RULES)
def test_what_is_taken_keeps_to_all_rules_at_once(votes: list[tuple[str, int, str]], rules: Rules) -> None:
    feedback = sent(*votes)
    held_out, known = [Example(film(0), 1)], [Example(film(1), 1)]
    judgement = judge(feedback, held_out, known, rules)
    taken = judgement.taken
    assert {name for name, fate in judgement.fates.items() if fate is Fate.TAKEN} == {each.id for each in taken}
    assert set(judgement.fates) == {each.id for each in feedback}
    texts = [key(each.text) for each in taken]
    assert len(set(texts)) == len(texts)
    assert not {key(film(0)), key(film(1))} & set(texts)
    sources: dict[tuple[str, int], set[str]] = defaultdict(set)
    for text, label, source in votes:
        sources[text, label].add(source)
    for each in taken:
        in_favour, against = sources[each.text, each.label], sources[each.text, 1 - each.label]
        assert len(in_favour - against) > len(against - in_favour)
    most = max(Counter(each.source for each in taken).values(), default=0)
    assert most <= min(rules.most_per_source, rules.largest_share * len(taken) + 1e-9)


@given(VOTES, SOME_RULES, st.randoms())
def test_the_order_in_which_feedback_came_does_not_matter(
    votes: list[tuple[str, int, str]], rules: Rules, chance: Random
) -> None:
    feedback = sent(*votes)
    shuffled = list(feedback)
    chance.shuffle(shuffled)
    first: Judgement = judge(feedback, [], [], rules)
    assert judge(shuffled, [], [], rules) == first


@given(st.binary() | st.text().map(str.encode) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_a_document_that_is_no_feedback_is_refused_by_its_name(document: bytes | str) -> None:
    with pytest.raises(DataError, match="feedback f1: "):
        parse("f1", document if isinstance(document, bytes) else document.encode())


@pytest.mark.parametrize(
    "wrong", [{"text": " "}, {"text": 1}, {"label": True}, {"label": 2}, {"label": "1"}, {"source": ""}, {"source": 7}]
)
def test_feedback_with_a_wrong_field_is_refused(wrong: dict[str, object]) -> None:
    right = {"text": "good", "label": 1, "source": "a", "at": "2026-01-01T00:00:00+00:00", "model": None}
    assert parse("f1", json.dumps(right).encode()) == Feedback("f1", "good", 1, "a")
    with pytest.raises(DataError, match="feedback f1: "):
        parse("f1", json.dumps(right | wrong).encode())
