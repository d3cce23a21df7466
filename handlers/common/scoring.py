"""Texts in, sentiments out: clean, tokenise, look up for one model version, ask that version's endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import deadline, fallback, published
from handlers.common.breaker import Breaker
from handlers.common.causes import OutOfTime, cause_of
from handlers.common.endpoint import EndpointAway, EndpointRefuses, explain_rows, invoke
from handlers.common.errors import ApiError, Malformed, NoVerdict, NoWords, TimedOut, TooLarge, Unavailable
from handlers.common.explanation import Parts, reasons, take_apart
from handlers.common.limits import DECIDED, TEXT_CHARACTERS
from handlers.common.log import logger
from handlers.common.metrics import measurements
from handlers.common.pointer import Deployment, PointerBroken
from ml.refusals import no_verdict
from ml.vocabulary import Encoding, Vocabulary

Result = dict[str, Any]
Good = tuple[str, Encoding]
Judged = tuple[float, Result]  # P(positive), and the reasons where they are asked for
PATIENCE = 4.0  # seconds for an explanation, beyond which there is no time left to score its sentences as well

breaker = Breaker()


def score_texts(texts: list[Any], explain: bool = False) -> list[Result | ApiError]:
    """For each text its sentiment, or the error that it alone has; one bad text spoils no other.

    All texts are scored by one model version in one call; where they are to be explained, a second one scores all their
    sentences. Where the stage wants it, a fallback answers when no model does. Raises EndpointAway, a kind of
    Unavailable, or TimedOut when nothing answers; Unavailable when no model serves, and what `is_away` knows when S3 or
    the time is not there to ask one.
    """
    serving = published.pointers.get()
    deployment = serving.choose() or _first_deployment()
    if deployment.endpoint in breaker.resting():
        spare = serving.choose(other_than=breaker.resting())
        # Whoever has a small share only was not made for a larger one's requests.
        if spare and spare.weight >= deployment.weight:
            _spared(deployment)
            deployment = spare
        elif results := _degraded(texts, deployment, explain):
            _spared(deployment)
            return results
    try:
        return _score_by_models(texts, deployment, explain)
    except (EndpointAway, TimedOut, OutOfTime):
        results = _degraded(texts, deployment, explain)
        if results is None:
            raise
        return results


def _spared(deployment: Deployment) -> None:
    """The endpoint failed lately and is not asked: that counts as a failure, or its alarm would fall silent."""
    measurements.failed(deployment.endpoint, "it failed a moment ago, and was not asked")


def _score_by_models(texts: list[Any], deployment: Deployment, explain: bool) -> list[Result | ApiError]:
    try:
        return _score(texts, deployment, explain)
    except (EndpointAway, TimedOut):
        # Replaced since the pointer was cached, or a canary that is failing: another one may answer.
        other = _other_than(deployment)
        if other is None:
            raise
        return _score(texts, other, explain)


def _other_than(deployment: Deployment) -> Deployment | None:
    """Another one that serves, as the pointer stands at this moment, where there is time to ask it."""
    if deadline.left() < deadline.ENDPOINT:
        return None
    try:
        return published.pointers.get(fresh=True).choose(other_than={deployment.endpoint})
    except (BotoCoreError, ClientError, PointerBroken):  # what the first one failed with says more
        return None


def _score(texts: list[Any], deployment: Deployment, explain: bool) -> list[Result | ApiError]:
    logger.append_keys(model=deployment.version, endpoint=deployment.endpoint)
    with measurements.timed("Fetching"):
        vocabulary = published.vocabulary_of(deployment.vocabulary)
        if fallback.wanted() and deadline.left() >= deadline.ENDPOINT + fallback.LOOK:
            fallback.prepare(deployment.version, deployment.vocabulary)
    encodings = _encode_all(texts, vocabulary)
    good = [(text, encoding) for text, encoding in zip(texts, encodings, strict=True) if isinstance(encoding, Encoding)]
    judged = iter((_explained if explain else _scored)(good, vocabulary, deployment) if good else [])
    return [
        _result(encoding, deployment.version, *next(judged)) if isinstance(encoding, Encoding) else encoding
        for encoding in encodings
    ]


def _degraded(texts: list[Any], deployment: Deployment, explain: bool) -> list[Result | ApiError] | None:
    """What the deployment's fallback makes of the texts; None where none is wanted, there is none, or no time."""
    if not fallback.wanted() or deadline.left() <= 0:
        return None
    with measurements.timed("Fetching"):
        vocabulary = published.vocabulary_of(deployment.vocabulary)
        linear = fallback.fallback_of(deployment.version, deployment.vocabulary)
    if linear is None:
        return None
    version = f"fallback-{deployment.version}"
    logger.append_keys(model=version, endpoint=deployment.endpoint)
    measurements.add("Degraded", 1)
    results: list[Result | ApiError] = []
    for text, encoding in zip(texts, _encode_all(texts, vocabulary), strict=True):
        if isinstance(encoding, Encoding):
            score, why = fallback.judge(linear, text, encoding, vocabulary, explain)
            results.append(_result(encoding, version, score, {"degraded": True, **why}))
        else:
            results.append(encoding)
    return results


