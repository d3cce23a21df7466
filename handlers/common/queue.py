"""Requests for a training job that wait until no other job runs: one small S3 object each.

queue/<version>.json is a request that waits. Once its job has been created it is deleted; where the job can never be
created it becomes dropped/<version>.json, which holds the reason.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from handlers.common.clients import lambdas, s3
from handlers.common.errors import Busy, Unavailable
from handlers.common.log import logger
from handlers.common.settings import settings
from handlers.common.store import put, put_new, read_json
from ml.job import JobRequest

WAITING, DROPPED = "queue/", "dropped/"
LENGTH = 20  # requests that may wait; each of them will cost money


@dataclass(frozen=True)
class Entry:
    """A request that waits, or that was dropped."""

    version: str
    at: str  # ISO 8601 time of the request
    request: dict[str, Any]  # of JobRequest.to_dict
    reason: str | None = None  # what kept its job from being created, when that was last tried

    @property
    def job(self) -> str:
        """The name that its job will have."""
        return settings().name_of(self.version)


def add(request: JobRequest, version: str) -> None:
    """Let the request wait; one that waits already is left as it is. Raises Busy when too many wait, Unavailable."""
    if len(_keys()) >= LENGTH:
        raise Busy(f"{LENGTH} requests for a training job wait already. Ask again when some of them have run.")
    entry = Entry(version, datetime.now(UTC).isoformat(), request.to_dict())
    if not put_new(_key(WAITING, version), _document(entry)) and not find(version):
        raise Unavailable("The same request is being queued at this moment; please ask again shortly.")
    logger.info("training job queued", extra={"job": entry.job})


def waiting() -> list[Entry]:
    """All that wait, those that have waited longest first."""
    entries = [Entry(**found) for key in _keys() if (found := read_json(key))]
    return sorted(entries, key=lambda entry: entry.at)


def find(version: str) -> Entry | None:
    """The request of that version, if it waits."""
    found = read_json(_key(WAITING, version))
    return found and Entry(**found)


def find_dropped(version: str) -> Entry | None:
    """The request of that version, if it was dropped."""
    found = read_json(_key(DROPPED, version))
    return found and Entry(**found)


def note(entry: Entry, reason: str) -> None:
    """Keep what the entry waits for, to be told to whoever asks."""
    if entry.reason != reason:
        put(_key(WAITING, entry.version), _document(replace(entry, reason=reason)))


def drop(entry: Entry, reason: str) -> None:
    """Give the request up, and keep the reason."""
    put(_key(DROPPED, entry.version), _document(replace(entry, reason=reason)))
    remove(entry)
    logger.warning("queued training job dropped", extra={"job": entry.job, "reason": reason})


def remove(entry: Entry) -> None:
    """Its job exists: it waits no longer."""
    s3().delete_object(Bucket=settings().bucket, Key=_key(WAITING, entry.version))


def is_empty() -> bool:
    """Whether nothing waits."""
    return not _keys()


def wake() -> None:
    """Have the retrain function start the next job, if one waits: no other function may create jobs."""
    if not is_empty():
        name, event = f"{settings().prefix}retrain", {"start_next": True}
        lambdas().invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode())


def _keys() -> list[str]:
    answer = s3().list_objects_v2(Bucket=settings().bucket, Prefix=WAITING)
    return [each["Key"] for each in answer.get("Contents", [])]


def _key(folder: str, version: str) -> str:
    return f"{folder}{version}.json"


def _document(entry: Entry) -> bytes:
    return json.dumps(asdict(entry)).encode()
