"""The rights that each operation asks of its caller, as AWS documents them.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from typing import Any

from local.sagemaker.policies import Right

# Field of a request that names a resource → the kind of resource, as its ARN has it.
KINDS = {
    "TrainingJobName": "training-job",
    "TransformJobName": "transform-job",
    "HyperParameterTuningJobName": "hyper-parameter-tuning-job",
    "ModelName": "model",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
    "ModelPackageGroupName": "model-package-group",
    "ModelPackageName": "model-package",
    "ModelPackageArn": "model-package",
}
SERVICE = "sagemaker.amazonaws.com"


def needed(service: str, operation: str, request: dict[str, Any], region: str, account: str) -> list[Right]:
    """What the operation of "sagemaker" or "application-autoscaling" asks for, first of all the action itself."""

    def arn(kind: str, name: str) -> str:
        return name if name.startswith("arn:") else f"arn:aws:{service}:{region}:{account}:{kind}/{name}"

    action = f"{service}:{operation}"
    if service == "application-autoscaling":
        context = ((f"{service}:service-namespace", str(request.get("ServiceNamespace", ""))),)
        # The id of a target is AWS's to choose: nobody knows it beforehand.
        resource = "*" if operation.startswith("Describe") else arn("scalable-target", "0")
        return [Right(action, resource, context), *_in_its_name(operation, request, f"{region}:{account}")]
    everywhere = operation.startswith("List") and operation != "ListTrainingJobsForHyperParameterTuningJob"
    named = [] if everywhere else [arn(KINDS[key], request[key]) for key in KINDS if key in request]
    if operation == "CreateTransformJob":
        named = named[:1]  # of the model it asks nothing
    if operation == "CreateModelPackage" and "ModelPackageGroupName" in request:
        named.append(arn("model-package", f"{request['ModelPackageGroupName']}/0"))  # the number is AWS's to choose
    rights = [Right(action, resource) for resource in named or ["*"]]
    if request.get("Tags"):
        rights.append(Right("sagemaker:AddTags", named[0]))  # what is created comes first
    described = request | request.get("TrainingJobDefinition", {})
    roles = {described[key] for key in ("RoleArn", "ExecutionRoleArn") if key in described}
    return rights + [Right("iam:PassRole", role, (("iam:passedtoservice", SERVICE),)) for role in sorted(roles)]


def _in_its_name(operation: str, request: dict[str, Any], where: str) -> list[Right]:
    """What Application Auto Scaling does with its caller's rights: look at the endpoint, make and delete two alarms."""
    variant = str(request.get("ResourceId", ""))
    endpoint = f"arn:aws:sagemaker:{where}:{variant.partition('/variant/')[0]}"
    alarm = f"arn:aws:cloudwatch:{where}:alarm:TargetTracking-{variant}-AlarmHigh"
    return {
        "RegisterScalableTarget": [
            Right("sagemaker:DescribeEndpoint", endpoint),
            Right("sagemaker:UpdateEndpointWeightsAndCapacities", endpoint),
        ],
        "PutScalingPolicy": [Right("cloudwatch:PutMetricAlarm", alarm)],
        "DeregisterScalableTarget": [Right("cloudwatch:DeleteAlarms", alarm)],
    }.get(operation, [])
