"""What no honest client sends: every route answers it with a sentence, and with nothing else."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import feedback, jobs, page, retrain, sentiment
from handlers.common import pointer
from handlers.common.limits import FEEDBACK_CHARACTERS
from ml.job import HYPERPARAMETERS, SETTINGS
from tests.unit.handlers.lines import Lines
from tests.unit.handlers.stage import PREFIX, V1, Stage, event
from tests.unit.hostile import BODIES, TEXTS, any_json, any_text, as_json

ROUTES = {"/sentiment": sentiment, "/feedback": feedback, "/retrain": retrain}
on_one_stage = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.sampled_from(["text", "texts", "explain", "sentiment", *SETTINGS, *HYPERPARAMETERS])


def send(route: str, body: str | bytes, method: str = "POST", **parameters: str) -> tuple[int, dict[str, Any]]:
    """Status and content of the answer, which has to be JSON that every parser reads, and, if a problem, a sentence."""
    request = event(method, route, body if isinstance(body, str) else base64.b64encode(body).decode(), **parameters)
    request["isBase64Encoded"] = isinstance(body, bytes)
    request["requestContext"]["identity"] = {"sourceIp": "192.0.2.7"}
    answer = ROUTES[route].handler(request, None)
    content = json.loads(answer["body"].encode(), parse_constant=lambda name: pytest.fail(f"{name} in an answer"))
    if answer["statusCode"] >= 400:
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert content["status"] == answer["statusCode"]
        assert content["detail"].rstrip("”)").endswith(".") or "; " in content["detail"]
        assert len(answer["body"]) < 2000
    return answer["statusCode"], content


@pytest.fixture
def serving(stage: Stage) -> Stage:
    stage.serve(V1)
    stage.put("data/snippets/train.jsonl.gz", b"")
    return stage


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.timeout(60)
def test_a_hostile_text_is_judged_alone_in_company_and_explained(serving: Stage, name: str) -> None:
    text = TEXTS[name]
    status, alone = send("/sentiment", as_json({"text": text}))
    assert status == 200
    _, company = send("/sentiment", as_json({"texts": ["bad", text]}))
    assert company["results"][1] == {"index": 1, **alone}
    status, explained = send("/sentiment", as_json({"text": text, "explain": True}))
    assert status == 200
    assert {**explained, **alone} == explained
    assert all(text[word["start"] : word["end"]] == word["text"] for word in explained["words"])


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_kept_as_feedback_as_it_is_or_is_too_long(serving: Stage, name: str) -> None:
    status, answer = send("/feedback", as_json({"text": TEXTS[name], "sentiment": "negative"}))
    assert status == (413 if len(TEXTS[name]) > FEEDBACK_CHARACTERS else 202)
    if status == 202:
        assert serving.get(f"feedback/quarantine/{answer['id']}.json")["text"] == TEXTS[name]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", BODIES)
@pytest.mark.timeout(20)
def test_a_body_that_is_no_request_is_refused_on_every_route(serving: Stage, route: str, name: str) -> None:
    assert send(route, BODIES[name])[0] == 400
    assert serving.endpoints.calls == []


def test_a_name_that_is_given_twice_is_refused_by_that_name(serving: Stage) -> None:
    _, answer = send("/sentiment", BODIES["a name given twice"])
    assert answer["detail"] == "The body says twice what “text” is; say it once."


def test_a_body_in_the_encodings_that_json_once_allowed_is_read(serving: Stage) -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert send("/sentiment", as_json({"text": "good"}).encode(encoding))[0] == 200


@pytest.mark.parametrize("route", ROUTES)
@given(value=any_json | st.dictionaries(words, any_json, max_size=4))
@on_one_stage
def test_any_json_is_answered_and_is_never_a_mistake_of_the_service(serving: Stage, route: str, value: Any) -> None:
    assert send(route, as_json(value))[0] in (200, 202, 400, 413, 422)


def is_object(body: bytes | str) -> bool:
    """Of which {} is a good request for a training job."""
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("route", ROUTES)
@given(body=(st.binary(max_size=200) | any_text).filter(lambda body: not is_object(body)))
@on_one_stage
def test_any_bytes_are_refused(serving: Stage, route: str, body: bytes | str) -> None:
    assert send(route, body)[0] == 400


@given(body=any_text)
@on_one_stage
def test_a_body_that_is_said_to_be_base64_and_is_not_is_refused(serving: Stage, body: str) -> None:
    request = event("POST", "/sentiment", f"{body}*") | {"isBase64Encoded": True}
    assert sentiment.handler(request, None)["statusCode"] == 400


@given(name=any_text | any_text.map(PREFIX.__add__))
@on_one_stage
def test_any_name_in_a_path_is_of_nothing(serving: Stage, name: str) -> None:
    for handler, method, resource, parameter in (
        (jobs.handler, "GET", "/jobs/{job}", "job"),
        (feedback.handler, "DELETE", "/feedback/{id}", "id"),
        (page.handler, "GET", "/assets/{file}", "file"),
    ):
        answer = handler(event(method, resource, **{parameter: name}), None)
        assert answer["statusCode"] == 404


@pytest.mark.parametrize("name", BODIES)
def test_nothing_of_a_body_is_logged(serving: Stage, lines: Lines, name: str) -> None:
    send("/sentiment", BODIES[name])
    assert lines.answered["status"] == 400
    assert len(lines.stream.getvalue()) < 2000


names = st.text(max_size=3)
shares = st.fixed_dictionaries(
    {"version": names, "endpoint": names, "vocabulary": names, "weight": st.floats() | any_json, "since": names}
)


@given(document=any_json | st.fixed_dictionaries({"deployments": st.lists(shares, max_size=3)}))
@on_one_stage
def test_whatever_stands_in_the_pointer_s_place_is_refused_or_can_be_drawn_from(
    serving: Stage, document: object
) -> None:
    serving.put(pointer.KEY, json.dumps(document))
    with suppress(pointer.PointerBroken):  # a 503, as test_serving_faults.py has it
        pointer.read().choose()
