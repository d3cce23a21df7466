"""Application Auto Scaling for endpoints: who may grow, how far and by what rule, all but the growing itself.

One machine has one instance; what is registered is kept and given back. moto takes targets that are not there, and
calls what is missing by another error than AWS does. `install` puts this in its place.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

import re
import uuid
from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint, sagemaker_backends

from local.sagemaker.listing import page
from local.sagemaker.operations import Operation, replace

Request = dict[str, Any]
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
RESOURCE = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")
ROLE = (
    "arn:aws:iam::{}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)


class ObjectNotFound(ServiceException):
    code = "ObjectNotFoundException"


def register_target(backend: ApplicationAutoscalingBackend, request: Request) -> dict[str, Any]:
    resource = request["ResourceId"]
    _check_variant(backend, request)
    targets = _of(backend, "targets")
    known = targets.get(resource, {})
    least = request.get("MinCapacity", known.get("MinCapacity"))
    most = request.get("MaxCapacity", known.get("MaxCapacity"))
    if least is None or most is None:
        raise ValidationError("MinCapacity and MaxCapacity must be given when a scalable target is registered.")
    if not 1 <= least <= most:
        raise ValidationError(f"MinCapacity {least} must be at least 1 and at most MaxCapacity, which is {most}.")
    suspended = {f"{name}Suspended": False for name in ("DynamicScalingIn", "DynamicScalingOut", "ScheduledScaling")}
    targets[resource] = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": resource,
        "ScalableDimension": DIMENSION,
        "MinCapacity": least,
        "MaxCapacity": most,
        "RoleARN": ROLE.format(backend.account_id),
        "CreationTime": known.get("CreationTime", utcnow()),
        "SuspendedState": {**known.get("SuspendedState", suspended), **request.get("SuspendedState", {})},
        "ScalableTargetARN": known.get("ScalableTargetARN", _arn(backend, f"scalable-target/{uuid.uuid4().hex}")),
    }
    return {"ScalableTargetARN": targets[resource]["ScalableTargetARN"]}


def deregister_target(backend: ApplicationAutoscalingBackend, request: Request) -> None:
    """Its policies go with it."""
    targets = _of(backend, "targets")
    if request["ResourceId"] not in targets or request["ScalableDimension"] != DIMENSION:
        raise ObjectNotFound(f"No scalable target found for {_where(request)}")
    _delete(backend, request["ResourceId"])


def describe_targets(backend: ApplicationAutoscalingBackend, request: Request) -> dict[str, Any]:
    found = [
        target
        for target in _of(backend, "targets").values()
        if _matches(target, request) and target["ResourceId"] in request.get("ResourceIds", [target["ResourceId"]])
    ]
    some, token = page(found, "DescribeScalableTargets", {"MaxResults": 50, **request})
    return {"ScalableTargets": some, "NextToken": token}


def put_policy(backend: ApplicationAutoscalingBackend, request: Request) -> dict[str, Any]:
    """A new policy, or another text for one of that name. AWS makes two alarms for it; there are none here."""
    resource = request["ResourceId"]
    if resource not in _of(backend, "targets") or request["ScalableDimension"] != DIMENSION:
        raise ObjectNotFound(f"No scalable target registered for {_where(request)}")
    policies = _of(backend, "policies")
    key = f"{resource}:{request['PolicyName']}"
    known = policies.get(key, {})
    kind = request.get("PolicyType", known.get("PolicyType", "StepScaling"))
    configuration = f"{kind}PolicyConfiguration"
    if configuration not in {**known, **request}:
        raise ValidationError(f"A policy of the PolicyType {kind} needs a {configuration}.")
    name = f"{uuid.uuid4()}:resource/sagemaker/{resource}:policyName/{request['PolicyName']}"
    policies[key] = {
        "PolicyARN": f"arn:aws:autoscaling:{backend.region_name}:{backend.account_id}:scalingPolicy:{name}",
        "CreationTime": utcnow(),
        "Alarms": [],
        **known,
        **request,
        "PolicyType": kind,
    }
    return {"PolicyARN": policies[key]["PolicyARN"], "Alarms": []}


def describe_policies(backend: ApplicationAutoscalingBackend, request: Request) -> dict[str, Any]:
    found = [
        policy
        for policy in _of(backend, "policies").values()
        if _matches(policy, request)
        and request.get("ResourceId") in (None, policy["ResourceId"])
        and policy["PolicyName"] in request.get("PolicyNames", [policy["PolicyName"]])
    ]
    some, token = page(found, "DescribeScalingPolicies", {"MaxResults": 50, **request})
    return {"ScalingPolicies": some, "NextToken": token}


def delete_policy(backend: ApplicationAutoscalingBackend, request: Request) -> None:
    key = f"{request['ResourceId']}:{request['PolicyName']}"
    if key not in backend.policies:
        raise ObjectNotFound(f"No scaling policy found for {_where(request)}, policy name: {request['PolicyName']}")
    del backend.policies[key]


def forget(backend: ApplicationAutoscalingBackend, endpoint: str) -> None:
    """Deregister the variants of an endpoint that is deleted, as AWS does."""
    for resource in list(_of(backend, "targets")):
        if resource.startswith(f"endpoint/{endpoint}/"):
            _delete(backend, resource)


OPERATIONS: dict[str, Operation] = {
    "RegisterScalableTarget": register_target,
    "DeregisterScalableTarget": deregister_target,
    "DescribeScalableTargets": describe_targets,
    "PutScalingPolicy": put_policy,
    "DescribeScalingPolicies": describe_policies,
    "DeleteScalingPolicy": delete_policy,
}


def install() -> None:
    """Put this in the place of moto's, in this process: before `mock_aws` or inside it, once or twice."""
    replace(
        ApplicationAutoScalingResponse,
        "application-autoscaling",
        OPERATIONS,
        lambda response: response.applicationautoscaling_backend,
    )


