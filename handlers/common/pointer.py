"""The serving pointer: which endpoints answer, with which share of the requests, and what is being released.

It is one S3 object, serving.json. Every write names the version of the object that it replaces (`If-Match`),
so two releases at once leave one winner.
"""

import json
import math
import random
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from handlers.common.clients import s3
from handlers.common.errors import Unavailable
from handlers.common.settings import settings
from handlers.common.store import put_if

KEY = "serving.json"
DICE = random.SystemRandom()  # Lambdas that were started from one snapshot would all draw what another generator draws
FAILED = ("failed", "rolled back")  # outcomes of releases that were none
OUTCOMES = 100  # of the latest releases, that are remembered


class PointerConflict(Exception):
    """Somebody else wrote the pointer since it was read; read it again and decide anew."""


class PointerBroken(Unavailable):
    """The object is no serving pointer."""

    cause = "serving.json cannot be read"


@dataclass(frozen=True)
class Deployment:
    """One model version behind its own endpoint."""

    version: str
    endpoint: str
    vocabulary: str  # id
    weight: float  # share of the requests, 0 … 1; with 0 it is being drained
    since: str  # ISO 8601 time of the last change of weight


@dataclass(frozen=True)
class Rollout:
    """A release under way."""

    version: str
    endpoint: str
    by: str  # "gate", "person", or "settings": who wants it
    phase: str  # "starting" until the endpoint has proved itself, then "canary"
    since: str  # ISO 8601 time at which the phase began


@dataclass(frozen=True)
class Outcome:
    """What became of a release."""

    version: str
    endpoint: str
    outcome: str  # "released", "rolled back", "failed" or "superseded"
    reason: str
    at: str  # ISO 8601
    by: str = ""  # who wanted it, as of the rollout


@dataclass(frozen=True)
class Pointer:
    """What serves, what is being released, what came of earlier releases (the latest first), which endpoints are being
    deleted, when the stage was first deployed (ISO 8601; empty: unknown), and the ETag of the object that all this was
    read from (None: there was none)."""

    deployments: tuple[Deployment, ...] = ()
    rollout: Rollout | None = None
    history: tuple[Outcome, ...] = ()
    going: tuple[str, ...] = ()
    created_at: str = ""
    etag: str | None = None

    @property
    def serving(self) -> tuple[Deployment, ...]:
        """Those that get requests, the largest share first."""
        return tuple(sorted((d for d in self.deployments if d.weight > 0), key=lambda d: -d.weight))

    @property
    def champion(self) -> Deployment | None:
        """What serves beside, or instead of, the one that is being released."""
        endpoint = self.rollout.endpoint if self.rollout else None
        return next((d for d in self.serving if d.endpoint != endpoint), None)

    def choose(self, other_than: Collection[str] = ()) -> Deployment | None:
        """One of the serving deployments, but none at those endpoints, drawn by weight; None where there is none."""
        serving = [deployment for deployment in self.serving if deployment.endpoint not in other_than]
        if not serving:
            return None
        return DICE.choices(serving, weights=[d.weight for d in serving])[0]

    def last_outcome(self, version: str) -> Outcome | None:
        """What last became of a release of the version."""
        return next((outcome for outcome in self.history if outcome.version == version), None)

    def having(self, deployments: tuple[Deployment, ...]) -> "Pointer":
        """The pointer with other deployments, to be written in place of this one."""
        return replace(self, deployments=deployments)

    def rolling_out(self, rollout: Rollout) -> "Pointer":
        """The pointer with this release under way."""
        return replace(self, rollout=rollout)

    def remembering(self, *outcomes: Outcome) -> "Pointer":
        """The pointer with these at the head of its history."""
        return replace(self, history=(*outcomes, *self.history)[:OUTCOMES])

    def with_canary(self, candidate: Deployment) -> "Pointer":
        """The pointer in which the candidate has its share, and the others what is left."""
        others = (d for d in self.deployments if d.endpoint != candidate.endpoint)
        reduced = tuple(replace(d, weight=round(d.weight * (1 - candidate.weight), 6)) for d in others)
        return self.having((candidate, *reduced))

    def released(self) -> "Pointer":
        """The pointer in which what was rolled out gets all requests. The others keep their endpoints until what is
        under way there has ended."""
        rollout, at = self.rollout, now()
        assert rollout is not None
        deployments = tuple(
            replace(d, weight=1.0, since=at) if d.endpoint == rollout.endpoint else _drained(d, at)
            for d in self.deployments
        )
        return self._over(deployments, _outcome(rollout, "released", rollout.by, at))

    def abandoned(self, outcome: str, reason: str) -> "Pointer":
        """The pointer as it was before the release under way, if there is one, which it remembers."""
        rollout, at = self.rollout, now()
        if rollout is None:
            return self
        rest = sum(d.weight for d in self.deployments if d.endpoint != rollout.endpoint)
        deployments = self.deployments
        if rest:  # otherwise what was to be released is what serves, and goes on serving
            deployments = tuple(
                _drained(d, at) if d.endpoint == rollout.endpoint else replace(d, weight=d.weight / rest)
                for d in self.deployments
            )
        return self._over(deployments, _outcome(rollout, outcome, reason, at))

    def _over(self, deployments: tuple[Deployment, ...], outcome: Outcome) -> "Pointer":
        return replace(self, deployments=deployments, rollout=None).remembering(outcome)


