"""A word that people send is written nowhere but where feedback is kept."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest
import requests

from local.application import Application
from local.settings import BUCKET, PREFIX
from tests.stack.client import Client, wait_until
from tests.stack.victims import kill

JSON = "application/json"


def word() -> str:
    """A word that nobody has written before, of letters alone: no encoding of text changes it."""
    return "zq" + "".join(secrets.choice("abcdefghijklmnop") for _ in range(20))


def sentiment_bodies(word: str) -> list[Any]:
    """Requests that are answered, and requests that are refused, each with the word in it."""
    text = f"A good film, {word}"
    return [
        {"text": text},
        {"text": text, "explain": True},
        {"texts": [text, word, "…", 5, f"{word} " * 20_000]},
        {"text": f"{word} " * 20_000},
        {"text": [word]},
        {"text": text, "explain": word},
        {"texts": {word: word}},
        {"texts": [text] * 26},
        [word],
        f'{{"text": "{word}',
        f'{{"text": {word}}}',
        f'{{"text": "{word} \\ud800"}}',
        f'{{"text": "{word}", "text": 1{"0" * 5000}}}',
        f'{{"text": "{word}\udcff"}}'.encode(errors="surrogateescape"),
        ("[" * 5000) + word,
    ]


def feedback_bodies(word: str) -> list[Any]:
    """As above, none of which is kept."""
    return [
        {"text": word, "sentiment": word},
        {"text": f"{word} " * 5000, "sentiment": "positive"},
        {"text": [word], "sentiment": "positive"},
        f'{{"text": "{word}',
    ]


def send(url: str, body: Any, method: str = "POST", **headers: str) -> requests.Response:
    """The body as it is where it is a str or bytes, else as JSON."""
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return requests.request(method, url, data=data, headers={"Content-Type": JSON, **headers}, timeout=40)


def test_what_people_send_is_in_no_log_metric_message_or_error(application: Application, client: Client) -> None:
    """Where feedback is kept it is found, by the same search."""
    sent = word()
    kept = send(f"{client.url}/feedback", {"text": f"A good film, {sent}", "sentiment": "positive"}).json()["id"]
    answers = [send(f"{client.url}/sentiment", body) for body in sentiment_bodies(sent)]
    answers += [send(f"{client.url}/feedback", body) for body in feedback_bodies(sent)]
    for kind in ("text/plain", f"text/{sent}", f"{JSON}; charset={sent}"):
        answers.append(send(f"{client.url}/sentiment", {"text": sent}, **{"Content-Type": kind}))
    answers.append(
        send(f"{client.url}/sentiment?{sent}={sent}", {"text": 5}, **{"X-Anything": sent, "User-Agent": sent})
    )
    for method, path in (("GET", "jobs"), ("GET", "assets"), ("DELETE", "feedback")):
        answers.append(send(f"{client.url}/{path}/{sent}", "", method, **{"x-api-key": client.key}))
    answers.append(send(f"{client.url}/retrain", {"preset": sent}, **{"x-api-key": sent}))
    refused = [answer for answer in answers if not answer.ok]
    assert len(refused) > 15
    assert [answer.text for answer in refused if sent in answer.text] == []
    assert {answer.status_code for answer in refused} <= {400, 403, 404, 413, 415, 422}
    assert found(application, sent) == {f"feedback/quarantine/{kept}.json"}


def test_nor_is_what_was_sent_while_the_endpoint_could_not_answer(application: Application, client: Client) -> None:
    sent = word()
    assert kill("serving", 0, application.settings.state)
    statuses = [
        send(f"{client.url}/feedback", {"text": f"{sent} {number}", "sentiment": "positive"}).status_code
        for number in range(3)
    ]
    assert statuses == [202] * 3
    wait_until(lambda: client.sentiment({"text": "good"})[0] == 200, 30, "the endpoint answers again")
    places = found(application, sent)
    assert len(places) == 3
    assert {place.rpartition("/")[0] for place in places} == {"feedback/quarantine"}


def test_nor_does_the_endpoint_repeat_what_it_refuses(application: Application, client: Client) -> None:
    """AWS logs what a container prints, and hands its refusals on."""
    sent = word()
    runtime = application.client("sagemaker-runtime", retries={"total_max_attempts": 1})
    (endpoint,) = (each["endpoint"] for each in pointer(application)["deployments"] if each["weight"])
    vocabulary = client.get("/model")[1]["vocabulary"]["id"]
    for body in (
        {"vocabulary": vocabulary, "inputs": [[sent]]},
        {"vocabulary": vocabulary, "inputs": [[2]], "explain": sent},
        {"vocabulary": sent, "inputs": [[2]]},
        {"vocabulary": vocabulary, "inputs": sent},
        f'{{"inputs": "{sent}',
    ):
        text = body if isinstance(body, str) else json.dumps(body)
        with pytest.raises(botocore.exceptions.ClientError) as refusal:
            runtime.invoke_endpoint(EndpointName=endpoint, ContentType=JSON, Body=text)
        assert "ModelError" in str(refusal.value)
        assert sent not in json.dumps(refusal.value.response, default=str)
    lines = [json.dumps({"text": f"good {sent}"}), json.dumps({"text": [sent]}), f'{{"text": "{sent}', f'"{sent}"']
    answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="application/jsonlines", Body="\n".join(lines))[
        "Body"
    ].read()
    judged, *refused = (sorted(json.loads(line)) for line in answer.splitlines())
    assert (judged, refused) == (["model", "score", "sentiment"], [["error"]] * 3)
    assert sent.encode() not in answer
    assert found(application, sent) == set()


def test_sagemaker_captures_nothing_of_what_endpoints_are_sent(application: Application) -> None:
    sagemaker = application.client("sagemaker")
    for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]:
        config = sagemaker.describe_endpoint_config(EndpointConfigName=each["EndpointConfigName"])
        assert not config.get("DataCaptureConfig", {}).get("EnableCapture")


def pointer(application: Application) -> Any:
    return json.loads(application.client("s3").get_object(Bucket=BUCKET, Key="serving.json")["Body"].read())


def found(application: Application, sent: str) -> set[str]:
    """Where the word is, of all that the application and its emulators have written, asked of each place by name."""
    state = application.settings.state
    places = {
        str(path.relative_to(state))
        for path in state.rglob("*")
        if path.is_file() and not path.is_relative_to(state / "s3") and sent.encode() in path.read_bytes()
    }
    lines = dict(logged(application))
    assert any('"message":"answered"' in line for line in lines.values())
    places |= {name for name, line in lines.items() if sent in line}
    for name, told in (("metrics", metrics(application)), ("undelivered", undelivered(application))):
        places |= {name} if sent in json.dumps(told, default=str) else set()
    return places | {key for key, body in objects(application) if sent.encode() in body}


def logged(application: Application) -> Iterator[tuple[str, str]]:
    """Group and number, and text, of every line of every log."""
    logs = application.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate()
    for group in (group["logGroupName"] for page in groups for group in page["logGroups"]):
        for number, page in enumerate(logs.get_paginator("filter_log_events").paginate(logGroupName=group)):
            for place, event in enumerate(page["events"]):
                yield f"{group} {number} {place}", event["message"]


def metrics(application: Application) -> list[Any]:
    """Names and dimensions of every metric, and all alarms, with their reasons."""
    watch = application.client("cloudwatch")
    pages = watch.get_paginator("list_metrics").paginate()
    return [*(metric for page in pages for metric in page["Metrics"]), watch.describe_alarms()["MetricAlarms"]]


def undelivered(application: Application) -> Any:
    """The events that functions failed on; each is left where it is."""
    sqs = application.client("sqs")
    queue = sqs.get_queue_url(QueueName=f"{PREFIX}undelivered")["QueueUrl"]
    return sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages")


def objects(application: Application) -> Iterator[tuple[str, bytes]]:
    """Key and content of every version of all that is in the stage's bucket."""
    s3 = application.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
        for each in page.get("Versions", []):
            which = {"Bucket": BUCKET, "Key": each["Key"], "VersionId": each["VersionId"]}
            yield each["Key"], s3.get_object(**which)["Body"].read()
