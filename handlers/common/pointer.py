"""The serving pointer: which model versions answer, and with which share of the requests.

It is one S3 object, serving.json. Every write names the version of the object that it replaces (`If-Match`),
so two releases at once leave one winner.
"""

import json
import random
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from handlers.common.clients import s3

KEY = "serving.json"


class PointerConflict(Exception):
    """Somebody else wrote the pointer since it was read; read it again and decide anew."""


@dataclass(frozen=True)
class Deployment:
    """One model version behind its own endpoint."""

    version: str
    endpoint: str
    vocabulary: str  # id
    weight: float  # share of the requests, 0 … 1; with 0 it is being drained
    since: str  # ISO 8601 time of the last change of weight


@dataclass(frozen=True)
class Pointer:
    """The deployments, and the ETag of the object that they were read from (None: there was none)."""

    deployments: tuple[Deployment, ...] = ()
    etag: str | None = None

    @property
    def serving(self) -> tuple[Deployment, ...]:
        """Those that get requests, the largest share first."""
        return tuple(sorted((d for d in self.deployments if d.weight > 0), key=lambda d: -d.weight))

    def choose(self) -> Deployment | None:
        """One of the serving deployments, drawn by weight; None while no model serves."""
        serving = self.serving
        if not serving:
            return None
        return random.choices(serving, weights=[d.weight for d in serving])[0]  # noqa: S311 (no secret is drawn)

    def having(self, deployments: tuple[Deployment, ...]) -> "Pointer":
        """The pointer with other deployments, to be written in place of this one."""
        return replace(self, deployments=deployments)


def read(bucket: str) -> Pointer:
    """The pointer as it stands; an empty one when the object does not exist."""
    try:
        answer = s3().get_object(Bucket=bucket, Key=KEY)
    except s3().exceptions.NoSuchKey:
        return Pointer()
    document = json.loads(answer["Body"].read())
    return Pointer(tuple(Deployment(**d) for d in document["deployments"]), answer["ETag"])


def write(bucket: str, pointer: Pointer) -> None:
    """Replace the object that `pointer` was read from. Raises PointerConflict when it is no longer that one."""
    # The time makes every write a new object, even of the same deployments: an ETag is a hash of the content.
    now = datetime.now(UTC).isoformat()
    document = {"written_at": now, "deployments": [asdict(d) for d in pointer.deployments]}
    condition = {"IfMatch": pointer.etag} if pointer.etag else {"IfNoneMatch": "*"}
    try:
        s3().put_object(
            Bucket=bucket,
            Key=KEY,
            Body=json.dumps(document, indent=1).encode(),
            ContentType="application/json",
            **condition,
        )
    except ClientError as error:
        # 412: another object is there; 409: another write is under way; 404: none is there any more
        # (S3, "Conditional writes").
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 409, 412):
            raise PointerConflict("The serving pointer was changed by another release.") from error
        raise
