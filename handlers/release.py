"""Woken by events – a job ended, an endpoint came up, a model was approved, an alarm went off – or invoked by a person
with a version that is to serve: `serverless invoke -f release -d '{"version": "…"}'`."""

from dataclasses import asdict
from typing import Any

from handlers.common import pointer
from handlers.common.advance import advance
from handlers.common.log import correlate, logger
from handlers.common.metrics import embedded
from handlers.common.planning import request
from handlers.common.settings import settings

SUBJECTS = ("TrainingJobName", "HyperParameterTuningJobName", "EndpointName", "ModelPackageArn", "alarmName")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Take the steps that are due. An event is only a reason to look: it may repeat, come late, or mean nothing.

    Raises planning.Refused when a person asks for a version that cannot be released.
    """
    correlate(event, context)
    if "detail-type" not in event and "version" in event:  # an event has a version of its own, “0”
        return release(event["version"])
    detail = event.get("detail", {})
    if settings().is_tried(detail.get("TrainingJobName", "")):
        return None  # the tuning job that has started it says when all are over
    failed: dict[str, list[float]] = {"FailedJobs": [1]} if is_failed_job(detail) else {}
    subjects = (detail.get(key) for key in SUBJECTS)
    woken = {"by": event.get("detail-type"), "subject": next(filter(None, subjects), None)}
    logger.info("woken", extra=woken | embedded((failed, {})))
    advance()
    return None


def is_failed_job(detail: dict[str, Any]) -> bool:
    """Whether an event tells of a job of this very stage that failed; its rule also matches “sentiment-dev-anna-…”."""
    kinds = ("TrainingJob", "HyperParameterTuningJob")
    return any(detail.get(f"{kind}Status") == "Failed" and settings().owns(detail[f"{kind}Name"]) for kind in kinds)


def release(version: str) -> dict[str, Any]:
    """Have the version serve; what serves, and what is under way, by the time that this function has done its part."""
    request(version)
    advance()
    serving = pointer.read()
    return {
        "rollout": [{"version": d.version, "weight": d.weight} for d in serving.serving],
        "under_way": serving.rollout and asdict(serving.rollout),
        "last": asdict(serving.history[0]) if serving.history else None,
    }
