"""`npm run smoke`, as it is run against AWS."""

import subprocess
import sys

from local.application import Application
from local.settings import BUCKET, PREFIX, ROOT
from tests.stack.client import Client


def smoke(application: Application, stage: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.smoke", "--stage", stage]
    env = application.settings.environment()
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_the_smoke_test_finds_the_stage_sound_and_leaves_nothing_in_it(
    application: Application, client: Client
) -> None:
    before, serving = inventory(application), client.serving()
    done = smoke(application, "local")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "below the floor" in done.stdout  # the model that it trains to be rejected
    assert inventory(application) - before == set()
    assert client.serving() == serving


def test_it_says_what_is_wrong_with_a_stage_that_does_not_exist(application: Application) -> None:
    done = smoke(application, "absent")
    assert done.returncode == 1
    assert "The stage “absent” is not found in us-east-1" in done.stderr
    assert "Traceback" not in done.stderr


def inventory(application: Application) -> set[str]:
    """The bucket's objects, but for the lease that a first job makes; SageMaker's jobs, their logs, model packages."""
    pages = application.client("s3").get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    objects = [each["Key"] for page in pages for each in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    sagemaker, logs = application.client("sagemaker"), application.client("logs")
    jobs = sagemaker.list_training_jobs(NameContains=PREFIX)["TrainingJobSummaries"]
    packages = sagemaker.list_model_packages(ModelPackageGroupName=f"{PREFIX}models")["ModelPackageSummaryList"]
    groups = [
        group["logGroupName"] for group in logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker")["logGroups"]
    ]
    streams = [s["logStreamName"] for g in groups for s in logs.describe_log_streams(logGroupName=g)["logStreams"]]
    return {
        *(key for key in objects if key != "training.json"),
        *(job["TrainingJobName"] for job in jobs),
        *(package["ModelPackageArn"] for package in packages),
        *streams,
    }
