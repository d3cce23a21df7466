"""How many instances an endpoint has: as many as its requests need, within the stage's range.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from botocore.exceptions import ClientError

from handlers.common.clients import autoscaling

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
REQUESTS = 1000.0  # a minute, that an instance is to have


def ensure(endpoint: str, variant: str, least: int, most: int) -> None:
    """Register the endpoint's variant, or change its range."""
    resource = _resource(endpoint, variant)
    autoscaling().register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=resource,
        ScalableDimension=DIMENSION,
        MinCapacity=least,
        MaxCapacity=most,
    )
    autoscaling().put_scaling_policy(
        PolicyName=f"{endpoint}-requests",
        ServiceNamespace="sagemaker",
        ResourceId=resource,
        ScalableDimension=DIMENSION,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": REQUESTS,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
        },
    )


def remove(endpoint: str, variant: str) -> None:
    """Deregister the variant, and with it its policies; one that is not registered is no error."""
    try:
        autoscaling().deregister_scalable_target(
            ServiceNamespace="sagemaker", ResourceId=_resource(endpoint, variant), ScalableDimension=DIMENSION
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ObjectNotFoundException":
            raise


def _resource(endpoint: str, variant: str) -> str:
    return f"endpoint/{endpoint}/variant/{variant}"
