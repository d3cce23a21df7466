"""What answers while a model's endpoint cannot, where the stage wants it: the small linear model of the same version.

It is made with the model (ml/fallback.py) and published with it. The settings of a stage turn it on: `fallback: true`.
"""

import os
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import deadline
from handlers.common.causes import is_away
from handlers.common.clients import s3
from handlers.common.explanation import reasons, take_apart
from handlers.common.log import logger
from handlers.common.settings import settings
from ml.errors import ArtifactError
from ml.vocabulary import Encoding, Vocabulary

if TYPE_CHECKING:
    from ml.linear import Linear

LOOK = 3.5  # seconds to read one: one attempt


def key_of(version: str) -> str:
    """Where a version's fallback is published."""
    return f"fallbacks/{version}.bin"


def wanted() -> bool:
    """Whether this function answers by fallbacks at all."""
    return os.environ.get("FALLBACK") == "true"


@lru_cache(maxsize=4)
def prepare(version: str, vocabulary: str) -> None:
    """Try once, while all is well, to have the version's fallback at hand: when it is needed, S3 may be away too."""
    with suppress(BotoCoreError, ClientError, ArtifactError):  # whatever it is, it shows when the fallback is needed
        _read(version, vocabulary)


def fallback_of(version: str, vocabulary: str) -> "Linear | None":
    """The version's fallback, for texts encoded by the vocabulary of that id.

    None where it has none that can be used, or where it is not at hand and S3 is away.
    """
    try:
        return _read(version, vocabulary)
    except s3().exceptions.NoSuchKey:  # the model is older than fallbacks are
        logger.append_keys(fallback="there is none of this version")
        return None
    except (BotoCoreError, ClientError) as error:
        if is_away(error):
            return None
        raise
    except ArtifactError as error:
        logger.error("the fallback cannot be used", extra={"version": version, "cause": str(error)})
        return None


def judge(
    linear: "Linear", text: str, encoding: Encoding, vocabulary: Vocabulary, explain: bool
) -> tuple[float, dict[str, Any]]:
    """P(positive) of the text, and the reasons where they are asked for: of a linear model they are exact."""
    score = linear.score(encoding.ids)
    if not explain:
        return score, {}
    parts = take_apart(text, vocabulary)
    alone = [score] if len(parts.rows) == 1 else [linear.score(row) for row in parts.rows]
    return score, reasons(parts, linear.added(encoding.ids), alone)


@lru_cache(maxsize=2)
def _read(version: str, vocabulary: str) -> "Linear":
    """A published fallback, of this vocabulary. It changes as little as the version's model does."""
    from ml.linear import Linear  # which a start does without

    with deadline.within(LOOK):
        content = s3().get_object(Bucket=settings().bucket, Key=key_of(version))["Body"].read()
    linear = Linear.from_bytes(content)
    if linear.vocabulary != vocabulary:
        raise ArtifactError(f"the fallback is of vocabulary {linear.vocabulary}, the model of {vocabulary}")
    return linear
