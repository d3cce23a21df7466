"""The verdicts on all candidates: one small S3 object each.

The first writer wins, and whoever changes one replaces the very object that it has read.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from handlers.common.clients import s3
from handlers.common.gate import APPROVED
from handlers.common.pointer import now
from handlers.common.settings import settings
from handlers.common.store import put_if, read_version

FOLDER = "verdicts/"
AT_ONCE = 10


class VerdictConflict(Exception):
    """Somebody else changed the verdict since it was read; read it again and decide anew."""


@dataclass(frozen=True)
class Verdict:
    """What was decided on a candidate, by the gate or by a person, and what the decision rests on."""

    version: str
    job: str | None  # None of a baseline, which came with a deployment
    created_at: str  # ISO 8601: when its job was created, or the baseline trained
    at: str  # ISO 8601: when it was decided
    status: str  # Approved, Rejected or PendingManualApproval
    reasons: list[str]
    by: str = "gate"  # or "person", or "deployment": who decided
    beside: str | None = None  # the version that served then, and that the gate compared it with
    metrics: dict[str, Any] | None = None  # on its held-out set; None where the artifact could not be read
    kept: bool = True  # whether the artifact is still there, to be released
    package: str | None = None  # ARN of its model package
    registered: str | None = None  # the status that the registry was last told, or told us
    facts: dict[str, str] = field(default_factory=dict)  # for the registry: hashes, hyperparameters
    etag: str | None = field(default=None, compare=False)  # of the object that it was read from; None: there is none

    @property
    def approved(self) -> bool:
        return self.status == APPROVED

    def public(self) -> dict[str, Any]:
        """The candidate as GET /models tells it."""
        return {
            "version": self.version,
            "job": self.job,
            "created_at": self.created_at,
            "metrics": self.metrics,
            "kept": self.kept and self.metrics is not None,
            "verdict": self.in_short(),
        }

    def in_short(self) -> dict[str, Any]:
        """The decision alone."""
        return {"approved": self.approved, "status": self.status, "reasons": self.reasons}


def key(version: str) -> str:
    """Where the verdict on a version is."""
    return f"{FOLDER}{version}.json"


def read(version: str) -> Verdict | None:
    """The verdict on a version; None while there is none."""
    return _verdict(key(version))


def every() -> list[Verdict]:
    """All verdicts, of the newest candidate first."""
    pages = s3().get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=FOLDER)
    found = [(each["Key"], each["ETag"]) for page in pages for each in page.get("Contents", [])]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = list(pool.map(lambda each: _read(*each), found))
    return sorted(filter(None, verdicts), key=lambda verdict: (verdict.created_at, verdict.version), reverse=True)


def record(verdict: Verdict) -> Verdict:
    """Write the verdict unless there is one on its version already; the one that stands."""
    if etag := _put(verdict):
        return replace(verdict, etag=etag)
    return read(verdict.version) or verdict


def decided(verdict: Verdict, status: str, reason: str, by: str = "gate") -> Verdict:
    """The verdict, decided anew."""
    return replace(verdict, status=status, reasons=[*verdict.reasons, reason], by=by, at=now())


def change(verdict: Verdict) -> Verdict:
    """Write the verdict in place of the one that it was made of. Raises VerdictConflict when that stands no more."""
    etag = _put(verdict)
    if etag is None:
        raise VerdictConflict(f"The verdict on {verdict.version} was changed by somebody else meanwhile; look again.")
    return replace(verdict, etag=etag)


def _put(verdict: Verdict) -> str | None:
    """The ETag of the verdict as it is written; None when the object that it is to replace is another by now."""
    document = asdict(verdict)
    del document["etag"]
    return put_if(key(verdict.version), json.dumps(document, indent=1).encode(), verdict.etag)


def _verdict(path: str) -> Verdict | None:
    document, etag = read_version(path)
    return None if document is None else Verdict(**document | {"etag": etag})


@lru_cache(maxsize=1000)
def _read(path: str, etag: str) -> Verdict | None:
    """Cached: what is still of the same ETag need not be read again by a function that stays warm."""
    return _verdict(path)
