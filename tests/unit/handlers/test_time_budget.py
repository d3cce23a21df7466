"""Whatever AWS does, and however long it takes, an answer leaves before Lambda ends the function at 28 s."""

import gzip
import io
import json
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from handlers import feedback, jobs, model, models, sentiment
from handlers.common import clients, deadline, fallback, published, scoring, settings
from ml.linear import Linear
from tests.unit.handlers.stage import ENVIRONMENT, PREFIX, V1, V2, VOCABULARY, event

DEPLOYMENTS = [
    {"version": v, "endpoint": f"e-{v}", "vocabulary": VOCABULARY.id, "weight": 0.5, "since": "2026-01-01T00:00:00Z"}
    for v in (V1, V2)
]
FEEDBACK = event("POST", "/feedback", {"text": "good", "sentiment": "negative"})
FEEDBACK["requestContext"]["identity"] = {"sourceIp": "192.0.2.1"}
ASKED = [
    (sentiment, event("POST", "/sentiment", {"text": "good"})),
    (sentiment, event("POST", "/sentiment", {"texts": ["Good film. Bad film."] * 5, "explain": True})),
    (feedback, FEEDBACK),
    (model, event("GET", "/model")),
    (models, event("GET", "/models")),
    (jobs, event("GET", "/jobs/{job}", job=PREFIX + V1)),
]
CLIENTS: dict[Any, Any] = {}  # by their service and limits: making one takes longer than all that it does here
OUTCOMES = ["answer", "answer", "refusal", "closed", "no connection", "silence"]
# What becomes of it, and after which share of the time that it may take.
ATTEMPT = st.tuples(st.sampled_from(OUTCOMES), st.sampled_from([0.0, 0.1, 0.9, 1.0]))


class Raw(io.BytesIO):
    """A body as urllib3 hands it on."""

    def stream(self, amount: int = 1024, **_: Any) -> Iterator[bytes]:
        while part := self.read(amount):
            yield part


class World:
    """A clock that only waiting moves, and an AWS that takes its time by it."""

    def __init__(self, attempts: list[tuple[str, float]], deployments: int) -> None:
        self.attempts, self.deployments, self.now = iter(attempts), DEPLOYMENTS[:deployments], 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def send(self, request: Any, client: Any, **_: Any) -> AWSResponse:
        """For botocore's event before-send: what becomes of one attempt, and how long that takes."""
        config = client.meta.config
        outcome, share = next(self.attempts, ("silence", 1.0))
        if outcome == "no connection":
            self.now += config.connect_timeout
            raise ConnectTimeoutError(endpoint_url=request.url)
        longest = config.connect_timeout + config.read_timeout
        self.now += longest if outcome == "silence" else share * longest
        if outcome == "silence":
            raise ReadTimeoutError(endpoint_url=request.url)
        if outcome == "closed":
            raise ConnectionClosedError(endpoint_url=request.url)
        if outcome == "refusal":
            return self.says(request, 503, b"{}" if request.method == "POST" else b"<Error><Code>Slow</Code></Error>")
        return self.says(request, 200, self.body(request))

    def says(self, request: Any, status: int, body: bytes) -> AWSResponse:
        return AWSResponse(request.url, status, {"ETag": '"1"', "Content-Length": str(len(body))}, Raw(body))

    def body(self, request: Any) -> bytes:
        if "invocations" in request.url:
            rows = json.loads(request.body)["inputs"]
            return json.dumps({"scores": [0.9] * len(rows), "weights": [[0.1] * len(row) for row in rows]}).encode()
        if "/vocabularies/" in request.url:
            return gzip.compress(VOCABULARY.to_bytes())
        if "/fallbacks/" in request.url:
            return Linear(VOCABULARY.id, len(VOCABULARY), {}, 1.0, 0.5).to_bytes()
        if "list-type" in request.url:
            return b"<ListBucketResult></ListBucketResult>"
        return json.dumps({"deployments": self.deployments}).encode()


@tried(deadline=None, max_examples=150)
@given(
    st.lists(ATTEMPT, max_size=12),
    st.sampled_from(ASKED),
    st.sampled_from(["realtime", "serverless"]),
    st.integers(1, 2),
    st.sampled_from(["true", "false"]),
)
def test_no_combination_of_slow_and_failing_calls_takes_longer_than_the_api_waits(
    attempts: list[tuple[str, float]], asked: Any, kind: str, deployments: int, with_fallback: str
) -> None:
    """The first request is of a cold process, the second one of a warm one; time is simulated."""
    world = World(attempts, deployments)
    make = clients._client.__wrapped__

    def client(service: str, **more: Any) -> Any:
        made = CLIENTS.get((service, *more.values())) or make(service, **more)
        CLIENTS[service, *more.values()] = made
        made.meta.events.unregister("before-send", unique_id="world")
        made.meta.events.register_first("before-send", lambda **k: world.send(client=made, **k), unique_id="world")
        return made

    with pytest.MonkeyPatch.context() as patch:
        told = {"ENDPOINT_KIND": kind, "POINTER_SECONDS": "0", "FALLBACK": with_fallback}
        for name, value in (ENVIRONMENT | told).items():
            patch.setenv(name, value)
        patch.setattr(clients, "_client", cache(client))
        patch.setattr(deadline, "clock", lambda: world.now)
        patch.setattr(botocore.endpoint, "time", world)
        patch.setattr(published, "pointers", published.PointerCache())
        patch.setattr(scoring, "breaker", scoring.Breaker())
        settings.settings.cache_clear()
        for kept in (published.vocabulary_of, fallback._read, fallback.prepare):
            kept.cache_clear()
        for _ in range(2):
            began = world.now
            context = SimpleNamespace(get_remaining_time_in_millis=lambda: 28_000)
            answer = asked[0].handler(asked[1], context)
            assert world.now - began <= 27
            # The others' documents are not of this world, which has no more than a pointer.
            assert answer["statusCode"] in (200, 202, 503, 504) or asked[0] not in (sentiment, feedback)


@pytest.mark.parametrize(("kind", "answers"), [("realtime", 11.9), ("serverless", 24.9)])
def test_an_endpoint_that_answers_at_the_last_moment_is_waited_for(kind: str, answers: float) -> None:
    """Of an attempt's own limit, connection and answer together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENDPOINT_KIND", kind)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with deadline.of_request(None):
            config = clients.sagemaker_runtime().meta.config
    assert config.connect_timeout + config.read_timeout >= answers
