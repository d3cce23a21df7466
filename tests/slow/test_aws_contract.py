"""The same requests to the local SageMaker and to AWS itself, and the same answers.

AWS is asked only with AWS_CONTRACT_TEST=1 and credentials in the environment:

    export AWS_CONTRACT_TEST=1 AWS_CONTRACT_MODEL_DATA=s3://BUCKET/model.tar.gz
    python -m pytest tests/slow/test_aws_contract.py

Nothing that it asks for costs anything: no instance is started, and what it makes it deletes.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_sagemaker import LocalSageMaker, Moto

REGION = "us-east-1"
LOCAL_ACCOUNT = "123456789012"
IMAGE = (
    f"763104351884.dkr.ecr.{REGION}.amazonaws.com/"
    "huggingface-pytorch-inference:2.6.0-transformers5.5.3-cpu-py312-ubuntu22.04"
)
ABSENT = f"absent-{uuid.uuid4().hex[:12]}"
ABSENT_TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{ABSENT}/variant/main",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
POLICY = {
    "PolicyName": "requests",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 1000.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    },
}
VARIANT = {"VariantName": "main", "ModelName": ABSENT, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


class Side(NamedTuple):
    """Where the requests go."""

    sagemaker: Any
    runtime: Any
    scaling: Any
    account: str


def side_of(client: Callable[[str], Any], account: str) -> Side:
    return Side(client("sagemaker"), client("sagemaker-runtime"), client("application-autoscaling"), account)


@pytest.fixture(scope="module", params=["local", "aws"])
def side(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    if request.param == "aws":
        if os.environ.get("AWS_CONTRACT_TEST") != "1":
            pytest.skip("AWS_CONTRACT_TEST=1 asks AWS itself")
        account = boto3.client("sts", REGION).get_caller_identity()["Account"]
        yield side_of(lambda service: boto3.client(service, REGION), account)
        return
    moto = Moto(tmp_path_factory.mktemp("moto"))
    try:
        server = LocalSageMaker(moto, tmp_path_factory.mktemp("sagemaker"))
        try:
            server.train("ended")  # there is nothing to train on, so it fails at once
            yield side_of(lambda service: moto.client(service, server.url), LOCAL_ACCOUNT)
        finally:
            server.close()
    finally:
        moto.close()


@pytest.fixture
def group(side: Side) -> Iterator[str]:
    """The name of a new group, which is empty and gone afterwards."""
    name = f"contract-{uuid.uuid4().hex[:12]}"
    side.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    yield name
    for package in packages(side, name):
        side.sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
    side.sagemaker.delete_model_package_group(ModelPackageGroupName=name)


@pytest.fixture
def specification(side: Side) -> dict[str, Any]:
    data = os.environ.get("AWS_CONTRACT_MODEL_DATA", "s3://test-bucket/model.tar.gz")
    if side.account != LOCAL_ACCOUNT and "AWS_CONTRACT_MODEL_DATA" not in os.environ:
        pytest.skip("AWS_CONTRACT_MODEL_DATA names an archive that a model package may point to")
    return {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": data}],
        "SupportedContentTypes": ["application/json"],
        "SupportedResponseMIMETypes": ["application/json"],
    }


def packages(side: Side, group: str, **request: Any) -> list[dict[str, Any]]:
    answer = side.sagemaker.list_model_packages(ModelPackageGroupName=group, **request)
    return list(answer["ModelPackageSummaryList"])


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_a_group_is_made_once_described_listed_and_deleted(side):
    name = f"contract-{uuid.uuid4().hex[:12]}"
    arn = side.sagemaker.create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]

    code, message = refusal(side.sagemaker.create_model_package_group, ModelPackageGroupName=name)
    described = side.sagemaker.describe_model_package_group(ModelPackageGroupName=name)
    listed = side.sagemaker.list_model_package_groups(NameContains=name)["ModelPackageGroupSummaryList"]
    side.sagemaker.delete_model_package_group(ModelPackageGroupName=name)

    assert (code, "already exists" in message) == ("ValidationException", True)
    assert (described["ModelPackageGroupArn"], described["ModelPackageGroupStatus"]) == (arn, "Completed")
    assert [each["ModelPackageGroupArn"] for each in listed] == [arn]
    code, message = refusal(side.sagemaker.describe_model_package_group, ModelPackageGroupName=name)
    assert (code, message) == ("ValidationException", f"ModelPackageGroup {arn} does not exist.")


def test_a_package_is_registered_once_a_token_approved_and_deleted(side, group, specification):
    request = {"ModelPackageGroupName": group, "InferenceSpecification": specification, "ClientToken": "token-1"}
    arn = side.sagemaker.create_model_package(
        **request, ModelPackageDescription="v1", CustomerMetadataProperties={"accuracy": "0.917"}
    )["ModelPackageArn"]
    again = side.sagemaker.create_model_package(
        **request, ModelPackageDescription="v1", CustomerMetadataProperties={"accuracy": "0.917"}
    )["ModelPackageArn"]
    before = side.sagemaker.describe_model_package(ModelPackageName=arn)
    time.sleep(1)  # AWS tells its times in full seconds
    side.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="better"
    )
    after = side.sagemaker.describe_model_package(ModelPackageName=arn)
    held = refusal(side.sagemaker.delete_model_package_group, ModelPackageGroupName=group)[0]

    assert again == arn
    assert (before["ModelPackageVersion"], before["ModelApprovalStatus"]) == (1, "PendingManualApproval")
    assert (after["ModelApprovalStatus"], after["ApprovalDescription"]) == ("Approved", "better")
    assert after["CustomerMetadataProperties"] == {"accuracy": "0.917"}
    assert after["LastModifiedTime"] > before["CreationTime"]
    assert [each["ModelPackageArn"] for each in packages(side, group, ModelApprovalStatus="Approved")] == [arn]
    assert packages(side, group, ModelApprovalStatus="Rejected") == []
    assert held == "ConflictException"
    side.sagemaker.delete_model_package(ModelPackageName=arn)
    code, message = refusal(side.sagemaker.describe_model_package, ModelPackageName=arn)
    assert (code, message) == ("ValidationException", f"ModelPackage {arn} does not exist.")


@pytest.mark.parametrize(
    "properties", [{"hyperparameters": '{"epochs": 4}'}, {"long": "x" * 257}], ids=["characters", "length"]
)
def test_metadata_outside_its_limits_is_refused(side, group, specification, properties):
    code, _ = refusal(
        side.sagemaker.create_model_package,
        ModelPackageGroupName=group,
        InferenceSpecification=specification,
        CustomerMetadataProperties=properties,
    )

    assert code == "ValidationException"


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        ("describe_endpoint", {"EndpointName": ABSENT}, "Could not find endpoint"),
        ("delete_endpoint", {"EndpointName": ABSENT}, "Could not find endpoint"),
        ("describe_endpoint_config", {"EndpointConfigName": ABSENT}, "Could not find endpoint configuration"),
        ("delete_endpoint_config", {"EndpointConfigName": ABSENT}, "Could not find endpoint configuration"),
        ("describe_model", {"ModelName": ABSENT}, "Could not find model"),
        ("delete_model", {"ModelName": ABSENT}, "Could not find model"),
        ("create_endpoint", {"EndpointName": ABSENT, "EndpointConfigName": ABSENT}, "Could not find endpoint config"),
        (
            "create_endpoint_config",
            {"EndpointConfigName": ABSENT, "ProductionVariants": [VARIANT]},
            "Could not find model",
        ),
        ("describe_training_job", {"TrainingJobName": ABSENT}, "Requested resource not found."),
        ("list_model_packages", {"ModelPackageGroupName": ABSENT}, "does not exist"),
        ("delete_model_package_group", {"ModelPackageGroupName": ABSENT}, "does not exist"),
    ],
)
def test_what_is_absent_is_a_validation_exception_that_says_so(side, operation, request_, words):
    code, message = refusal(getattr(side.sagemaker, operation), **request_)

    assert code == "ValidationException"
    assert words in message


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("describe_endpoint", {"EndpointName": "under_score"}),
        ("describe_endpoint", {"EndpointName": "e" * 64}),
        ("describe_endpoint_config", {"EndpointConfigName": "c" * 64}),
        ("describe_model", {"ModelName": "-hyphen"}),
        ("describe_training_job", {"TrainingJobName": "j" * 64}),
        ("create_model_package_group", {"ModelPackageGroupName": "g" * 64}),
        ("create_model_package_group", {"ModelPackageGroupName": "under_score"}),
    ],
)
def test_a_bad_name_is_a_validation_exception_that_names_the_rule(side, operation, request_):
    code, message = refusal(getattr(side.sagemaker, operation), **request_)

    assert code == "ValidationException"
    assert "failed to satisfy constraint" in message


def test_a_training_job_that_is_absent_cannot_be_stopped(side):
    code, message = refusal(side.sagemaker.stop_training_job, TrainingJobName=ABSENT)

    assert code in ("ValidationException", "ResourceNotFound")
    assert "not found" in message


def test_a_training_job_that_has_ended_cannot_be_stopped(side):
    ended = [
        job["TrainingJobName"]
        for status in ("Completed", "Failed", "Stopped")
        for job in side.sagemaker.list_training_jobs(StatusEquals=status, MaxResults=1)["TrainingJobSummaries"]
    ]
    if not ended:
        pytest.skip("this account has no job that has ended")

    code, message = refusal(side.sagemaker.stop_training_job, TrainingJobName=ended[0])

    assert (code, "is in status" in message) == ("ValidationException", True)


def test_an_absent_endpoint_cannot_be_invoked(side):
    code, message = refusal(side.runtime.invoke_endpoint, EndpointName=ABSENT, Body=b"{}")

    assert (code, message) == ("ValidationError", f"Endpoint {ABSENT} of account {side.account} not found.")


@pytest.mark.parametrize(
    ("operation", "more", "code"),
    [
        ("register_scalable_target", {"MinCapacity": 1, "MaxCapacity": 2}, "ValidationException"),
        ("put_scaling_policy", POLICY, "ObjectNotFoundException"),
        ("deregister_scalable_target", {}, "ObjectNotFoundException"),
        ("delete_scaling_policy", {"PolicyName": "requests"}, "ObjectNotFoundException"),
    ],
)
def test_an_absent_variant_cannot_be_scaled(side, operation, more, code):
    assert refusal(getattr(side.scaling, operation), **ABSENT_TARGET, **more)[0] == code
