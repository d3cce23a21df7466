"""The browser of the page's tests: Debian's chromium, or another of its family."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "There is no Chromium, so the browser tests are left out. "
    "Install one with: sudo apt-get install chromium   (or name yours: CHROMIUM=/path/to/it)"
)


def find() -> str | None:
    """The path of the browser; None where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
