"""GET / and what the page needs: its assets, and the API's own description."""

import hashlib
import json
from functools import cache
from html import escape
from pathlib import Path

from handlers.common.errors import NotFound
from handlers.common.http import Answer, Event, answer_text, route
from handlers.common.settings import required

WEB = Path(__file__).parent.parent / "web"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
ASSETS = {path.name: TYPES[path.suffix] for path in WEB.iterdir() if path.suffix in TYPES}
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
}
# What the setting `access` asks of who calls, in the words of OpenAPI.
SCHEMES: dict[str, dict[str, list[str]]] = {"open": {}, "iam": {"iam": []}}


@route
def handler(event: Event) -> Answer:
    """The page itself, one of its assets, or openapi.json."""
    resource = event["resource"]
    if resource == "/openapi.json":
        return answer_text(200, description(required("ACCESS")), "application/json")
    if resource == "/assets/{file}":
        return asset(event["pathParameters"]["file"], event)
    page = _file("index.html").replace("{{base}}", escape(base_path(event), quote=True))
    return answer_text(200, page, "text/html; charset=utf-8", POLICY)


def asset(name: str, event: Event) -> Answer:
    """A file of the page. A browser may keep it, but asks each time whether it is still the same.

    One that did not ask would put files of two deployments together.
    """
    if name not in ASSETS:
        raise NotFound("The page has no such file.")
    body = _file(name)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    kept = {"ETag": tag, "Cache-Control": "no-cache"}
    headers = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    if tag in headers.get("if-none-match", ""):
        return answer_text(304, "", ASSETS[name], kept)
    return answer_text(200, body, ASSETS[name], kept)


@cache
def description(access: str) -> str:
    """openapi.json for a stage with this setting: where it says `[{}]`, who calls may have to say who they are."""
    found = json.loads(_file("openapi.json"))
    scheme = SCHEMES.get(access, {"token": []})
    for operation in (each for path in found["paths"].values() for each in path.values()):
        if operation["security"] == [{}]:
            operation["security"] = [scheme]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def base_path(event: Event) -> str:
    """The path that the page's own addresses are relative to, with its trailing slash.

    A browser at …/dev (no slash) would look for …/assets; the stage has to be said. It is in the request's own
    path, except where an emulator puts the API below a path of its own (PAGE_BASE_PATH).
    """
    stated = required("PAGE_BASE_PATH")
    path = event["requestContext"]["path"] if stated == "from-request" else stated
    return path.rstrip("/") + "/"


@cache
def _file(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")
