"""Script in what people wrote or named is text on the page, wherever the API repeats it; nothing of it ever runs."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.answers import candidate, explained, job, one_after_another, problem, result
from tests.browser.conftest import Open, listen
from tests.browser.test_file import drop
from tests.browser.test_verdict import judge
from tests.stack.client import Client

HOSTILE = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    '"><svg/onload=window.hit=1>',
    "javascript:window.hit=1//",
    "</textarea></title></style><iframe srcdoc='<script>parent.hit=1</script>'>",
    "{{constructor.constructor('window.hit=1')()}}\u202e${window.hit=1}",
]
# What the page is made of; an element of another kind would have come out of a string.
FOREIGN = "script:not([src]), img, iframe, object, embed, style, [onerror], [onload], [srcdoc], a[href^=javascript]"


def unharmed(page: Page) -> None:
    """Nothing ran, and nothing became an element."""
    assert page.evaluate("window.hit") is None
    assert page.locator(FOREIGN).count() == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_in_reviews_their_reasons_and_their_feedback_script_is_text(page: Page, text: str) -> None:
    review = f"{text} dull. {text} good."
    answer: dict[str, Any] = explained(review, 0.4, {"dull": -1.0, "good": 0.9}, {f"{text} dull.": 0.1})
    one_after_another(page, "**/sentiment", answer | {"model": text})
    one_after_another(page, "**/feedback", problem(500, text))
    judge(page, review)
    expect(page.locator("#remarks")).to_contain_text(f"judged by model {text}")
    page.locator("#choices button").first.click()
    expect(page.locator("#thanks")).to_contain_text("could not be kept")
    unharmed(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_every_word_of_the_model_the_candidates_and_the_job_script_is_text(open_page: Open, text: str) -> None:
    model = {
        "version": text,
        "trained_at": text,
        "data": {"name": text, "train": 3, "unlabelled": 0, "test": 2},
        "metrics": {"accuracy": 0.9, "majority": 0.5},
        "vocabulary": {"id": text, "size": 7},
        "preprocessing": {"x": text},
        "hyperparameters": {text: text},
        "behaviour": {"suite": text, "failure_rates": {text: 0.5}},
        "by_set": [{"set": text, "n": 1, "accuracy": 0.9, "calibration_error": 0.1}] * 2,
        "endpoint": {"kind": text, "status": text},
        "rollout": [{"version": text, "weight": 0.5}, {"version": f"{text}2", "weight": 0.5}],
    }
    history = [candidate(text, 0.9, "Approved", text), candidate(f"{text}2", 0.8, text, text)]
    said = job(text, [0.8], job=text, reason=text, secondary_status=text, hyperparameters={"epochs": text})

    def prepare(page: Page) -> None:
        one_after_another(page, "**/model", model)
        one_after_another(page, "**/models", {"models": history, "latest_job": text})
        one_after_another(page, "**/jobs/**", said)

    page = open_page("/?job=named", before=prepare)
    for part in ("#model", "#candidates", "#job"):
        expect(page.locator(part)).to_contain_text(text[:20])
    page.locator("#candidates [role=img]").last.focus()
    unharmed(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_file_of_reviews_its_name_and_the_refusals_script_is_text(page: Page, text: str) -> None:
    errors = [{"index": 1, "code": "x", "message": text}]
    one_after_another(page, "**/sentiment", {"results": [{"index": 0, **result(0.9, model=text)}], "errors": errors})
    drop(page, f"{text.replace('/', '')}.txt", f"{text}\n{text}")
    expect(page.locator("#batch-status")).to_have_text("All are judged.")
    expect(page.locator("#rows button")).to_have_count(2)
    unharmed(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_refusal_script_is_text(page: Page, text: str) -> None:
    one_after_another(page, "**/sentiment", problem(403, text))
    judge(page, "Any.")
    expect(page.locator("#problem")).to_contain_text(text[:20])
    unharmed(page)


def test_that_anything_foreign_on_the_page_would_have_been_noticed(page: Page) -> None:
    for tag in ("img", "iframe", "script"):
        page.evaluate("tag => document.querySelector('main').append(document.createElement(tag))", tag)
        with pytest.raises(AssertionError):
            unharmed(page)
        page.evaluate("tag => document.querySelector(`main ${tag}`).remove()", tag)
    unharmed(page)


BREACHES = {
    "markup of a string": "document.querySelector('main').innerHTML = '<b>x</b>'",
    "script in an attribute": "document.querySelector('main').setAttribute('onclick', 'window.hit = 1')",
    "a style in an attribute": "document.querySelector('main').setAttribute('style', 'color: red')",
    "a script of a string": "Object.assign(document.createElement('script'), {text: 'window.hit = 1'})",
    "another site": "fetch('https://www.example.com/').catch(() => null)",
}


@pytest.mark.parametrize("breach", BREACHES)
def test_the_policy_stops_what_the_page_never_does_and_these_tests_hear_of_it(
    browser: Browser,
    client: Client,
    breach: str,
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(client.url)
    complaints: list[str] = []
    listen(page, complaints)
    page.evaluate(f"async () => {{ try {{ await ({BREACHES[breach]}); }} catch {{}} }}")
    page.locator("main").click(position={"x": 1, "y": 1})
    page.wait_for_timeout(100)
    assert complaints
    assert page.evaluate("window.hit") is None
    context.close()
