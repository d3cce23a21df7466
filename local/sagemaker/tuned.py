"""Tuning jobs as SageMaker tells of them. `install` puts this in the place of what moto has, which tunes nothing.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.models import FakeTrainingJob, SageMakerModelBackend, arn_formatter
from moto.sagemaker.responses import SageMakerResponse

from local.sagemaker.listing import list_records, page
from local.sagemaker.operations import Operation, replace

FINAL = ("Completed", "Failed", "Stopped")
LIST, CHILDREN = "ListHyperParameterTuningJobs", "ListTrainingJobsForHyperParameterTuningJob"


@dataclass
class Tuning:
    name: str
    arn: str
    config: dict[str, Any]
    definition: dict[str, Any]
    tags: list[dict[str, str]]
    creation_time: datetime = field(default_factory=utcnow)
    last_modified_time: datetime = field(default_factory=utcnow)
    status: str = "InProgress"
    end_time: datetime | None = None
    failure_reason: str | None = None
    tried: dict[str, dict[str, str]] = field(default_factory=dict)  # name of a training job → its values

    @property
    def named(self) -> dict[str, Any]:
        """What both lists and descriptions have."""
        ended = {"HyperParameterTuningEndTime": self.end_time} if self.end_time else {}
        return ended | {
            "HyperParameterTuningJobName": self.name,
            "HyperParameterTuningJobArn": self.arn,
            "HyperParameterTuningJobStatus": self.status,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
        }

    @property
    def response_object(self) -> dict[str, Any]:
        """As ListHyperParameterTuningJobs has it."""
        limits = {"Strategy": self.config["Strategy"], "ResourceLimits": self.config["ResourceLimits"]}
        return self.named | limits


def create(backend: SageMakerModelBackend, request: dict[str, Any]) -> Tuning:
    """Record a tuning job, InProgress."""
    name = request["HyperParameterTuningJobName"]
    arn = arn_formatter("hyper-parameter-tuning-job", name, backend.account_id, backend.region_name)
    config, definition = request["HyperParameterTuningJobConfig"], request["TrainingJobDefinition"]
    _known(backend)[name] = tuning = Tuning(name, arn, config, definition, request.get("Tags", []))
    return tuning


def find(backend: SageMakerModelBackend, name: str) -> Tuning:
    """Raises ResourceNotFound."""
    found = _known(backend).get(name)
    if found is None:
        raise ResourceNotFound("Requested resource not found.")
    return found


def stop(backend: SageMakerModelBackend, name: str) -> Tuning:
    """Make it Stopping; raises ValidationError when it has ended."""
    tuning = find(backend, name)
    if tuning.status != "InProgress":
        raise ValidationError(f"The request was rejected because the tuning job is in status {tuning.status}.")
    tuning.status = "Stopping"
    return tuning


def started(backend: SageMakerModelBackend, tuning: Tuning) -> list[FakeTrainingJob]:
    """Its training jobs, the oldest first."""
    return [backend.training_jobs[name] for name in tuning.tried]


def describe(backend: SageMakerModelBackend, tuning: Tuning) -> dict[str, Any]:
    """As DescribeHyperParameterTuningJob has it."""
    found = children(backend, tuning)
    statuses = [child["TrainingJobStatus"] for child in found]
    judged = [child for child in found if "FinalHyperParameterTuningJobObjectiveMetric" in child]
    under_way = sum(status not in FINAL for status in statuses)
    sign = 1 if tuning.config["HyperParameterTuningJobObjective"]["Type"] == "Maximize" else -1
    objective = [sign * child["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for child in judged]
    return tuning.named | {
        "HyperParameterTuningJobConfig": tuning.config,
        "TrainingJobDefinition": tuning.definition,
        "TrainingJobStatusCounters": {
            "Completed": statuses.count("Completed"),
            "InProgress": under_way,
            "RetryableError": 0,
            "NonRetryableError": statuses.count("Failed"),
            "Stopped": statuses.count("Stopped"),
        },
        "ObjectiveStatusCounters": {
            "Succeeded": len(judged),
            "Pending": under_way,
            "Failed": len(found) - len(judged) - under_way,
        },
        **({"BestTrainingJob": judged[objective.index(max(objective))]} if judged else {}),
        **({"FailureReason": tuning.failure_reason} if tuning.failure_reason else {}),
    }


def children(backend: SageMakerModelBackend, tuning: Tuning) -> list[dict[str, Any]]:
    """Its training jobs as ListTrainingJobsForHyperParameterTuningJob has them, the oldest first."""
    return [_summary(tuning, job) for job in started(backend, tuning)]


def _summary(tuning: Tuning, job: FakeTrainingJob) -> dict[str, Any]:
    objective = tuning.config["HyperParameterTuningJobObjective"]
    values = {each["MetricName"]: each["Value"] for each in job.final_metric_data_list or []}
    later: dict[str, Any] = {
        "TrainingStartTime": job.training_start_time,
        "TrainingEndTime": job.training_end_time,
        "FailureReason": getattr(job, "failure_reason", None),
    }
    if job.training_job_status == "Completed" and objective["MetricName"] in values:
        metric = {**objective, "Value": values[objective["MetricName"]]}
        later |= {"FinalHyperParameterTuningJobObjectiveMetric": metric, "ObjectiveStatus": "Succeeded"}
    return {
        "TrainingJobName": job.training_job_name,
        "TrainingJobArn": job.arn,
        "CreationTime": job.creation_time,
        "TrainingJobStatus": job.training_job_status,
        "TunedHyperParameters": tuning.tried[job.training_job_name],
        **{name: value for name, value in later.items() if value is not None},
    }


def _create(backend: SageMakerModelBackend, request: dict[str, Any]) -> dict[str, Any]:
    return {"HyperParameterTuningJobArn": create(backend, request).arn}


def _describe(backend: SageMakerModelBackend, request: dict[str, Any]) -> dict[str, Any]:
    return describe(backend, find(backend, request["HyperParameterTuningJobName"]))


def _list(backend: SageMakerModelBackend, request: dict[str, Any]) -> dict[str, Any]:
    return list_records(backend, LIST, request)


def _list_children(backend: SageMakerModelBackend, request: dict[str, Any]) -> dict[str, Any]:
    found = children(backend, find(backend, request["HyperParameterTuningJobName"]))
    if request.get("SortOrder") == "Descending":
        found.reverse()
    some, token = page(found, CHILDREN, request)
    return {"TrainingJobSummaries": some, "NextToken": token}


def _stop(backend: SageMakerModelBackend, request: dict[str, Any]) -> None:
    stop(backend, request["HyperParameterTuningJobName"])


def _known(backend: SageMakerModelBackend) -> dict[str, Tuning]:
    known: dict[str, Any] = backend.hyper_parameter_tuning_jobs
    return known


OPERATIONS: dict[str, Operation] = {
    "CreateHyperParameterTuningJob": _create,
    "DescribeHyperParameterTuningJob": _describe,
    LIST: _list,
    CHILDREN: _list_children,
    "StopHyperParameterTuningJob": _stop,
}


def install() -> None:
    """Let these operations answer in place of moto's, in this process, for good."""
    replace(SageMakerResponse, "sagemaker", OPERATIONS, lambda response: response.sagemaker_backend)
