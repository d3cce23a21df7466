"""POST /sentiment, from the event to the endpoint and back."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from handlers import sentiment
from handlers.common import scoring
from handlers.common.limits import BODY_BYTES, DECIDED, TEXT_CHARACTERS
from ml.text import Preprocessing
from tests.unit.handlers.stage import V1, V2, VOCABULARY, Stage, endpoint_of, event, failure


def post(body: Any, **changes: Any) -> tuple[int, dict[str, Any]]:
    answer = sentiment.handler(event("POST", "/sentiment", body) | changes, None)
    content = json.loads(answer["body"])
    if answer["statusCode"] != 200:
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert content["status"] == answer["statusCode"]
    return answer["statusCode"], content


def test_a_text_gets_the_verdict_of_the_version_that_serves(stage: Stage) -> None:
    stage.serve(V1)
    assert post({"text": "A <b>good</b> film, unheard of!"}) == (
        200,
        {
            "sentiment": "positive",
            "score": 0.9,
            "confidence": 0.9,
            "decided": True,
            "model": V1,
            "tokens": 3,
            "unknown": round(1 / 3, 4),
            "truncated": False,
        },
    )
    ((name, request),) = stage.endpoints.calls
    assert name == endpoint_of(V1)
    assert request == {
        "vocabulary": VOCABULARY.id,
        "inputs": [VOCABULARY.encode("good film unheard").ids],
        "explain": False,
    }


def test_a_low_score_is_negative_with_the_confidence_of_its_opposite(stage: Stage) -> None:
    stage.serve(V1)
    _, verdict = post({"text": "bad"})
    assert (verdict["sentiment"], verdict["score"], verdict["confidence"]) == ("negative", 0.2, 0.8)


def test_a_verdict_below_the_stated_confidence_is_not_decided(stage: Stage) -> None:
    stage.serve(V1)
    scores = [DECIDED, DECIDED - 0.01, 0.5, 1 - DECIDED, 0.01]
    stage.endpoints.answer = lambda request: json.dumps({"model": V1, "scores": scores}).encode()
    _, answer = post({"texts": ["good film"] * len(scores)})
    assert [result["decided"] for result in answer["results"]] == [True, False, False, True, True]


def test_a_text_in_another_language_gets_no_verdict(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.serve(V1)
    reads_symbols = replace(VOCABULARY, preprocessing=Preprocessing(symbols=True))
    monkeypatch.setattr(scoring.published, "vocabulary_of", lambda vocabulary: reads_symbols)
    status, problem = post({"text": "Il film era troppo lungo e gli attori non erano bravi, good bad."})
    assert (status, problem["type"]) == (422, "urn:sentiment:problem:no-verdict")
    assert "English" in problem["detail"]
    _, answer = post({"texts": ["a good film", "xyzzy plugh"]})
    assert [(error["index"], error["code"]) for error in answer["errors"]] == [(1, "no-verdict")]


def test_a_model_from_before_symbols_judges_any_language(stage: Stage) -> None:
    stage.serve(V1)
    assert post({"text": "Il film era troppo lungo e gli attori non erano bravi, good bad."})[0] == 200


def test_one_bad_text_spoils_no_other(stage: Stage) -> None:
    stage.serve(V1)
    status, answer = post({"texts": ["good", "", "bad film", 5, "🎬", "x" * (TEXT_CHARACTERS + 1), None]})
    assert status == 200
    assert [(r["index"], r["sentiment"]) for r in answer["results"]] == [(0, "positive"), (2, "negative")]
    assert [(e["index"], e["code"]) for e in answer["errors"]] == [
        (1, "no-words"),
        (3, "malformed"),
        (4, "no-words"),
        (5, "too-large"),
        (6, "malformed"),
    ]
    assert len(stage.endpoints.calls) == 1


def test_texts_without_a_good_one_do_not_trouble_the_endpoint(stage: Stage) -> None:
    stage.serve(V1)
    status, answer = post({"texts": ["", "…"]})
    assert (status, answer["results"], len(answer["errors"])) == (200, [], 2)
    assert stage.endpoints.calls == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("[" * 100_000, 400),
        (None, 400),
        ({}, 400),
        ({"text": 5}, 400),
        ({"text": None}, 400),
        ({"text": "good", "texts": ["good"]}, 400),
        ({"text": "good", "txet": 1}, 400),
        ({"text": "good", "explain": "yes"}, 400),
        ({"texts": ["good"] * 6, "explain": True}, 400),
        ({"texts": "good"}, 400),
        ({"texts": []}, 400),
        ({"texts": ["good"] * 26}, 400),
        ({"text": "good " * (TEXT_CHARACTERS // 5 + 1)}, 413),
        ({"text": "g" * BODY_BYTES}, 413),
        ({"text": ""}, 422),
        ({"text": "   \n"}, 422),
        ({"text": "😀🎉"}, 422),
        ({"text": "\ud800"}, 422),
    ],
)
def test_a_bad_request_gets_its_status_and_reaches_no_endpoint(stage: Stage, body: Any, status: int) -> None:
    stage.serve(V1)
    assert post(body)[0] == status
    assert stage.endpoints.calls == []


def test_a_body_that_is_not_said_to_be_json_is_refused(stage: Stage) -> None:
    assert post({"text": "good"}, headers={"content-type": "text/plain"})[0] == 415
    assert post({"text": "good"}, headers=None)[0] == 415


def test_a_body_in_base64_is_read_and_a_broken_one_refused(stage: Stage) -> None:
    stage.serve(V1)
    assert post("eyJ0ZXh0IjoiZ29vZCJ9", isBase64Encoded=True)[0] == 200
    assert post("eyJ0*", isBase64Encoded=True)[0] == 400
    assert post("//4=", isBase64Encoded=True)[0] == 400


def test_while_no_model_serves_the_client_is_told_when_to_ask_again(stage: Stage) -> None:
    answer = sentiment.handler(event("POST", "/sentiment", {"text": "good"}), None)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "10")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (failure("ValidationError"), 503),
        (failure("ModelNotReadyException", 429), 503),
        (failure("ThrottlingException"), 503),
        (failure("ModelError", 424), 503),
        (ConnectTimeoutError(endpoint_url="secret"), 503),
        (ReadTimeoutError(endpoint_url="secret"), 504),
        (failure("AccessDeniedException", 403), 500),
    ],
)
def test_a_failing_endpoint_becomes_a_problem_that_tells_nothing_of_aws(
    stage: Stage, error: Exception, status: int
) -> None:
    stage.serve(V1)
    stage.endpoints.failures[endpoint_of(V1)] = error
    got, content = post({"text": "good"})
    assert got == status
    assert "secret" not in json.dumps(content)


@pytest.mark.parametrize(
    "payload",
    [b"", b"<html>", b"[]", b'{"scores": [0.5, 0.5]}', b'{"scores": [NaN]}', b'{"scores": ["0.5"]}'],
)
def test_an_answer_that_is_not_as_agreed_is_a_503(stage: Stage, payload: bytes) -> None:
    stage.serve(V1)
    stage.endpoints.answer = lambda request: payload
    assert post({"text": "good"})[0] == 503


def test_a_version_that_was_replaced_meanwhile_costs_no_request(stage: Stage) -> None:
    stage.serve(V1)
    assert post({"text": "good"})[1]["model"] == V1
    stage.serve(V2)
    stage.endpoints.failures[endpoint_of(V1)] = failure("ValidationError")
    assert post({"text": "good"})[1]["model"] == V2


def test_a_canary_that_fails_costs_no_request(stage: Stage) -> None:
    stage.serve(V1, V2)
    pointed = stage.get("serving.json")
    for deployment in pointed["deployments"]:
        deployment["weight"] = 0.5
    stage.put("serving.json", pointed)
    stage.endpoints.failures[endpoint_of(V2)] = failure("ModelError", 424, OriginalStatusCode=500)
    answers = [post({"text": "good"}) for _ in range(20)]
    assert {(status, answer["model"]) for status, answer in answers} == {(200, V1)}
    assert endpoint_of(V2) in {name for name, _ in stage.endpoints.calls}


def test_scores_keep_six_digits(stage: Stage) -> None:
    stage.serve(V1)
    stage.endpoints.answer = lambda request: json.dumps({"scores": [math.pi / 4]}).encode()
    assert post({"text": "good"})[1]["score"] == 0.785398
