"""The words that decide, in the text as it was pasted."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answers import explained, one_after_another, result
from tests.browser.conftest import Open
from tests.browser.test_verdict import judge

TEXT = "😀 <p>A <b>superb</b> cast &amp; crew,\n𝒲orth it. But it's dull, and don't ask why. 🎬"
WEIGHTS = {"superb": 1.6, "𝒲orth": 0.4, "dull": -1.2, "n't": -0.5, "ask": 0.01}
SENTENCES = {"A <b>superb</b> cast &amp; crew,\n𝒲orth it.": 0.98, "But it's dull, and don't ask why.": 0.05}


@pytest.fixture
def explaining(page: Page) -> Page:
    """The page, showing the reasons of TEXT."""
    one_after_another(page, "**/sentiment", explained(TEXT, 0.6, WEIGHTS, SENTENCES))
    judge(page, TEXT)
    expect(page.locator("#reading")).to_be_visible()
    return page


def test_the_text_is_shown_as_pasted_and_each_word_that_weighs_is_marked_in_its_place(explaining: Page) -> None:
    assert explaining.locator("#reading").text_content() == TEXT
    marks = explaining.locator("#reading mark")
    assert marks.all_text_contents() == ["superb", "𝒲orth", "dull", "n't"]
    sides = [re.findall("positive|negative", mark.get_attribute("class") or "") for mark in marks.all()]
    assert sides == [["positive"], ["positive"], ["negative"], ["negative"]]
    assert "level4" in (marks.first.get_attribute("class") or "")


def test_a_word_s_weight_is_told_when_it_is_pointed_at_or_focused_and_arrows_move_on(explaining: Page) -> None:
    marks, tip = explaining.locator("#reading mark"), explaining.get_by_role("tooltip")
    marks.nth(2).hover()
    expect(tip).to_have_text("−1.20 · odds of negative × 3.3")
    explaining.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    marks.first.focus()
    expect(tip).to_have_text("+1.60 · odds of positive × 5.0")
    explaining.keyboard.press("ArrowRight")
    expect(marks.nth(1)).to_be_focused()
    expect(tip).to_contain_text("+0.40")
    explaining.keyboard.press("End")
    expect(marks.last).to_be_focused()
    explaining.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_strongest_words_are_listed_for_who_does_not_see_colours(explaining: Page) -> None:
    lists = explaining.locator("#reasons ul")
    assert lists.all_text_contents() == ["superb +1.60𝒲orth +0.40", "dull −1.20n't −0.50"]


def test_a_mixed_review_looks_mixed_sentence_by_sentence(explaining: Page) -> None:
    sentences = explaining.locator("#course [role=img]")
    assert sentences.count() == 2
    assert "98 % positive. A <b>superb</b>" in (sentences.first.get_attribute("aria-label") or "")
    expect(explaining.locator("#course")).to_contain_text("A mixed review. 2 sentences: 1 positive, 1 negative.")
    sentences.first.focus()
    explaining.keyboard.press("ArrowRight")
    expect(explaining.locator(".lit")).to_have_text("But it's dull, and don't ask why.")
    up, down = (float(sentences.nth(i).locator("rect").last.get_attribute("y") or "nan") for i in range(2))
    assert up < down


def test_what_the_model_did_not_read_is_set_apart(page: Page) -> None:
    text = "Superb film. And this is never read."
    answer = explained(text, 0.9, {"Superb": 1.0, "film": 0.3}, {"Superb film.": 0.9}) | {"truncated": True}
    one_after_another(page, "**/sentiment", answer)
    judge(page, text)
    expect(page.locator("#reading")).to_have_text(text)
    assert "".join(page.locator(".unread").all_text_contents()) == ". And this is never read."


def test_markup_in_a_review_is_text_and_nothing_else(page: Page) -> None:
    text = "<img src=x onerror=alert(1)><script>alert(2)</script> dull"
    one_after_another(page, "**/sentiment", explained(text, 0.2, {"dull": -1.0}, {}))
    judge(page, text)
    expect(page.locator("#reading")).to_have_text(text)
    assert page.locator("#reading img, #reading script").count() == 0


def test_a_verdict_without_reasons_shows_no_empty_place_for_them(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.9))
    judge(page, "Any.")
    expect(page.locator("#sentiment")).to_be_visible()
    expect(page.locator("#explained")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_deployed_model_gives_reasons(open_page: Open, picture: Callable[[Page, str], None], scheme: str) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    page.get_by_role("button", name="A mixed film").click()
    expect(page.locator("#reading mark.positive").first).to_be_visible()
    expect(page.locator("#reading mark.negative").first).to_be_visible()
    assert page.locator("#reading").text_content() == page.get_by_label("Review", exact=True).input_value()
    page.locator("#reading mark.level4").first.hover()
    picture(page, f"reasons-{scheme}")
