"""Which browser the page's tests take."""

from pathlib import Path

import pytest

from local import chromium


def test_the_one_that_is_named_then_the_first_that_is_found_else_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find() is None
    for name in reversed(chromium.NAMES):
        (tmp_path / name).touch(mode=0o755)
        assert chromium.find() == str(tmp_path / name)
    monkeypatch.setenv("CHROMIUM", "/my/browser")
    assert chromium.find() == "/my/browser"
