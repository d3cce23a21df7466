"""What is measured, and who rings when it goes wrong."""

import json
import time
from typing import Any

import pytest
import requests

from local.application import Application
from local.settings import BUCKET, PREFIX
from tests.stack.client import Client, wait_until

SMALL: dict[str, Any] = {
    "preset": "sentences",
    "epochs": 1,
    "hidden_dim": 8,
    "embedding_dim": 8,
    "word_vectors": False,
    "vocabulary_size": 900,
}


@pytest.mark.timeout(600)
def test_a_canary_that_makes_the_route_answer_500_is_taken_back(application: Application, client: Client) -> None:
    before = client.get("/model")[1]["rollout"]
    job = application.invoke("retrain", SMALL)["job"]
    wait_until(lambda: client.job(job)["verdict"], 300, "the model is judged")
    broken = job.removeprefix(PREFIX)
    break_vocabulary(application, broken)
    start_release(application, broken)
    statuses = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and "went off" not in (client.job(job)["reason"] or ""):
        statuses += [ask(client) for _ in range(10)]
    assert f"{PREFIX}sentiment-mistakes went off" in client.job(job)["reason"]
    assert set(statuses) == {200, 500}
    assert client.get("/model")[1]["rollout"] == before
    wait_until(lambda: {ask(client) for _ in range(10)} == {200}, 10, "nobody is asked to bear it any longer")


def test_what_a_request_measures_is_in_cloudwatch(application: Application, client: Client) -> None:
    assert client.sentiment({"texts": ["good", "bad film"]})[0] == 200
    found = application.client("cloudwatch").list_metrics(Namespace=PREFIX[:-1])["Metrics"]
    own = [{"Name": "FunctionName", "Value": f"{PREFIX}sentiment"}]
    names = {metric["MetricName"] for metric in found if metric["Dimensions"] == own}
    assert {"Fetching", "Encoding", "Asking", "Total", "ColdStart", "Positive", "Unknown"} <= names


def test_an_event_that_a_function_fails_on_each_time_is_kept(application: Application) -> None:
    version = "20000101-000000-0000"  # which there is none of
    start_release(application, version)
    sqs = application.client("sqs")
    queue = sqs.get_queue_url(QueueName=f"{PREFIX}undelivered")["QueueUrl"]
    (message,) = wait_until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), 60, "the event is undelivered")
    assert json.loads(message["Body"])["requestPayload"] == {"version": version}


def start_release(application: Application, version: str) -> None:
    """Have the version released, without waiting for it."""
    payload = json.dumps({"version": version})
    application.client("lambda").invoke(FunctionName=f"{PREFIX}release", InvocationType="Event", Payload=payload)


def break_vocabulary(application: Application, version: str) -> None:
    """Leave something else in place of the words that requests to this version are encoded with."""
    s3 = application.client("s3")
    model = s3.get_object(Bucket=BUCKET, Key=f"models/{version}.json")["Body"].read()
    vocabulary = json.loads(model)["vocabulary"]["id"]
    s3.put_object(Bucket=BUCKET, Key=f"vocabularies/{vocabulary}.json.gz", Body=b"not what it should be")


def ask(client: Client) -> int:
    answer = requests.post(f"{client.url}/sentiment", json={"text": "a good film"}, timeout=30)
    return answer.status_code
