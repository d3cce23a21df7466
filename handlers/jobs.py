"""GET /jobs/{job}: how far a training job is, and what became of its model."""

import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.clients import sagemaker
from handlers.common.errors import NotFound
from handlers.common.http import Answer, Event, answer_json, route
from handlers.common.settings import settings
from handlers.common.store import read_json, read_text, verdict_key


@route
def handler(event: Event) -> Answer:
    """Describe one training job of this stage."""
    job = event["pathParameters"]["job"]
    # Names of other stages, and what is no name at all, are not even asked for.
    if not settings().owns(job):
        raise NotFound("There is no such job.")
    try:
        description = sagemaker().describe_training_job(TrainingJobName=job)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            raise NotFound("There is no such job.") from error
        raise
    return answer_json(200, report(description))


def report(job: dict[str, Any]) -> dict[str, Any]:
    """A job as this API tells it, from SageMaker's description and from what the job wrote to S3."""
    name = job["TrainingJobName"]
    verdict = read_json(verdict_key(name))
    rejected = "; ".join(verdict["reasons"]) if verdict and not verdict["approved"] else None
    return {
        "job": name,
        "status": job["TrainingJobStatus"],
        "secondary_status": job["SecondaryStatus"],
        "hyperparameters": {k: v for k, v in job["HyperParameters"].items() if not k.startswith("sagemaker_")},
        "epochs": _epochs(name),
        "seconds": _seconds(job),
        "cost_usd_estimate": None,
        "verdict": verdict,
        "reason": job.get("FailureReason") or rejected,
    }


def _seconds(job: dict[str, Any]) -> int | None:
    if "TrainingStartTime" not in job:
        return None
    end = job.get("TrainingEndTime") or datetime.now(UTC)
    return round((end - job["TrainingStartTime"]).total_seconds())


def _epochs(name: str) -> list[dict[str, Any]]:
    """The lines of metrics.jsonl; a last line that is still being written is left for the next request."""
    lines = (read_text(f"jobs/{name}/checkpoints/metrics.jsonl") or "").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]
