"""A review is judged, as people do it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answers import VERSION, one_after_another, problem, result
from tests.browser.conftest import Open
from tests.stack.test_sentiment import RAVE, SLATING


def judge(page: Page, text: str) -> None:
    page.get_by_label("Review", exact=True).fill(text)
    page.get_by_role("button", name="Judge").click()


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_rave_is_positive_and_a_slating_negative_with_and_without_the_last_slash(open_page: Open, slash: str) -> None:
    page = open_page(slash)
    for text, word in ((RAVE, "Positive"), (SLATING, "Negative")):
        judge(page, text)
        expect(page.locator("#sentiment")).to_have_text(word)
        expect(page.locator("#confidence")).to_contain_text("sure")
        expect(page.locator("#remarks")).to_contain_text("words judged by model")


def test_with_the_keyboard_alone_a_review_is_typed_sent_and_its_verdict_announced(page: Page) -> None:
    expect(page.get_by_label("Review", exact=True)).to_be_focused()
    page.keyboard.type(RAVE)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[aria-live=polite]#announcement")).to_contain_text("Positive, ")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Yes":
            break
    expect(page.get_by_role("button", name="Yes")).to_be_focused()


@pytest.mark.parametrize(
    ("score", "word", "beside", "question"),
    [
        (0.97, "Positive", "97 % sure", "Was this right?"),
        (0.999, "Positive", "more than 99 % sure", "Was this right?"),
        (0.08, "Negative", "92 % sure", "Was this right?"),
        (0.64, "Hard to say", "leans positive", "What would you say?"),
        (0.36, "Hard to say", "leans negative", "What would you say?"),
    ],
)
def test_the_score_is_a_word_a_bar_and_a_share(page: Page, score: float, word: str, beside: str, question: str) -> None:
    one_after_another(page, "**/sentiment", result(score))
    judge(page, "Any.")
    expect(page.locator("#sentiment")).to_have_text(word)
    expect(page.locator("#confidence")).to_have_text(beside)
    expect(page.locator("#question")).to_have_text(question)
    bar = page.locator("#scale rect.bar").evaluate(
        "bar => [parseFloat(bar.getAttribute('x')), bar.width.baseVal.valueInSpecifiedUnits]"
    )
    assert bar == pytest.approx([min(score, 0.5) * 100, abs(score - 0.5) * 100], abs=0.01)


def test_a_text_in_another_language_gets_a_sentence_in_place_of_a_verdict(page: Page) -> None:
    judge(page, "Ein wunderbarer Film mit großartigen Schauspielern. Die Geschichte berührt das Herz.")
    expect(page.get_by_role("alert")).to_contain_text("does not seem to be English")
    expect(page.locator("#answer")).to_be_hidden()


def test_where_an_older_model_judges_another_language_it_is_said_to_be_one(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.9, tokens=9, unknown=0.6), result(0.9))
    judge(page, "Ein wunderbarer Film.")
    expect(page.locator("#foreign")).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text("does not seem to be English")
    judge(page, RAVE)
    expect(page.locator("#sentiment")).to_have_text("Positive")
    expect(page.locator("#foreign")).to_be_hidden()


def test_two_words_that_the_model_does_not_know_are_not_called_another_language(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.9, tokens=2, unknown=1.0))
    judge(page, "Rollickingly zippy.")
    expect(page.locator("#sentiment")).to_have_text("Positive")
    expect(page.locator("#foreign")).to_be_hidden()
    expect(page.locator("#remarks")).to_contain_text("100 % of them are unknown to it.")


def test_every_example_is_judged_when_it_is_clicked(page: Page) -> None:
    examples = page.get_by_role("list", name="Examples to try").get_by_role("button").all()
    some = "Positive|Negative|Hard to say"  # the last three are difficult: a model may say any of these
    for example, word in zip(examples, ("Positive", "Negative", some, some, some), strict=True):
        example.click()
        expect(page.locator("#reading")).to_have_text(page.get_by_label("Review", exact=True).input_value())
        expect(page.locator("#sentiment")).to_have_text(re.compile(f"^({word})$"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("🎬🍿", "no word is left to judge"), ("g" * 100_001, "at most 100,000 are taken"), ("é" * 700_000, "at most")],
)
def test_what_cannot_be_judged_is_said_in_a_sentence(page: Page, text: str, sentence: str) -> None:
    judge(page, text)
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.locator("#answer")).to_be_hidden()


def test_a_service_that_cannot_be_reached_is_said_to_be_so_and_the_next_try_works(page: Page) -> None:
    page.route("**/sentiment", lambda route: route.abort())
    judge(page, RAVE)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/sentiment")
    judge(page, RAVE)
    expect(page.locator("#sentiment")).to_have_text("Positive")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_while_the_endpoint_starts_the_page_says_so_and_tries_again_by_itself(page: Page) -> None:
    sent = one_after_another(
        page, "**/sentiment", problem(503, "The model is starting.", 1), problem(429, "Slow."), None
    )
    judge(page, RAVE)
    expect(page.get_by_role("alert")).to_contain_text("starting or away at the moment. This page tries again")
    expect(page.locator("#sentiment")).to_have_text("Positive")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert len(sent) == 3


def test_where_reasons_take_too_long_the_verdict_is_given_without(page: Page) -> None:
    sent = one_after_another(page, "**/sentiment", problem(504, "Too slow."), None)
    judge(page, RAVE)
    expect(page.locator("#sentiment")).to_have_text("Positive")
    assert [body["explain"] for body in sent] == [True, False]


def test_the_answer_to_an_earlier_text_does_not_overtake_a_later_one(page: Page) -> None:
    late: list[Any] = []
    page.route("**/sentiment", lambda route: route.continue_() if late else late.append(route))
    judge(page, SLATING)
    judge(page, RAVE)
    expect(page.locator("#sentiment")).to_have_text("Positive")
    late[0].fulfill(json=result(0.01, model=VERSION))
    page.wait_for_timeout(100)
    expect(page.locator("#sentiment")).to_have_text("Positive")
