"""From an API Gateway proxy event to a function's arguments, and from its result to an answer."""

import base64
import json
import os
import time
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from handlers.common import deadline
from handlers.common.errors import ApiError, Malformed, NotJson, TooLarge, Unavailable
from handlers.common.limits import BODY_BYTES
from handlers.common.log import correlate, logger
from handlers.common.metrics import embedded, measurements

Event = dict[str, Any]
Answer = dict[str, Any]

# On every answer; resources/gateway.yml has them for what API Gateway answers by itself.
# https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def route(function: Callable[[Event], Answer]) -> Callable[[Event, Any], Answer]:
    """A Lambda handler that answers every error as problem+json, in the time that a request has, and logs one line.

    What is logged is the route, the status, the time, what was measured and what went wrong; never a body or a text.
    """

    @wraps(function)
    def handler(event: Event, context: Any) -> Answer:
        started = time.perf_counter()
        correlate(event, context)
        failed: ApiError | None = None
        why: dict[str, Any] = {}
        try:
            with deadline.of_request(context):
                answer = function(event)
        except Exception as error:
            failed, why = told_as(error)
            answer = problem(failed)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        told = {
            "method": event.get("httpMethod"),
            "resource": event.get("resource"),
            "status": answer["statusCode"],
            "milliseconds": milliseconds,
        }
        write = logger.error if answer["statusCode"] == 500 else logger.info
        write("answered", extra=told | why | metrics_of(milliseconds, failed))
        answer["headers"] |= for_origin(_header(event, "origin"))
        return answer

    return handler


def told_as(error: Exception) -> tuple[ApiError, dict[str, Any]]:
    """The problem that an error becomes, and what the log says of it: no message that may hold a part of a text."""
    if isinstance(error, ApiError) and not (error.cause or error.__cause__):
        return error, {}
    from handlers.common.causes import cause_of, is_away  # botocore, which not all functions need

    why: dict[str, Any] = {"cause": cause_of(error)}
    if isinstance(error, ApiError):
        return error, why
    if is_away(error):
        return Unavailable("Something that this needs does not answer at the moment. Please try again shortly."), why
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    failed = ApiError("The service made a mistake, which is in its log. Please try again.")
    return failed, {**why, "error": type(error).__name__, "frames": frames}


def metrics_of(milliseconds: float, failed: ApiError | None) -> dict[str, Any]:
    """What the line says to CloudWatch: what the function measured, with the total, the problem by its code, and the
    calls that an endpoint failed at, with the cause of the last.

    A mistake of the service's own counts here alone: for Lambda, which gets an answer, it is no error.
    """
    measured = measurements.taken()
    if measured:
        measured["Total"] = [milliseconds]
    problems: dict[str, list[float]] = {"Problems": [1]} if failed else {}
    groups = [(measured, {}), (problems, {"Problem": failed.code if failed else ""})]
    failures = list(measurements.failures().items())
    told = [({"Failures": [float(len(causes))]}, {"EndpointName": endpoint}) for endpoint, causes in failures]
    for group, (_, causes) in zip(told[:-1], failures, strict=False):  # a line has one EndpointName
        logger.warning("an endpoint gave no scores", extra={"cause": causes[-1]} | embedded(group))
    return embedded(*groups, *told[-1:]) | ({"cause": failures[-1][1][-1]} if failures else {})


def answer_json(status: int, body: dict) -> Answer:
    """An answer with a JSON body."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # of half a surrogate pair, which JSON has as an escape alone
        text = json.dumps(body, separators=(",", ":"))
    return answer_text(status, text, "application/json")


def answer_text(status: int, body: str, content_type: str, headers: dict[str, str] | None = None) -> Answer:
    """An answer of the given type, with SECURITY; `headers` go before both."""
    return {"statusCode": status, "headers": SECURITY | {"Content-Type": content_type} | (headers or {}), "body": body}


def for_origin(origin: str) -> dict[str, str]:
    """What lets a script of another site read the answer, if CORS_ORIGINS names the site; and else nothing."""
    allowed = os.environ.get("CORS_ORIGINS", "").split()
    if not allowed:
        return {}
    granted = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After"}
    return {"Vary": "Origin"} | (granted if origin in allowed else {})


def problem(error: ApiError) -> Answer:
    """The error as application/problem+json (RFC 9457)."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    return answer_text(error.status, json.dumps(error.problem()), "application/problem+json", headers)


def json_object(event: Event) -> dict[str, Any]:
    """The request's body, which has to be a JSON object of at most BODY_BYTES.

    Raises NotJson, TooLarge or Malformed.
    """
    media_type = _header(event, "content-type").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise NotJson("Send the body as JSON, with the header “Content-Type: application/json”.")
    body = _body(event)
    if len(body) > BODY_BYTES:
        raise TooLarge(f"The body has {len(body):,} bytes; at most {BODY_BYTES:,} are taken. Send fewer texts at once.")
    try:
        value = json.loads(body, object_pairs_hook=_fields, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not valid JSON (line {error.lineno}, column {error.colno}).") from None
    except UnicodeDecodeError:
        raise Malformed("The body is not text in UTF-8.") from None
    except ValueError:
        raise Malformed("The body holds a number of thousands of digits.") from None
    except RecursionError:
        raise Malformed("The body's JSON is nested too deeply.") from None
    if not isinstance(value, dict):
        raise Malformed('The body has to be a JSON object, such as {"text": "…"}.')
    return value


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name stands twice: parsers disagree on which of the two counts (RFC 8259, 4)."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise Malformed(f"The body says twice what “{name[:40]}” is; say it once.")
        fields[name] = value
    return fields


def _refuse_constant(name: str) -> None:
    """Raises Malformed: Python reads NaN and Infinity, which JSON does not have."""
    raise Malformed(f"The body is not valid JSON: it has no {name}.")


def _header(event: Event, name: str) -> str:
    headers = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _body(event: Event) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body, validate=True)
        except ValueError:
            raise Malformed("The body is not valid base64.") from None
    # A lone surrogate cannot be encoded; it is passed on, as JSON's own \ud800 would be.
    return body.encode("utf-8", "surrogatepass")
