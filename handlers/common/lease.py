"""Who may create a training job: one request at a time, and none while a job runs.

One S3 object, training.json, names the job of the request that was let through last. Every write names the version of
the object that it replaces (`If-Match`), so of two requests at once one is let through. It then has STARTING_SECONDS
to create its job: should there be none by then, the function crashed, and the next request is let through.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.common import training
from handlers.common.clients import s3
from handlers.common.errors import Busy, Unavailable
from handlers.common.settings import settings
from handlers.common.store import put_if

KEY = "training.json"
STARTING_SECONDS = 60  # no function that creates a job lives so long: retrain has 28 s


@dataclass(frozen=True)
class Lease:
    """The last request that was let through: its job (None once given back), since when, and the object's ETag."""

    job: str | None = None
    at: str = ""
    etag: str | None = None


def take(job: str) -> Lease:
    """Be let through to create the job.

    Raises Busy, which names the job that runs or is being started, and Unavailable when it is this very job.
    """
    mine = Lease(job, _now())
    while True:
        held = _read()
        if (held.job, held.at) == (mine.job, mine.at):
            return held  # written by an attempt that got no answer, and was repeated
        holder = _holder(held)
        if holder == job:
            raise Unavailable("This job is being started at this moment; please ask again shortly.")
        if holder:
            raise Busy(
                f"The training job {holder} is running or being started, and one runs at a time. "
                f"Ask again when it has ended, which GET /jobs/{holder} tells."
            )
        if taken := _replace(held, mine):
            return taken


def give_back(lease: Lease) -> None:
    """Let the next request through at once, as the job of this one was not and will not be created."""
    _replace(lease, Lease(None, _now()))


def latest_job() -> str | None:
    """The job that was let through last, which may have ended long ago; None where there was none."""
    return _read().job


def _holder(lease: Lease) -> str | None:
    """The job that runs or is being started; None when another may be created."""
    if lease.job is None:
        return None
    runs = training.runs(lease.job)
    if runs is None:
        age = (datetime.now(UTC) - datetime.fromisoformat(lease.at)).total_seconds()
        return lease.job if age < STARTING_SECONDS else None
    return lease.job if runs else None


def _read() -> Lease:
    try:
        answer = s3().get_object(Bucket=settings().bucket, Key=KEY)
    except s3().exceptions.NoSuchKey:
        return Lease()
    return Lease(**json.loads(answer["Body"].read()), etag=answer["ETag"])


def _now() -> str:
    # To the microsecond, which makes every lease a new object, even of the same job: an ETag is a hash of the content.
    return datetime.now(UTC).isoformat()


def _replace(held: Lease, new: Lease) -> Lease | None:
    """The new lease, with its ETag, in place of the one held; None when somebody else was faster."""
    etag = put_if(KEY, json.dumps({"job": new.job, "at": new.at}).encode(), held.etag)
    return Lease(new.job, new.at, etag) if etag else None
