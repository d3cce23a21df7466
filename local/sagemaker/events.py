"""State-change events, delivered as EventBridge would: through the rules that are deployed in the local AWS.

The local EventBridge takes no events from `aws.*` sources, so each is matched with the rules' own patterns and
handed to their targets. The fields are those of
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

import json
import logging
import queue
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.sagemaker.aws import LocalAws

log = logging.getLogger(__name__)


class Events:
    """Delivers events one after the other, in the order in which they were published."""

    def __init__(self, aws: LocalAws, account: str) -> None:
        self._aws = aws
        self._account = account
        self._queue: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._deliver_all, name="events", daemon=True).start()

    def publish(self, detail_type: str, arn: str, detail: dict[str, Any]) -> None:
        """Queue one event about the resource `arn`; never fails, and never waits for the delivery."""
        self._queue.put(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": detail_type,
                "source": "aws.sagemaker",
                "account": self._account,
                "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "region": self._aws.region,
                "resources": [arn],
                "detail": json.loads(json.dumps(detail, default=_milliseconds)),
            }
        )

    def _deliver_all(self) -> None:
        while True:
            event = self._queue.get()
            try:
                self.deliver(event)
            except (BotoCoreError, ClientError) as error:
                log.warning("an event about %s was not delivered: %s", event["resources"][0], error)

    def deliver(self, event: dict[str, Any]) -> None:
        """Hand `event` to every Lambda target of every enabled rule whose pattern it matches."""
        events = self._aws.client("events")
        payload = json.dumps(event)
        for page in events.get_paginator("list_rules").paginate():
            for rule in page["Rules"]:
                pattern = rule.get("EventPattern")
                if not pattern or rule.get("State") == "DISABLED":
                    continue
                if events.test_event_pattern(EventPattern=pattern, Event=payload)["Result"]:
                    for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                        self._invoke(target, payload)

    def _invoke(self, target: dict[str, Any], payload: str) -> None:
        arn = target["Arn"]
        if ":lambda:" not in arn or "InputTransformer" in target or "InputPath" in target:
            log.warning("%s gets no event: only Lambda targets that take the event as it is are delivered to", arn)
            return
        try:
            self._aws.client("lambda").invoke(
                FunctionName=arn, InvocationType="Event", Payload=target.get("Input", payload)
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("%s could not be invoked with an event: %s", arn, error)


def training_job_detail(described: dict[str, Any]) -> dict[str, Any]:
    """The event's detail for a job as DescribeTrainingJob answers it; its times become milliseconds."""
    return {**described, "Tags": _tags(described)}


def transform_job_detail(described: dict[str, Any]) -> dict[str, Any]:
    """The event's detail for a job as DescribeTransformJob answers it; its times become milliseconds."""
    return {**described, "Tags": _tags(described)}


def endpoint_detail(described: dict[str, Any]) -> dict[str, Any]:
    """The event's detail for an endpoint as DescribeEndpoint answers it: "InService" becomes "IN_SERVICE"."""
    status = "".join("_" + c if c.isupper() else c for c in described["EndpointStatus"]).lstrip("_").upper()
    return {**described, "EndpointStatus": status, "Tags": _tags(described)}


def package_detail(described: dict[str, Any]) -> dict[str, Any]:
    """The event's detail for a model package as DescribeModelPackage answers it; only here has a version a name."""
    name = f"{described['ModelPackageGroupName']}/{described['ModelPackageVersion']}"
    return {**described, "ModelPackageName": name}


def _tags(described: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}


def _milliseconds(value: object) -> int:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        return int(value.timestamp() * 1000)
    raise TypeError(f"an event holds a {type(value).__name__}, which JSON cannot express")
