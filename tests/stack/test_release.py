"""Models come and go, by the gate and by hand, and nobody who asks notices."""

import itertools
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import torch

from local.application import Application
from local.settings import BUCKET, PREFIX
from ml import artifact
from tests.stack.client import Client, wait_until

TEXTS = (
    "A superb and moving film.",
    "Dull, badly written and boring.",
    "Not good at all.",
    "I never saw anything as funny; my brother hated it.",
    "<p>Une merveille &amp; a <b>joy</b></p>",
)
WEAK: dict[str, Any] = {
    "preset": "sentences",
    "epochs": 2,
    "hidden_dim": 16,
    "embedding_dim": 16,
    "word_vectors": False,
    "vocabulary_size": 1000,
}
STRONG: dict[str, Any] = {"preset": "sentences", "epochs": 3, "hidden_dim": 32, "embedding_dim": 64}

Answers = list[tuple[str, int, dict[str, Any]]]


@pytest.mark.timeout(900)
def test_through_canaries_a_failed_bake_and_roll_backs_every_request_is_answered_and_rightly(
    application: Application, client: Client, first_model: dict[str, Any], tmp_path: Path
) -> None:
    baseline = first_model["version"]
    with asking(client) as answers:
        weak = trained(application, client, WEAK)
        verdict = client.job(PREFIX + weak)["verdict"]
        assert verdict["status"] == "PendingManualApproval"  # its texts are others than the baseline's
        assert client.serving() == baseline
        release(application, weak)
        wait_until(lambda: shares(client) == {weak: 1.0}, 60, "what a person releases serves")

        strong = trained(application, client, STRONG, wait_for_verdict=False)
        wait_until(lambda: shares(client) == {weak: 0.8, strong: 0.2}, 300, "the better model has its first share")
        ring(application, strong)
        rung = time.monotonic()
        wait_until(lambda: shares(client) == {weak: 1.0}, 30, "the alarm takes the release back")
        assert "went off" in client.job(PREFIX + strong)["reason"]
        wait_until(lambda: strong not in endpoints(application), 90, "the endpoint of the failed release is gone")
        wait_until(lambda: time.monotonic() - rung > 61, 62, "the alarm would be silent again")
        release(application, strong)
        wait_until(lambda: shares(client) == {strong: 1.0}, 60, "it serves, once released by hand")
        release(application, weak)
        wait_until(lambda: shares(client) == {weak: 1.0}, 30, "rolled back by hand")
        release(application, strong)
        wait_until(lambda: shares(client) == {strong: 1.0}, 30, "and forth again")

        worse = trained(application, client, WEAK)
        verdict = client.job(PREFIX + worse)["verdict"]
        assert verdict["status"] == "Rejected"
        assert strong in verdict["reasons"][-1]
        assert shares(client) == {strong: 1.0}

    assert {status for _, status, _ in answers} == {200}
    assert {answer["model"] for _, _, answer in answers} == {baseline, weak, strong}
    expected = {version: alone(application, version, tmp_path) for version in (baseline, weak, strong)}
    wrong = [each for each in answers if abs(each[2]["score"] - expected[each[2]["model"]][each[0]]) > 1e-3]
    assert wrong == []
    listed = {each["version"]: each["verdict"]["status"] for each in client.get("/models")[1]["models"]}
    assert listed == {baseline: "Approved", weak: "Approved", strong: "Approved", worse: "Rejected"}
    assert registered(application) == listed


def test_nothing_is_left_of_what_serves_no_more(application: Application, client: Client) -> None:
    serving = client.serving()
    wait_until(lambda: endpoints(application) == [serving], 60, "only what serves has an endpoint")
    alarms = application.client("cloudwatch").describe_alarms()["MetricAlarms"]
    own = {each["AlarmName"] for each in alarms if serving in each["AlarmName"]}
    assert len(own) == 4
    the_stage_s = {f"{PREFIX}sentiment-errors", f"{PREFIX}sentiment-mistakes"}
    assert {each["AlarmName"] for each in alarms} == own | the_stage_s
    groups = application.client("logs").describe_log_groups(logGroupNamePrefix="/aws/sagemaker/Endpoints/")["logGroups"]
    assert [(serving in each["logGroupName"], each["retentionInDays"]) for each in groups] == [(True, 1)]


