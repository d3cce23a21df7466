"""The stack's custom resource: what has to be there after `serverless deploy`, and gone before `serverless remove`.

CloudFormation knows neither the baseline model nor the serving pointer nor what retraining created since; this
function does.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from handlers.common import pointer, registry, transforms
from handlers.common.clients import lambdas, s3, sagemaker
from handlers.common.hosting import delete_endpoint, hosted
from handlers.common.log import correlate, logger
from handlers.common.pointer import Pointer, PointerConflict
from handlers.common.settings import number, required, settings
from handlers.common.store import FEEDBACK, SOURCE_KEY, artifact_key, put_baseline, put_new
from ml.bundle import BASELINE, model_archive

# CloudFormation waits an hour for an answer, a function lives for a quarter of one.
RUNS = 4


class NotYet(Exception):
    """SageMaker has not let go of everything."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Do what the request asks and tell CloudFormation how it went. A removal that takes longer than this function
    lives is handed to its next run.

    What can be neither answered nor handed on is raised: Lambda then repeats the request, twice at most.
    """
    correlate(event, context)
    status, reason = "SUCCESS", ""
    run = event.get("Run", 1)
    try:
        if event["RequestType"] == "Delete":
            clear(context)
        else:
            prepare()
    except NotYet as error:
        if run < RUNS:
            again = json.dumps({**event, "Run": run + 1}).encode()
            lambdas().invoke(FunctionName=context.function_name, InvocationType="Event", Payload=again)
            logger.info("handed on", extra={"run": run, "why": str(error)})
            return
        status, reason = "FAILED", f"{error} Remove the stack again."
    except Exception as error:
        # Whatever went wrong has to be answered, or CloudFormation waits for an hour.
        logger.exception("lifecycle request failed", extra={"request": event.get("RequestType")})
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    answer(event, status, reason)


def prepare() -> None:
    """Bring the baseline, then create the serving pointer; what is there already stays as it is.

    Reconcile judges the baseline like any model and starts its endpoint: that needs rights that this function lacks.
    """
    bring_baseline()
    try:
        pointer.write(Pointer(created_at=pointer.now()))
    except PointerConflict:
        logger.info("the serving pointer is there already")


def bring_baseline() -> None:
    """Put ml/baseline where a training job would have left it, and note that it came with a deployment."""
    model = (BASELINE / "model.json").read_bytes()
    version = json.loads(model)["version"]
    put_new(artifact_key(version), model_archive(BASELINE))
    put_baseline(version, model)  # last: whoever finds it finds the archive


def clear(context: Any) -> None:
    """Stop the jobs, delete the endpoints, wait until they are gone, empty registry and bucket. May be called again.

    Raises NotYet when SageMaker takes longer than this function may run.
    """
    # Without a pointer, release and reconcile start nothing anew.
    s3().delete_object(Bucket=settings().bucket, Key=pointer.KEY)
    quiet = 0
    while quiet < 2:  # looked at twice, for one that was being started when the pointer went
        names = hosted()
        remaining = [*stop_jobs(), *stop_transforms(), *names]
        for name in names:
            delete_endpoint(name)
        if remaining and context.get_remaining_time_in_millis() < 30_000:
            raise NotYet(f"SageMaker has not yet let go of {', '.join(remaining)}.")
        quiet = 0 if remaining else quiet + 1
        time.sleep(number("POLL_SECONDS"))
    registry.clear()
    empty_bucket()


def empty_bucket() -> None:
    """Delete every object, but no feedback where the stage keeps it, nor the key that tells its senders apart.

    Raises RuntimeError when there was some: the bucket, and with it the stack, stay.
    """
    keep, kept = required("KEEP_FEEDBACK") == "true", 0
    pages = s3().get_paginator("list_object_versions").paginate(Bucket=settings().bucket)
    for page in pages:
        going = []
        for each in page.get("Versions", []) + page.get("DeleteMarkers", []):
            # What was deleted, by whoever may, is not kept because the bucket has old versions.
            current = keep and is_current(each)
            if current and each["Key"].startswith(FEEDBACK):
                kept += 1
            elif not (current and kept and each["Key"] == SOURCE_KEY):  # S3 lists in the order of keys: feedback first
                going.append({"Key": each["Key"], "VersionId": each["VersionId"]})
        if going:
            delete_all(going)
    if kept:
        raise RuntimeError(
            f"Nothing that bills by the hour is left, but {kept} objects of feedback are, which this stage keeps: "
            f"take them from s3://{settings().bucket}/{FEEDBACK}, delete them there, and remove the stack again."
        )


def delete_all(versions: list[dict[str, str]]) -> None:
    """Delete these, 1,000 at most, each a Key and a VersionId. Raises RuntimeError when S3 refuses one of them."""
    answer = s3().delete_objects(Bucket=settings().bucket, Delete={"Objects": versions, "Quiet": True})
    if refused := answer.get("Errors"):
        codes = ", ".join(sorted({each["Code"] for each in refused}))
        raise RuntimeError(f"S3 did not delete {len(refused)} of {len(versions)} objects: {codes}.")


def is_current(version: dict[str, Any]) -> bool:
    """Whether an entry of ListObjectVersions is what GetObject answers: no old version, no delete marker."""
    return bool(version["IsLatest"] and "Size" in version)


def stop_jobs() -> list[str]:
    """Stop this stage's running tuning and training jobs; the names of those that have not ended yet."""
    tuning, running = _tuning_jobs("InProgress"), _jobs("InProgress")
    for job in tuning:  # first, for they would start others
        _stop(sagemaker().stop_hyper_parameter_tuning_job, HyperParameterTuningJobName=job)
    for job in running:
        _stop(sagemaker().stop_training_job, TrainingJobName=job)
    return [*tuning, *_tuning_jobs("Stopping"), *running, *_jobs("Stopping")]


def _stop(operation: Callable[..., Any], **job: str) -> None:
    try:
        operation(**job)
    except ClientError as error:
        # It has ended since it was listed.
        if error.response["Error"]["Code"] != "ValidationException":
            raise


def stop_transforms() -> list[str]:
    """Stop this stage's running transform jobs, and delete the models of all; the names of jobs that have not ended."""
    running = transforms.running()
    for job in running:
        transforms.stop(job)
    for job in transforms.models():
        transforms.delete_model(job)
    return running


def answer(event: dict[str, Any], status: str, reason: str) -> None:
    """Put the outcome where CloudFormation waits for it."""
    body = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": f"{settings().prefix}lifecycle",
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    address = event["ResponseURL"]  # CloudFormation's own, signed
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": ""}, method="PUT")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        logger.info("answered CloudFormation", extra={"request": event["RequestType"], "status": status})


def _jobs(status: str) -> list[str]:
    paginator = sagemaker().get_paginator("list_training_jobs")
    pages = paginator.paginate(NameContains=settings().prefix, StatusEquals=status)
    names = [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]
    return [name for name in names if settings().owns(name)]


def _tuning_jobs(status: str) -> list[str]:
    paginator = sagemaker().get_paginator("list_hyper_parameter_tuning_jobs")
    pages = paginator.paginate(NameContains=settings().prefix, StatusEquals=status)
    names = [job["HyperParameterTuningJobName"] for page in pages for job in page["HyperParameterTuningJobSummaries"]]
    return [name for name in names if settings().owns(name)]
