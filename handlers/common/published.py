"""What releases publish for requests, as a function keeps it: the serving pointer and the vocabularies."""

import gzip
import math
import zlib
from dataclasses import replace
from functools import lru_cache

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import deadline, pointer
from handlers.common.causes import cause_of, is_away
from handlers.common.clients import s3
from handlers.common.log import logger
from handlers.common.metrics import measurements
from handlers.common.pointer import Pointer, PointerBroken
from handlers.common.settings import number, settings
from ml.errors import VocabularyError
from ml.vocabulary import Vocabulary

ONE_LOOK = 3.5  # seconds for the pointer where an earlier one does: one attempt


class PointerCache:
    """The serving pointer, read again when it is POINTER_SECONDS old.

    When it cannot be read, or is gone, the one that was read last does for DRAIN_SECONDS: so long the endpoints are
    kept that it names. Nor would it do harm after that, for an endpoint answers its own vocabulary's ids alone, or is
    gone; but a model that was taken back must not go on for ever.
    """

    def __init__(self) -> None:
        self._pointer = Pointer()
        self._read_at = self._tried_at = -math.inf
        self._why_old = ""

    def get(self, fresh: bool = False) -> Pointer:
        """The pointer; with `fresh` as it stands at this moment. Its `etag` is None where S3 has none (any more).

        Raises PointerBroken, and what S3 raises, where there is no earlier one that will do.
        """
        if fresh or deadline.clock() - self._tried_at >= number("POINTER_SECONDS"):
            self._tried_at = deadline.clock()  # before: if reading takes all of a request's time, the next goes on
            with measurements.timed("Fetching"):
                self._pointer = self._read()
        if self._why_old:
            logger.append_keys(old_pointer=self._why_old)
        return self._pointer

    def _read(self) -> Pointer:
        began = deadline.clock()
        does = bool(self._pointer.serving) and began - self._read_at < number("DRAIN_SECONDS")
        try:
            with deadline.within(ONE_LOOK if does else deadline.FETCH):
                found = pointer.read()
        except (BotoCoreError, ClientError, PointerBroken) as error:
            if not does or not (is_away(error) or isinstance(error, PointerBroken)):
                raise
            self._why_old = cause_of(error)
            return self._pointer
        if found.etag is None and does:
            self._why_old = "serving.json is gone"
            return replace(self._pointer, etag=None)
        self._read_at, self._why_old = began, ""
        return found


pointers = PointerCache()


@lru_cache(maxsize=4)
def vocabulary_of(vocabulary_id: str) -> Vocabulary:
    """A published vocabulary. It never changes: its name is the hash of its contents. Raises VocabularyError, which is
    this service's own mistake, and is not kept: once the object is whole again, all is well."""
    with deadline.within(deadline.FETCH):
        answer = s3().get_object(Bucket=settings().bucket, Key=f"vocabularies/{vocabulary_id}.json.gz")
        content = answer["Body"].read()
    try:
        vocabulary = Vocabulary.from_bytes(gzip.decompress(content))
    except (OSError, EOFError, zlib.error) as error:
        raise VocabularyError(f"the vocabulary {vocabulary_id} is not whole; publish it again") from error
    if vocabulary.id != vocabulary_id:
        raise VocabularyError(f"what is kept as vocabulary {vocabulary_id} is {vocabulary.id}; publish it again")
    return vocabulary
