"""What a fresh application gets beyond its deployment: the baseline's endpoint at once, and data to retrain on."""

import sys
from pathlib import Path
from typing import Any

from local.application import Application
from local.problem import Problem
from local.screen import Step, run
from local.settings import BUCKET, INSTALLS, PREFIX, ROOT, without_aws
from local.supervise import Command
from ml.errors import DataError
from ml.upload import upload

DATA_SET = "snippets"
ENDPOINT_LIMIT = 120.0  # seconds


def serve(application: Application) -> dict[str, Any]:
    """Wait until a model answers, the baseline or one that an earlier start trained; GET /model's answer.

    Raises Problem.
    """
    with Step("Endpoint") as step:
        application.invoke("reconcile")  # the clock would do so within a minute
        if not application.wait_until(lambda: _in_service(application), ENDPOINT_LIMIT, 0.2, step.tick):
            raise Problem(_why_none_serves(application))
    model: dict[str, Any] = application.get("/model")[1]
    return model


def seed(application: Application) -> None:
    """Put the small corpus where the retrain function finds it, unless it is there. Raises Problem."""
    s3 = application.client("s3")
    if s3.list_objects_v2(Bucket=BUCKET, Prefix=f"data/{DATA_SET}/")["KeyCount"]:
        return
    folder = corpus(INSTALLS / "data" / DATA_SET)
    try:
        upload(s3, BUCKET, DATA_SET, folder)
    except DataError as error:
        raise Problem(f"{error}\nIf it stays so, delete {folder} and start again.") from error


def corpus(folder: Path) -> Path:
    """The small corpus of rated movie-review sentences; fetched once, then kept for every copy of the application."""
    if not all((folder / f"{part}.jsonl.gz").exists() for part in ("train", "test")):
        command: Command = [sys.executable, "-m", "ml.data", "snippets", "--out", folder]
        title, log = "Corpus to retrain on (movie-review sentences, rated by people)", INSTALLS / "logs" / "corpus.log"
        run(title, command, log, cwd=ROOT, env=without_aws(), fetches=True)
    return folder


def _in_service(application: Application) -> bool:
    status, model = application.get("/model")
    return status == 200 and model["endpoint"]["status"] == "InService"


def _why_none_serves(application: Application) -> str:
    sagemaker = application.client("sagemaker")
    names = [each["EndpointName"] for each in sagemaker.list_endpoints(NameContains=PREFIX)["Endpoints"]]
    described = [sagemaker.describe_endpoint(EndpointName=name) for name in names]
    states = [
        f"{each['EndpointName']} is {each['EndpointStatus']} {each.get('FailureReason', '')}" for each in described
    ]
    return (
        f"No model serves after {ENDPOINT_LIMIT:.0f} s: {'; '.join(states) or 'there is no endpoint'}.\n"
        f"The logs are in {application.settings.logs}; `npm run reset` forgets everything, for a start from nothing."
    )
