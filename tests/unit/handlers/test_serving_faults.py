"""What goes wrong between the sentiment function, S3 and the endpoint: real clients, real sockets, a server that
misbehaves. Each fault has its documented answer in time, one line with its cause, one metric, and passes."""

import gzip
import json
import resource
from collections.abc import Iterator
from functools import cache
from threading import Thread
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest

from handlers import feedback, jobs, model, models, sentiment
from handlers.common import clients, deadline, metrics, pointer, published, scoring, settings
from handlers.common.log import logger
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary
from tests.unit.handlers.lines import Lines, told
from tests.unit.handlers.misbehaving import (
    POINTER,
    WORDS,
    Fault,
    Misbehaving,
    closes,
    is_silent,
    refuses,
    says,
    stops_midway,
    trickles,
)
from tests.unit.handlers.stage import ENVIRONMENT, PREFIX, V1, V2, VOCABULARY, event

E1, E2 = f"e-{V1}", f"e-{V2}"
SHORT = {"read_timeout": 0.5}  # seconds, in place of those of S3 and of the endpoint
AWAY = [(is_silent, "ReadTimeoutError: http"), (closes, "ConnectionClosedError: http")]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Misbehaving]:
    """AWS, of which nothing is cached, and which nobody waits long for."""
    with Misbehaving() as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        for service in ("S3", "SAGEMAKER", "SAGEMAKER_RUNTIME"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        make = clients._client.__wrapped__
        monkeypatch.setattr(clients, "_client", cache(lambda service, **more: make(service, **more | SHORT)))
        monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
        monkeypatch.setattr(published, "pointers", published.PointerCache())
        monkeypatch.setattr(scoring, "breaker", scoring.Breaker())
        monkeypatch.setattr(pointer.DICE, "choices", lambda found, weights: found[:1])
        settings.settings.cache_clear()
        published.vocabulary_of.cache_clear()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def lines(aws: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What functions log from here on, as of a process that is no longer cold."""
    kept = Lines()
    monkeypatch.setattr(logger.registered_handler, "stream", kept.stream)
    monkeypatch.setattr(metrics.measurements, "_cold", False)
    return kept


def post(text: str = "good", context: Any = None, **more: Any) -> tuple[int, dict[str, Any]]:
    answer = sentiment.handler(event("POST", "/sentiment", {"text": text, **more}), context)
    if answer["statusCode"] == 503:
        assert int(answer["headers"]["Retry-After"]) > 0
    if answer["statusCode"] != 200:
        assert answer["headers"]["Content-Type"] == "application/problem+json"
    return answer["statusCode"], json.loads(answer["body"])


def one_line(lines: Lines) -> dict[str, Any]:
    """The only line since the last time."""
    (line,) = lines.all
    lines.stream.seek(0)
    lines.stream.truncate()
    assert "zanzibar" not in json.dumps(line)
    return line


def counted(line: dict[str, Any]) -> dict[str, tuple[str, list[float]]]:
    """Failures and Problems that a line tells of: what of, and how many."""
    found = {}
    for (name, dimensions), values in told(line).items():
        if name in ("Failures", "Problems"):
            found[name] = (dict(dimensions)["EndpointName" if name == "Failures" else "Problem"], values)
    return found


ENDPOINT_FAULTS: list[tuple[Fault, int, str]] = [
    (is_silent, 504, "ReadTimeoutError: http"),
    (closes, 503, "ConnectionClosedError: http"),
    (stops_midway, 503, "ResponseStreamingError: ProtocolError"),
    (refuses(500, "InternalFailure"), 503, "InvokeEndpoint: InternalFailure, 500"),
    (refuses(503, "ServiceUnavailable"), 503, "InvokeEndpoint: ServiceUnavailable, 503"),
    (refuses(400, "ThrottlingException"), 503, "InvokeEndpoint: ThrottlingException, 400"),
    (refuses(429, "ModelNotReadyException"), 503, "InvokeEndpoint: ModelNotReadyException, 429"),
    (refuses(424, "ModelError"), 503, "InvokeEndpoint: ModelError, 424"),
    (refuses(400, "ValidationError"), 503, "InvokeEndpoint: ValidationError, 400"),
    (refuses(502, "zanzi"), 503, "InvokeEndpoint: zanzi, 502"),
    (says(b"\xff zanzibar"), 503, "10 bytes that are no JSON"),
    (says(b'{"scores": [0.1, 0.2]}'), 503, "no scores from 0 to 1 for 1 texts"),
    (says(b'{"scores": [NaN]}'), 503, "no scores from 0 to 1 for 1 texts"),
    (says(b'{"zanzibar": 1}'), 503, "no scores from 0 to 1 for 1 texts"),
]


@pytest.mark.parametrize(("fault", "status", "cause"), ENDPOINT_FAULTS)
def test_an_endpoint_s_fault_has_its_answer_one_line_one_metric_and_passes(
    aws: Misbehaving, lines: Lines, fault: Fault, status: int, cause: str
) -> None:
    aws.faults[E1] = fault
    assert post()[0] == status
    line = one_line(lines)
    assert line["cause"].startswith(cause)
    code = "timed-out" if status == 504 else "unavailable"
    assert counted(line) == {"Failures": (E1, [1]), "Problems": (code, [1])}
    aws.faults.clear()
    assert post()[0] == 200


def test_what_iam_denies_is_this_service_s_own_mistake(aws: Misbehaving, lines: Lines) -> None:
    aws.faults[E1] = refuses(403, "AccessDeniedException")
    assert post()[0] == 500
    line = one_line(lines)
    assert (line["cause"], line["level"]) == ("InvokeEndpoint: AccessDeniedException, 403", "ERROR")
    assert line["error"] == "ClientError"
    assert line["frames"]


@pytest.mark.parametrize(("fault", "status", "cause"), ENDPOINT_FAULTS)
def test_another_deployment_answers_and_the_one_line_says_why(
    aws: Misbehaving, lines: Lines, fault: Fault, status: int, cause: str
) -> None:
    aws.serve(V1, V2)
    aws.faults[E1] = fault
    assert post()[1]["model"] == V2
    line = one_line(lines)
    assert line["cause"].startswith(cause)
    assert counted(line) == {"Failures": (E1, [1])}
    before = aws.requests
    assert post()[1]["model"] == V2  # at once: the other one rests, and its alarm is told so
    assert aws.requests == before + 1
    assert counted(one_line(lines)) == {"Failures": (E1, [1])}


def test_a_small_share_s_endpoint_is_not_asked_in_place_of_a_large_one_s_that_rests(aws: Misbehaving) -> None:
    aws.serve(V1, V2)
    document = json.loads(aws.objects[POINTER])
    document["deployments"][0]["weight"], document["deployments"][1]["weight"] = 0.9, 0.1
    aws.objects[POINTER] = json.dumps(document).encode()
    aws.faults[E1] = refuses(400, "ThrottlingException")
    assert post()[1]["model"] == V2  # the one request that failed
    aws.faults.clear()
    assert scoring.breaker.resting() == {E1}
    assert post()[1]["model"] == V1
    assert not scoring.breaker.resting()


def test_where_two_endpoints_fail_each_is_counted_for_itself(aws: Misbehaving, lines: Lines) -> None:
    aws.serve(V1, V2)
    aws.faults[E1] = aws.faults[E2] = closes
    assert post()[0] == 503
    assert [counted(line)["Failures"] for line in lines.all] == [(E1, [1]), (E2, [1])]


def test_an_answer_that_trickles_in_is_broken_off_when_the_time_is_over(
    aws: Misbehaving, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "_begin", lambda *_, **__: None)  # which would not begin within so short a time
    assert post()[0] == 200
    one_line(lines)
    aws.faults[E1] = trickles
    assert post(context=SimpleNamespace(get_remaining_time_in_millis=lambda: (deadline.MARGIN + 0.7) * 1000))[0] == 504
    line = one_line(lines)
    assert line["cause"] == "Over"
    assert counted(line) == {"Failures": (E1, [1]), "Problems": ("timed-out", [1])}
    aws.faults.clear()
    assert post()[0] == 200


S3_FAULTS: list[tuple[Fault, str]] = [
    (is_silent, "ReadTimeoutError: http"),
    (closes, "ConnectionClosedError: http"),
    (refuses(503, "SlowDown"), "GetObject: SlowDown, 503"),
    (refuses(500, "InternalError"), "GetObject: InternalError, 500"),
    (says(b"zanzibar"), "serving.json cannot be read"),
    (says(b'{"deployments": [{}]}'), "serving.json cannot be read"),
    (stops_midway, "ResponseStreamingError: ProtocolError"),
]


@pytest.mark.parametrize(("fault", "cause"), S3_FAULTS)
def test_without_s3_a_cold_function_says_when_to_ask_again_and_a_warm_one_answers(
    aws: Misbehaving, lines: Lines, monkeypatch: pytest.MonkeyPatch, fault: Fault, cause: str
) -> None:
    aws.faults["s3"] = fault
    assert post()[0] == 503
    line = one_line(lines)
    assert line["cause"].startswith(cause)
    assert counted(line) == {"Problems": ("unavailable", [1])}
    aws.faults.clear()
    assert post()[0] == 200
    assert "old_pointer" not in one_line(lines)
    monkeypatch.setenv("POINTER_SECONDS", "0")
    aws.faults["s3"] = fault
    assert post()[0] == 200
    assert one_line(lines)["old_pointer"].startswith(cause)
    monkeypatch.setenv("DRAIN_SECONDS", "0")
    assert post()[0] == 503
    aws.faults.clear()
    assert post()[0] == 200


def test_without_its_pointer_a_warm_function_goes_on_as_long_as_endpoints_are_kept(
    aws: Misbehaving, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post()[0] == 200
    one_line(lines)
    pointer = aws.objects.pop(POINTER)
    monkeypatch.setenv("POINTER_SECONDS", "0")
    assert post()[0] == 200
    assert one_line(lines)["old_pointer"] == "serving.json is gone"
    said = event("POST", "/feedback", {"text": "good", "sentiment": "positive"})
    said["requestContext"]["identity"] = {"sourceIp": "192.0.2.1"}
    assert feedback.handler(said, None)["statusCode"] == 503  # its bucket may be that of a stage that is being removed
    monkeypatch.setenv("DRAIN_SECONDS", "0")
    assert post()[0] == 503
    aws.objects[POINTER] = pointer
    assert post()[0] == 200


OTHER = Vocabulary.build([["another"]], Preprocessing(), size=100, min_count=1)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "GetObject: NoSuchKey, 404"),
        (gzip.compress(VOCABULARY.to_bytes())[:-20], "VocabularyError"),
        (b"zanzibar", "VocabularyError"),
        (gzip.compress(VOCABULARY.to_bytes().replace(b"good", b"fine")), "VocabularyError"),
        (gzip.compress(OTHER.to_bytes()), "VocabularyError"),
    ],
)
def test_a_vocabulary_that_is_not_what_its_name_says_is_refused_until_it_is_whole(
    aws: Misbehaving, lines: Lines, content: bytes | None, cause: str
) -> None:
    """It is answered 500, by which the alarm on mistakes takes a canary back."""
    whole = aws.objects.pop(WORDS)
    if content is not None:
        aws.objects[WORDS] = content
    assert post()[0] == 500
    line = one_line(lines)
    assert line["cause"] == cause
    assert counted(line) == {"Problems": ("internal", [1])}
    aws.objects[WORDS] = whole
    assert post()[0] == 200


@pytest.mark.parametrize(("fault", "cause"), AWAY)
@pytest.mark.parametrize(
    ("function", "asked"),
    [
        (model, event("GET", "/model")),
        (models, event("GET", "/models")),
        (jobs, event("GET", "/jobs/{job}", job=PREFIX + V1)),
    ],
)
def test_no_route_takes_what_aws_cannot_do_now_for_a_mistake_of_its_own(
    aws: Misbehaving, lines: Lines, function: Any, asked: dict[str, Any], fault: Fault, cause: str
) -> None:
    aws.faults["s3"] = fault
    answer = function.handler(asked, None)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "5")
    line = one_line(lines)
    assert line["cause"].startswith(cause)
    assert counted(line) == {"Problems": ("unavailable", [1])}


def test_a_connection_that_died_while_the_function_was_frozen_costs_no_request(aws: Misbehaving) -> None:
    """The server has closed it, and says so, or resets it at the next request: it is made anew at once."""
    assert post()[0] == 200

    def is_dead(connection: Any) -> None:
        aws.faults.clear()
        closes(connection)

    before = aws.connections
    aws.faults[E1] = is_dead
    assert post()[0] == 200
    assert aws.connections == before + 1


def test_a_full_disk_is_no_matter_to_a_request(aws: Misbehaving, lines: Lines) -> None:
    """No file of this process can have a byte written to it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        answers = [post()[0], post(explain=True)[0], post("A <b>good</b> film &amp; an end")[0]]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert answers == [200, 503, 200]  # this endpoint explains nothing
