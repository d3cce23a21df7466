"""Models replace one another, and nobody who asks notices."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import requests

from local.application import Application
from tests.stack.client import Client, wait_until

SMALL: dict[str, str | int] = {"preset": "sentences", "epochs": 2, "hidden_dim": 32, "embedding_dim": 32}


def version_of(job: str) -> str:
    return job.removeprefix("sentiment-local-")


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


def test_two_retrainings_replace_the_model_twice_without_a_failed_request(
    application: Application, client: Client
) -> None:
    versions: list[str] = [client.serving()]
    seen: list[tuple[int, Any]] = []
    over = threading.Event()

    def keep_asking() -> None:
        while not over.wait(0.05):
            seen.append(client.sentiment({"text": "a superb and moving film"}))

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        for _ in range(2):
            job = application.invoke("retrain", SMALL)["job"]
            versions.append(version_of(job))
            wait_until(lambda: client.serving() == versions[-1], 240, "the new model serves")
            assert client.job(job)["verdict"]["approved"]
        wait_until(lambda: endpoints_after_reconciling(application) == [job], 60, "only the last endpoint is left")
    finally:
        over.set()
        asking.join()
    assert {status for status, _ in seen} == {200}
    # Each model's answers are of one kind and come in one run: no request met ids of another vocabulary.
    answers = [(answer["model"], answer["score"]) for _, answer in seen]
    assert len(set(answers)) == len({model for model, _ in answers}) == 3
    assert list(dict.fromkeys(model for model, _ in answers)) == versions


def test_a_training_process_that_is_killed_fails_its_job_and_harms_nobody(
    application: Application, client: Client
) -> None:
    before = client.serving()
    job = client.retrain({**SMALL, "epochs": 200})[1]["job"]
    wait_until(lambda: client.job(job)["epochs"], 60, "the first epoch is over")
    for process in training_processes(application, job):
        os.kill(process, signal.SIGKILL)
    report = wait_until(lambda: (r := client.job(job))["status"] == "Failed" and r, 30, "the job is Failed")
    assert report["reason"]
    assert report["verdict"] is None
    assert client.serving() == before
    assert client.sentiment({"text": "good"})[0] == 200
    again = client.retrain(SMALL)[1]["job"]
    wait_until(lambda: client.serving() == version_of(again), 240, "the next job's model serves")


def endpoints_after_reconciling(application: Application) -> list[str]:
    """The endpoints that are left once reconcile has run, for which nobody wants to wait a minute."""
    application.invoke("reconcile")
    endpoints = application.client("sagemaker").list_endpoints()["Endpoints"]
    return [endpoint["EndpointName"] for endpoint in endpoints]


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
