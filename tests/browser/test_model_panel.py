"""What the page tells of the model that serves, of the candidates, and of the job that trains one."""

from playwright.sync_api import Page, expect

from tests.browser.answers import (
    MEASURED,
    NEXT,
    VERSION,
    always,
    candidate,
    job,
    measured,
    one_after_another,
    problem,
)
from tests.browser.conftest import Open
from tests.stack.client import Client

JOB = f"sentiment-dev-{NEXT}"


def test_the_panel_says_what_the_api_says_of_the_model(page: Page, client: Client) -> None:
    model = client.get("/model")[1]
    panel = page.locator("#model")
    expect(panel).to_contain_text(f"{model['metrics']['accuracy'] * 100:.1f} %")
    for said in (model["version"], model["data"]["name"], f"{model['vocabulary']['size']:,} words", "in service"):
        expect(panel).to_contain_text(said)
    (baseline,) = client.get("/models")[1]["models"]
    expect(page.locator("#candidates")).to_contain_text(" ".join(baseline["verdict"]["reasons"]))


def test_how_the_model_behaves_and_its_figures_by_kind_of_text_are_tables(open_page: Open) -> None:
    page = open_page(before=measured)
    behaviour = page.get_by_role("table", name="How it behaves: failed cases")
    expect(behaviour.get_by_role("row")).to_have_text(["negation4.4 %", "fairness0.0 %"])
    sets = page.get_by_role("table", name="By kind of text")
    expect(sets.get_by_role("columnheader")).to_have_text(["texts", "right", "off"])
    rows = ["imdb25,00091.9 %0.4 %", "semeval-2017-test6,34787.0 %2.1 %"]
    expect(sets.locator("tbody tr")).to_have_text(rows)


def test_a_model_from_before_and_one_of_a_single_set_have_no_such_tables(open_page: Open, client: Client) -> None:
    before = {name: value for name, value in client.get("/model")[1].items() if name not in MEASURED}
    for model in (before, before | {"by_set": MEASURED["by_set"][:1]}):
        page = open_page(before=always("**/model", model))
        expect(page.locator("#model")).to_contain_text("Version")
        expect(page.locator("#model table")).to_have_count(0)


def test_each_candidate_has_its_place_in_the_chart_and_its_verdict_on_focus(open_page: Open) -> None:
    history = [
        candidate(NEXT, 0.9, "Rejected", "One point less than what serves."),
        candidate(VERSION, 0.91, "Approved", "Above the floor."),
        candidate("20251231-000000-cccc", 0.85, "PendingManualApproval", "Tested on other texts."),
    ]
    page = open_page(before=always("**/models", {"models": history, "latest_job": None}))
    points = page.locator("#candidates [role=img]")
    expect(points).to_have_count(3)
    labels = [point.get_attribute("aria-label") for point in points.all()]
    assert labels[1:] == [f"{VERSION}: 91.0 %, Approved", f"{NEXT}: 90.0 %, Rejected"]
    points.first.focus()
    expect(page.locator("#candidates")).to_contain_text("Tested on other texts.")
    page.keyboard.press("End")
    expect(page.locator("#candidates")).to_contain_text("One point less than what serves.")
    oldest, serving, newest = (point.evaluate("point => point.transform.baseVal[0].matrix.f") for point in points.all())
    assert serving < newest < oldest  # the better, the higher


def test_a_running_job_s_curve_grows_as_epochs_come_in_and_ends_with_the_job(open_page: Open) -> None:
    def running(page: Page) -> None:
        page.clock.install()
        one_after_another(page, "**/models", {"models": [], "latest_job": JOB})
        steps = [
            job("Queued", [], reason="Another job runs."),
            job("InProgress", [0.8]),
            job("InProgress", [0.8, 0.88]),
        ]
        one_after_another(page, "**/jobs/*", *steps, job("Completed", [0.8, 0.88, 0.9]))

    page = open_page(before=running)
    panel, dots = page.locator("#job"), page.locator("#job circle")
    expect(panel).to_contain_text("waits for its turn")
    expect(panel).to_contain_text("Another job runs.")
    for epochs, accuracy in ((1, "80.0 %"), (2, "88.0 %")):
        page.clock.run_for(10_100)
        expect(dots).to_have_count(epochs)
        expect(panel).to_contain_text(f"Epoch {epochs}: {accuracy} on validation. After 5 min, $0.12.")
    page.clock.run_for(10_100)
    expect(panel).to_be_hidden()


