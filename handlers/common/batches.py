"""Batches of many reviews: what is known of each, and where its objects are; all of it below batches/.

batches/<id>/batch.json     what is known of it; whoever changes it replaces the very object that it has read
batches/<id>/reviews.jsonl  the upload
batches/<id>/parts-…/       the upload, cut for a transform job; each attempt at it has a folder of its own
batches/<id>/answers/       what the transform job answers, an object a part
batches/<id>/answers.jsonl  the whole answer
batches/open/<id>           there while there is something to do: what the minute's look lists
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.common.clients import lambdas, s3
from handlers.common.log import logger
from handlers.common.settings import settings, whole_number
from handlers.common.splitting import Segment
from handlers.common.store import delete, put, put_if, read_version

FOLDER = "batches/"
OPEN = f"{FOLDER}open/"
ID = re.compile("[0-9a-f]{20}")
UPLOAD_SECONDS = 3600
STATUSES = {  # each step of a batch → what its owner is told
    "waiting": "Waiting",  # for the upload
    "cutting": "Preparing",
    "starting": "Preparing",
    "running": "InProgress",  # the transform job
    "joining": "InProgress",  # its answers
    "completed": "Completed",
    "failed": "Failed",
}
FINAL = ("completed", "failed")


class BatchConflict(Exception):
    """Somebody else changed the batch since it was read; look again."""


@dataclass(frozen=True)
class Batch:
    """One batch."""

    id: str
    created_at: str  # ISO 8601
    step: str = "waiting"
    held_until: str = ""  # ISO 8601: until then one function is at work on it, and no other
    upload: str = ""  # the ETag of the upload that is judged; another that comes later is not
    parts: str = ""  # the folder of its parts
    segments: tuple[Segment, ...] = ()
    attempts: int = 0  # at its step that functions were killed in
    model: str | None = None  # the version
    reason: str | None = None  # why it failed, or what it waits for
    etag: str | None = None  # of batch.json

    @property
    def folder(self) -> str:
        return f"{FOLDER}{self.id}/"

    @property
    def job(self) -> str:
        """The name of its transform job, and of that job's model."""
        return f"{settings().prefix}batch-{self.id}"

    @property
    def status(self) -> str:
        return STATUSES[self.step]

    @property
    def lines(self) -> int:
        return sum(segment.lines for segment in self.segments)

    @property
    def expires_at(self) -> datetime:
        """When S3 begins to delete it."""
        return datetime.fromisoformat(self.created_at) + timedelta(days=whole_number("BATCH_DAYS"))

    @property
    def upload_until(self) -> datetime:
        return datetime.fromisoformat(self.created_at) + timedelta(seconds=UPLOAD_SECONDS)

    def is_held(self) -> bool:
        """Whether a function is at work on it, or was killed in the time that it had left."""
        return self.held_until > now().isoformat()


def part_name(index: int) -> str:
    """The name of the part that the segment of that index becomes."""
    return f"{index:05d}.jsonl"


def upload_key(name: str) -> str:
    """Where the reviews of a batch are uploaded to."""
    return f"{FOLDER}{name}/reviews.jsonl"


def answer_key(name: str) -> str:
    """Where the whole answer is."""
    return f"{FOLDER}{name}/answers.jsonl"


def create() -> Batch:
    """A new batch, which waits for its upload; its id cannot be guessed."""
    batch = Batch(secrets.token_hex(10), now().isoformat(timespec="seconds"))
    put_if(_key(batch.id), _document(batch), None)
    put(OPEN + batch.id, b"")  # last: without it nobody looks after the batch, and nobody was told of it
    return batch


def read(name: str) -> Batch | None:
    """The batch of that id; None when there is none, or none any more."""
    found, etag = read_version(_key(name)) if ID.fullmatch(name) else (None, None)
    if found is None:
        return None
    segments = tuple(Segment(*each) for each in found.pop("segments"))
    batch = Batch(**found, segments=segments, etag=etag)
    return batch if batch.expires_at > now() else None


def change(batch: Batch, **changes: Any) -> Batch:
    """The batch with these changes, written in place of the one that was read. Raises BatchConflict."""
    changed = replace(batch, **changes)
    if changed == batch:
        return batch
    etag = put_if(_key(batch.id), _document(changed), batch.etag)
    if etag is None:
        raise BatchConflict(f"The batch {batch.id} was changed by somebody else meanwhile.")
    logger.info("batch", extra={"batch": batch.id, "step": changed.step, "reason": changed.reason})
    return replace(changed, etag=etag)


def open_ones() -> list[str]:
    """The ids of all batches with which there is something to do."""
    pages = s3().get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=OPEN)
    return [each["Key"].removeprefix(OPEN) for page in pages for each in page.get("Contents", [])]


def close(name: str) -> None:
    """There is nothing more to do with the batch."""
    delete(OPEN + name)


def wake() -> None:
    """Have the batch function look after the batches, where there are any."""
    if open_ones():
        function = f"{settings().prefix}batch"
        lambdas().invoke(FunctionName=function, InvocationType="Event", Payload=b'{"by": "the clock"}')


def answered(batch: Batch) -> int:
    """Of how many lines the transform job has written the answers."""
    keys = answer_keys(batch)
    return sum(
        segment.lines
        for index, segment in enumerate(batch.segments)
        if segment.too_long or f"{part_name(index)}.out" in keys
    )


def answer_keys(batch: Batch) -> dict[str, str]:
    """The names of the objects that the transform job has written, <part>.out, and the key of each.

    It is not known before in which folder below answers/ they are: SageMaker's pages say in one that of the input's own
    folder (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html).
    """
    prefix = f"{batch.folder}answers/"
    pages = s3().get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=prefix)
    keys = (each["Key"] for page in pages for each in page.get("Contents", []))
    return {key.rpartition("/")[2]: key for key in keys}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _key(name: str) -> str:
    return f"{FOLDER}{name}/batch.json"


def _document(batch: Batch) -> bytes:
    document = asdict(batch) | {"segments": [list(segment) for segment in batch.segments]}
    del document["etag"]
    return json.dumps(document).encode()
