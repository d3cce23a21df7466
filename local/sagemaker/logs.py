"""A job's output, sent to the local CloudWatch Logs while it is written."""

import logging
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.sagemaker.aws import AwsError, Role

log = logging.getLogger(__name__)

GROUP = "/aws/sagemaker/TrainingJobs"
EVENTS_PER_CALL = 1000


class LogStream:
    """Follows the file `path`; each `forward` sends the lines that were finished since the one before.

    Logs are a convenience: where the role or the local AWS refuses them, that is said once and training goes
    on.
    """

    def __init__(self, path: Path, role: Role, job: str) -> None:
        self._path = path
        self._role = role
        self._stream = f"{job}/algo-1-{int(time.time())}"
        self._offset = 0
        self._created = False
        self._refused = False

    def forward(self, last: bool = False) -> None:
        """Send new lines; with `last` also a line that has no end."""
        if self._refused or not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        if not last:
            text = text[: text.rfind(b"\n") + 1]
        lines = [line for line in text.decode(errors="replace").splitlines() if line]
        try:
            self._send(lines)
        except (AwsError, BotoCoreError, ClientError) as error:
            log.warning("the output of this job stays in %s; CloudWatch Logs refused it: %s", self._path, error)
            self._refused = True
        self._offset += len(text)

    def _send(self, lines: list[str]) -> None:
        if not lines:
            return
        client = self._role.client("logs")
        if not self._created:
            for create, arguments in (
                (client.create_log_group, {}),
                (client.create_log_stream, {"logStreamName": self._stream}),
            ):
                try:
                    create(logGroupName=GROUP, **arguments)
                except client.exceptions.ResourceAlreadyExistsException:
                    continue
            self._created = True
        now = int(time.time() * 1000)
        for start in range(0, len(lines), EVENTS_PER_CALL):
            events = [{"timestamp": now, "message": line} for line in lines[start : start + EVENTS_PER_CALL]]
            client.put_log_events(logGroupName=GROUP, logStreamName=self._stream, logEvents=events)
