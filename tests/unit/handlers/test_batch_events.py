"""The rules that wake the batch function match the events that AWS documents.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.unit.handlers.stage import PREFIX
from tests.unit.handlers.test_deployed_events import documented, events_of

OWN = "${self:custom.bucket}"  # as serverless.yml has it
NAME = "0123456789abcdef0123"


def uploaded(key: str, bucket: str = OWN) -> dict[str, Any]:
    detail = {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", "sequencer": "0"},
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "123456789012",
        "source-ip-address": "192.0.2.7",
        "reason": "POST Object",
    }
    return documented("Object Created", bucket, detail, "aws.s3")


def transform(status: str, name: str = f"{PREFIX}batch-{NAME}") -> dict[str, Any]:
    detail = {
        "TransformJobName": name,
        "TransformJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:transform-job/{name}",
        "TransformJobStatus": status,
        "ModelName": name,
        "MaxConcurrentTransforms": 4,
        "BatchStrategy": "MultiRecord",
        "CreationTime": 1583831889050,
        "Tags": {},
    }
    return documented("SageMaker Transform Job State Change", f"transform-job/{name}", detail)


def matched(event: Any) -> int:
    """How many of the batch function's rules match."""
    patterns = [each["eventBridge"]["pattern"] for each in events_of("batch")]
    return sum(EventPattern(json.dumps(pattern), pattern).matches_event(event) for pattern in patterns)


@pytest.mark.parametrize(
    "event",
    [
        uploaded(f"batches/{NAME}/reviews.jsonl"),
        transform("Completed"),
        transform("Failed"),
        transform("Stopped"),
    ],
)
def test_an_upload_and_the_end_of_a_job_wake_it(event: dict[str, Any]) -> None:
    assert matched(event) == 1


@pytest.mark.parametrize(
    "event",
    [
        uploaded(f"batches/{NAME}/batch.json"),
        uploaded(f"batches/{NAME}/parts-0/00000.jsonl"),
        uploaded("data/imdb/reviews.jsonl"),
        uploaded(f"batches/{NAME}/reviews.jsonl", "another-bucket"),
        transform("InProgress"),
        transform("Completed", "another-job"),
    ],
)
def test_nothing_else_does(event: dict[str, Any]) -> None:
    assert matched(event) == 0
