"""The page and its files."""

import pytest

from handlers import page
from tests.unit.handlers.stage import event

pytestmark = pytest.mark.usefixtures("stage")


@pytest.mark.parametrize(
    ("stated", "path", "base"),
    [
        ("from-request", "/dev", "/dev/"),
        ("from-request", "/dev/", "/dev/"),
        ("from-request", "/", "/"),
        ("/x/y", "/dev", "/x/y/"),
    ],
)
def test_the_page_s_addresses_are_relative_to_the_stage_with_its_slash(
    monkeypatch: pytest.MonkeyPatch, stated: str, path: str, base: str
) -> None:
    monkeypatch.setenv("PAGE_BASE_PATH", stated)
    answer = page.handler({**event("GET", "/"), "requestContext": {"path": path}}, None)
    assert answer["statusCode"] == 200
    assert f'<base href="{base}">' in answer["body"]
    assert "script-src 'self'" in answer["headers"]["Content-Security-Policy"]


def test_a_file_is_sent_again_only_when_it_is_another_than_the_browser_has() -> None:
    request = event("GET", "/assets/{file}", file="page.js")
    first = page.handler(request, None)
    tag = first["headers"]["ETag"]
    assert first["headers"]["Cache-Control"] == "no-cache"
    for sent, status in ((tag, 304), (f"W/{tag}", 304), ('"other"', 200)):
        again = page.handler({**request, "headers": {"If-None-Match": sent}}, None)
        assert (again["statusCode"], bool(again["body"])) == (status, status == 200)
        assert again["headers"]["ETag"] == tag


@pytest.mark.parametrize("name", ["openapi.json", "index.html", "../handlers/page.py", ""])
def test_what_is_no_asset_is_not_served_as_one(name: str) -> None:
    assert page.handler(event("GET", "/assets/{file}", file=name), None)["statusCode"] == 404
