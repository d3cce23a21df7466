"""POST /batches: a form to upload many reviews with. GET /batches/{id}: how far they are, and where the answers are."""

from typing import Any

from handlers.common import batches, pointer
from handlers.common.batches import Batch
from handlers.common.clients import s3_signer
from handlers.common.errors import Busy, NotFound, Unavailable
from handlers.common.http import Answer, Event, answer_json, route
from handlers.common.limits import BATCH_BYTES, BATCHES
from handlers.common.settings import required, settings

DOWNLOAD_SECONDS = 3600


@route
def handler(event: Event) -> Answer:
    """202 with a new batch, 200 with one that there is, or a problem."""
    if event["httpMethod"] == "POST":
        return answer_json(202, begin())
    batch = batches.read(event["pathParameters"]["id"])
    if batch is None:
        raise NotFound("There is no such batch, or none any more.")
    return answer_json(200, report(batch))


def begin() -> dict[str, Any]:
    """A new batch, and the form for its upload. Raises Unavailable, Busy."""
    if pointer.read().etag is None:
        raise Unavailable("This service is being set up or removed; nothing is kept in it.", 60)
    if len(batches.open_ones()) >= BATCHES:
        raise Busy(f"{BATCHES} batches are under way already. Ask again when some of them have ended.")
    batch = batches.create()
    form = s3_signer().generate_presigned_post(
        Bucket=settings().bucket,
        Key=batches.upload_key(batch.id),
        Conditions=[["content-length-range", 1, BATCH_BYTES]],
        ExpiresIn=batches.UPLOAD_SECONDS,
    )
    return {
        "id": batch.id,
        "upload": {"url": form["url"], "fields": form["fields"]},
        "most_bytes": BATCH_BYTES,
        "expires_at": batch.upload_until.isoformat(),
        "status_url": f"{required('API_URL')}/batches/{batch.id}",
    }


def report(batch: Batch) -> dict[str, Any]:
    """The batch as its owner is told of it."""
    lines = batch.lines
    done = {"running": batches.answered, "joining": all_lines, "completed": all_lines}.get(batch.step, no_line)(batch)
    return {
        "id": batch.id,
        "status": batch.status,
        "created_at": batch.created_at,
        "lines": lines or None,
        "done": done,
        "progress": round(done / lines, 4) if lines else 0.0,
        "model": batch.model,
        "reason": batch.reason,
        "download": download(batch) if batch.step == "completed" else None,
        "expires_at": batch.expires_at.isoformat(),
    }


def download(batch: Batch) -> str:
    """An address that gives the whole answer to whoever has it, for an hour."""
    asked = {
        "Bucket": settings().bucket,
        "Key": batches.answer_key(batch.id),
        "ResponseContentDisposition": f'attachment; filename="{batch.id}.jsonl"',
    }
    return str(s3_signer().generate_presigned_url("get_object", asked, ExpiresIn=DOWNLOAD_SECONDS))


def all_lines(batch: Batch) -> int:
    return batch.lines


def no_line(batch: Batch) -> int:
    return 0
