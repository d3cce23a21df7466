"""The List operations as SageMaker answers them; moto cuts the page before it filters, or does not filter."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import SageMakerModelBackend


class Listing(NamedTuple):
    collection: str  # of moto's backend
    name: str  # attribute of a record
    status: str  # attribute of a record
    answer: str  # field of the response


LISTINGS = {
    "ListTrainingJobs": Listing("training_jobs", "training_job_name", "training_job_status", "TrainingJobSummaries"),
    "ListTransformJobs": Listing(
        "transform_jobs", "transform_job_name", "transform_job_status", "TransformJobSummaries"
    ),
    "ListHyperParameterTuningJobs": Listing(
        "hyper_parameter_tuning_jobs", "name", "status", "HyperParameterTuningJobSummaries"
    ),
    "ListModels": Listing("_models", "model_name", "", "Models"),
    "ListEndpointConfigs": Listing("endpoint_configs", "endpoint_config_name", "", "EndpointConfigs"),
    "ListEndpoints": Listing("endpoints", "endpoint_name", "endpoint_status", "Endpoints"),
}
DEFAULT_PAGE = 10


def list_records(backend: SageMakerModelBackend, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """The response to a List request: filtered, the newest first unless told otherwise, one page of it."""
    listing = LISTINGS[operation]
    records = [
        record
        for record in getattr(backend, listing.collection).values()
        if request.get("NameContains", "") in getattr(record, listing.name)
        and request.get("StatusEquals") in (None, listing.status and getattr(record, listing.status))
        and _within(record, request)
    ]
    key = {"Name": listing.name, "Status": listing.status}.get(request.get("SortBy", ""), "creation_time")
    records.sort(key=lambda record: getattr(record, key), reverse=request.get("SortOrder") != "Ascending")
    some, token = page(records, operation, request)
    return {listing.answer: [record.response_object for record in some], "NextToken": token}


def page(records: list[Any], operation: str, request: dict[str, Any]) -> tuple[list[Any], str | None]:
    """The records that the request's NextToken and MaxResults ask for, and the token of those that follow."""
    token = request.get("NextToken", "0")
    if not token.isdecimal():
        raise ValidationError(f"NextToken {token!r} is not one that {operation} has given.")
    start, end = int(token), int(token) + request.get("MaxResults", DEFAULT_PAGE)
    return records[start:end], str(end) if end < len(records) else None


def _within(record: Any, request: dict[str, Any]) -> bool:
    """Whether the record lies between the times of the request, which are seconds since 1970."""
    for field in ("CreationTime", "LastModifiedTime"):
        if f"{field}After" in request or f"{field}Before" in request:
            attribute = "creation_time" if field == "CreationTime" else "last_modified_time"
            if not between(getattr(record, attribute), field, request):
                return False
    return True


def between(time: datetime, field: str, request: dict[str, Any]) -> bool:
    """Whether `time`, in UTC, lies between the request's `field`After and `field`Before, in seconds since 1970."""
    seconds = time.replace(tzinfo=UTC).timestamp()
    return bool(request.get(f"{field}After", 0) <= seconds <= request.get(f"{field}Before", seconds))
