"""Texts in, sentiments out: clean, tokenise, look up for one model version, ask that version's endpoint."""

import gzip
import math
import time
from functools import lru_cache
from itertools import islice
from typing import Any

from handlers.common import pointer
from handlers.common.clients import s3
from handlers.common.endpoint import EndpointAway, EndpointRefuses, explain_rows, invoke
from handlers.common.errors import ApiError, Malformed, NoWords, TimedOut, TooLarge, Unavailable
from handlers.common.explanation import Parts, reasons, take_apart
from handlers.common.limits import TEXT_CHARACTERS
from handlers.common.log import logger
from handlers.common.metrics import embedded, measurements
from handlers.common.pointer import Deployment, Pointer
from handlers.common.settings import number, settings
from ml.vocabulary import Encoding, Vocabulary

Result = dict[str, Any]
Good = tuple[str, Encoding]
Judged = tuple[float, Result]  # P(positive), and the reasons where they are asked for
PATIENCE = 4.0  # seconds for an explanation, beyond which there is no time left to score its sentences as well


def score_texts(texts: list[Any], explain: bool = False) -> list[Result | ApiError]:
    """For each text its sentiment, or the error that it alone has; one bad text spoils no other.

    All texts are scored by one model version in one call; where they are to be explained, a second one scores all their
    sentences. Raises Unavailable or TimedOut when no model answers.
    """
    deployment = pointers.get().choose() or _first_deployment()
    try:
        return _score(texts, deployment, explain)
    except EndpointAway:
        # Replaced since the pointer was cached, or a canary that is failing: another one may answer.
        other = pointers.get(fresh=True).choose(other_than=deployment.endpoint)
        if other is None:
            raise
        return _score(texts, other, explain)


def _score(texts: list[Any], deployment: Deployment, explain: bool) -> list[Result | ApiError]:
    logger.append_keys(model=deployment.version, endpoint=deployment.endpoint)
    with measurements.timed("Fetching"):
        vocabulary = _vocabulary(deployment.vocabulary)
    with measurements.timed("Encoding"):
        encodings = [_encode(text, vocabulary) for text in texts]
    good = [(text, encoding) for text, encoding in zip(texts, encodings, strict=True) if isinstance(encoding, Encoding)]
    judged = iter((_explained if explain else _scored)(good, vocabulary, deployment) if good else [])
    return [
        _result(encoding, deployment.version, *next(judged)) if isinstance(encoding, Encoding) else encoding
        for encoding in encodings
    ]


def _scored(good: list[Good], vocabulary: Vocabulary, deployment: Deployment) -> list[Judged]:
    scores = _ask(deployment, [encoding.ids for _, encoding in good])
    return [(score, {}) for score in scores]


def _explained(good: list[Good], vocabulary: Vocabulary, deployment: Deployment) -> list[Judged]:
    began = time.monotonic()
    try:
        with measurements.timed("Asking"):
            scores, weights = explain_rows(deployment.endpoint, deployment.vocabulary, [e.ids for _, e in good])
    except EndpointRefuses:  # its artifact is older than explanations are, or it is broken, which this shows
        return _scored(good, vocabulary, deployment)
    except (EndpointAway, TimedOut) as error:
        _count_failure(deployment, error)
        raise
    parts = [take_apart(text, vocabulary) for text, _ in good]
    alone = iter(_sentence_scores(parts, deployment) if time.monotonic() - began < PATIENCE else [])
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
    except (EndpointAway, TimedOut):
        return []


def _ask(deployment: Deployment, rows: list[list[int]]) -> list[float]:
    """The endpoint's scores. A call that brings none is counted for this endpoint, though another may answer."""
    try:
        with measurements.timed("Asking"):
            return invoke(deployment.endpoint, deployment.vocabulary, rows)
    except (EndpointAway, TimedOut) as error:
        _count_failure(deployment, error)
        raise


def _count_failure(deployment: Deployment, error: ApiError) -> None:
    told = {"error": type(error).__name__, "cause": repr(error.__cause__)}
    failures = embedded(({"Failures": [1]}, {"EndpointName": deployment.endpoint}))
    logger.warning("the endpoint gave no scores", extra=told | failures)


def refusal(text: Any, most: int = TEXT_CHARACTERS) -> ApiError | None:
    """Why no model would be asked about this; None for a text of a fitting length."""
    if not isinstance(text, str):
        return Malformed(f"The text has to be a string, not {_json_type(text)}.")
    if len(text) > most:
        return TooLarge(f"The text has {len(text):,} characters; at most {most:,} are taken.")
    return None


def _encode(text: Any, vocabulary: Vocabulary) -> Encoding | ApiError:
    if error := refusal(text):
        return error
    encoding = vocabulary.encode(text)
    if not encoding.ids:
        return NoWords("Once the text is cleaned, no word is left to judge. Send at least one word of prose.")
    return encoding


def _result(encoding: Encoding, version: str, score: float, why: Result) -> Result:
    measurements.add("Positive", float(score >= 0.5))
    measurements.add("Unknown", round(encoding.unknown, 4))
    return {
        "sentiment": "positive" if score >= 0.5 else "negative",
        "score": round(score, 6),
        "confidence": round(max(score, 1 - score), 6),
        "model": version,
        "tokens": encoding.tokens,
        "unknown": round(encoding.unknown, 4),
        "truncated": encoding.truncated,
        **why,
    }


def _json_type(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "null")


class PointerCache:
    """The serving pointer, read again when it is POINTER_SECONDS old."""

    def __init__(self) -> None:
        self._pointer = Pointer()
        self._read_at = -math.inf

    def get(self, fresh: bool = False) -> Pointer:
        """The pointer; with `fresh` as it stands at this moment."""
        now = time.monotonic()
        if fresh or now - self._read_at >= number("POINTER_SECONDS"):
            with measurements.timed("Fetching"):
                self._pointer = pointer.read()
            self._read_at = now
        return self._pointer


pointers = PointerCache()


def _first_deployment() -> Deployment:
    """The deployment of a service that had none a moment ago."""
    deployment = pointers.get(fresh=True).choose()
    if deployment is None:
        raise Unavailable("No model serves yet; the first one is being started.", retry_after=10)
    return deployment


@lru_cache(maxsize=4)
def _vocabulary(vocabulary_id: str) -> Vocabulary:
    """A published vocabulary. It never changes: its name is the hash of its contents."""
    answer = s3().get_object(Bucket=settings().bucket, Key=f"vocabularies/{vocabulary_id}.json.gz")
    return Vocabulary.from_bytes(gzip.decompress(answer["Body"].read()))
