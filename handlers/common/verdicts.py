"""The verdicts on all candidates: one small S3 object each, whose first writer wins."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from handlers.common.clients import s3
from handlers.common.gate import APPROVED
from handlers.common.pointer import now
from handlers.common.settings import settings
from handlers.common.store import put, put_new, read_json

FOLDER = "verdicts/"
AT_ONCE = 10


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
    document = read_json(key(version))
    return document and Verdict(**document)


def every() -> list[Verdict]:
    """All verdicts, of the newest candidate first."""
    pages = s3().get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=FOLDER)
    found = [(each["Key"], each["ETag"]) for page in pages for each in page.get("Contents", [])]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = list(pool.map(lambda each: _read(*each), found))
    return sorted(filter(None, verdicts), key=lambda verdict: (verdict.created_at, verdict.version), reverse=True)


def record(verdict: Verdict) -> Verdict:
    """Write the verdict unless there is one on its version already; the one that stands."""
    if put_new(key(verdict.version), _document(verdict)):
        return verdict
    return read(verdict.version) or verdict


def decided(verdict: Verdict, status: str, reason: str, by: str = "gate") -> Verdict:
    """The verdict, decided anew."""
    return replace(verdict, status=status, reasons=[*verdict.reasons, reason], by=by, at=now())


def change(verdict: Verdict) -> Verdict:
    """Write the verdict in place of the one that stood."""
    put(key(verdict.version), _document(verdict))
    return verdict


def _document(verdict: Verdict) -> bytes:
    return json.dumps(asdict(verdict), indent=1).encode()


@lru_cache(maxsize=1000)
def _read(path: str, etag: str) -> Verdict | None:
    """Cached: what is still of the same ETag need not be read again by a function that stays warm."""
    document = read_json(path)
    return document and Verdict(**document)
