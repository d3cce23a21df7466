"""From an API Gateway proxy event to a function's arguments, and from its result to an answer."""

import base64
import binascii
import json
import time
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from handlers.common.errors import ApiError, Malformed, NotJson, TooLarge
from handlers.common.limits import BODY_BYTES
from handlers.common.log import correlate, logger
from handlers.common.metrics import embedded, measurements

Event = dict[str, Any]
Answer = dict[str, Any]


def route(function: Callable[[Event], Answer]) -> Callable[[Event, Any], Answer]:
    """A Lambda handler that answers every error as problem+json and logs one line a request.

    What is logged is the route, the status, the time and what was measured; never a body, never a text.
    """

    @wraps(function)
    def handler(event: Event, context: Any) -> Answer:
        started = time.perf_counter()
        correlate(event, context)
        failed: ApiError | None = None
        try:
            answer = function(event)
        except ApiError as error:
            failed, answer = error, problem(error)
        except Exception as error:
            # Not the message, and no values: either may hold a part of a text.
            frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
            logger.error("unexpected error", extra={"error": type(error).__name__, "frames": frames})
            failed = ApiError("The service made a mistake, which is in its log. Please try again.")
            answer = problem(failed)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        told = {
            "method": event.get("httpMethod"),
            "resource": event.get("resource"),
            "status": answer["statusCode"],
            "milliseconds": milliseconds,
        }
        if failed and failed.__cause__:
            told["cause"] = repr(failed.__cause__)
        logger.info("answered", extra=told | metrics_of(milliseconds, failed))
        return answer

    return handler


def metrics_of(milliseconds: float, failed: ApiError | None) -> dict[str, Any]:
    """What the line says to CloudWatch: what the function measured, with the total, and the problem by its code.

    A mistake of the service's own counts here alone: for Lambda, which gets an answer, it is no error.
    """
    measured = measurements.taken()
    if measured:
        measured["Total"] = [milliseconds]
    problems: dict[str, list[float]] = {"Problems": [1]} if failed else {}
    return embedded((measured, {}), (problems, {"Problem": failed.code if failed else ""}))


def answer_json(status: int, body: dict) -> Answer:
    """An answer with a JSON body."""
    return answer_text(status, json.dumps(body, ensure_ascii=False, separators=(",", ":")), "application/json")


def answer_text(status: int, body: str, content_type: str, headers: dict[str, str] | None = None) -> Answer:
    """An answer of the given type; nothing that browsers may guess, and nothing that proxies may keep."""
    common = {"Content-Type": content_type, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": common | (headers or {}), "body": body}


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
        value = json.loads(body)
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are both ValueErrors
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Malformed(f"The body is not valid JSON{where}.") from None
    except RecursionError:
        raise Malformed("The body's JSON is nested too deeply.") from None
    if not isinstance(value, dict):
        raise Malformed('The body has to be a JSON object, such as {"text": "…"}.')
    return value


def _header(event: Event, name: str) -> str:
    headers = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _body(event: Event) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error:
            raise Malformed("The body is not valid base64.") from None
    # A lone surrogate cannot be encoded; it is passed on, as JSON's own \ud800 would be.
    return body.encode("utf-8", "surrogatepass")
