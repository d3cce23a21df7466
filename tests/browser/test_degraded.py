"""What the page says of verdicts that a simpler model gave, while the usual one is away."""

from playwright.sync_api import Page, expect

from tests.browser.answers import VERSION, one_after_another, result

SIMPLER = {"model": f"fallback-{VERSION}", "degraded": True}


def test_a_verdict_of_a_simpler_model_is_said_to_be_one_until_the_usual_one_answers(page: Page) -> None:
    one_after_another(page, "**/sentiment", result(0.9, **SIMPLER), result(0.9))
    page.get_by_label("Review", exact=True).fill("Any.")
    page.get_by_role("button", name="Judge").click()
    expect(page.locator("#degraded")).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text("A simpler one judged in its place")
    expect(page.locator("#remarks")).to_contain_text(f"judged by model fallback-{VERSION}")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button", name="Judge").click()
    expect(page.locator("#degraded")).to_be_hidden()


def test_of_many_reviews_it_is_said_how_many_a_simpler_model_judged(page: Page) -> None:
    results = [{"index": 0, **result(0.9, **SIMPLER)}, {"index": 1, **result(0.2)}]
    one_after_another(page, "**/sentiment", {"results": results, "errors": []})
    page.locator("#file").set_input_files({"name": "two.txt", "mimeType": "text/plain", "buffer": b"One.\nTwo."})
    expect(page.locator("#batch-sum")).to_contain_text("1 positive · 0 hard to say · 1 negative · 1 by a simpler model")