def test_a_job_is_followed_by_its_name_in_the_address(open_page: Open) -> None:
    page = open_page(f"/?job={JOB}", always("**/jobs/*", job("Completed", [0.8, 0.9])))
    expect(page.locator("#job")).to_contain_text(JOB)
    expect(page.locator("#job circle")).to_have_count(2)


def test_a_job_that_failed_is_said_to_have_with_its_reason(open_page: Open) -> None:
    def failed(page: Page) -> None:
        one_after_another(page, "**/models", {"models": [], "latest_job": JOB})
        one_after_another(page, "**/jobs/*", job("Failed", [], reason="The data set has no texts."))

    panel = open_page(before=failed).locator("#job")
    expect(panel).to_contain_text("A new model has ended: failed")
    expect(panel).to_contain_text("The data set has no texts.")


def test_during_a_rollout_the_shares_are_shown(open_page: Open, client: Client) -> None:
    shared = [{"version": VERSION, "weight": 0.8}, {"version": NEXT, "weight": 0.2}]
    model = client.get("/model")[1] | {"rollout": shared}
    page = open_page(before=always("**/model", model))
    expect(page.locator("ul.shares")).to_have_text(f"{VERSION} 80 %{NEXT} 20 %")
    widths = [bar.get_attribute("width") for bar in page.locator("svg.shares rect").all()]
    assert widths == ["80%", "20%"]


def test_before_the_first_model_serves_the_panel_says_so_and_looks_again(open_page: Open) -> None:
    def starting(page: Page) -> None:
        page.clock.install()
        one_after_another(
            page, "**/model", problem(503, "No model serves yet; the first one is being started.", 10), None
        )

    page = open_page(before=starting)
    expect(page.locator("#waiting")).to_have_text("No model serves yet; the first one is being started.")
    page.clock.run_for(10_100)
    expect(page.locator("#model")).to_contain_text("Version")
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_page_that_is_not_seen_or_that_nobody_touches_asks_seldom_or_not_at_all(open_page: Open) -> None:
    asked: list[object] = []

    def running(page: Page) -> None:
        nonlocal asked
        page.clock.install()
        one_after_another(page, "**/model", problem(503, "No model serves yet.", 10))
        one_after_another(page, "**/models", {"models": [], "latest_job": JOB})
        asked = one_after_another(page, "**/jobs/*", job("InProgress", [0.8]))

    page = open_page(before=running)

    def looks(seconds: int) -> int:
        """How often the page asks in so many seconds; between steps an answer has time to come."""
        before = len(asked)
        for _ in range(seconds // 2):
            page.clock.run_for(2000)
            page.wait_for_timeout(20)
        return len(asked) - before

    expect(page.locator("#job")).to_contain_text("is training")
    assert 2 <= looks(60) <= 6
    page.clock.run_for(540_000)  # ten minutes without a touch
    looks(20)
    assert looks(180) <= 3
    page.keyboard.press("Shift")
    assert 2 <= looks(60) <= 7
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert looks(120) == 0
    page.evaluate("delete document.hidden")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert looks(20) >= 1


def test_what_a_job_comes_to_is_said_in_a_place_that_stays(open_page: Open) -> None:
    def running(page: Page) -> None:
        page.clock.install()
        one_after_another(page, "**/models", {"models": [], "latest_job": JOB})
        one_after_another(page, "**/jobs/*", job("InProgress", [0.8]), job("InProgress", [0.8, 0.88]))

    page = open_page(before=running)
    said = page.get_by_role("status").filter(has_text="Epoch 1")
    expect(said).to_be_visible()
    place = said.element_handle()
    page.clock.run_for(10_100)
    expect(page.get_by_role("status").filter(has_text="Epoch 2")).to_be_visible()
    assert place is not None
    assert "Epoch 2" in (place.text_content() or "")  # not another element in its place
