"""What people know better: sent, kept, made a data set of, and deleted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from local.application import Application
from local.settings import BUCKET, ROOT
from ml.data import Example, write
from tests.stack.client import Client

TEXT = "This was announced as a comedy, but nobody laughed."


def send(client: Client, body: dict[str, Any]) -> tuple[int, Any]:
    return client.checked(requests.post(f"{client.url}/feedback", json=body, timeout=30), "post", "/feedback")


def delete(client: Client, name: str, key: str | None = None) -> requests.Response:
    headers = {"x-api-key": client.key if key is None else key}
    return requests.delete(f"{client.url}/feedback/{name}", headers=headers, timeout=30)


def in_bucket(application: Application, prefix: str) -> list[str]:
    found = application.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [each["Key"] for each in found]


def test_feedback_is_kept_once_with_what_the_model_says_and_without_the_sender_s_address(
    application: Application, client: Client
) -> None:
    first, again = (send(client, {"text": TEXT, "sentiment": "negative"}) for _ in range(2))
    assert first == again
    status, answer = first
    assert status == 202
    key = f"feedback/quarantine/{answer['id']}.json"
    assert in_bucket(application, f"feedback/quarantine/{answer['id']}") == [key]
    body = application.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    kept = json.loads(body)
    assert (kept["text"], kept["label"], kept["model"]) == (TEXT, 0, client.serving())
    assert kept["score"] == pytest.approx(client.sentiment({"text": TEXT})[1]["score"], abs=1e-5)
    assert b"127.0.0.1" not in body


@pytest.mark.parametrize(
    ("body", "status"),
    [({"text": TEXT}, 400), ({"text": TEXT, "sentiment": "mixed"}, 400), ({"text": "…", "sentiment": "negative"}, 422)],
)
def test_what_is_no_feedback_is_refused_with_a_sentence(client: Client, body: dict[str, Any], status: int) -> None:
    got, answer = send(client, body)
    assert (got, answer["status"]) == (status, status)
    assert answer["detail"]


def test_who_has_the_key_deletes_feedback_and_nobody_else_does(application: Application, client: Client) -> None:
    name = send(client, {"text": TEXT, "sentiment": "positive"})[1]["id"]
    assert delete(client, name, key="wrong").status_code == 403
    assert in_bucket(application, f"feedback/quarantine/{name}")
    answers = [delete(client, name) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert in_bucket(application, f"feedback/quarantine/{name}") == []
    versions = application.client("s3").list_object_versions(Bucket=BUCKET, Prefix=f"feedback/quarantine/{name}")
    assert versions.keys().isdisjoint({"Versions", "DeleteMarkers"})  # nobody can bring it back
    assert client.checked(delete(client, "none"), "delete", "/feedback/{id}")[0] == 404


def test_a_stage_s_feedback_becomes_a_data_set_of_its_bucket(
    application: Application, client: Client, tmp_path: Path
) -> None:
    names = {
        send(client, {"text": f"{TEXT} Not even the {word} one.", "sentiment": sentiment})[1]["id"]
        for word, sentiment in (("first", "negative"), ("second", "positive"))
    }
    for part in ("train", "test"):
        rows = [Example(f"Some {part} text number {number}", number % 2) for number in range(4)]
        write(tmp_path / "base" / f"{part}.jsonl.gz", rows)
    command = ["feedback", "--base", "base", "--out", "out", "--bucket", BUCKET, "--upload", "with-feedback"]
    made = subprocess.run(
        [sys.executable, "-m", "ml.data", *command, "--largest-share", "1"],
        cwd=tmp_path,
        env=application.settings.environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert in_bucket(application, "data/with-feedback/extra.jsonl.gz")
    accepted = {Path(key).stem for key in in_bucket(application, "feedback/accepted/")}
    assert names <= accepted
    for name in accepted:
        assert delete(client, name).status_code == 204
    assert not accepted & {Path(key).stem for key in in_bucket(application, "feedback/")}
