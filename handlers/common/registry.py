"""SageMaker's model registry: every candidate is a model package of one group, whose status a person may change.

The verdict in S3 and the package say the same, unless one of the two was changed since they were last brought
together. Then the changed one is right.
"""

import re
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from handlers.common import verdicts
from handlers.common.clients import is_absent, sagemaker
from handlers.common.hosting import hosting
from handlers.common.log import logger
from handlers.common.notify import tell
from handlers.common.settings import settings
from handlers.common.store import artifact_uri
from handlers.common.verdicts import Verdict

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
PROPERTIES = 50
NAME_LENGTH = 128
VALUE_LENGTH = 256
NOT_TAKEN = re.compile(r"[^\w .:/=+@-]")
REASONS_LENGTH = 1024


def group() -> str:
    """The name of this stage's model package group."""
    return f"{settings().prefix}models"


def synchronise(known: list[Verdict]) -> list[Verdict]:
    """Register what is not registered, take over what a person decided; the verdicts as they are then."""
    packages, found = _packages(), []
    for verdict in known:
        try:
            found.append(_together(verdict, packages.get(verdict.version)))
        except ClientError:  # what the registry does not take of one candidate holds up no other
            logger.exception("not registered", extra={"version": verdict.version})
            found.append(verdict)
    return found


def _together(verdict: Verdict, package: dict[str, Any] | None) -> Verdict:
    if verdict.metrics is None:
        return verdict  # there is nothing that could be registered
    if not verdict.kept:
        if package:  # registered by a function that had not seen yet that it was forgotten
            forget(package["ModelPackageArn"])
        return verdict
    arn = package["ModelPackageArn"] if package else _register(verdict)
    if package is None or verdict.registered is None:
        _update(arn, verdict)  # only an update may say why
        tell(f"{verdict.version}: {verdict.status}", verdict.public())
        return verdicts.change(replace(verdict, package=arn, registered=verdict.status))
    actual = package["ModelApprovalStatus"]
    if actual not in (verdict.status, verdict.registered):
        latest = verdicts.read(verdict.version)
        if latest and latest != verdict:  # it was not a person, but this function's other self
            return latest
        verdict = verdicts.decided(verdict, actual, f"A person set it to {actual} in the registry.", by="person")
        tell(f"{verdict.version}: {verdict.status}", verdict.public())
        logger.info("decided by a person", extra={"version": verdict.version, "status": actual})
    elif actual != verdict.status:
        _update(arn, verdict)
    elif verdict.registered == actual and verdict.package == arn:
        return verdict
    return verdicts.change(replace(verdict, package=arn, registered=verdict.status))


def forget(package: str) -> None:
    """Delete a model package; one that is gone already is no error."""
    try:
        sagemaker().delete_model_package(ModelPackageName=package)
    except ClientError as error:
        if not is_absent(error):
            raise


def clear() -> None:
    """Delete all packages, and the group."""
    for package in _listed():
        forget(package["ModelPackageArn"])
    try:
        sagemaker().delete_model_package_group(ModelPackageGroupName=group())
    except ClientError as error:
        if not is_absent(error):
            raise


def _packages() -> dict[str, dict[str, Any]]:
    """Version → summary of its package. The description of a package is its version."""
    return {summary.get("ModelPackageDescription", ""): summary for summary in _listed()}


def _listed() -> list[dict[str, Any]]:
    pages = sagemaker().get_paginator("list_model_packages").paginate(ModelPackageGroupName=group())
    try:
        return [summary for page in pages for summary in page["ModelPackageSummaryList"]]
    except ClientError as error:
        if is_absent(error):
            return []
        raise


def _register(verdict: Verdict) -> str:
    """Create the candidate's package, and the group where it is the first; the package's ARN."""
    request = {
        "ModelPackageGroupName": group(),
        "ModelPackageDescription": verdict.version,
        "ModelApprovalStatus": verdict.status,
        "CustomerMetadataProperties": _properties(verdict),
        "InferenceSpecification": {
            "Containers": [{"Image": hosting().image, "ModelDataUrl": artifact_uri(verdict.version)}],
            "SupportedContentTypes": ["application/json", "application/jsonlines"],
            "SupportedResponseMIMETypes": ["application/json", "application/jsonlines"],
        },
        "ClientToken": verdict.version,  # two functions that register it at once make one package
    }
    try:
        arn = sagemaker().create_model_package(**request)["ModelPackageArn"]
    except ClientError as error:
        # However SageMaker words that there is no such group: the second attempt shows whether that was all.
        if error.response["Error"]["Code"] != "ValidationException" and not is_absent(error):
            raise
        _create_group()
        arn = sagemaker().create_model_package(**request)["ModelPackageArn"]
    return str(arn)


def _create_group() -> None:
    try:
        sagemaker().create_model_package_group(
            ModelPackageGroupName=group(),
            ModelPackageGroupDescription=f"Every model that was trained for {settings().prefix.rstrip('-')}",
        )
    except ClientError as error:
        if "already exist" not in error.response["Error"]["Message"].lower():
            raise


def _update(arn: str, verdict: Verdict) -> None:
    sagemaker().update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus=verdict.status,
        ApprovalDescription=" ".join(" ".join(verdict.reasons).split())[:REASONS_LENGTH],  # in one line
    )


def _properties(verdict: Verdict) -> dict[str, str]:
    """Metrics and facts, as many, as long and of such letters as the registry takes."""
    numbers = {name: f"{value:.6g}" for name, value in (verdict.metrics or {}).items() if isinstance(value, float)}
    facts = {"version": verdict.version, "job": verdict.job or "baseline", **numbers, **verdict.facts}
    known = [
        (NOT_TAKEN.sub(" ", name)[:NAME_LENGTH], NOT_TAKEN.sub(" ", value)[:VALUE_LENGTH])
        for name, value in facts.items()
        if value
    ]
    return dict(known[:PROPERTIES])
