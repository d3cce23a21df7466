"""What answers while a model's endpoint cannot: the small model of the same version, where the stage wants it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from handlers import reconcile, sentiment
from handlers.common import deadline, fallback, pointer, scoring
from handlers.common.causes import OutOfTime
from handlers.common.pointer import Pointer
from ml.linear import MOST_BYTES, Linear
from tests.unit.handlers.lines import Lines
from tests.unit.handlers.stage import (
    BUCKET,
    V1,
    V2,
    VOCABULARY,
    Stage,
    artifact,
    endpoint_of,
    event,
    failure,
)

GOOD, BAD = (VOCABULARY.encode(word).ids[0] for word in ("good", "bad"))
GOLDEN = VOCABULARY.encode("a good film").ids
UNTOLD = Linear(VOCABULARY.id, len(VOCABULARY), {GOOD: 100, BAD: -120}, 0.02, -0.1)
LINEAR = replace(UNTOLD, golden=(UNTOLD.score(GOLDEN),))
AWAY = failure("ModelNotReadyException", 429)


@pytest.fixture(autouse=True)
def nothing_read(stage: Stage) -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    """As in a fresh process."""
    fallback._read.cache_clear()
    fallback.prepare.cache_clear()


@pytest.fixture
def wanted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage with the setting on, whose one model has a fallback."""
    monkeypatch.setenv("FALLBACK", "true")
    stage.serve(V1)
    stage.put(fallback.key_of(V1), LINEAR.to_bytes())
    return stage


def ask(**body: Any) -> tuple[int, dict[str, Any]]:
    answer = sentiment.handler(event("POST", "/sentiment", body), None)
    return answer["statusCode"], json.loads(answer["body"])


def fail(stage: Stage, *versions: str, by: Exception = AWAY) -> None:
    for version in versions:
        stage.endpoints.failures[endpoint_of(version)] = by


def test_while_the_endpoint_answers_the_fallback_does_not(wanted: Stage) -> None:
    status, result = ask(text="a good film")
    assert (status, result["model"], result["score"]) == (200, V1, 0.9)
    assert "degraded" not in result


def test_while_the_endpoint_is_away_the_fallback_answers_and_says_that_it_did(wanted: Stage) -> None:
    usual = ask(text="a good film")[1]
    fail(wanted, V1)
    status, result = ask(text="a good film")
    assert status == 200
    assert result.keys() - usual.keys() == {"degraded"}
    assert (result["model"], result["degraded"]) == (f"fallback-{V1}", True)
    assert result["score"] == pytest.approx(LINEAR.score(GOLDEN), abs=1e-6)
    assert {key: result[key] for key in ("tokens", "unknown", "truncated")} == {
        key: usual[key] for key in ("tokens", "unknown", "truncated")
    }


