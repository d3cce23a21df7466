"""What the tests of retraining do to a stage."""

import json
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import sagemaker_backends

from handlers import retrain
from tests.unit.handlers.stage import BUCKET, PREFIX, Stage, event


def prepare(stage: Stage) -> Stage:
    """The stage with a data set, and a pointer that names no model yet."""
    stage.put("data/snippets/train.jsonl.gz", b"data")
    stage.put("serving.json", {"deployments": []})
    return stage


def post(body: Any) -> tuple[int, dict[str, Any]]:
    """POST /retrain: status and body of the answer."""
    answer = retrain.handler(event("POST", "/retrain", body), None)
    return answer["statusCode"], json.loads(answer["body"])


def start_next() -> str | None:
    """What the release function has the retrain function do."""
    started: str | None = retrain.handler({"start_next": True}, None)["started"]
    return started


def set_status(job: str, status: str) -> None:
    """moto's jobs are Completed at once; here one is, or is no longer, InProgress."""
    sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs[job].training_job_status = status


def run(**body: Any) -> str:
    """Start a job, which goes on running; its name."""
    status, answer = post(body)
    assert status == 202
    set_status(answer["job"], "InProgress")
    job: str = answer["job"]
    return job


def jobs(stage: Stage) -> list[str]:
    """The names of the jobs that SageMaker has."""
    return [job["TrainingJobName"] for job in stage.sagemaker.list_training_jobs()["TrainingJobSummaries"]]


def waiting(stage: Stage) -> list[str]:
    """The names of the jobs that wait in the queue."""
    found = stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="queue/").get("Contents", [])
    return [PREFIX + each["Key"].removeprefix("queue/").removesuffix(".json") for each in found]
