"""Many reviews at once: uploaded by a form, judged by a transform job, downloaded in their order."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from local.application import Application
from local.settings import BUCKET, STAGE
from ml import batch, stage_batch
from tests.stack.client import Client, wait_until

REVIEWS = [f"{word} film, number {number}" for number in range(100) for word in ("A wonderful", "An awful", "Some")]
BAD = {10: b"no JSON", 20: b'{"id": "twenty"}', 30: b'{"text": "\xff"}', 250: b'{"text": "\xe2\x80\xa6"}'}
LIMIT = 180.0  # seconds, of which the clock may take 60


def ask(client: Client, method: str, path: str, described_as: str | None = None, key: str | None = None) -> Any:
    headers = {"x-api-key": client.key if key is None else key}
    answer = requests.request(method, client.url + path, headers=headers, timeout=30)
    return client.checked(answer, method.lower(), described_as or path)


def begin(client: Client) -> dict[str, Any]:
    status, batch = ask(client, "POST", "/batches")
    assert status == 202
    return dict(batch)


def send(upload: dict[str, Any], body: bytes, **changes: str) -> requests.Response:
    return requests.post(upload["url"], data=upload["fields"] | changes, files={"file": body}, timeout=30)


def ended(client: Client, name: str) -> dict[str, Any]:
    def final() -> Any:
        _, batch = ask(client, "GET", f"/batches/{name}", "/batches/{id}")
        return batch["status"] in ("Completed", "Failed") and batch

    return dict(wait_until(final, LIMIT, f"the batch {name} had ended"))


def test_a_batch_has_the_scores_that_sentiment_has_in_the_order_of_its_lines(
    application: Application, client: Client
) -> None:
    lines = [json.dumps({"text": text}).encode() for text in REVIEWS]
    lines[5] = json.dumps({"id": "mine", "text": REVIEWS[5]}).encode()
    for index, line in BAD.items():
        lines[index] = line
    begun = begin(client)
    send(begun["upload"], b"\n".join(lines)).raise_for_status()
    told = ended(client, begun["id"])
    assert (told["status"], told["reason"], told["done"]) == ("Completed", None, len(lines))
    downloaded = requests.get(told["download"], timeout=30)
    downloaded.raise_for_status()
    answers = [json.loads(line) for line in downloaded.content.splitlines()]
    own = {5: "mine", 20: "twenty"}
    assert [each["id"] for each in answers] == [own.get(index, index + 1) for index in range(len(lines))]
    assert {index for index, each in enumerate(answers) if "error" in each} == BAD.keys()
    assert told["model"] == client.serving()
    some = [index for index in range(40) if index not in BAD][:25]
    results = client.sentiment({"texts": [REVIEWS[index] for index in some]})[1]["results"]
    for index, result in zip(some, results, strict=True):
        assert answers[index]["score"] == pytest.approx(result["score"], abs=1e-5)
        assert (answers[index]["sentiment"], answers[index]["model"]) == (result["sentiment"], result["model"])
    assert no_open_batch(application)


def test_an_upload_of_several_parts_with_a_line_that_is_too_long_is_answered_line_by_line(client: Client) -> None:
    """Of more than 5 MB S3 copies ranges by itself; lines without a text are judged at once."""
    lines = [b'{"id": "%d", "none": "%s"}' % (number, b"x" * 20_000) for number in range(1000)]
    lines[700] = b"x" * 7_000_000
    begun = begin(client)
    send(begun["upload"], b"\n".join(lines)).raise_for_status()
    told = ended(client, begun["id"])
    assert (told["status"], told["lines"], told["progress"]) == ("Completed", 1000, 1.0)
    answers = [json.loads(line) for line in requests.get(told["download"], timeout=30).content.splitlines()]
    assert [each["id"] for each in answers] == [701 if number == 700 else str(number) for number in range(1000)]
    assert ["6,000,000" in each["error"] for each in answers] == [number == 700 for number in range(1000)]


def test_the_form_takes_no_other_key_and_no_other_field(client: Client) -> None:
    upload = begin(client)["upload"]
    assert send(upload, b"x", key="batches/other/reviews.jsonl").status_code == 403
    assert send(upload, b"").status_code == 400


def test_a_batch_that_cannot_be_judged_says_why(client: Client) -> None:
    begun = begin(client)
    send(begun["upload"], b"\x1f\x8b\x08compressed").raise_for_status()
    told = ended(client, begun["id"])
    assert (told["status"], told["download"]) == ("Failed", None)
    assert "compressed" in told["reason"]


def test_a_table_is_judged_by_the_stage_from_a_shell(
    application: Application, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in application.settings.aws_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(stage_batch, "variables", lambda path: {})  # another copy's, where `npm start` runs one
    monkeypatch.setattr(stage_batch, "POLL_SECONDS", 0.5)
    path = tmp_path / "reviews.csv"
    path.write_text('film,review\nA,"Wonderful,\nreally"\nB,"Awful, a bore"\nC,\n')
    batch.main([str(path), "--stage", STAGE, "--text-column", "review", "--id-column", "film"])
    with open(tmp_path / "reviews.verdicts.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["sentiment"]) for row in rows] == [("A", "positive"), ("B", "negative"), ("C", "")]
    assert "no word is left" in rows[2]["error"]


def test_only_who_has_the_key_begins_a_batch_or_asks_for_one(client: Client) -> None:
    assert ask(client, "POST", "/batches", key="wrong")[0] == 403
    path = "/batches/" + "0" * 20
    assert ask(client, "GET", path, "/batches/{id}", key="wrong")[0] == 403
    assert ask(client, "GET", path, "/batches/{id}")[0] == 404


def no_open_batch(application: Application) -> bool:
    """Batches without an upload wait for theirs; no other is open."""
    s3 = application.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix="batches/open/").get("Contents", [])
    batches = (each["Key"].replace("open/", "") + "/batch.json" for each in found)
    steps = {json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())["step"] for key in batches}
    return steps <= {"waiting"}
