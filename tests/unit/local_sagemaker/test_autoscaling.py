"""Scalable targets and policies of endpoints, as the local server keeps them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_sagemaker import LocalSageMaker, wait_for

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
TRACKING: dict[str, Any] = {
    "TargetValue": 750.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
}
POLICY: dict[str, Any] = {
    "PolicyName": "invocations",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": TRACKING,
}


def target(endpoint: str, variant: str = "AllTraffic") -> dict[str, str]:
    resource = f"endpoint/{endpoint}/variant/{variant}"
    return {"ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": DIMENSION}


@pytest.fixture(scope="module")
def scaling(sagemaker) -> Any:
    return sagemaker.moto.client("application-autoscaling", sagemaker.url)


@pytest.fixture(scope="module")
def endpoint(sagemaker, model) -> str:
    """The name of an endpoint in service."""
    sagemaker.create_endpoint("scaled", model)
    sagemaker.settled("scaled")
    return "scaled"


@pytest.fixture
def registered(scaling, endpoint) -> Any:
    """The target of that endpoint, registered for one to three instances with a policy."""
    scaling.register_scalable_target(**target(endpoint), MinCapacity=1, MaxCapacity=3)
    scaling.put_scaling_policy(**target(endpoint), **POLICY)
    yield target(endpoint)
    if targets(scaling, endpoint):
        scaling.deregister_scalable_target(**target(endpoint))


def targets(scaling: Any, endpoint: str) -> list[dict[str, Any]]:
    resource = target(endpoint)["ResourceId"]
    answer = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
    return list(answer["ScalableTargets"])


def policies(scaling: Any, endpoint: str) -> list[dict[str, Any]]:
    answer = scaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=target(endpoint)["ResourceId"], PolicyNames=["invocations"]
    )
    return list(answer["ScalingPolicies"])


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_a_target_and_its_policy_are_described_as_they_were_given(scaling, endpoint, registered):
    (described,) = targets(scaling, endpoint)
    (policy,) = policies(scaling, endpoint)

    assert {name: described[name] for name in registered} == registered
    assert (described["MinCapacity"], described["MaxCapacity"]) == (1, 3)
    assert {name: policy[name] for name in POLICY} == POLICY


def test_registering_again_changes_only_what_is_given(scaling, endpoint, registered):
    before = targets(scaling, endpoint)[0]

    scaling.register_scalable_target(**registered, MaxCapacity=5)

    assert targets(scaling, endpoint) == [{**before, "MaxCapacity": 5}]
    assert len(policies(scaling, endpoint)) == 1


def test_a_policy_of_the_same_name_is_replaced(scaling, endpoint, registered):
    arn = policies(scaling, endpoint)[0]["PolicyARN"]
    changed = {**TRACKING, "TargetValue": 100.0}

    scaling.put_scaling_policy(**registered, **{**POLICY, "TargetTrackingScalingPolicyConfiguration": changed})

    (policy,) = policies(scaling, endpoint)
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 100.0
    assert policy["PolicyARN"] == arn


def test_deregistering_takes_the_policies_along(scaling, endpoint, registered):
    scaling.deregister_scalable_target(**registered)

    assert targets(scaling, endpoint) == policies(scaling, endpoint) == []


@pytest.mark.parametrize(
    ("operation", "more", "message"),
    [
        ("deregister_scalable_target", {}, "No scalable target found for service namespace: sagemaker"),
        ("put_scaling_policy", POLICY, "No scalable target registered for service namespace: sagemaker"),
        ("delete_scaling_policy", {"PolicyName": "p"}, "No scaling policy found for service namespace: sagemaker"),
    ],
)
def test_what_is_not_registered_is_an_object_that_is_not_found(scaling, endpoint, operation, more, message):
    code, words = refusal(getattr(scaling, operation), **target(endpoint), **more)

    assert code == "ObjectNotFoundException"
    assert message in words
    assert f"resource ID: endpoint/{endpoint}/variant/AllTraffic" in words


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (target("nowhere"), 'Could not find endpoint "arn:aws:sagemaker:'),
        (target("scaled", "other"), 'Could not find variant "other"'),
        ({"ResourceId": "endpoint/scaled"}, "Unsupported service namespace, resource type or scalable dimension"),
        ({"ServiceNamespace": "ecs"}, "Unsupported service namespace"),
        ({"ServiceNamespace": "nonsense"}, "Member must satisfy enum value set"),
        ({"MinCapacity": 4}, "at most MaxCapacity"),
        ({"MinCapacity": 0}, "must be at least 1"),
    ],
)
def test_a_target_that_cannot_be_scaled_is_refused(scaling, endpoint, changes, message):
    request = {**target(endpoint), "MinCapacity": 1, "MaxCapacity": 3, **changes}

    code, words = refusal(scaling.register_scalable_target, **request)

    assert code == "ValidationException"
    assert message in words


def test_a_new_target_needs_both_capacities(scaling, endpoint):
    code, words = refusal(scaling.register_scalable_target, **target(endpoint), MinCapacity=1)

    assert (code, "MaxCapacity must be given" in words) == ("ValidationException", True)


def test_a_burstable_instance_cannot_be_scaled(sagemaker, scaling, endpoint):
    variant = {"VariantName": "AllTraffic", "ModelName": endpoint, "InstanceType": "ml.t2.medium"}
    sagemaker.api.create_endpoint_config(
        EndpointConfigName="burstable", ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    sagemaker.api.create_endpoint(EndpointName="burstable", EndpointConfigName="burstable")

    code, words = refusal(scaling.register_scalable_target, **target("burstable"), MinCapacity=1, MaxCapacity=2)

    assert (code, "with ml.t2.medium instance type" in words) == ("ValidationException", True)


def test_an_operation_beyond_these_is_refused_by_name(scaling):
    with pytest.raises(ClientError, match="does not offer DescribeScheduledActions"):
        scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")


def test_targets_outlive_a_restart_and_go_with_their_endpoint(moto, python, model, tmp_path):
    server = LocalSageMaker(moto, tmp_path, python)
    scaling = moto.client("application-autoscaling", server.url)
    server.create_endpoint("growing", model)
    server.settled("growing")
    scaling.register_scalable_target(**target("growing"), MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(**target("growing"), **POLICY)

    server.close()
    server.start()

    assert [each["MaxCapacity"] for each in targets(scaling, "growing")] == [2]
    assert len(policies(scaling, "growing")) == 1
    server.settled("growing")
    server.api.delete_endpoint(EndpointName="growing")
    wait_for(lambda: not targets(scaling, "growing"), "the target to be deregistered")
    assert policies(scaling, "growing") == []
    server.close()
