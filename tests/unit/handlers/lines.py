"""The lines that functions write to their log, as CloudWatch gets them."""

import io
import json
from typing import Any

from tests.unit.handlers.stage import PREFIX

Metric = tuple[str, frozenset[tuple[str, str]]]  # its name and its dimensions


class Lines:
    """What was written to `stream`."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def last(self, message: str) -> dict[str, Any]:
        """The latest line with this message."""
        return [line for line in self.all if line["message"] == message][-1]

    @property
    def answered(self) -> dict[str, Any]:
        """The line of the latest request."""
        return self.last("answered")


def told(line: dict[str, Any]) -> dict[Metric, list[float]]:
    """Metric → values, as CloudWatch takes them out of a line."""
    found: dict[Metric, list[float]] = {}
    for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
        assert directive["Namespace"] == PREFIX[:-1]
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, line[name]) for name in names)
            found |= {(metric["Name"], dimensions): line[metric["Name"]] for metric in directive["Metrics"]}
    return found
