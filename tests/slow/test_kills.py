"""The application's own processes are killed, fifty times, and what it said stays true."""

import hashlib
import json
import os
import random
import time
from pathlib import Path

import pytest

from local.application import Application
from local.seed import seed as bring_data
from local.seed import serve
from local.settings import BUCKET, PREFIX, Settings
from tests.slow.people import SMALLEST, Told, killing, using
from tests.stack.client import Client, wait_until
from tests.stack.conftest import free_port
from tests.stack.test_release import alone, release, shares, trained
from tests.stack.victims import KINDS, kill

TIMES = 50
WEIGHTS = dict(zip(KINDS, (5, 3, 1), strict=True))


@pytest.mark.timeout(1200)
def test_what_was_acknowledged_is_there_after_fifty_kills_at_random_moments(tmp_path: Path) -> None:
    """KILLS_SEED repeats the draws of a run; the moments are the machine's too, and do not repeat."""
    number = int(os.environ.get("KILLS_SEED") or time.time())
    print(f"KILLS_SEED={number}")
    settings = Settings(state=tmp_path / "state", aws_port=free_port(), sagemaker_port=free_port())
    with Application(settings) as application:
        application.deploy()
        baseline = serve(application)["version"]
        bring_data(application)
        client = Client(application.url, application.api_key())
        weak = trained(application, client, {**SMALLEST, "hidden_dim": 16})
        expected = {version: alone(application, version, tmp_path) for version in (baseline, weak)}

        with using(application, client, [baseline, weak], number) as told:
            killed = killing(
                lambda kind, choice: kill(kind, choice, settings.state), WEIGHTS, TIMES, random.Random(number)
            )
        print({kind: sum(each.startswith(kind) for each in killed) for kind in KINDS}, told.statuses)

        assert_answered(told)
        wrong = [(t, a) for t, a in told.verdicts if abs(a["score"] - expected[a["model"]][t]) > 1e-3]
        assert wrong == []
        assert_feedback_kept(application, told)
        assert_jobs_known(application, client, told)
        assert_pointer_whole(application, client)
        for version in (baseline, weak):
            assert_released_again(application, client, version, tmp_path / version)
        application.check()


def assert_answered(told: Told) -> None:
    """There was load, and what was not answered was said to be the service's fault."""
    assert len(told.verdicts) > TIMES
    assert len(told.feedback) > TIMES
    assert told.jobs
    assert told.released
    assert {status for _, status in told.statuses} <= {200, 202, 502, 503, 504}


def assert_feedback_kept(application: Application, told: Told) -> None:
    """What was answered 202 is in quarantine as it was sent, and nothing there is cut short."""
    s3 = application.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="feedback/quarantine/")
    found = {}
    for each in (each for page in pages for each in page["Contents"]):
        document = json.loads(s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read())
        text, label = document["text"], document["label"]
        name = hashlib.sha256(json.dumps([text, label, document["source"]]).encode()).hexdigest()
        assert each["Key"] == f"feedback/quarantine/{name}.json"
        found[name] = text, label
    assert {name: found.get(name) for name in told.feedback} == told.feedback


def assert_jobs_known(application: Application, client: Client, told: Told) -> None:
    """Every job that was answered 202 comes to its end, with a verdict or the reason why there is none."""

    def reports() -> list[dict[str, object]] | None:
        application.invoke("reconcile")  # the clock would do so within a minute
        found = [client.job(job) for job in sorted(told.jobs)]
        return found if all(each["verdict"] or each["reason"] for each in found) else None

    for report in wait_until(reports, 400, "every job has come to its end"):
        assert report["status"] in ("Completed", "Failed"), report
        assert report["status"] == "Completed" or report["reason"], report
    listed = {each["job"] for each in client.get("/models")[1]["models"]}
    assert {job for job in told.jobs if client.job(job)["verdict"]} <= listed


def assert_pointer_whole(application: Application, client: Client) -> None:
    """No release is left half done: one version has all requests, and its endpoint answers."""
    wait_until(lambda: list(shares(client).values()) == [1.0], 60, "no release is under way")
    pointer = json.loads(application.client("s3").get_object(Bucket=BUCKET, Key="serving.json")["Body"].read())
    assert pointer["rollout"] is None
    endpoints = {each["EndpointName"] for each in application.client("sagemaker").list_endpoints()["Endpoints"]}
    assert {each["endpoint"] for each in pointer["deployments"] if each["weight"]} <= endpoints


def assert_released_again(application: Application, client: Client, version: str, artifact: Path) -> None:
    """The version serves once more, and says of its golden texts what it was made to say."""
    release(application, version)

    def serves() -> bool:
        application.invoke("reconcile")
        return shares(client) == {version: 1.0}

    wait_until(serves, 90, f"{PREFIX}{version} serves again")
    time.sleep(1.5)  # for as long as a function goes on using the pointer that it has read
    for golden in json.loads((artifact / "golden.json").read_text()):
        status, answer = client.sentiment({"text": golden["text"]})
        assert (status, answer["model"]) == (200, version)
        assert abs(answer["score"] - golden["score"]) < 1e-3
