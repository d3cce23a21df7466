"""Asking a model's endpoint for scores."""

import json
from math import inf
from typing import Any, TypeGuard

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from handlers.common import deadline
from handlers.common.causes import OutOfTime, is_away
from handlers.common.clients import sagemaker_runtime
from handlers.common.errors import TimedOut, Unavailable
from handlers.common.log import logger
from handlers.common.settings import required
from ml.vocabulary import pad

# SageMaker's words for "not now": the endpoint is absent, starting, throttled, or its container is.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
AWAY = {
    "ValidationError",
    "ModelNotReadyException",
    "ThrottlingException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "InternalFailure",
    "InternalDependencyException",
    "ModelError",
}
# Seconds for one endpoint in a request: an attempt of 12 at most, and a second one only where the first failed at once.
# One that says nothing is not asked again: it would have twice as much to do, and another may answer meanwhile.
PATIENCE = 14.0


class EndpointAway(Unavailable):
    """The endpoint exists no longer, not yet, or not at the moment."""


class AnswerBroken(EndpointAway):
    """The endpoint's answer is not as agreed; `cause` says how, without its words."""

    def __init__(self, cause: str):
        super().__init__("The model's answer cannot be read. Please try again shortly.")
        self.cause = cause


class EndpointRefuses(EndpointAway):
    """The model's own code refused what it was sent, or could not be loaded: asking again will not help."""


def invoke(endpoint: str, vocabulary: str, rows: list[list[int]]) -> list[float]:
    """The endpoint's scores, P(positive) of each row of ids. Rows of different lengths are padded here.

    Raises EndpointAway when the endpoint cannot answer (now), TimedOut when it takes too long, and OutOfTime when the
    request has no time left to ask it.
    """
    return _scores(_ask(endpoint, vocabulary, rows, explain=False), rows)


def explain_rows(endpoint: str, vocabulary: str, rows: list[list[int]]) -> tuple[list[float], list[list[float]]]:
    """The scores, and for each id of each row what it adds to the calibrated logit. Raises as `invoke` does."""
    document = _ask(endpoint, vocabulary, rows, explain=True)
    return _scores(document, rows), _weights(document, rows)


def _ask(endpoint: str, vocabulary: str, rows: list[list[int]], explain: bool) -> Any:
    """The document that the endpoint answers."""
    body = json.dumps({"vocabulary": vocabulary, "inputs": pad(rows), "explain": explain}, separators=(",", ":"))
    try:
        with deadline.within(_patience()):
            answer = sagemaker_runtime().invoke_endpoint(
                EndpointName=endpoint,
                ContentType="application/json",
                Accept="application/json",
                Body=body.encode(),
                **_correlation(),
            )
            logger.append_keys(endpoint_request=answer["ResponseMetadata"].get("RequestId"))
            payload = answer["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in AWAY or is_away(error):
            # The serving container answers every exception of the model's code with 400.
            refused = error.response.get("OriginalStatusCode") == 400
            kind = EndpointRefuses if refused else EndpointAway
            raise kind("The model is starting or away at the moment. Please try again shortly.") from error
        raise
    except ReadTimeoutError as error:
        raise TimedOut("The model did not answer in time. Please try again, with fewer or shorter texts.") from error
    except OutOfTime:
        raise
    except BotoCoreError as error:
        if is_away(error):
            raise EndpointAway("The model cannot be reached at the moment. Please try again shortly.") from error
        raise
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):  # whose own words, and what they hold, may be of a text
        raise AnswerBroken(f"{len(payload)} bytes that are no JSON") from None


def _patience() -> float:
    """Seconds. A serverless endpoint may be starting: there is no time for another answer than its own."""
    return PATIENCE if deadline.is_set() and required("ENDPOINT_KIND") == "realtime" else inf


def _correlation() -> dict[str, str]:
    """What is being done, for the endpoint's side: its data capture would note it."""
    own = logger.get_correlation_id()
    return {"InferenceId": str(own)[:64]} if own else {}


def _scores(document: Any, rows: list[list[int]]) -> list[float]:
    scores = document.get("scores") if isinstance(document, dict) else None
    # A NaN fails the comparison, as every number outside 0 … 1 does.
    if not _numbers(scores, len(rows)) or not all(0 <= score <= 1 for score in scores):
        raise AnswerBroken(f"no scores from 0 to 1 for {len(rows)} texts")
    return [float(score) for score in scores]


def _weights(document: Any, rows: list[list[int]]) -> list[list[float]]:
    weights = document.get("weights")
    if isinstance(weights, list) and len(weights) == len(rows):
        pairs = zip(weights, rows, strict=True)
        if all(_numbers(found, len(row)) and all(abs(each) < inf for each in found) for found, row in pairs):
            return weights
    raise AnswerBroken(f"no weights for {len(rows)} texts")


def _numbers(values: Any, expected: int) -> TypeGuard[list[float]]:
    return (
        isinstance(values, list) and len(values) == expected and all(isinstance(each, (int, float)) for each in values)
    )
