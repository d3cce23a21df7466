"""What every answer tells browsers and proxies, whichever route gives it and however it ends."""

import json
import re
from typing import Any

import pytest

from handlers import batches, feedback, jobs, model, models, page, retrain, sentiment
from handlers.common.http import SECURITY
from tests.unit.handlers.stage import Stage, event

SITE = "https://www.example.com"
ROUTES = {
    "POST /sentiment": sentiment,
    "POST /feedback": feedback,
    "DELETE /feedback/{id}": feedback,
    "GET /model": model,
    "GET /models": models,
    "GET /jobs/{job}": jobs,
    "POST /retrain": retrain,
    "POST /batches": batches,
    "GET /batches/{id}": batches,
    "GET /": page,
    "GET /assets/{file}": page,
    "GET /openapi.json": page,
}


def asked(route: str, **more: Any) -> dict[str, Any]:
    """The answer to a request that brings little: whatever it is, it is an answer."""
    method, _, resource = route.partition(" ")
    named = dict.fromkeys(re.findall(r"{(\w+)}", resource), "page.js")
    answer: dict[str, Any] = ROUTES[route].handler({**event(method, resource, **named), **more}, None)
    return answer


def test_these_are_all_routes() -> None:
    described = json.loads(page._file("openapi.json"))["paths"]
    assert ROUTES.keys() == {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_s_answers_have_the_security_headers(stage: Stage, route: str) -> None:
    headers = asked(route)["headers"]
    wanted = SECURITY | (page.POLICY if route == "GET /" else {})
    if route == "GET /assets/{file}":
        wanted["Cache-Control"] = "no-cache"
    assert {name: headers.get(name) for name in wanted} == wanted


def test_an_unexpected_error_is_answered_with_the_security_headers_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACCESS")
    answer = asked("GET /openapi.json")
    assert answer["statusCode"] == 500
    assert SECURITY.items() <= answer["headers"].items()


@pytest.mark.parametrize("route", ROUTES)
def test_a_script_of_another_site_may_read_no_answer_unless_its_site_is_named(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    from_site = {"headers": {"Origin": SITE}}
    assert not {"Access-Control-Allow-Origin", "Vary"} & asked(route, **from_site)["headers"].keys()
    monkeypatch.setenv("CORS_ORIGINS", f"https://other.example.com {SITE}")
    assert asked(route, **from_site)["headers"]["Access-Control-Allow-Origin"] == SITE
    for origin in ("https://www.example.co", "https://www.example.com.evil.test", "null", ""):
        headers = asked(route, headers={"Origin": origin})["headers"]
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("access", "asks"), [("open", {}), ("iam", {"iam": []}), ("arn:aws:cognito-idp:x", {"token": []})]
)
def test_the_description_says_what_the_stage_asks_of_who_calls(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, access: str, asks: dict[str, Any]
) -> None:
    monkeypatch.setenv("ACCESS", access)
    paths = json.loads(asked("GET /openapi.json")["body"])["paths"]
    assert paths["/sentiment"]["post"]["security"] == paths["/jobs/{job}"]["get"]["security"] == [asks]
    assert paths["/"]["get"]["security"] == []
    assert paths["/retrain"]["post"]["security"] == [{"key": []}]