def _outcome(rollout: Rollout, outcome: str, reason: str, at: str) -> Outcome:
    return Outcome(rollout.version, rollout.endpoint, outcome, reason, at, rollout.by)


def _drained(deployment: Deployment, at: str) -> Deployment:
    return replace(deployment, weight=0.0, since=at) if deployment.weight else deployment


def now() -> str:
    """The time as the pointer notes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def age(since: str) -> float:
    """Seconds since then."""
    return (datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds()


def read() -> Pointer:
    """The pointer as it stands; an empty one when the object does not exist. Raises PointerBroken."""
    try:
        answer = s3().get_object(Bucket=settings().bucket, Key=KEY)
    except s3().exceptions.NoSuchKey:
        return Pointer()
    content = answer["Body"].read()
    try:
        return _parse(json.loads(content), answer["ETag"])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise PointerBroken(
            "What this service serves cannot be read at the moment. Please try again shortly; if it lasts, bring back "
            f"an earlier version of {KEY}."
        ) from error


def _parse(document: dict[str, Any], etag: str) -> Pointer:
    rollout = document.get("rollout")
    return Pointer(
        tuple(map(_deployment, document["deployments"])),
        Rollout(**rollout) if rollout else None,
        tuple(Outcome(**each) for each in document.get("history", ())),
        tuple(document.get("going", ())),
        document.get("created_at", ""),
        etag,
    )


def _deployment(fields: dict[str, Any]) -> Deployment:
    found = Deployment(**{**fields, "weight": float(fields["weight"])})
    named = (found.version, found.endpoint, found.vocabulary)
    if not 0 <= found.weight < math.inf or not all(isinstance(name, str) for name in named):
        raise ValueError("a deployment's share is no number that can be drawn by, or a name of it is no string")
    return found


def write(pointer: Pointer) -> Pointer:
    """Replace the object that `pointer` was read from; what is there now.

    Raises PointerConflict when it is no longer the one that was read.
    """
    content = asdict(pointer)
    del content["etag"]
    # The time makes every write a new object, even of the same content: an ETag is a hash of it.
    document = {"written_at": datetime.now(UTC).isoformat(), **content}
    etag = put_if(KEY, json.dumps(document, indent=1).encode(), pointer.etag)
    if etag is None:
        raise PointerConflict("The serving pointer was changed by another release.")
    return replace(pointer, etag=etag)
