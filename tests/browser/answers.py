"""Answers of the API for states that a deployment is seldom in, to put in place of its own."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from handlers.common.limits import DECIDED

VERSION, NEXT = "20260101-120000-aaaa", "20260102-120000-bbbb"


MEASURED: dict[str, Any] = {
    "behaviour": {"suite": "0123456789abcdef", "failure_rates": {"negation": 0.0444, "fairness": 0.0}},
    "by_set": [
        {"set": "imdb", "n": 25_000, "accuracy": 0.919, "calibration_error": 0.0035},
        {"set": "semeval-2017-test", "n": 6_347, "accuracy": 0.87, "calibration_error": 0.021},
    ],
}


def result(score: float, **more: Any) -> dict[str, Any]:
    """A verdict of POST /sentiment."""
    return {
        "sentiment": "positive" if score >= 0.5 else "negative",
        "score": score,
        "confidence": max(score, 1 - score),
        "decided": max(score, 1 - score) >= DECIDED,
        "model": VERSION,
        "tokens": 9,
        "unknown": 0.0,
        "truncated": False,
        **more,
    }


def explained(text: str, score: float, weights: dict[str, float], sentences: dict[str, float]) -> dict[str, Any]:
    """A verdict with reasons; words and sentences are looked for in the text, offsets are in code points."""

    def spans(values: dict[str, float], name: str) -> list[dict[str, Any]]:
        found = [(text.index(part), part, value) for part, value in values.items()]
        return [{"start": at, "end": at + len(part), name: value, "text": part} for at, part, value in sorted(found)]

    told = [{key: each[key] for key in ("start", "end", "score")} for each in spans(sentences, "score")]
    return result(score, words=spans(weights, "weight"), sentences=told)


def job(status: str, accuracies: list[float], **more: Any) -> dict[str, Any]:
    """A job of GET /jobs/{job}, six epochs long."""
    epochs = [
        {"epoch": i, "loss": 1 - accuracy, "validation_loss": 1 - accuracy, "accuracy": accuracy}
        for i, accuracy in enumerate(accuracies, 1)
    ]
    return {
        "job": f"sentiment-dev-{NEXT}",
        "status": status,
        "secondary_status": "Training",
        "hyperparameters": {"epochs": "6"},
        "epochs": epochs,
        "seconds": 300,
        "cost_usd_estimate": 0.12,
        "verdict": None,
        "reason": None,
        **more,
    }


def candidate(version: str, accuracy: float, status: str, reason: str) -> dict[str, Any]:
    """A candidate of GET /models."""
    return {
        "version": version,
        "job": f"sentiment-dev-{version}",
        "created_at": "2026-01-01T12:00:00Z",
        "metrics": {"accuracy": accuracy, "majority": 0.5},
        "kept": True,
        "verdict": {"approved": status == "Approved", "status": status, "reasons": [reason]},
    }


def problem(status: int, detail: str, retry_after: int | None = None) -> dict[str, Any]:
    """What `Route.fulfill` takes for an error."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = json.dumps({"type": "urn:sentiment:problem:x", "title": "X", "status": status, "detail": detail})
    return {"status": status, "headers": {**headers, "Content-Type": "application/problem+json"}, "body": body}


def one_after_another(page: Page, pattern: str, *answers: dict[str, Any] | None) -> list[Any]:
    """Answer the requests with these, the last for all that follow; None is what the deployment says.

    One with an HTTP status goes to `Route.fulfill` as it is, any other is 200 JSON. Returns the bodies as they come.
    """
    sent: list[Any] = []

    def handle(route: Route) -> None:
        answer = answers[min(len(sent), len(answers) - 1)]
        sent.append(json.loads(route.request.post_data or "null"))
        if answer is None:
            route.continue_()
        elif isinstance(answer.get("status"), int):
            route.fulfill(**answer)
        else:
            route.fulfill(json=answer)

    page.route(pattern, handle)
    return sent


def measured(page: Page) -> None:
    """The model that serves was asked the behavioural cases, and judged by several sets."""
    page.route("**/model", lambda route: route.fulfill(json=route.fetch().json() | MEASURED))


def always(pattern: str, *answers: dict[str, Any] | None) -> Callable[[Page], None]:
    """`one_after_another`, for `open_page(before=…)`."""

    def prepare(page: Page) -> None:
        one_after_another(page, pattern, *answers)

    return prepare
