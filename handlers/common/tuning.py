"""Tuning jobs as SageMaker has them: which are over, which of their jobs is best, and what GET /jobs/{job} tells."""

from datetime import UTC, datetime
from typing import Any

from handlers.common import training, verdicts
from handlers.common.clients import sagemaker
from handlers.common.errors import plain
from handlers.common.gate import REJECTED
from handlers.common.prices import training_cost
from handlers.common.settings import settings
from handlers.common.verdicts import Verdict

RECENT = 20
OVER = ("Completed", "Failed", "Stopped")


def finished(since: str) -> list[dict[str, Any]]:
    """Summaries of the latest tuning jobs of this stage that are over, created at `since` (ISO 8601) or later."""
    answer = sagemaker().list_hyper_parameter_tuning_jobs(
        NameContains=settings().prefix, SortBy="CreationTime", SortOrder="Descending", MaxResults=RECENT
    )
    return [
        job
        for job in answer["HyperParameterTuningJobSummaries"]
        if job["HyperParameterTuningJobStatus"] in OVER
        and settings().tunes(job["HyperParameterTuningJobName"])
        and (not since or job["CreationTime"] >= datetime.fromisoformat(since))
    ]


def is_judged(job: str, versions: set[str]) -> bool:
    """Whether there is a verdict on the tuning job, or on a job of it, among those on these versions."""
    version = settings().version_of(job)
    return any(each == version or each.startswith(f"{version}-") for each in versions)


def best(description: dict[str, Any]) -> dict[str, Any] | None:
    """The summary of the best job so far that left a model; None where there is none."""
    found: dict[str, Any] = description.get("BestTrainingJob") or {}
    return found if found.get("TrainingJobStatus") == "Completed" else None


def why_no_model(description: dict[str, Any]) -> str:
    """The reason for rejecting what came of a tuning job that is over and left no best model."""
    status = description["HyperParameterTuningJobStatus"]
    if reason := plain(description.get("FailureReason", "")):
        return f"The tuning job failed: {reason}"
    if status == "Completed":
        return "None of the tuning job's jobs was completed."
    return f"The tuning job ended as {status}."


def report(job: str, description: dict[str, Any]) -> dict[str, Any]:
    """A tuning job in the form of a job; `tuning` tells of those that it has started."""
    limits = description["HyperParameterTuningJobConfig"]["ResourceLimits"]
    static = description[training.DEFINITION]["StaticHyperParameters"]
    tried, leader = children(job), best(description)
    verdict = _verdict(job, leader)
    rejected = "; ".join(verdict.reasons) if verdict and verdict.status == REJECTED else None
    return {
        "job": job,
        "status": description["HyperParameterTuningJobStatus"],
        "secondary_status": None,
        "hyperparameters": {k: v for k, v in static.items() if not k.startswith("sagemaker_")},
        "epochs": [],
        "seconds": _seconds(description["CreationTime"], description.get("HyperParameterTuningEndTime")),
        "cost_usd_estimate": _cost(description, tried),
        "verdict": verdict.in_short() if verdict else None,
        "reason": plain(description.get("FailureReason", "")) or rejected,
        "tuning": {
            "jobs": limits["MaxNumberOfTrainingJobs"],
            "parallel": limits["MaxParallelTrainingJobs"],
            "ended": sum(each["TrainingJobStatus"] in OVER for each in tried),
            "tried": [_tried(each) for each in tried],
            "best": _tried(leader) if leader else None,
        },
    }


def children(job: str) -> list[dict[str, Any]]:
    """Summaries of the training jobs that a tuning job has started, the oldest first."""
    answer = sagemaker().list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=job, SortBy="CreationTime", SortOrder="Ascending", MaxResults=100
    )
    return list(answer["TrainingJobSummaries"])


def _tried(child: dict[str, Any]) -> dict[str, Any]:
    objective = child.get("FinalHyperParameterTuningJobObjectiveMetric")
    return {
        "job": child["TrainingJobName"],
        "status": child["TrainingJobStatus"],
        "hyperparameters": child["TunedHyperParameters"],
        "validation_accuracy": objective and objective["Value"],
    }


def _verdict(job: str, leader: dict[str, Any] | None) -> Verdict | None:
    return verdicts.read(settings().version_of(leader["TrainingJobName"] if leader else job))


def _cost(description: dict[str, Any], tried: list[dict[str, Any]]) -> float | None:
    """What the jobs so far come to if all their seconds are billed."""
    started = [each for each in tried if "TrainingStartTime" in each]
    if not started:
        return None
    seconds = sum(_seconds(each["TrainingStartTime"], each.get("TrainingEndTime")) for each in started)
    machines = description[training.DEFINITION]["ResourceConfig"]
    return training_cost(machines["InstanceType"], machines["InstanceCount"], seconds)


def _seconds(start: datetime, end: datetime | None) -> int:
    return round(((end or datetime.now(UTC)) - start).total_seconds())
