"""Where feedback lies: below feedback/ in a stage's bucket, or in a copy of that folder.

quarantine/ holds all that was sent, accepted/ copies of what the latest set took.
"""

import shutil
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from tqdm import tqdm

from ml.errors import DataError

QUARANTINE, ACCEPTED, SUFFIX = "quarantine", "accepted", ".json"
AT_ONCE = 16  # requests to S3


class Store(Protocol):
    """Both kinds of places."""

    def quarantine(self) -> dict[str, bytes]:
        """Id → document of all feedback there is. Raises DataError."""

    def accept(self, ids: Collection[str]) -> None:
        """Have accepted/ hold copies of these, and of no others. Raises DataError."""


class Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def quarantine(self) -> dict[str, bytes]:
        if not (self.path / QUARANTINE).is_dir():
            raise DataError(f"{self.path} holds no folder {QUARANTINE}; name a copy of the bucket's feedback/")
        return {path.stem: path.read_bytes() for path in sorted((self.path / QUARANTINE).glob(f"*{SUFFIX}"))}

    def accept(self, ids: Collection[str]) -> None:
        accepted = self.path / ACCEPTED
        accepted.mkdir(exist_ok=True)
        for name in ids:
            shutil.copyfile(self.path / QUARANTINE / f"{name}{SUFFIX}", accepted / f"{name}{SUFFIX}")
        for path in accepted.glob(f"*{SUFFIX}"):
            if path.stem not in ids:
                path.unlink()


class Bucket:
    """The bucket of a stage."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def quarantine(self) -> dict[str, bytes]:
        def read(name: str) -> bytes | None:
            try:
                return bytes(self.s3.get_object(Bucket=self.bucket, Key=_key(QUARANTINE, name))["Body"].read())
            except self.s3.exceptions.NoSuchKey:  # somebody has it deleted at this moment
                return None

        names = self._ids(QUARANTINE)
        found = dict(zip(names, self._each(read, names, "Reading feedback"), strict=True))
        return {name: content for name, content in found.items() if content is not None}

    def accept(self, ids: Collection[str]) -> None:
        def copy(name: str) -> None:
            source = {"Bucket": self.bucket, "Key": _key(QUARANTINE, name)}
            with suppress(self.s3.exceptions.NoSuchKey):  # as above
                self.s3.copy_object(Bucket=self.bucket, Key=_key(ACCEPTED, name), CopySource=source)

        def delete(name: str) -> None:
            self.s3.delete_object(Bucket=self.bucket, Key=_key(ACCEPTED, name))

        there = set(self._ids(ACCEPTED))
        self._each(copy, sorted(set(ids) - there), "Accepting feedback")
        self._each(delete, sorted(there - set(ids)), "Taking back")

    def _ids(self, folder: str) -> list[str]:
        def keys() -> Iterable[str]:
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=_key(folder, "", ""))
            return [each["Key"] for page in pages for each in page.get("Contents", [])]

        prefix = _key(folder, "", "")
        return [each.removeprefix(prefix).removesuffix(SUFFIX) for each in self._asked(keys) if each.endswith(SUFFIX)]

    def _each(self, ask: Callable[[str], Any], names: Collection[str], what: str) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = tqdm(threads.map(ask, names), what, len(names), unit=" texts", disable=None)
            return self._asked(lambda: list(answers))

    def _asked(self, ask: Callable[[], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return ask()
        except (BotoCoreError, ClientError) as error:
            hint = "is the stage deployed, and may you read and write there?"
            raise DataError(f"s3://{self.bucket}/feedback/: {error}; {hint}") from error


def _key(folder: str, name: str, suffix: str = SUFFIX) -> str:
    return f"feedback/{folder}/{name}{suffix}"
