"""The model registry, as mock_aws has it once it is installed, and as the local server does."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sagemaker.models import SageMakerModelBackend

from local.sagemaker import events, packages
from local.sagemaker.events import Events
from local.sagemaker.records import Records
from tests.local_sagemaker import LocalSageMaker

SPECIFICATION = {"Containers": [{"Image": "pytorch", "ModelDataUrl": "s3://bucket/jobs/1/model.tar.gz"}]}
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package"


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    packages.install()
    with mock_aws():
        yield boto3.client("sagemaker", "us-east-1")


@pytest.fixture
def group(sagemaker) -> str:
    """The name of a group."""
    sagemaker.create_model_package_group(ModelPackageGroupName="models", ModelPackageGroupDescription="candidates")
    return "models"


def register(sagemaker: Any, **changes: Any) -> str:
    request = {"ModelPackageGroupName": "models", "InferenceSpecification": SPECIFICATION, **changes}
    return str(sagemaker.create_model_package(**request)["ModelPackageArn"])


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_a_package_is_described_as_it_was_registered(sagemaker, group):
    arn = register(sagemaker, ModelPackageDescription="v1", CustomerMetadataProperties={"accuracy": "0.917"})

    package = sagemaker.describe_model_package(ModelPackageName=arn)

    assert package["ModelPackageArn"] == arn == f"{ARN}/models/1"
    assert (package["ModelPackageGroupName"], package["ModelPackageVersion"]) == ("models", 1)
    assert (package["ModelPackageStatus"], package["ModelPackageDescription"]) == ("Completed", "v1")
    assert package["InferenceSpecification"] == SPECIFICATION
    assert package["CustomerMetadataProperties"] == {"accuracy": "0.917"}


def test_a_package_waits_for_approval_unless_it_is_registered_otherwise(sagemaker, group):
    register(sagemaker)
    register(sagemaker, ModelApprovalStatus="Rejected")

    found = sagemaker.list_model_packages(ModelPackageGroupName="models")["ModelPackageSummaryList"]

    assert [each["ModelApprovalStatus"] for each in found] == ["PendingManualApproval", "Rejected"]


def test_the_same_client_token_registers_one_package(sagemaker, group):
    first = register(sagemaker, ClientToken="20260101-000000-0001")

    assert register(sagemaker, ClientToken="20260101-000000-0001") == first
    assert register(sagemaker, ClientToken="20260101-000000-0002") != first


def test_the_version_of_a_deleted_package_is_not_given_again(sagemaker, group):
    register(sagemaker)
    second = register(sagemaker)
    sagemaker.delete_model_package(ModelPackageName=second)

    assert register(sagemaker) == f"{ARN}/models/3"
    code, message = refusal(sagemaker.describe_model_package, ModelPackageName=second)
    assert (code, message) == ("ValidationException", f"ModelPackage {second} does not exist.")


def test_an_update_changes_what_it_names_and_nothing_else(sagemaker, group):
    arn = register(sagemaker, CustomerMetadataProperties={"accuracy": "0.9", "job": "j"})
    before = sagemaker.describe_model_package(ModelPackageName=arn)

    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="better")
    sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"by": "me"}, CustomerMetadataPropertiesToRemove=["job"]
    )

    after = sagemaker.describe_model_package(ModelPackageName=arn)
    assert (after["ModelApprovalStatus"], after["ApprovalDescription"]) == ("Approved", "better")
    assert after["CustomerMetadataProperties"] == {"accuracy": "0.9", "by": "me"}
    assert "LastModifiedTime" not in before
    assert after["LastModifiedTime"] >= after["CreationTime"] == before["CreationTime"]


def test_packages_are_listed_by_status_and_in_pages(sagemaker, group):
    arns = [register(sagemaker, ModelApprovalStatus="Approved") for _ in range(3)]
    register(sagemaker)

    request = {"ModelPackageGroupName": "models", "ModelApprovalStatus": "Approved", "SortOrder": "Descending"}
    first = sagemaker.list_model_packages(MaxResults=2, **request)
    second = sagemaker.list_model_packages(MaxResults=2, NextToken=first["NextToken"], **request)

    found = first["ModelPackageSummaryList"] + second["ModelPackageSummaryList"]
    assert [each["ModelPackageArn"] for each in found] == arns[::-1]
    assert "NextToken" not in second


def test_packages_of_groups_are_listed_without_their_group_only_when_asked_for(sagemaker, group):
    register(sagemaker)

    assert sagemaker.list_model_packages()["ModelPackageSummaryList"] == []
    assert len(sagemaker.list_model_packages(ModelPackageType="Versioned")["ModelPackageSummaryList"]) == 1
    assert sagemaker.list_model_packages(ModelPackageType="Both", NameContains="x")["ModelPackageSummaryList"] == []


def test_groups_are_listed_by_name_and_age(sagemaker, group):
    sagemaker.create_model_package_group(ModelPackageGroupName="another")

    def names(**request: Any) -> list[str]:
        found = sagemaker.list_model_package_groups(**request)["ModelPackageGroupSummaryList"]
        return [each["ModelPackageGroupName"] for each in found]

    assert names() == ["models", "another"]
    assert names(SortBy="Name") == ["another", "models"]
    assert names(NameContains="mod") == ["models"]
    assert names(CreationTimeBefore=1) == []


def test_a_group_that_exists_cannot_be_created_again(sagemaker, group):
    code, message = refusal(sagemaker.create_model_package_group, ModelPackageGroupName="models")

    assert (code, message) == ("ValidationException", f"Model Package Group already exists: {ARN}-group/models")


def test_a_group_is_deleted_when_it_is_empty_and_not_before(sagemaker, group):
    arn = register(sagemaker)

    code, _ = refusal(sagemaker.delete_model_package_group, ModelPackageGroupName="models")
    sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName="models")

    assert code == "ConflictException"
    code, message = refusal(sagemaker.describe_model_package_group, ModelPackageGroupName="models")
    assert (code, message) == ("ValidationException", f"ModelPackageGroup {ARN}-group/models does not exist.")


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("create_model_package", {"ModelPackageGroupName": "none", "InferenceSpecification": SPECIFICATION}),
        ("list_model_packages", {"ModelPackageGroupName": "none"}),
        ("delete_model_package_group", {"ModelPackageGroupName": "none"}),
        ("delete_model_package", {"ModelPackageName": f"{ARN}/models/9"}),
        ("update_model_package", {"ModelPackageArn": f"{ARN}/models/9", "ModelApprovalStatus": "Approved"}),
    ],
)
def test_what_is_not_in_the_registry_is_a_validation_exception(sagemaker, group, operation, request_):
    code, message = refusal(getattr(sagemaker, operation), **request_)

    assert code == "ValidationException"
    assert "does not exist" in message


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"CustomerMetadataProperties": {"hyperparameters": '{"epochs": 4}'}}, "regular expression pattern"),
        ({"CustomerMetadataProperties": {"reasons": "r" * 257}}, "length less than or equal to 256"),
        ({"ClientToken": "c" * 37}, "length less than or equal to 36"),
        ({"ModelPackageDescription": "two\nlines"}, "regular expression pattern"),
        ({"ModelPackageName": "models"}, "Cannot determine which one to use"),
    ],
)
def test_a_package_outside_the_limits_of_the_registry_is_refused(sagemaker, group, change, problem):
    code, message = refusal(lambda: register(sagemaker, **change))

    assert code == "ValidationException"
    assert problem in message


def test_the_event_names_the_version_and_its_approval():
    described = {"ModelPackageGroupName": "models", "ModelPackageVersion": 2, "ModelApprovalStatus": "Approved"}

    assert events.package_detail(described) == {**described, "ModelPackageName": "models/2"}


class Published(Events):
    """Keeps what would be delivered."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, Any]] = []

    def publish(self, detail_type: str, arn: str, detail: dict[str, Any]) -> None:
        self.events.append((detail_type, arn, detail["ModelApprovalStatus"]))


def test_a_changed_package_is_announced_with_its_arn(tmp_path):
    backend = SageMakerModelBackend("us-east-1", "123456789012")
    packages.create_group(backend, {"ModelPackageGroupName": "models"})
    arn = packages.create_package(backend, {"ModelPackageGroupName": "models"})["ModelPackageArn"]
    published = Published()

    Records(backend, tmp_path / "records.json", published).announce_package(arn)

    assert published.events == [("SageMaker Model Package State Change", arn, "PendingManualApproval")]


def test_the_registry_of_the_server_outlives_a_restart(moto, python, tmp_path):
    server = LocalSageMaker(moto, tmp_path, python)
    server.api.create_model_package_group(ModelPackageGroupName="models")
    arns = [register(server.api, ClientToken=f"token-{number}") for number in range(2)]
    server.api.update_model_package(ModelPackageArn=arns[0], ModelApprovalStatus="Approved")
    server.api.delete_model_package(ModelPackageName=arns[1])

    server.close()
    server.start()

    approved = server.api.describe_model_package(ModelPackageName=arns[0])
    assert approved["ModelApprovalStatus"] == "Approved"
    assert register(server.api, ClientToken="token-0") == arns[0]
    assert register(server.api) == f"{ARN}/models/3"
    server.close()
