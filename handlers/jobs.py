"""GET /jobs/{job}: how far a training job is, and what became of its model."""

import json
from datetime import UTC, datetime
from typing import Any

from handlers.common import queue, training, tuning, verdicts
from handlers.common.errors import NotFound, plain
from handlers.common.gate import REJECTED
from handlers.common.http import Answer, Event, answer_json, route
from handlers.common.prices import training_cost
from handlers.common.queue import Entry
from handlers.common.settings import settings
from handlers.common.store import read_text
from ml.job import HYPERPARAMETERS, as_sent


@route
def handler(event: Event) -> Answer:
    """Describe one training job of this stage, or the request for one that waits or was dropped."""
    job = event["pathParameters"]["job"]
    version = settings().version_of(job)
    # Names of other stages, and what is no name at all, are not even asked for.
    if not settings().owns(job) or settings().name_of(version) != job:
        raise NotFound("There is no such job.")
    waiting = queue.find(version)  # first: what leaves the queue is a job by then, or dropped
    if settings().tunes(job):
        if tuned := training.describe_tuning(job):
            return answer_json(200, tuning.report(job, tuned))
    elif description := training.describe(job):
        return answer_json(200, report(description))
    if waiting:
        return answer_json(200, report_of_request(waiting, "Queued"))
    if dropped := queue.find_dropped(version):
        return answer_json(200, report_of_request(dropped, "Failed"))
    raise NotFound("There is no such job.")


def report(job: dict[str, Any]) -> dict[str, Any]:
    """A job as this API tells it, from SageMaker's description and from what the job wrote to S3."""
    name = job["TrainingJobName"]
    verdict = verdicts.read(settings().version_of(name))
    rejected = "; ".join(verdict.reasons) if verdict and verdict.status == REJECTED else None
    return {
        "job": name,
        "status": job["TrainingJobStatus"],
        "secondary_status": job["SecondaryStatus"],
        "hyperparameters": {k: v for k, v in job["HyperParameters"].items() if not k.startswith("sagemaker_")},
        "epochs": _epochs(name),
        "seconds": _seconds(job),
        "cost_usd_estimate": _cost(job),
        "verdict": verdict.in_short() if verdict else None,
        "reason": plain(job.get("FailureReason", "")) or rejected,
    }


def _data_name(data: str | list[str]) -> str:
    """As a job has it that learns from one data set, or from several."""
    return data if isinstance(data, str) else "+".join(data)


def report_of_request(entry: Entry, status: str) -> dict[str, Any]:
    """A request whose job does not exist, in the form of a job."""
    asked = {name: value for name, value in entry.request.items() if name in HYPERPARAMETERS}
    return {
        "job": entry.job,
        "status": status,
        "secondary_status": None,
        "hyperparameters": {**as_sent(asked), "data_name": _data_name(entry.request["data"])},
        "epochs": [],
        "seconds": None,
        "cost_usd_estimate": None,
        "verdict": None,
        "reason": entry.reason,
    }


def _seconds(job: dict[str, Any]) -> int | None:
    if "TrainingStartTime" not in job:
        return None
    end = job.get("TrainingEndTime") or datetime.now(UTC)
    return round((end - job["TrainingStartTime"]).total_seconds())


def _cost(job: dict[str, Any]) -> float | None:
    """What is billed once the job has ended; until then, what it comes to if all its seconds are."""
    seconds = job.get("BillableTimeInSeconds", _seconds(job))
    if seconds is None:
        return None
    return training_cost(job["ResourceConfig"]["InstanceType"], job["ResourceConfig"]["InstanceCount"], seconds)


def _epochs(name: str) -> list[dict[str, Any]]:
    """The lines of metrics.jsonl; a last line that is still being written is left for the next request."""
    # A tuning job's jobs have a folder each in that of the tuning job.
    folder = f"{name.rsplit('-', 2)[0]}/{name}" if settings().is_tried(name) else name
    lines = (read_text(f"checkpoints/{folder}/metrics.jsonl") or "").splitlines(keepends=True)
    return [epoch for line in lines if line.endswith("\n") and (epoch := _epoch(line))]


def _epoch(line: str) -> dict[str, Any] | None:
    """None for a line that was damaged, or holds what JSON does not have, such as NaN."""
    try:
        found = json.loads(line, parse_constant=int)  # which takes no NaN
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
