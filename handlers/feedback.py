"""POST /feedback: a text and what its sentiment is, from whoever knows better. DELETE /feedback/{id}: not to keep it.

It goes to quarantine and teaches no model by itself: `python -m ml.data feedback` chooses what does (ml/feedback.py).
"""

import hashlib
import hmac
import json
import re
import secrets
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from botocore.exceptions import ClientError

from handlers.common import deadline, published
from handlers.common.causes import OutOfTime, cause_of
from handlers.common.clients import s3
from handlers.common.errors import ApiError, Malformed, NotFound, TimedOut, Unavailable
from handlers.common.http import Answer, Event, answer_json, answer_text, json_object, route
from handlers.common.limits import FEEDBACK_CHARACTERS
from handlers.common.log import logger
from handlers.common.metrics import measurements
from handlers.common.scoring import refusal, score_texts
from handlers.common.settings import settings
from handlers.common.store import FEEDBACK, SOURCE_KEY, erase, put_new

LABELS = {"positive": 1, "negative": 0}
QUARANTINE, ACCEPTED = f"{FEEDBACK}quarantine/", f"{FEEDBACK}accepted/"
ID = re.compile("[0-9a-f]{64}")
NETWORK = 64  # bits of an IPv6 address that a household has in common


@route
def handler(event: Event) -> Answer:
    """202 with the id of feedback that is kept, 204 for one that is no longer, or a problem."""
    if event["httpMethod"] == "DELETE":
        forget(event["pathParameters"]["id"])
        return answer_text(204, "", "text/plain")
    text, label = read(json_object(event))
    model, score = judge(text)  # before anything is written: the bucket of a stage that is being removed stays empty
    source = source_of(event["requestContext"]["identity"]["sourceIp"], source_key())
    name = id_of(text, label, source)
    keep(
        QUARANTINE + name + ".json",
        {
            "text": text,
            "label": label,
            "source": source,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "model": model,
            "score": score,
        },
    )
    return answer_json(202, {"id": name})


def read(request: dict[str, Any]) -> tuple[str, int]:
    """(text, label) of a request. Raises Malformed or TooLarge."""
    if unknown := sorted(request.keys() - {"text", "sentiment"}):
        raise Malformed(f"This route does not know “{unknown[0][:40]}”; it takes text and sentiment.")
    if "text" not in request:
        raise Malformed("Send “text”, the text that was judged, and “sentiment”, what it is.")
    if error := refusal(request["text"], FEEDBACK_CHARACTERS):
        raise error
    sentiment = request.get("sentiment")
    if not isinstance(sentiment, str) or sentiment not in LABELS:
        raise Malformed("“sentiment” has to be “positive” or “negative”: what the text is, whatever the model said.")
    return request["text"], LABELS[sentiment]


def source_of(address: str, key: bytes) -> str:
    """Equal for all that one address sends, and no way back to the address for who has not the key.

    A household has 2^64 IPv6 addresses, so that of these it is the network that counts.
    """
    try:
        parsed = ip_address(address)
    except ValueError:  # the console of API Gateway tests with a name
        origin = address
    else:
        origin = str(IPv6Network((parsed, NETWORK), strict=False) if isinstance(parsed, IPv6Address) else parsed)
    return hmac.digest(key, origin.encode(), "sha256").hex()


@cache
def source_key() -> bytes:
    """The stage's random key for sources, made by the first feedback."""
    try:
        return _read_key()
    except s3().exceptions.NoSuchKey:
        put_new(SOURCE_KEY, secrets.token_bytes(32))
        return _read_key()  # another process may have been first


def _read_key() -> bytes:
    return bytes(s3().get_object(Bucket=settings().bucket, Key=SOURCE_KEY)["Body"].read())


def id_of(text: str, label: int, source: str) -> str:
    """The same feedback from the same source has one id, however often it is sent."""
    return hashlib.sha256(json.dumps([text, label, source]).encode()).hexdigest()


def judge(text: str) -> tuple[str | None, float | None]:
    """The version that serves and its P(positive) of the text; twice None when none answers.

    Raises NoWords, and Unavailable while the stage is being made or removed: then its bucket must stay empty.
    """
    try:
        # Keeping it may take two fetches; but the endpoint is asked, where all goes well.
        with deadline.within(max(deadline.left() - 2 * deadline.FETCH, deadline.ENDPOINT + 3)):
            (result,) = score_texts([text])
    except (Unavailable, TimedOut, OutOfTime) as error:
        require_pointer()
        logger.warning("kept without a score", extra={"why": cause_of(error)})
        return None, None
    finally:
        measurements.taken()  # the metrics of what is judged, each of which bills, are those of POST /sentiment
    require_pointer()  # a warm function goes on judging for a while without one
    if isinstance(result, ApiError):
        raise result
    return result["model"], result["score"]


def require_pointer() -> None:
    """Raises Unavailable where there is no serving pointer (any more)."""
    if published.pointers.get().etag is None:
        raise Unavailable("This service is being set up or removed; nothing is kept in it.", 60)


def keep(key: str, feedback: dict[str, Any]) -> None:
    """Write it unless it is there. Raises Unavailable, or what S3 raises, unless it is there afterwards."""
    try:
        s3().put_object(Bucket=settings().bucket, Key=key, Body=json.dumps(feedback).encode(), IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailed":
            return
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 409:
            raise Unavailable("The same feedback is being stored at this moment; send it again.", 1) from error
        raise


def forget(name: str) -> None:
    """Delete the feedback of that id and the copy that was accepted, with all old versions; none is no error.

    Raises NotFound.
    """
    if not ID.fullmatch(name):
        raise NotFound("This is no id of feedback: it has 64 of the characters 0–9 and a–f.")
    for folder in (QUARANTINE, ACCEPTED):
        erase(f"{folder}{name}.json")
