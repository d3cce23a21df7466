"""What CloudWatch is told of endpoints, with the names and units of
https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

import logging
import threading
from collections import defaultdict
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.sagemaker.aws import LocalAws

log = logging.getLogger(__name__)

PUBLISH_SECONDS = 1.0


class Metrics:
    """Counts invocations, and once a second publishes what was counted, if anything."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        self._lock = threading.Lock()
        self._counted: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        threading.Thread(target=self._publish_all, name="metrics", daemon=True).start()

    def count(self, endpoint: str, variant: str, status: int, microseconds: float) -> None:
        """One invocation: the status that the model's container gave, and how long it took. Never waits."""
        with self._lock:
            self._counted[endpoint, variant].append((status, microseconds))

    def _publish_all(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(PUBLISH_SECONDS)
            with self._lock:
                counted, self._counted = self._counted, defaultdict(list)
            for (endpoint, variant), invocations in counted.items():
                try:
                    self._aws.client("cloudwatch").put_metric_data(
                        Namespace="AWS/SageMaker", MetricData=metric_data(endpoint, variant, invocations)
                    )
                except (BotoCoreError, ClientError) as error:
                    log.warning("the metrics of %s were not published: %s", endpoint, error)


def metric_data(endpoint: str, variant: str, invocations: list[tuple[int, float]]) -> list[dict[str, Any]]:
    """PutMetricData's MetricData for some invocations, each (status, microseconds)."""
    values = {
        "Invocations": [1.0] * len(invocations),
        "Invocation4XXErrors": [float(400 <= status < 500) for status, _ in invocations],
        "Invocation5XXErrors": [float(status >= 500) for status, _ in invocations],
        "ModelLatency": [microseconds for _, microseconds in invocations],
    }
    return [
        {
            "MetricName": name,
            "Dimensions": [
                {"Name": "EndpointName", "Value": endpoint},
                {"Name": "VariantName", "Value": variant},
            ],
            "Unit": "Microseconds" if name == "ModelLatency" else "None",
            "StatisticValues": {
                "SampleCount": len(each),
                "Sum": sum(each),
                "Minimum": min(each),
                "Maximum": max(each),
            },
        }
        for name, each in values.items()
    ]
