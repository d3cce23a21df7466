"""What CloudWatch is told of a request: metrics that stand in the log line which tells of that request.

CloudWatch takes them out of a Lambda's log by itself (embedded metric format), so no request waits for another API:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
Powertools' Metrics would write another line for each set of dimensions. Each metric, with each value of its dimensions,
bills 0.30 USD a month while values come in: 7 of POST /sentiment, and those of problems and failures for as long as
there are some. A model's version and endpoint are therefore members of the line, to search by, and no dimensions.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from handlers.common.settings import settings

# Everything that is measured, and its unit in CloudWatch.
UNITS = {
    "Fetching": "Milliseconds",  # pointer and vocabulary, where they are not at hand
    "Encoding": "Milliseconds",  # cleaning, tokenising, looking up; of all texts
    "Asking": "Milliseconds",  # the endpoint
    "Total": "Milliseconds",  # all that the function does
    "ColdStart": "Count",  # 1 for a process's first request, which its import went before
    "Positive": "None",  # a value each text, 0 or 1: the average is the share, the sample count that of texts
    "Unknown": "None",  # a value each text: the share of its words that the vocabulary lacks
    "Problems": "Count",  # answers that are problems
    "Failures": "Count",  # calls of an endpoint that brought no scores, or were spared while it rests
    "Degraded": "Count",  # requests that a fallback answered
    "FailedJobs": "Count",  # training jobs; an event that comes twice counts twice
}


class Measurements:
    """The values of one request, from its first until it is answered. A process has one request at a time."""

    def __init__(self) -> None:
        self._values: dict[str, list[float]] = defaultdict(list)
        self._failures: dict[str, list[str]] = defaultdict(list)
        self._cold = True

    def add(self, name: str, value: float) -> None:
        """One more value of what UNITS names; of one metric CloudWatch takes 100 a line."""
        self._values[name].append(value)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Adds how long the block takes; several blocks of one request make one value."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = sum(self._values[name]) + (time.perf_counter() - started) * 1000
            self._values[name] = [round(spent, 2)]

    def taken(self) -> dict[str, list[float]]:
        """The values so far, which are then forgotten; the process's first have ColdStart among them."""
        values, self._values = dict(self._values), defaultdict(list)
        if values and self._cold:
            values["ColdStart"] = [1]
        self._cold = False
        return values

    def failed(self, endpoint: str, cause: str) -> None:
        """A call of the endpoint brought no scores, though the request may get them elsewhere."""
        self._failures[endpoint].append(cause)

    def failures(self) -> dict[str, list[str]]:
        """Endpoint → the cause of each of its failures so far, which are then forgotten."""
        failures, self._failures = dict(self._failures), defaultdict(list)
        return failures


measurements = Measurements()


def embedded(*groups: tuple[dict[str, list[float]], dict[str, str]]) -> dict[str, Any]:
    """The members of a log line that make CloudWatch record each group of values under that group's dimensions.

    The function's name is a dimension of every group. Groups without values are left out.
    """
    told: dict[str, Any] = {"FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")}
    directives = []
    for values, dimensions in groups:
        if values:
            told |= values | dimensions
            directives.append(
                {
                    "Namespace": namespace(),
                    "Dimensions": [["FunctionName", *dimensions]],
                    "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
                }
            )
    if not directives:
        return {}
    return {**told, "_aws": {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": directives}}


def namespace() -> str:
    """Of all of a stage's metrics: its prefix, without the hyphen at its end."""
    return settings().prefix.rstrip("-")