def test_what_cannot_be_released_is_refused_with_a_sentence(application: Application) -> None:
    with pytest.raises(Exception, match="GET /models lists"):
        release(application, "20000101-000000-0000")


@contextmanager
def asking(client: Client) -> Iterator[Answers]:
    """Twenty requests a second all the while: (text, status, answer) of each."""
    answers: Answers = []
    over = threading.Event()
    started = time.monotonic()
    numbers = itertools.count()

    def keep_asking() -> None:
        session = requests.Session()
        while not over.is_set():
            number = next(numbers)
            if over.wait(max(0.0, started + number / 20 - time.monotonic())):
                return
            text = TEXTS[number % len(TEXTS)]
            answer = session.post(f"{client.url}/sentiment", json={"text": text}, timeout=30)
            answers.append((text, answer.status_code, answer.json()))

    threads = [threading.Thread(target=keep_asking) for _ in range(6)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def trained(application: Application, client: Client, request: dict[str, Any], wait_for_verdict: bool = True) -> str:
    """The version of a model that a job has made, and that has been judged unless that is not waited for."""
    job = application.invoke("retrain", request)["job"]
    if wait_for_verdict:
        wait_until(lambda: client.job(job)["verdict"], 300, "the model is judged")
    return str(job).removeprefix(PREFIX)


def release(application: Application, version: str) -> Any:
    return application.invoke("release", {"version": version})


def shares(client: Client) -> dict[str, float]:
    return {each["version"]: each["weight"] for each in client.get("/model")[1]["rollout"]}


def ring(application: Application, version: str) -> None:
    """Say, as SageMaker would, that the version's endpoint has failed to answer: its alarm goes off."""
    (endpoint,) = (name for name in all_endpoints(application) if version in name)
    dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "main"}]
    failures = {"MetricName": "Invocation5XXErrors", "Dimensions": dimensions, "Value": 1.0}
    application.client("cloudwatch").put_metric_data(Namespace="AWS/SageMaker", MetricData=[failures])


def endpoints(application: Application) -> list[str]:
    """The versions that have endpoints once reconcile has run, for which nobody wants to wait a minute."""
    application.invoke("reconcile")
    return [name.removeprefix(PREFIX).rpartition("-")[0] for name in all_endpoints(application)]


def all_endpoints(application: Application) -> list[str]:
    return [each["EndpointName"] for each in application.client("sagemaker").list_endpoints()["Endpoints"]]


def registered(application: Application) -> dict[str, str]:
    """Version → status in the model registry."""
    group = f"{PREFIX}models"
    listed = application.client("sagemaker").list_model_packages(ModelPackageGroupName=group, MaxResults=100)
    return {each["ModelPackageDescription"]: each["ModelApprovalStatus"] for each in listed["ModelPackageSummaryList"]}


def alone(application: Application, version: str, folder: Path) -> dict[str, float]:
    """Text → P(positive) by the version's own artifact, in this process."""
    archive = folder / f"{version}.tar.gz"
    key = f"jobs/{PREFIX}{version}/output/model.tar.gz"
    application.client("s3").download_file(BUCKET, key, str(archive))
    with tarfile.open(archive) as tar:
        tar.extractall(folder / version, filter="data")
    model = artifact.read(folder / version)
    model.network.eval()
    scores = {}
    with torch.inference_mode():
        for text in TEXTS:
            ids = torch.tensor([model.vocabulary.encode(text).ids])
            scores[text] = torch.sigmoid(model.network(ids) / model.calibration.of(ids.shape[1])).item()
    return scores
