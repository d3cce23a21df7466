"""A deployment sets how often each route may be asked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.local.plugins import Aws, aws_server, run_hook

TEMPLATE = {"Resources": {"ApiGatewayRestApi": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}}}}


@pytest.fixture
def aws() -> Iterator[Aws]:
    with aws_server() as aws:
        yield aws


def deploy(aws: Aws, rate: float, burst: int) -> str:
    """What the plugin says at the end of a deployment with these limits."""
    limits = {"public": {"rate": rate, "burst": burst}, "feedback": {"rate": rate / 2, "burst": burst // 2}}
    custom = {"settings": {"throttle": limits}}
    return run_hook("throttle.js", "after:deploy:deploy", aws, custom)


def test_a_deployment_whose_limits_could_not_be_set_fails(aws: Aws) -> None:
    assert "the-stack" in deploy(aws, 1, 1)


def test_every_route_is_limited_and_feedback_by_itself_after_a_deployment_and_again_after_the_next(aws: Aws) -> None:
    aws.client("cloudformation").create_stack(StackName="the-stack", TemplateBody=json.dumps(TEMPLATE))
    gateway = aws.client("apigateway")
    (api,) = gateway.get_rest_apis()["items"]
    (root,) = gateway.get_resources(restApiId=api["id"])["items"]
    method: dict[str, Any] = {"restApiId": api["id"], "resourceId": root["id"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    gateway.create_deployment(restApiId=api["id"], stageName="test")
    for rate, burst in ((50, 100), (2.5, 4)):
        assert deploy(aws, rate, burst) == "done"
        settings = gateway.get_stage(restApiId=api["id"], stageName="test")["methodSettings"]
        for route, part in (("*/*", 1), ("~1feedback/POST", 2)):
            limits = settings[route]
            assert (limits["throttlingRateLimit"], limits["throttlingBurstLimit"]) == (rate / part, burst // part)
