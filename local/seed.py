"""Gives a fresh application its first model, the way a user would: data into the bucket, then the retrain function."""

import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from local.application import Application
from local.problem import Problem
from local.screen import Step, run
from local.settings import BUCKET, INSTALLS, PREFIX, ROOT, without_aws
from local.supervise import Command
from ml.errors import DataError
from ml.upload import upload

DATA_SET = "snippets"
OVER = ("Completed", "Failed", "Stopped")
TRAINING_LIMIT = 3600.0  # seconds
ENDPOINT_LIMIT = 120.0


def seed(application: Application, hyperparameters: dict[str, int | float] | None = None) -> dict[str, Any]:
    """Make sure that a model serves, training one if none does; GET /model's answer. Raises Problem."""
    if not _serves_already(application):
        folder = corpus(INSTALLS / "data" / DATA_SET)
        try:
            upload(application.client("s3"), BUCKET, DATA_SET, folder)
        except DataError as error:
            raise Problem(f"{error}\nIf it stays so, delete {folder} and start again.") from error
        job = application.invoke("retrain", {"data": DATA_SET, **(hyperparameters or {})})
        follow(application, job["job"])
        with Step("Endpoint") as step:
            if not application.wait_until(lambda: _in_service(application), ENDPOINT_LIMIT, 0.3, step.tick):
                raise Problem(f"The job is done, and yet no model serves. {_verdict(application, job['job'])}")
    model: dict[str, Any] = application.get("/model")[1]
    return model


def corpus(folder: Path) -> Path:
    """The small corpus of rated movie-review sentences; fetched once, then kept for every copy of the application."""
    if not all((folder / f"{part}.jsonl.gz").exists() for part in ("train", "test")):
        command: Command = [sys.executable, "-m", "ml.data", "snippets", "--out", folder]
        log = INSTALLS / "logs" / "corpus.log"
        run("Corpus (movie-review sentences, rated by people)", command, log, cwd=ROOT, env=without_aws())
    return folder


def follow(application: Application, job: str) -> None:
    """Show a training job's epochs until it is over. Raises Problem when it does not complete."""
    report: dict[str, Any] = {}

    def look() -> bool:
        nonlocal report
        status, answer = application.get(f"/jobs/{job}")
        if status == 200:
            report = answer
            _show(bar, answer)
        return report.get("status") in OVER

    # On a terminal the bar takes the place of the step's own line; elsewhere the step says now and then how far it is.
    with Step(f"Training job {job}") as step, tqdm(unit="epoch", desc="Training", leave=False, disable=None) as bar:

        def tick() -> None:
            if bar.disable:
                step.tick(_epoch(report))

        ended = application.wait_until(look, TRAINING_LIMIT, 0.5, tick)
        if not ended or report["status"] != "Completed":
            log = application.settings.state / "sagemaker" / "jobs" / job
            reason = report.get("reason")
            raise Problem(f"The training job {job} is {report.get('status')}: {reason}\nIts log is in {log}.")


def _show(bar: "tqdm[Any]", report: dict[str, Any]) -> None:
    epochs = report["epochs"]
    bar.total = int(report.get("hyperparameters", {}).get("epochs", 0)) or None
    bar.set_postfix_str(_epoch(report) or report["secondary_status"], refresh=False)
    bar.update(len(epochs) - bar.n)
    bar.refresh()


def _epoch(report: dict[str, Any]) -> str:
    if not report.get("epochs"):
        return str(report.get("secondary_status", ""))
    last = report["epochs"][-1]
    return f"epoch {last['epoch']}: loss {last['loss']:.3f}, accuracy {last['accuracy']:.3f}"


def _in_service(application: Application) -> bool:
    status, model = application.get("/model")
    return status == 200 and model["endpoint"]["status"] == "InService"


def _serves_already(application: Application) -> bool:
    """Whether a model of an earlier start serves, or does so once its endpoint has started again."""
    status, model = application.get("/model")
    if status != 200:
        return False
    if model["endpoint"]["status"] == "InService":
        return True
    with Step("Endpoint of the model trained before") as step:
        sagemaker = application.client("sagemaker")

        def settled() -> bool:
            starting = sagemaker.list_endpoints(NameContains=PREFIX, StatusEquals="Creating")["Endpoints"]
            return _in_service(application) or not starting

        application.wait_until(settled, ENDPOINT_LIMIT, 0.3, step.tick)
    return _in_service(application)


def _verdict(application: Application, job: str) -> str:
    report = application.get(f"/jobs/{job}")[1] or {}
    return (
        f"Its verdict: {report.get('verdict')}; {report.get('reason') or 'the logs of the release function say more'}."
    )