def _check_variant(backend: ApplicationAutoscalingBackend, request: Request) -> None:
    match = RESOURCE.fullmatch(request["ResourceId"])
    if not match or request["ServiceNamespace"] != "sagemaker" or request["ScalableDimension"] != DIMENSION:
        raise ValidationError("Unsupported service namespace, resource type or scalable dimension")
    sagemaker = sagemaker_backends[backend.account_id][backend.region_name]
    endpoint = sagemaker.endpoints.get(match[1])
    if endpoint is None:
        arn = FakeEndpoint.arn_formatter(match[1], backend.account_id, backend.region_name)
        raise ValidationError(f'Could not find endpoint "{arn}".')
    # The endpoint itself does not tell the instance type, and may have outlived its config.
    config = sagemaker.endpoint_configs.get(endpoint.endpoint_config_name)
    variants = {each["VariantName"]: each for each in (config or endpoint).production_variants or []}
    if match[2] not in variants:
        raise ValidationError(f'Could not find variant "{match[2]}" of endpoint "{endpoint.arn}".')
    instance = variants[match[2]].get("InstanceType", "")
    if "ServerlessConfig" in variants[match[2]]:
        raise ValidationError(f"The variant {match[2]} is serverless and has no {DIMENSION}.")
    if instance.startswith("ml.t"):
        raise ValidationError(
            f"You cannot register a variant with {instance} instance type as a scalable target. This is because the "
            "burstable performance of these instances can lead to unpredictable behavior with Auto Scaling."
        )


def _delete(backend: ApplicationAutoscalingBackend, resource: str) -> None:
    del backend.targets[resource]
    policies = _of(backend, "policies")
    for key in [key for key, policy in policies.items() if policy["ResourceId"] == resource]:
        del policies[key]


def _of(backend: ApplicationAutoscalingBackend, name: str) -> dict[str, dict[str, Any]]:
    """moto's dictionary of that name, which here holds what the API answers instead of moto's records."""
    collection: dict[str, dict[str, Any]] = getattr(backend, name)
    return collection


def _matches(record: dict[str, Any], request: Request) -> bool:
    return all(request.get(name) in (None, record[name]) for name in ("ServiceNamespace", "ScalableDimension"))


def _where(request: Request) -> str:
    return (
        f"service namespace: {request['ServiceNamespace']}, resource ID: {request['ResourceId']}, "
        f"scalable dimension: {request['ScalableDimension']}"
    )


def _arn(backend: ApplicationAutoscalingBackend, name: str) -> str:
    return f"arn:aws:application-autoscaling:{backend.region_name}:{backend.account_id}:{name}"
