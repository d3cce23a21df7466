"""The deployed application, sent what no honest client sends."""

import json

import pytest
import requests

from handlers.common.limits import BODY_BYTES, FEEDBACK_CHARACTERS, TEXTS
from tests.stack.client import Client
from tests.unit import hostile

SLOW = ["one word", "words of quotes", "nested tags", "nested tags, not closed", "tags without an end", "entities"]
NO_VERDICT = ["one word of quotes", "words of quotes"]  # all of whose words are unknown, or look like another language
BODIES = sorted(hostile.BODIES.keys() - {"Latin-1"})  # of which the emulator makes UTF-8, before a function sees it


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_a_hostile_text_is_judged_and_explained_in_time(client: Client, name: str) -> None:
    status, judged = client.sentiment({"text": hostile.TEXTS[name]})
    if name in NO_VERDICT:
        assert (status, judged["type"]) == (422, "urn:sentiment:problem:no-verdict")
        return
    assert status == 200
    status, explained = client.sentiment({"text": hostile.TEXTS[name], "explain": True})
    assert status == 200
    assert explained["tokens"] == judged["tokens"]


@pytest.mark.parametrize("name", SLOW)
def test_a_request_as_large_as_may_be_is_answered_in_time(client: Client, name: str) -> None:
    texts = [f"{hostile.TEXTS[name][: BODY_BYTES // TEXTS - 100]} good" for _ in range(TEXTS)]
    status, answer = client.sentiment({"texts": texts})
    assert status == 200
    assert len(answer["results"]) + len(answer["errors"]) == TEXTS
    assert {error["code"] for error in answer["errors"]} <= {"no-verdict"}


@pytest.mark.parametrize("route", ["/sentiment", "/feedback", "/retrain"])
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_request_is_refused(client: Client, route: str, name: str) -> None:
    headers = {"Content-Type": "application/json", "x-api-key": client.key}
    answer = requests.post(client.url + route, data=hostile.BODIES[name], headers=headers, timeout=30)
    status, problem = client.checked(answer, "post", route)
    assert status == 400
    assert problem["detail"]


def test_a_hostile_text_is_taken_as_feedback_unless_it_is_too_long(client: Client) -> None:
    for name, text in hostile.TEXTS.items():
        body = json.dumps({"text": text, "sentiment": "positive"})
        headers = {"Content-Type": "application/json"}
        answer = requests.post(f"{client.url}/feedback", data=body, headers=headers, timeout=30)
        status, _ = client.checked(answer, "post", "/feedback")
        assert status == (413 if len(text) > FEEDBACK_CHARACTERS else 422 if name in NO_VERDICT else 202)


@pytest.mark.parametrize("name", ["%00", "..%2F..%2Fserving.json", "%ED%A0%80", "a" * 2000, "%E2%80%AE", "'%22%3Cb%3E"])
def test_a_hostile_name_is_of_no_job(client: Client, name: str) -> None:
    status, _ = client.get(f"/jobs/{name}", "/jobs/{job}")
    assert status == 404
