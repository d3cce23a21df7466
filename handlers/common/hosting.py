"""What serves one model version: model, endpoint config and endpoint, all of one name, with alarms and autoscaling."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from handlers.common import alarms, endpoint_logs, pointer, scaling
from handlers.common.capacity import Capacity, Realtime, capacity
from handlers.common.clients import is_absent, sagemaker
from handlers.common.errors import plain
from handlers.common.settings import required, settings
from handlers.common.store import artifact_uri

VARIANT = "main"
TRANSIENT = re.compile(r"\brole\b|access model data|assume", re.IGNORECASE)
BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack")


class StageGone(Exception):
    """The stage has no serving pointer any more."""


class Unhostable(Exception):
    """SageMaker will never take such an endpoint."""


class NoRoom(Exception):
    """AWS has no quota, or no machine, for another endpoint."""


@dataclass(frozen=True)
class Hosting:
    """How this stage serves its models."""

    image: str
    role_arn: str
    capacity: Capacity

    def endpoint_of(self, version: str) -> str:
        """The name of the version's endpoint under these settings: other settings have another endpoint."""
        digest = hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()
        return f"{settings().name_of(version)}-{digest[:6]}"


def hosting() -> Hosting:
    """As serverless.yml has it."""
    runs_on = capacity()
    return Hosting(
        image=required("SERVING_IMAGE_GPU" if runs_on.gpu else "SERVING_IMAGE"),
        role_arn=required("SAGEMAKER_ROLE_ARN"),
        capacity=runs_on,
    )


def ensure_endpoint(name: str, how: Hosting) -> str:
    """The endpoint's status; what is missing of it is created first. Safe to call again at any point.

    Raises NoRoom, Unhostable; StageGone when the stage was removed meanwhile: nobody would delete what is created then.
    """
    if status := endpoint_status(name):
        return status
    _create_if_absent(
        "create_model",
        ModelName=name,
        ExecutionRoleArn=how.role_arn,
        EnableNetworkIsolation=how.capacity.isolated,
        PrimaryContainer=container(settings().version_of(name), how.image),
    )
    endpoint_logs.ensure(name)
    _create_if_absent(
        "create_endpoint_config",
        EndpointConfigName=name,
        ProductionVariants=[
            {"VariantName": VARIANT, "ModelName": name, "InitialVariantWeight": 1.0, **how.capacity.variant()}
        ],
    )
    if pointer.read().etag is None:
        raise StageGone("The stage is being removed; nothing is started in it.")
    _create_if_absent("create_endpoint", EndpointName=name, EndpointConfigName=name, Tags=settings().tags)
    return endpoint_status(name) or "Creating"


def container(version: str, image: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """CreateModel's PrimaryContainer of a version, with more for its environment."""
    return {
        "Image": image,
        "ModelDataUrl": artifact_uri(version),
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            # Several threads for one small LSTM step hinder each other: 100 ms become 2.6 ms with one.
            "OMP_NUM_THREADS": "1",
            **(environment or {}),
        },
    }


def guard(name: str, how: Hosting) -> None:
    """See that an endpoint in service has its alarms and, where the settings give a range of counts, scales."""
    alarms.ensure(name, VARIANT, how.capacity.alarming)
    if isinstance(how.capacity, Realtime) and how.capacity.scales:
        scaling.ensure(name, VARIANT, how.capacity.least, how.capacity.most)


def endpoint_status(name: str) -> str | None:
    """EndpointStatus as SageMaker names it; None when there is no such endpoint."""
    description = describe_endpoint(name)
    return description["EndpointStatus"] if description else None


def describe_endpoint(name: str) -> dict[str, Any] | None:
    """DescribeEndpoint; None when there is no such endpoint."""
    try:
        return dict(sagemaker().describe_endpoint(EndpointName=name))
    except ClientError as error:
        if is_absent(error):
            return None
        raise


def failure_reason(name: str) -> str:
    """Why an endpoint that is Failed did not come up, as SageMaker words it."""
    return plain(sagemaker().describe_endpoint(EndpointName=name).get("FailureReason", "SageMaker does not say why."))


def hosted() -> list[str]:
    """The names of this stage's of which an endpoint, its config, a model, an alarm or a log group exists."""
    names: dict[str, None] = {}
    for operation, items, key in (
        ("list_endpoints", "Endpoints", "EndpointName"),
        ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
        ("list_models", "Models", "ModelName"),
    ):
        for page in sagemaker().get_paginator(operation).paginate(NameContains=settings().prefix):
            names.update((item[key], None) for item in page[items] if settings().owns(item[key]))
    # Of an endpoint that was deleted while another function was seeing to these, one is left.
    names.update((name, None) for name in (*alarms.guarded(), *endpoint_logs.kept()) if settings().owns(name))
    return list(names)


def delete_endpoint(name: str) -> None:
    """Delete all that belongs to the name, or what is left of it; the model last, by which it is found again.

    An endpoint that SageMaker is busy with is left alone, for it cannot be deleted then: call again later.
    """
    status = endpoint_status(name)
    if status in BUSY:
        return
    scaling.remove(name, VARIANT)
    alarms.remove(name)
    if status not in (None, "Deleting"):
        _delete_if_present("delete_endpoint", EndpointName=name)
    _delete_if_present("delete_endpoint_config", EndpointConfigName=name)
    endpoint_logs.remove(name)
    _delete_if_present("delete_model", ModelName=name)


def _create_if_absent(operation: str, **arguments: object) -> None:
    try:
        getattr(sagemaker(), operation)(**arguments)
    except ClientError as error:
        # SageMaker: ValidationException "Cannot create already existing …"; newer operations say ResourceInUse.
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if "already exist" in message.lower() or code == "ResourceInUse":
            return
        if code == "ResourceLimitExceeded":
            raise NoRoom("This account's quota has no room for another endpoint of these settings.") from error
        # A role or an archive that SageMaker cannot reach yet, in the minutes after they were made, is no final word.
        if code == "ValidationException" and not TRANSIENT.search(message):
            raise Unhostable(f"SageMaker refuses {operation}: {plain(message)}") from error
        raise


def _delete_if_present(operation: str, **arguments: object) -> None:
    try:
        getattr(sagemaker(), operation)(**arguments)
    except ClientError as error:
        if not is_absent(error):
            raise
