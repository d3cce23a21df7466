"""The SageMaker resources that serve one model version: model, endpoint config, endpoint, all of one name."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from handlers.common import pointer
from handlers.common.clients import sagemaker
from handlers.common.settings import settings

BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack")


class StageGone(Exception):
    """The stage has no serving pointer any more."""


@dataclass(frozen=True)
class Hosting:
    """How this stage serves its models."""

    image: str
    role_arn: str
    instance_type: str


def ensure_endpoint(name: str, model_data_url: str, hosting: Hosting) -> str:
    """The endpoint's status; what is missing of it is created first. Safe to call again at any point.

    Raises StageGone when the stage was removed meanwhile: nobody would delete what is created then.
    """
    if status := endpoint_status(name):
        return status
    _create_if_absent(
        "create_model",
        ModelName=name,
        ExecutionRoleArn=hosting.role_arn,
        PrimaryContainer={
            "Image": hosting.image,
            "ModelDataUrl": model_data_url,
            "Environment": {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                # Several threads for one small LSTM step hinder each other: 100 ms become 2.6 ms with one.
                "OMP_NUM_THREADS": "1",
            },
        },
    )
    _create_if_absent(
        "create_endpoint_config",
        EndpointConfigName=name,
        ProductionVariants=[
            {
                "VariantName": "main",
                "ModelName": name,
                "InstanceType": hosting.instance_type,
                "InitialInstanceCount": 1,
                "InitialVariantWeight": 1.0,
            }
        ],
    )
    if pointer.read(settings().bucket).etag is None:
        raise StageGone("The stage is being removed; nothing is started in it.")
    _create_if_absent("create_endpoint", EndpointName=name, EndpointConfigName=name)
    return endpoint_status(name) or "Creating"


def endpoint_status(name: str) -> str | None:
    """EndpointStatus as SageMaker names it; None when there is no such endpoint."""
    try:
        return sagemaker().describe_endpoint(EndpointName=name)["EndpointStatus"]
    except ClientError as error:
        if _is_absent(error):
            return None
        raise


def hosted() -> list[str]:
    """The names of this stage's versions of which an endpoint, an endpoint config or a model exists."""
    names: dict[str, None] = {}
    for operation, items, key in (
        ("list_endpoints", "Endpoints", "EndpointName"),
        ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
        ("list_models", "Models", "ModelName"),
    ):
        for page in sagemaker().get_paginator(operation).paginate(NameContains=settings().prefix):
            names.update((item[key], None) for item in page[items] if settings().owns(item[key]))
    return list(names)


def delete_endpoint(name: str) -> None:
    """Delete endpoint, endpoint config and model of the name, or what is left of them.

    An endpoint that SageMaker is busy with is left alone, for it cannot be deleted then: call again later.
    """
    status = endpoint_status(name)
    if status in BUSY:
        return
    if status not in (None, "Deleting"):
        _delete_if_present("delete_endpoint", EndpointName=name)
    _delete_if_present("delete_endpoint_config", EndpointConfigName=name)
    _delete_if_present("delete_model", ModelName=name)


def _create_if_absent(operation: str, **arguments: object) -> None:
    try:
        getattr(sagemaker(), operation)(**arguments)
    except ClientError as error:
        # SageMaker: ValidationException "Cannot create already existing …"; newer operations say ResourceInUse.
        message = error.response["Error"]["Message"].lower()
        if "already exist" not in message and error.response["Error"]["Code"] != "ResourceInUse":
            raise


def _delete_if_present(operation: str, **arguments: object) -> None:
    try:
        getattr(sagemaker(), operation)(**arguments)
    except ClientError as error:
        if not _is_absent(error):
            raise


def _is_absent(error: ClientError) -> bool:
    # SageMaker says ValidationException "Could not find endpoint …" where others say not found.
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"].lower()
    return code == "ResourceNotFound" or (code == "ValidationException" and "could not find" in message)
