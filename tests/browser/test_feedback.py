""" "Was this right?" """

import json

from playwright.sync_api import Page, expect

from local.application import Application
from local.settings import BUCKET
from tests.browser.answers import one_after_another, problem, result
from tests.browser.test_verdict import judge

TEXT = "Not bad at all."


def test_yes_and_no_send_the_text_with_the_sentiment_that_it_should_have(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.9))
    sent = one_after_another(page, "**/feedback", {"status": 202, "json": {"id": "x"}})
    for answer, sentiment in (("Yes", "positive"), ("No, it is negative", "negative")):
        judge(page, TEXT)
        page.get_by_role("button", name=answer).click()
        expect(page.locator("#thanks")).to_contain_text("Thank you.")
        expect(page.get_by_role("button", name=answer)).to_be_hidden()
        assert sent[-1] == {"text": TEXT, "sentiment": sentiment}


def test_where_it_is_hard_to_say_the_page_asks_which_it_is(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.45))
    sent = one_after_another(page, "**/feedback", {"status": 202, "json": {"id": "x"}})
    judge(page, TEXT)
    page.get_by_role("button", name="It is positive").click()
    expect(page.locator("#thanks")).to_contain_text("Thank you.")
    assert sent == [{"text": TEXT, "sentiment": "positive"}]


def test_feedback_that_was_not_kept_is_said_so_and_can_be_sent_again(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.9))
    one_after_another(
        page, "**/feedback", problem(500, "The service made a mistake."), {"status": 202, "json": {"id": "x"}}
    )
    judge(page, TEXT)
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("#thanks")).to_have_text("It could not be kept. The service made a mistake.")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("#thanks")).to_contain_text("Thank you.")


def test_what_a_reader_knows_better_is_kept_in_the_deployed_stage(page: Page, application: Application) -> None:
    judge(page, TEXT)
    with page.expect_response("**/feedback") as told:
        page.get_by_role("button", name="Yes").click()
    kept = told.value.json()["id"]
    expect(page.locator("#thanks")).to_contain_text("Thank you.")
    found = application.client("s3").get_object(Bucket=BUCKET, Key=f"feedback/quarantine/{kept}.json")
    assert json.loads(found["Body"].read())["text"] == TEXT
