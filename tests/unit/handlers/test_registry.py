"""The model registry says what the verdicts say, and a person may change its mind."""

import json
from typing import Any

import boto3
import pytest

from handlers import models, reconcile
from handlers.common import pointer, registry
from handlers.common.pointer import Pointer
from tests.unit.handlers.stage import BUCKET, PREFIX, V1, V2, V3, Stage, artifact, better_than, event


@pytest.fixture(autouse=True)
def deployed(stage: Stage) -> None:
    pointer.write(Pointer())


def packages(stage: Stage) -> dict[str, Any]:
    """Version → description of its package."""
    listed = stage.sagemaker.list_model_packages(ModelPackageGroupName=f"{PREFIX}models")["ModelPackageSummaryList"]
    described = [stage.sagemaker.describe_model_package(ModelPackageName=each["ModelPackageArn"]) for each in listed]
    assert len({each["ModelPackageDescription"] for each in described}) == len(described)
    return {each["ModelPackageDescription"]: each for each in described}


def decide(stage: Stage, version: str, status: str) -> None:
    arn = packages(stage)[version]["ModelPackageArn"]
    stage.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)
    reconcile.handler({}, None)


def finish(stage: Stage, version: str, left: bytes | None) -> None:
    stage.finish_job(version, left)
    reconcile.handler({}, None)


def test_every_candidate_is_registered_once_with_its_figures_and_the_reasons(stage: Stage) -> None:
    finish(stage, V1, artifact())
    finish(stage, V2, artifact(0.6))
    reconcile.handler({}, None)
    found = packages(stage)
    assert {version: each["ModelApprovalStatus"] for version, each in found.items()} == {V1: "Approved", V2: "Rejected"}
    assert "below the floor" in found[V2]["ApprovalDescription"]
    facts = found[V1]["CustomerMetadataProperties"]
    assert (facts["accuracy"], facts["data_sha256"], facts["hyperparameter:epochs"]) == ("0.8", "0", "2")
    (container,) = found[V1]["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == f"s3://{BUCKET}/jobs/{PREFIX}{V1}/output/model.tar.gz"


def test_what_left_nothing_to_load_is_judged_but_not_registered(stage: Stage) -> None:
    finish(stage, V1, b"no tar")
    assert stage.verdict(V1)[0] == "Rejected"
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"verdicts/{V1}")["KeyCount"] == 1
    finish(stage, V2, artifact())
    assert packages(stage).keys() == {V2}


def test_what_a_person_approves_is_released(stage: Stage) -> None:
    finish(stage, V1, artifact())
    finish(stage, V2, better_than(V1, set={"size": 5, "sha256": "other texts"}))
    assert packages(stage)[V2]["ModelApprovalStatus"] == "PendingManualApproval"
    assert stage.pointer() == {V1: 1.0}
    decide(stage, V2, "Approved")
    assert stage.pointer() == {V2: 1.0, V1: 0.0}
    assert stage.verdict(V2) == ("Approved", "A person set it to Approved in the registry.")


def test_a_registry_that_disagrees_because_an_update_was_lost_is_told_again(stage: Stage) -> None:
    finish(stage, V1, artifact())
    finish(stage, V2, artifact(0.6))
    verdict = stage.get(f"verdicts/{V2}.json")
    arn = verdict["package"]
    stage.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="PendingManualApproval")
    stage.put(f"verdicts/{V2}.json", {**verdict, "registered": "PendingManualApproval"})
    reconcile.handler({}, None)
    assert packages(stage)[V2]["ModelApprovalStatus"] == "Rejected"


def test_of_old_models_the_newest_are_kept_what_served_last_and_every_verdict(stage: Stage) -> None:
    """Three are kept here, and of those that served three."""
    finish(stage, V1, artifact())
    for day in range(2, 7):
        finish(stage, f"202601{day:02d}-000000-000{day}", artifact(0.6))
    reconcile.handler({}, None)
    assert packages(stage).keys() == {V1, *(f"202601{day:02d}-000000-000{day}" for day in (4, 5, 6))}
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"jobs/{PREFIX}{V2}/output")["KeyCount"] == 0
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"jobs/{PREFIX}{V1}/output")["KeyCount"] == 1
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="verdicts/")["KeyCount"] == 6


def test_get_models_lists_every_candidate_the_newest_first_with_its_verdict(stage: Stage) -> None:
    finish(stage, V1, artifact())
    finish(stage, V2, b"no tar")
    finish(stage, V3, artifact(0.6))
    answer = models.handler(event("GET", "/models"), None)
    found = json.loads(answer["body"])["models"]
    assert [(each["version"], each["verdict"]["approved"]) for each in found] == [(V3, False), (V2, False), (V1, True)]
    assert found[2]["metrics"]["accuracy"] == 0.8
    assert (found[1]["metrics"], found[1]["kept"]) == (None, False)


def test_every_verdict_and_every_release_is_told_to_whoever_subscribed(stage: Stage) -> None:
    queue = boto3.client("sqs").create_queue(QueueName="told")["QueueUrl"]
    arn = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    topic = boto3.client("sns").list_topics()["Topics"][0]["TopicArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    finish(stage, V1, artifact())
    messages = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    subjects = {json.loads(message["Body"])["Subject"] for message in messages}
    assert subjects == {f"{V1}: Approved", f"{V1} serves"}


def test_a_group_that_is_cleared_twice_is_gone(stage: Stage) -> None:
    finish(stage, V1, artifact())
    registry.clear()
    registry.clear()
    assert stage.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []
