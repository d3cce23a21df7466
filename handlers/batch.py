"""Takes batches further, woken by uploads, by transform jobs that end and by the clock: an event is only a reason to
look. Every step can be taken again, and a function that is killed leaves its step to the next one.

waiting → cutting (the upload, for several machines) → starting → running (the transform job) → joining → completed
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import batches, pointer, splitting, transforms
from handlers.common.batches import FINAL, Batch, BatchConflict
from handlers.common.clients import s3
from handlers.common.errors import plain
from handlers.common.hosting import StageGone
from handlers.common.joining import Broken, join
from handlers.common.limits import BATCH_LINES
from handlers.common.log import correlate, logger
from handlers.common.settings import settings
from handlers.common.splitting import Segment

LONG_STEP = 300  # seconds: with less time left, what reads gigabytes is left to the next run
LATE_SECONDS = 6 * 3600  # an upload that began in time may end so much later
ATTEMPTS = 3  # at a step in which functions are killed, mostly for want of time
COMPRESSED = b"\x1f\x8b"


class Hopeless(Exception):
    """The batch will never be answered; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Take every open batch as far as it goes now; one that fails is no obstacle to the others."""
    correlate(event, context)
    for name in batches.open_ones():
        try:
            advance(name, context)
        except (BatchConflict, StageGone) as error:
            logger.info("left to whoever was faster", extra={"reason": str(error)})
        except (BotoCoreError, ClientError) as error:
            logger.error("batch not taken further", extra={"batch": name, "why": plain(str(error))})
        except (ValueError, TypeError, KeyError) as error:  # what is kept of it cannot be read
            logger.error("batch not taken further", extra={"batch": name, "why": repr(error)})


def advance(name: str, context: Any) -> None:
    """Take the steps that are due of one batch. Raises BatchConflict, StageGone, and what AWS raises."""
    require_stage()
    batch = batches.read(name)
    if batch is None:  # the time for which it is kept is over, and no transform job knows a longest time of its own
        transforms.stop(Batch(name, "").job)
        return finish(name)
    while batch.step not in FINAL and not batch.is_held():
        try:
            further = STEPS[batch.step](batch, context)
        except Hopeless as error:
            further = batches.change(batches.read(name) or batch, step="failed", reason=str(error), held_until="")
        if further == batch:
            return
        batch = further
    if batch.step in FINAL:
        finish(name)


def finish(name: str) -> None:
    """What is needed no more goes; the mark by which the batch is found is the last of it."""
    transforms.delete_model(Batch(name, "").job)
    batches.close(name)


def waiting(batch: Batch, context: Any) -> Batch:
    """Look for the upload."""
    upload = find_upload(batch)
    if upload is not None:
        return batches.change(batch, step="cutting", upload=upload["ETag"])
    if (batches.now() - batch.upload_until).total_seconds() > LATE_SECONDS:
        raise Hopeless("Nothing was uploaded in the time for it.")
    return batch


def cutting(batch: Batch, context: Any) -> Batch:
    """Cut the upload into parts: each is copied as soon as the scan has come to its end."""

    def work() -> dict[str, Any]:
        folder = f"{batch.folder}parts-{secrets.token_hex(4)}/"
        segments = cut(batch, folder)
        step = "joining" if all(segment.too_long for segment in segments) else "starting"
        return {"step": step, "parts": folder, "segments": tuple(segments)}

    return at_length(batch, context, work)


def cut(batch: Batch, folder: str) -> list[Segment]:
    """The segments of the upload, of which all but lines that are too long are objects of the folder then.

    Raises Hopeless.
    """
    upload, key = find_upload(batch), batches.upload_key(batch.id)
    if upload is None or upload["ETag"] != batch.upload:
        raise Hopeless("The upload was replaced, or deleted, before it was read. Start another batch.")
    size, segments, lines = upload["ContentLength"], [], 0
    try:
        chunks = uncompressed(splitting.read_through(key, batch.upload, size))
        for index, segment in enumerate(splitting.cut(chunks, splitting.part_bytes(size))):
            segments.append(segment)
            lines += segment.lines
            if lines > BATCH_LINES:
                raise Hopeless(f"The upload has more than {BATCH_LINES:,} lines. Send it as several batches.")
            require_stage()
            if not segment.too_long:
                splitting.copy(segment, key, batch.upload, size, folder + batches.part_name(index))
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailed":
            raise Hopeless("The upload was replaced while it was being read. Start another batch.") from error
        raise
    if not segments:
        raise Hopeless("The upload holds no line.")
    return segments


def uncompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks. Raises Hopeless where they are a .gz."""
    for index, chunk in enumerate(chunks):
        if index == 0 and chunk.startswith(COMPRESSED):
            raise Hopeless("The upload is compressed; upload the JSON lines as they are.")
        yield chunk