def _scored(good: list[Good], vocabulary: Vocabulary, deployment: Deployment) -> list[Judged]:
    scores = _ask(deployment, [encoding.ids for _, encoding in good])
    return [(score, {}) for score in scores]


def _explained(good: list[Good], vocabulary: Vocabulary, deployment: Deployment) -> list[Judged]:
    began = deadline.clock()
    try:
        with _asking(deployment, but=EndpointRefuses):
            scores, weights = explain_rows(deployment.endpoint, deployment.vocabulary, [e.ids for _, e in good])
    except EndpointRefuses:  # its artifact is older than explanations are, or it is broken, which this shows
        return _scored(good, vocabulary, deployment)
    parts = [take_apart(text, vocabulary) for text, _ in good]
    alone = iter(_sentence_scores(parts, deployment) if deadline.clock() - began < PATIENCE else [])
    return [
        (score, reasons(part, added, [score] if len(part.rows) == 1 else list(islice(alone, len(part.rows)))))
        for part, score, added in zip(parts, scores, weights, strict=True)
    ]


def _sentence_scores(parts: list[Parts], deployment: Deployment) -> list[float]:
    """P(positive) of each sentence of the texts that have several; none when the endpoint gives none, for the verdict
    is known without them."""
    rows = [row for part in parts if len(part.rows) > 1 for row in part.rows]
    try:
        return _ask(deployment, rows) if rows else []
    except (EndpointAway, TimedOut, OutOfTime):
        return []


def _ask(deployment: Deployment, rows: list[list[int]]) -> list[float]:
    with _asking(deployment):
        return invoke(deployment.endpoint, deployment.vocabulary, rows)


@contextmanager
def _asking(deployment: Deployment, but: type[EndpointAway] | tuple[()] = ()) -> Iterator[None]:
    """A call of the endpoint. One that brings no scores, `but` for this reason, is counted for this endpoint, though
    another may answer; and the endpoint rests, unless it was this request alone that it refused."""
    began = deadline.clock()
    try:
        with measurements.timed("Asking"):
            yield
    except but:
        raise
    except (EndpointAway, TimedOut, deadline.Over) as error:
        measurements.failed(deployment.endpoint, cause_of(error))
        if not isinstance(error, EndpointRefuses):
            breaker.failed(deployment.endpoint, deadline.clock() - began)
        raise
    breaker.answered(deployment.endpoint)


def refusal(text: Any, most: int = TEXT_CHARACTERS) -> ApiError | None:
    """Why no model would be asked about this; None for a text of a fitting length."""
    if not isinstance(text, str):
        return Malformed(f"The text has to be a string, not {_json_type(text)}.")
    if len(text) > most:
        return TooLarge(f"The text has {len(text):,} characters; at most {most:,} are taken.")
    return None


def _encode_all(texts: list[Any], vocabulary: Vocabulary) -> list[Encoding | ApiError]:
    with measurements.timed("Encoding"):
        return [_encode(text, vocabulary) for text in texts]


def _encode(text: Any, vocabulary: Vocabulary) -> Encoding | ApiError:
    if error := refusal(text):
        return error
    encoding = vocabulary.encode(text)
    if reason := no_verdict(text, encoding, vocabulary):
        return NoVerdict(reason) if encoding.ids else NoWords(reason)
    return encoding


def _result(encoding: Encoding, version: str, score: float, why: Result) -> Result:
    measurements.add("Positive", float(score >= 0.5))
    measurements.add("Unknown", round(encoding.unknown, 4))
    confidence = round(max(score, 1 - score), 6)
    return {
        "sentiment": "positive" if score >= 0.5 else "negative",
        "score": round(score, 6),
        "confidence": confidence,
        "decided": confidence >= DECIDED,
        "model": version,
        "tokens": encoding.tokens,
        "unknown": round(encoding.unknown, 4),
        "truncated": encoding.truncated,
        **why,
    }


def _json_type(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "null")


def _first_deployment() -> Deployment:
    """The deployment of a service that had none a moment ago."""
    deployment = published.pointers.get(fresh=True).choose()
    if deployment is None:
        raise Unavailable("No model serves yet; the first one is being started.", retry_after=10)
    return deployment
