"""Retraining, as people ask for it."""

import os
import signal
from pathlib import Path

import requests

from local.application import Application
from tests.stack.client import Client, wait_until

SMALL: dict[str, str | int] = {"preset": "sentences", "epochs": 2, "hidden_dim": 32, "embedding_dim": 32}


def test_retrain_over_http_needs_the_key(client: Client) -> None:
    before = requests.get(client.url + "/model", timeout=30).json()
    assert client.retrain(SMALL, key="wrong")[0] == 403
    assert requests.post(client.url + "/retrain", json=SMALL, timeout=30).status_code == 403
    assert client.get("/model")[1] == before


def test_what_training_cannot_do_is_refused_with_a_sentence(client: Client) -> None:
    status, answer = client.retrain({"instance_type": "ml.p3.2xlarge"})
    assert (status, "ml.g5.xlarge" in answer["detail"]) == (400, True)
    status, answer = client.retrain({"data": "absent"})
    assert (status, "no data set “absent”" in answer["detail"]) == (400, True)


def test_a_training_process_that_is_killed_fails_its_job_and_the_one_that_waited_follows(
    application: Application, client: Client
) -> None:
    before = client.serving()
    job = client.retrain({**SMALL, "epochs": 200})[1]["job"]
    waiting = client.retrain({**SMALL, "key": "the-next"})[1]["job"]
    assert client.retrain({**SMALL, "key": "the-next"})[1]["job"] == waiting
    assert client.job(waiting)["status"] == "Queued"
    wait_until(lambda: client.job(job)["epochs"], 60, "the first epoch is over")
    for process in training_processes(application, job):
        os.kill(process, signal.SIGKILL)
    report = wait_until(lambda: (r := client.job(job))["verdict"] and r, 60, "the job has failed and is judged")
    assert report["status"] == "Failed"
    assert report["verdict"]["status"] == "Rejected"
    assert report["reason"]
    assert client.serving() == before
    assert client.sentiment({"text": "good"})[0] == 200
    report = wait_until(lambda: (r := client.job(waiting))["verdict"] and r, 240, "the next job is over and judged")
    assert report["status"] == "Completed"
    assert client.serving() == before  # whatever it came to: on other texts, a person has to decide


def training_processes(application: Application, job: str) -> list[int]:
    """The Python processes that run the job's train.py: those with the job's name in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if f"TRAINING_JOB_NAME={job}\0".encode() in environment and b"train.py" in command:
            found.append(int(folder.name))
    assert found, "no process trains"
    return found