def starting(batch: Batch, context: Any) -> Batch:
    """Create the transform job on what serves; where AWS has no machine for it, that is tried again."""
    champion = pointer.read().champion
    if champion is None:
        return batches.change(batch, reason="No model serves yet.")
    version = batch.model or champion.version
    if batch.model is None:  # before the job, of which a run that then breaks off could not tell the version
        batch = batches.change(batch, model=version)
    try:
        transforms.create(batch, version)
    except transforms.NotNow as error:
        return batches.change(batch, reason=str(error))
    except transforms.Refused as error:
        raise Hopeless(str(error)) from error
    return batches.change(batch, step="running", reason=None)


def running(batch: Batch, context: Any) -> Batch:
    """Look whether the transform job has ended."""
    job = transforms.describe(batch.job)
    if job is None:
        raise Hopeless("The transform job is gone.")
    if job["TransformJobStatus"] in transforms.RUNNING:
        return batch
    if job["TransformJobStatus"] != "Completed":
        why = plain(job.get("FailureReason") or "") or "it was stopped"
        raise Hopeless(f"The transform job came to no end: {why}")
    return batches.change(batch, step="joining")


def joining(batch: Batch, context: Any) -> Batch:
    """Put the answers together."""

    def work() -> dict[str, Any]:
        try:
            join(batch, require_stage)
        except Broken as error:
            raise Hopeless(str(error)) from error
        return {"step": "completed"}

    return at_length(batch, context, work)


Step = Callable[[Batch, Any], Batch]
STEPS: dict[str, Step] = {
    "waiting": waiting,
    "cutting": cutting,
    "starting": starting,
    "running": running,
    "joining": joining,
}


def at_length(batch: Batch, context: Any, work: Callable[[], dict[str, Any]]) -> Batch:
    """The batch as `work` changes it, during which nobody else takes it further: for as long as this function may live.

    Raises BatchConflict, and what AWS raises.
    """
    seconds = context.get_remaining_time_in_millis() / 1000
    if seconds < LONG_STEP:
        return batch
    if batch.attempts == ATTEMPTS:
        raise Hopeless("It takes longer than a function may. Send it as several batches.")
    until = (batches.now() + timedelta(seconds=seconds)).isoformat()
    held = batches.change(batch, held_until=until, attempts=batch.attempts + 1)
    try:
        changes = work()
    except Hopeless as error:
        changes = {"step": "failed", "reason": str(error)}
    except (BotoCoreError, ClientError):
        batches.change(held, held_until="", attempts=batch.attempts)
        raise
    return batches.change(held, held_until="", attempts=0, **changes)


def find_upload(batch: Batch) -> dict[str, Any] | None:
    """HeadObject of the upload; None while there is none."""
    try:
        return dict(s3().head_object(Bucket=settings().bucket, Key=batches.upload_key(batch.id)))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise


def require_stage() -> None:
    """Raises StageGone when the stage is being removed: what is written then would outlive it."""
    if pointer.read().etag is None:
        raise StageGone("The stage is being removed; nothing is begun in it.")