@pytest.mark.parametrize(
    "fault",
    [
        ReadTimeoutError(endpoint_url="https://runtime"),
        EndpointConnectionError(endpoint_url="https://runtime"),
        failure("ThrottlingException"),
        failure("ModelError", 424, OriginalStatusCode=400),
        failure("ValidationError"),
        OutOfTime(operation_name="InvokeEndpoint"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("explain", [False, True])
def test_whatever_keeps_the_scores_away_the_fallback_answers(wanted: Stage, fault: Exception, explain: bool) -> None:
    fail(wanted, V1, by=fault)
    status, result = ask(text="a good film", explain=explain)
    assert (status, result["degraded"], "words" in result) == (200, True, explain)


def test_scores_that_cannot_be_read_are_none(wanted: Stage) -> None:
    wanted.endpoints.answer = lambda request: b'{"scores": [NaN]}'
    assert ask(text="good")[1]["degraded"]


def test_a_mistake_of_the_service_s_own_is_not_covered_up(wanted: Stage) -> None:
    fail(wanted, V1, by=failure("AccessDeniedException", 403))
    assert ask(text="good")[0] == 500


def test_who_has_no_time_left_gets_a_problem_in_time(wanted: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(text="good")[0] == 200
    fail(wanted, V1, by=ReadTimeoutError(endpoint_url="https://runtime"))
    monkeypatch.setattr(deadline, "left", lambda: 0.0)
    assert ask(text="good")[0] == 504


def test_once_the_endpoint_is_back_it_answers_again(wanted: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(wanted, V1)
    assert ask(text="good")[1]["degraded"]
    wanted.endpoints.failures.clear()
    monkeypatch.setattr(scoring, "breaker", scoring.Breaker())  # as some seconds later
    assert ask(text="good")[1]["model"] == V1


def test_without_the_setting_or_a_fallback_of_that_model_it_is_a_503_as_ever(
    wanted: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(wanted, V1)
    wanted.s3.delete_object(Bucket=BUCKET, Key=fallback.key_of(V1))
    assert ask(text="good")[0] == 503
    wanted.put(fallback.key_of(V1), LINEAR.to_bytes())
    monkeypatch.setenv("FALLBACK", "false")
    assert ask(text="good")[0] == 503
    monkeypatch.setenv("FALLBACK", "true")
    assert ask(text="good")[0] == 200


def test_while_no_model_serves_yet_there_is_nothing_to_fall_back_on(wanted: Stage) -> None:
    wanted.put("serving.json", {"deployments": []})
    assert ask(text="good")[0] == 503


def test_another_model_that_serves_goes_before_a_fallback(wanted: Stage) -> None:
    wanted.serve(V1, V2)
    serving = pointer.read()
    pointer.write(serving.having(tuple(replace(each, weight=0.5) for each in serving.deployments)))
    fail(wanted, V1)
    assert {ask(text="good")[1]["model"] for _ in range(10)} == {V2}
    fail(wanted, V2)
    wanted.put(fallback.key_of(V2), LINEAR.to_bytes())
    assert all(ask(text="good")[1]["degraded"] for _ in range(10))


def test_an_endpoint_that_just_failed_is_not_waited_for_while_the_fallback_can_answer(wanted: Stage) -> None:
    fail(wanted, V1)
    ask(text="good")
    calls = len(wanted.endpoints.calls)
    assert ask(text="good")[1]["degraded"]
    assert len(wanted.endpoints.calls) == calls


def test_of_several_texts_bad_ones_spoil_no_other(wanted: Stage) -> None:
    fail(wanted, V1)
    status, answer = ask(texts=["good", 3, "bad film", "…"])
    assert status == 200
    assert [(each["index"], each["sentiment"], each["degraded"]) for each in answer["results"]] == [
        (0, "positive", True),
        (2, "negative", True),
    ]
    assert [(each["index"], each["code"]) for each in answer["errors"]] == [(1, "malformed"), (3, "no-words")]


def test_its_reasons_make_its_score_and_its_sentences_are_scored_alone(wanted: Stage) -> None:
    fail(wanted, V1)
    text = "A good film. Bad plot!"
    _, result = ask(text=text, explain=True)
    weights = {word["text"]: word["weight"] for word in result["words"]}
    assert weights["good"] == pytest.approx(2.0)
    assert sum(weights.values()) + LINEAR.bias == pytest.approx(LINEAR.logit(VOCABULARY.encode(text).ids))
    scores = [LINEAR.score(VOCABULARY.encode(part).ids) for part in ("A good film.", "Bad plot!")]
    assert [each["score"] for each in result["sentences"]] == pytest.approx(scores, abs=1e-6)


def test_a_text_of_one_sentence_has_that_sentence_s_score(wanted: Stage) -> None:
    fail(wanted, V1)
    _, result = ask(text="a good film", explain=True)
    assert [each["score"] for each in result["sentences"]] == [result["score"]]


def test_one_line_tells_of_the_request_its_cause_and_what_is_measured(wanted: Stage, lines: Lines) -> None:
    fail(wanted, V1)
    ask(text="good")
    ask(text="bad")
    answered = lines.all
    assert [line["message"] for line in answered] == ["answered", "answered"]
    assert "ModelNotReadyException" in answered[0]["cause"]
    for line in answered:
        assert (line["status"], line["Degraded"], line["Failures"]) == (200, [1], [1.0])
        assert line["EndpointName"] == endpoint_of(V1)


def test_with_s3_away_too_a_fallback_that_was_read_answers(wanted: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(text="good")[1]["model"] == V1
    fail(wanted, V1)
    monkeypatch.setattr(fallback, "s3", UnreachableS3)
    assert ask(text="good")[1]["degraded"]


def test_with_s3_away_and_nothing_read_it_is_a_503(wanted: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "s3", UnreachableS3)
    assert ask(text="good")[1]["model"] == V1
    fail(wanted, V1)
    status, problem = ask(text="good")
    assert (status, problem["type"]) == (503, "urn:sentiment:problem:unavailable")


class UnreachableS3:
    """S3 that answers nothing."""

    class exceptions:
        class NoSuchKey(Exception):
            pass

    def get_object(self, **_: Any) -> Any:
        raise failure("SlowDown", 503)


@pytest.mark.parametrize(
    "broken", [LINEAR.to_bytes()[:-1], b"", replace(LINEAR, vocabulary="another").to_bytes(), bytes(MOST_BYTES + 1)]
)
def test_one_that_is_broken_is_none(wanted: Stage, broken: bytes, lines: Lines) -> None:
    wanted.put(fallback.key_of(V1), broken)
    fail(wanted, V1)
    assert ask(text="good")[0] == 503
    assert "the fallback cannot be used" in {line["message"] for line in lines.all}
    wanted.put(fallback.key_of(V1), LINEAR.to_bytes())
    assert ask(text="good")[1]["degraded"]


def finish(stage: Stage, version: str, left: bytes) -> None:
    stage.finish_job(version, left)
    reconcile.handler({}, None)


def published(stage: Stage) -> set[str]:
    return {each["Key"] for each in stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="fallbacks/").get("Contents", [])}


def test_a_release_publishes_a_model_s_fallback_and_with_the_model_it_is_deleted(stage: Stage) -> None:
    pointer.write(Pointer())
    made = artifact(replaced={"fallback.bin": LINEAR.to_bytes()})
    finish(stage, V1, made)
    finish(stage, V2, artifact(0.6, {"fallback.bin": LINEAR.to_bytes()}))
    assert published(stage) == {fallback.key_of(V1), fallback.key_of(V2)}
    assert fallback.fallback_of(V1, VOCABULARY.id) == LINEAR
    for day in range(3, 7):
        finish(stage, f"202601{day:02d}-000000-000{day}", artifact(0.6))
    reconcile.handler({}, None)
    assert published(stage) == {fallback.key_of(V1)}


def test_a_model_without_one_is_released_as_ever(stage: Stage) -> None:
    pointer.write(Pointer())
    finish(stage, V1, artifact())
    assert (stage.pointer(), published(stage)) == ({V1: 1.0}, set())


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (LINEAR.to_bytes()[:-1], "cut short or altered"),
        (replace(LINEAR, vocabulary="another").to_bytes(), "it is of vocabulary another"),
        (replace(LINEAR, bias=0.5).to_bytes(), "scores golden texts up to"),
        (replace(LINEAR, golden=()).to_bytes(), "scores of 0 golden texts, and there are 1"),
    ],
)
def test_an_artifact_whose_fallback_does_not_do_here_what_it_did_in_training_is_rejected(
    stage: Stage, broken: bytes, reason: str
) -> None:
    pointer.write(Pointer())
    stage.finish_job(V1, artifact(replaced={"fallback.bin": broken}))
    reconcile.handler({}, None)
    status, said = stage.verdict(V1)
    assert status == "Rejected"
    assert reason in said
