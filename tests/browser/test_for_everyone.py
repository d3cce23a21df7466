"""Light and dark, on a phone, for a screen reader, within its policy and its size."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.answers import NEXT, VERSION, candidate, explained, job, measured, one_after_another
from tests.browser.conftest import Open
from tests.browser.test_file import drop
from tests.browser.test_verdict import judge
from tests.stack.client import Client

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 375, "height": 812}
NARROW = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10
MIXED = (
    "The photography is gorgeous. Unfortunately the story is a bore, and the second half drags. "
    "Still, the lead is brilliant."
)


def busy(page: Page) -> None:
    """A page with all that it can show: reasons, a file, a rollout, a job, candidates, behaviour, figures by set."""
    measured(page)
    words = {"gorgeous": 1.1, "Unfortunately": -0.9, "bore": -1.4, "drags": -0.5, "brilliant": 1.6, "Still": 0.2}
    sentences = dict(zip([f"{s}." for s in MIXED.rstrip(".").split(". ")], (0.97, 0.03, 0.95), strict=True))
    history = [candidate(VERSION, 0.91, "Approved", "Good."), candidate(NEXT, 0.9, "Rejected", "Worse.")]
    history.append(candidate("20251231-000000-cccc", 0.88, "PendingManualApproval", "Tested on other texts."))
    one_after_another(page, "**/sentiment", explained(MIXED, 0.55, words, sentences), None)
    one_after_another(page, "**/models", {"models": history, "latest_job": f"sentiment-dev-{NEXT}"})
    one_after_another(page, "**/jobs/*", job("InProgress", [0.8, 0.86, 0.88]))


def fill(page: Page) -> None:
    expect(page.locator("#job figure")).to_be_visible()
    expect(page.locator("#model table")).to_have_count(2)
    judge(page, MIXED)
    expect(page.locator("#reading mark").first).to_be_visible()
    drop(page, "reviews.txt", "A superb film.\nA dull film.\n!!!")
    expect(page.locator("#batch-status")).to_have_text("All are judged.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_axe_finds_nothing_to_complain_of(
    open_page: Open, picture: Callable[[Page, str], None], scheme: str, name: str, viewport: dict[str, int]
) -> None:
    # The policy forbids a test's script as it does anyone's; what axe looks at is not changed by it.
    page = open_page(before=busy, color_scheme=scheme, viewport=viewport, bypass_csp=True)
    fill(page)
    page.locator("#reading mark").first.focus()
    picture(page, f"{name}-{scheme}")
    page.locator("#course [role=img]").last.hover()  # lights the sentence, of which a word is marked
    page.keyboard.press("Escape")  # the note that would hide words below it
    page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_light_and_dark_are_as_the_reader_s_system_has_it(open_page: Open) -> None:
    def lightness(scheme: str) -> int:
        page = open_page(color_scheme=scheme)
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))

    assert lightness("light") > 700
    assert lightness("dark") < 100


@pytest.mark.parametrize("viewport", [PHONE, NARROW])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Open, viewport: dict[str, int]) -> None:
    page = open_page(before=busy, viewport=viewport, is_mobile=True, has_touch=True)
    fill(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.locator("#reading mark").first.tap()
    expect(page.get_by_role("tooltip")).to_contain_text("+1.10")


def test_the_policy_is_in_force_and_the_page_fetches_from_its_own_place_alone(open_page: Open, client: Client) -> None:
    fetched: list[str] = []
    page = open_page(before=lambda page: page.on("request", lambda request: fetched.append(request.url)))
    expect(page.locator("#model")).to_contain_text("Version")
    assert [url for url in fetched if not url.startswith((client.url, "data:"))] == []
    policy = requests.get(client.url, timeout=30).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_all_that_the_page_loads_is_under_64_kb() -> None:
    web = ROOT / "web"
    files = [web / "index.html", *web.glob("*.js"), *web.glob("*.css")]
    assert sum(file.stat().st_size for file in files) < 64_000
