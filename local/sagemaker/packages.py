"""The model registry: groups of model packages, versioned, approved or rejected, and deleted.

moto has a part of it, which reuses versions, forgets ClientTokens and deletes nothing. `install` puts this one in its
place, for `mock_aws` as for the local server. What AWS answers is told by
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html and its neighbours.
"""

from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ConflictException, ValidationError
from moto.sagemaker.models import SageMakerModelBackend, arn_formatter
from moto.sagemaker.responses import SageMakerResponse

from local.sagemaker.listing import between, page
from local.sagemaker.operations import Operation, replace

Request = dict[str, Any]
NOT_DESCRIBED = ("Tags", "ClientToken")


@dataclass
class Group:
    arn: str
    tags: list[dict[str, str]]
    described: dict[str, Any]  # as DescribeModelPackageGroup answers it
    latest: int = 0  # version; those of deleted packages are not given again


@dataclass
class Package:
    arn: str
    tags: list[dict[str, str]]
    described: dict[str, Any] = field(default_factory=dict)  # as DescribeModelPackage answers it
    token: str = ""


def create_group(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    name = request["ModelPackageGroupName"]
    arn = _arn(backend, "model-package-group", name)
    if name in backend.model_package_groups:
        raise ValidationError(f"Model Package Group already exists: {arn}")
    described = {
        **_kept(request),
        "ModelPackageGroupArn": arn,
        "CreationTime": utcnow(),
        "CreatedBy": {},
        "ModelPackageGroupStatus": "Completed",
    }
    _groups(backend)[name] = Group(arn, request.get("Tags", []), described)
    return {"ModelPackageGroupArn": arn}


def describe_group(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    return _group(backend, request["ModelPackageGroupName"]).described


def list_groups(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    found = [
        group.described
        for name, group in _groups(backend).items()
        if request.get("NameContains", "") in name and between(group.described["CreationTime"], "CreationTime", request)
    ]
    _sort(found, "ModelPackageGroupName", request)
    some, token = page(found, "ListModelPackageGroups", request)
    return {"ModelPackageGroupSummaryList": some, "NextToken": token}


def delete_group(backend: SageMakerModelBackend, request: Request) -> None:
    group = _group(backend, request["ModelPackageGroupName"])
    name = group.described["ModelPackageGroupName"]
    if _packages_of(backend, name):
        raise ConflictException(f"Model Package Group {group.arn} holds model packages; delete them first.")
    del backend.model_package_groups[name]


def create_package(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    """The next version of the group; the same version again for a ClientToken that made one."""
    if "ModelPackageGroupName" in request and "ModelPackageName" in request:
        raise ValidationError(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. "
            "Cannot determine which one to use."
        )
    if "ModelPackageGroupName" not in request:
        raise ValidationError("ModelPackageGroupName: local SageMaker keeps the packages of groups only")
    group = _groups(backend).get(_name(request["ModelPackageGroupName"]))
    if group is None:
        raise ValidationError("Model Package Group does not exist.")
    name = group.described["ModelPackageGroupName"]
    token = request.get("ClientToken", "")
    for package in _packages_of(backend, name):
        if token and package.token == token:
            return {"ModelPackageArn": package.arn}
    group.latest += 1
    arn = _arn(backend, "model-package", f"{name}/{group.latest}")
    described = {
        "ModelApprovalStatus": "PendingManualApproval",
        "CertifyForMarketplace": False,
        **_kept(request),
        "ModelPackageGroupName": name,
        "ModelPackageVersion": group.latest,
        "ModelPackageArn": arn,
        "CreationTime": utcnow(),
        "CreatedBy": {},
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
    }
    _packages(backend)[arn] = Package(arn, request.get("Tags", []), described, token)
    return {"ModelPackageArn": arn}


def describe_package(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    return find_package(backend, request["ModelPackageName"]).described


def list_packages(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    """Without a group or a ModelPackageType, only packages of no group are listed, as on AWS: none here."""
    found: list[dict[str, Any]] = []
    if "ModelPackageGroupName" in request:
        name = _group(backend, request["ModelPackageGroupName"]).described["ModelPackageGroupName"]
        found = [package.described for package in _packages_of(backend, name)]
    elif request.get("ModelPackageType", "Unversioned") != "Unversioned":
        found = [package.described for package in _packages(backend).values()]
    found = [
        package
        for package in found
        if request.get("NameContains", "") in package["ModelPackageGroupName"]
        and request.get("ModelApprovalStatus") in (None, package["ModelApprovalStatus"])
        and between(package["CreationTime"], "CreationTime", request)
    ]
    _sort(found, "ModelPackageGroupName", request)
    some, token = page(found, "ListModelPackages", request)
    return {"ModelPackageSummaryList": some, "NextToken": token}


def update_package(backend: SageMakerModelBackend, request: Request) -> dict[str, Any]:
    package = find_package(backend, request["ModelPackageArn"])
    changes = {key: value for key, value in _kept(request).items() if key != "ModelPackageArn"}
    removed = changes.pop("CustomerMetadataPropertiesToRemove", [])
    added = changes.pop("CustomerMetadataProperties", {})
    properties = {**package.described.get("CustomerMetadataProperties", {}), **added}
    specifications = changes.pop("AdditionalInferenceSpecificationsToAdd", [])
    if removed or added:
        changes["CustomerMetadataProperties"] = {key: properties[key] for key in properties if key not in removed}
    if specifications:
        before = package.described.get("AdditionalInferenceSpecifications", [])
        changes["AdditionalInferenceSpecifications"] = before + specifications
    package.described.update(changes, LastModifiedTime=utcnow(), LastModifiedBy={})
    return {"ModelPackageArn": package.arn}


def delete_package(backend: SageMakerModelBackend, request: Request) -> None:
    del backend.model_packages[find_package(backend, request["ModelPackageName"]).arn]


def find_package(backend: SageMakerModelBackend, name: str) -> Package:
    """The package of this ARN, or of this "group/version". Raises ValidationError in AWS's words."""
    arn = name if name.startswith("arn:") else _arn(backend, "model-package", name)
    if arn not in backend.model_packages:
        raise ValidationError(f"ModelPackage {arn} does not exist.")
    return _packages(backend)[arn]


OPERATIONS: dict[str, Operation] = {
    "CreateModelPackageGroup": create_group,
    "DescribeModelPackageGroup": describe_group,
    "ListModelPackageGroups": list_groups,
    "DeleteModelPackageGroup": delete_group,
    "CreateModelPackage": create_package,
    "DescribeModelPackage": describe_package,
    "ListModelPackages": list_packages,
    "UpdateModelPackage": update_package,
    "DeleteModelPackage": delete_package,
}


def install() -> None:
    """Put this registry in the place of moto's, in this process: before `mock_aws` or inside it, once or twice."""
    replace(SageMakerResponse, "sagemaker", OPERATIONS, lambda response: response.sagemaker_backend)


def _arn(backend: SageMakerModelBackend, kind: str, name: str) -> str:
    return str(arn_formatter(kind, name, backend.account_id, backend.region_name))


def _kept(request: Request) -> dict[str, Any]:
    return {key: value for key, value in request.items() if key not in NOT_DESCRIBED}


def _name(name_or_arn: str) -> str:
    return name_or_arn.rpartition("/")[2]


def _group(backend: SageMakerModelBackend, name_or_arn: str) -> Group:
    name = _name(name_or_arn)
    if name not in backend.model_package_groups:
        raise ValidationError(f"ModelPackageGroup {_arn(backend, 'model-package-group', name)} does not exist.")
    return _groups(backend)[name]


def _groups(backend: Any) -> dict[str, Group]:
    """moto's collection, whose values are of this file's class."""
    groups: dict[str, Group] = backend.model_package_groups
    return groups


def _packages(backend: Any) -> dict[str, Package]:
    packages: dict[str, Package] = backend.model_packages
    return packages


def _packages_of(backend: SageMakerModelBackend, group: str) -> list[Package]:
    return [package for package in _packages(backend).values() if package.described["ModelPackageGroupName"] == group]


def _sort(found: list[dict[str, Any]], name: str, request: Request) -> None:
    """In place; in the order of creation, the oldest first, unless told otherwise."""
    by_name = request.get("SortBy") == "Name"
    found.sort(
        key=lambda each: (each[name] if by_name else each["CreationTime"], each.get("ModelPackageVersion", 0)),
        reverse=request.get("SortOrder") == "Descending",
    )
