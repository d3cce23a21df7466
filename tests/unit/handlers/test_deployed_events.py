"""The rules of serverless.yml match the events that AWS documents, and the functions take what the rules hand them.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.events.models import EventPattern

from handlers import release, retrain
from tests.unit.handlers.retraining import jobs, prepare
from tests.unit.handlers.stage import PREFIX, V1, Stage

ROOT = Path(retrain.__file__).parents[1]
JOB, ENDPOINT, TUNING = PREFIX + V1, f"{PREFIX}{V1}-0a1b2c", f"{PREFIX}t0123456789"


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as what they are applied to."""


Loader.add_multi_constructor("!", lambda loader, _, node: getattr(node, "value", None))


def events_of(function: str) -> list[dict[str, Any]]:
    page = (ROOT / "serverless.yml").read_text("utf-8").replace("${self:custom.prefix}", PREFIX)
    found: list[dict[str, Any]] = yaml.load(page, Loader)["functions"][function]["events"]
    return found


def documented(kind: str, resource: str, detail: dict[str, Any], source: str = "aws.sagemaker") -> dict[str, Any]:
    return {
        "version": "0",
        "id": "844e2571-85d4-695f-b930-0153b71dcb42",
        "detail-type": kind,
        "source": source,
        "account": "123456789012",
        "time": "2026-01-01T12:26:13Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:{source.removeprefix('aws.')}:us-east-1:123456789012:{resource}"],
        "detail": detail,
    }


def job(status: str, name: str = JOB) -> dict[str, Any]:
    detail = {
        "TrainingJobName": name,
        "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}",
        "TrainingJobStatus": status,
        "SecondaryStatus": status,
        "HyperParameters": {"epochs": '"10"'},
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "CreationTime": 1583831889050,
        "TrainingStartTime": 1583831889050,
        "SecondaryStatusTransitions": [{"Status": "Starting", "StartTime": 1583831889050}],
        "Tags": {},
    }
    return documented("SageMaker Training Job State Change", f"training-job/{name}", detail)


def tuning(status: str, name: str = TUNING) -> dict[str, Any]:
    detail = {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/{name}",
        "HyperParameterTuningJobStatus": status,
        "CreationTime": 1583831889050,
        "TrainingJobStatusCounters": {"Completed": 1, "InProgress": 0},
        "Tags": {},
    }
    resource = f"hyper-parameter-tuning-job/{name}"
    return documented("SageMaker HyperParameter Tuning Job State Change", resource, detail)


def endpoint(status: str, name: str = ENDPOINT) -> dict[str, Any]:
    detail = {
        "EndpointName": name,
        "EndpointArn": f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{name}",
        "EndpointConfigName": name,
        "ProductionVariants": [{"VariantName": "main", "CurrentWeight": 1.0, "CurrentInstanceCount": 1}],
        "EndpointStatus": status,
        "CreationTime": 1583831889050,
        "LastModifiedTime": 1583831889050,
        "Tags": {},
    }
    return documented("SageMaker Endpoint State Change", f"endpoint/{name}", detail)


def package(group: str = f"{PREFIX}models") -> dict[str, Any]:
    detail = {
        "ModelPackageName": f"{group}/3",
        "ModelPackageGroupName": group,
        "ModelPackageVersion": 3,
        "ModelPackageArn": f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{group}/3",
        "CreationTime": 1583831889050,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
    }
    return documented("SageMaker Model Package State Change", f"model-package/{group}/3", detail)


def alarm(state: str, name: str = f"{PREFIX}sentiment-errors") -> dict[str, Any]:
    detail = {
        "alarmName": name,
        "configuration": {"metrics": [], "description": "…"},
        "previousState": {"value": "OK", "reason": "…", "timestamp": "2026-01-01T12:25:13.000+0000"},
        "state": {"value": state, "reason": "…", "timestamp": "2026-01-01T12:26:13.000+0000"},
    }
    return documented("CloudWatch Alarm State Change", f"alarm:{name}", detail, "aws.cloudwatch")


def matched(event: Any) -> int:
    """How many of the release function's rules match."""
    patterns = [each["eventBridge"]["pattern"] for each in events_of("release")]
    return sum(EventPattern(json.dumps(pattern), pattern).matches_event(event) for pattern in patterns)


WAKING = [
    job("Completed"),
    job("Failed"),
    job("Stopped"),
    job("Completed", f"{PREFIX}key-0123456789abcdef"),
    tuning("Completed"),
    tuning("Failed"),
    tuning("Stopped"),
    endpoint("IN_SERVICE"),
    endpoint("FAILED"),
    package(),
    alarm("ALARM"),
    alarm("ALARM", f"{ENDPOINT}-5xx"),
]
OTHERS = [
    job("InProgress"),
    job("Completed", "another-job"),
    job("Completed", f"{TUNING}-001-0a1b2c3d"),
    tuning("InProgress"),
    tuning("Completed", "another-tuning-job"),
    endpoint("CREATING"),
    endpoint("IN_SERVICE", "another-endpoint"),
    package("another-group"),
    package(f"{PREFIX}models-of-another"),
    alarm("OK"),
    alarm("ALARM", "another-alarm"),
]


@pytest.mark.parametrize("event", WAKING, ids=lambda event: event["resources"][0])
def test_what_release_has_to_see_matches_one_of_its_rules_and_is_taken(stage: Stage, event: dict[str, Any]) -> None:
    assert matched(event) == 1
    assert release.handler(event, None) is None


@pytest.mark.parametrize("event", OTHERS, ids=lambda event: event["resources"][0])
def test_what_is_not_for_release_matches_none_of_its_rules(event: dict[str, Any]) -> None:
    assert matched(event) == 0


def scheduled(at: str) -> dict[str, Any]:
    """What EventBridge makes of the schedule's template at that time."""
    page = yaml.load((ROOT / "serverless.yml").read_text("utf-8"), Loader)
    (schedule,) = [each["schedule"] for each in events_of("retrain") if "schedule" in each]
    transformer = schedule["inputTransformer"]
    assert transformer["inputPathsMap"] == {"time": "$.time"}
    template = page["custom"]["stages"]["dev"]["retrainSchedule"]["request"]
    found: dict[str, Any] = json.loads(template.replace("<time>", at))
    return found


def test_the_clock_s_event_starts_one_job_however_often_it_is_delivered(stage: Stage) -> None:
    prepare(stage)
    first = retrain.handler(scheduled("2026-01-04T03:00:00Z"), None)
    again = retrain.handler(scheduled("2026-01-04T03:00:00Z"), None)
    assert first["job"] == again["job"]
    assert jobs(stage) == [first["job"]]
    assert retrain.handler(scheduled("2026-01-11T03:00:00Z"), None)["job"] != first["job"]
