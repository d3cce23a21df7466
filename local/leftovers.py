"""What a smoke test leaves in a stage, and its deletion."""

import time

import boto3
from botocore.exceptions import ClientError

from handlers.common import registry, training, verdicts
from handlers.common.clients import is_absent, s3, sagemaker
from handlers.common.settings import settings
from handlers.common.store import read_json
from local.problem import Problem

LOGS = "/aws/sagemaker/TrainingJobs"
STOPPING = 300  # seconds that a job is given to end: SageMaker itself waits for two minutes


def code() -> set[str]:
    """The keys of the training code in the bucket, one for each state of it that was ever trained with."""
    return set(_versions("code/"))


def delete(data: str, job: str, code_before: set[str], every: float) -> None:
    """Delete the data set and all that the job left, its own record included. May be called at any point of a run.

    every: seconds between two looks at a job that is being stopped. Raises Problem when it does not end.
    """
    version = settings().version_of(job)
    prefixes = [f"data/{data}/", f"jobs/{job}/", f"checkpoints/{job}/"]
    prefixes += [f"{kind}/{version}." for kind in ("queue", "dropped", "verdicts", "models", "fallbacks")]
    s3().delete_object(Bucket=settings().bucket, Key=f"queue/{version}.json")  # first: then no job comes of it
    _end(job, every)
    verdict = verdicts.read(version)
    if model := read_json(f"models/{version}.json"):
        prefixes.append(f"vocabularies/{model['vocabulary']['id']}.")
    _delete_job(job)  # before its verdict, without which it would be judged again
    for prefix in prefixes:
        _delete_objects(_versions(prefix))
    if verdict and verdict.package:  # after the verdict, which would be registered again
        registry.forget(verdict.package)
    running = sagemaker().list_training_jobs(NameContains=settings().prefix, StatusEquals="InProgress")
    if not running["TrainingJobSummaries"]:  # else that job may be about to read the code
        _delete_objects({key: found for key, found in _versions("code/").items() if key not in code_before})


def _end(job: str, every: float) -> None:
    deadline = time.monotonic() + STOPPING
    while (description := training.describe(job)) and training.is_running(description):
        if description["TrainingJobStatus"] == "InProgress":
            sagemaker().stop_training_job(TrainingJobName=job)
        if time.monotonic() > deadline:
            raise Problem(f"{job} does not end; stop it in SageMaker's console, for it bills as long as it runs.")
        time.sleep(every)


def _delete_job(job: str) -> None:
    if training.describe(job):
        sagemaker().delete_training_job(TrainingJobName=job)
    # Its log outlives it.
    logs = boto3.client("logs")
    try:
        for stream in logs.describe_log_streams(logGroupName=LOGS, logStreamNamePrefix=f"{job}/")["logStreams"]:
            logs.delete_log_stream(logGroupName=LOGS, logStreamName=stream["logStreamName"])
    except ClientError as error:
        if not is_absent(error):
            raise


def _versions(prefix: str) -> dict[str, list[str]]:
    """Key → ids of all versions of the objects below the prefix, delete markers included."""
    versions: dict[str, list[str]] = {}
    for page in s3().get_paginator("list_object_versions").paginate(Bucket=settings().bucket, Prefix=prefix):
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            versions.setdefault(each["Key"], []).append(each["VersionId"])
    return versions


def _delete_objects(versions: dict[str, list[str]]) -> None:
    for key, ids in versions.items():
        for version in ids:
            s3().delete_object(Bucket=settings().bucket, Key=key, VersionId=version)
