"""A folder kept in step with S3 while a job trains, as SageMaker does with /opt/ml/checkpoints."""

import logging
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.sagemaker.aws import Storage

log = logging.getLogger(__name__)


class CheckpointSync:
    """`pull` once before training; `push` as often as you like: it sends what has changed since."""

    def __init__(self, folder: Path, uri: str, storage: Storage) -> None:
        self._folder = folder
        self._uri = uri.rstrip("/")
        self._storage = storage
        self._sent: dict[Path, tuple[int, int]] = {}

    def pull(self) -> None:
        """Fetch what an earlier run of this job, or another one, left under the same address."""
        self._storage.download_prefix(self._uri + "/", self._folder)
        self._sent = dict(self._files())

    def push(self, last: bool = False) -> None:
        """Send new and changed files. A failing connection is tried again next time; `last` has no next."""
        for path, version in self._files():
            if self._sent.get(path) == version:
                continue
            try:
                self._storage.upload(path, f"{self._uri}/{path.relative_to(self._folder)}")
            except FileNotFoundError:
                continue  # the script has renamed or removed it meanwhile, which is its right
            except (BotoCoreError, ClientError) as error:
                # S3's own refusals stand, but for what a file gives that is written to while it is being sent.
                refused = isinstance(error, ClientError) and error.response["Error"]["Code"] != "BadDigest"
                if last or refused:
                    raise
                log.warning("%s was not sent to S3 yet: %s", path.name, error)
                continue
            self._sent[path] = version

    def _files(self) -> list[tuple[Path, tuple[int, int]]]:
        """Every file below the folder with its version: time of change in ns, size in bytes."""
        files = []
        for path in sorted(self._folder.rglob("*")):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                files.append((path, (status.st_mtime_ns, status.st_size)))
        return files
