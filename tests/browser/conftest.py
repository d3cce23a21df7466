"""The deployed page in a real Chromium. A test that breaks the page's Content-Security-Policy, or its script, fails."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local import chromium
from tests.stack.client import Client
from tests.stack.conftest import application, client, fresh  # noqa: F401 (fixtures)

SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE = 10_000  # ms: the emulators and the tests share a machine
Open = Callable[..., Page]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that containers and CI machines seldom give; it opens nothing but this page.
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


@pytest.fixture
def open_page(browser: Browser, client: Client) -> Iterator[Open]:  # noqa: F811
    """Opens the page: `open_page(at="/", before=None, **context)`, the latter as for Browser.new_context.

    `before(page)` prepares what the page's first requests meet.
    """
    complaints: list[str] = []
    contexts = []

    def open_it(at: str = "/", before: Callable[[Page], None] | None = None, **context: Any) -> Page:
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        listen(page, complaints)
        if before:
            before(page)
        page.goto(client.url + at)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not complaints


def listen(page: Page, complaints: list[str]) -> None:
    """Write down what breaks the page's policy (Trusted Types are part of it), and what its script fails with."""

    def hear(message: Any) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.fixture
def page(open_page: Open) -> Page:
    """The page, opened as most people do."""
    return open_page()


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a screenshot of the whole page under a name."""

    def keep(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return keep
