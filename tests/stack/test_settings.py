"""What custom.stages says is what is deployed."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local.application import Application
from local.settings import BUCKET, PREFIX, SERVICE, STAGE
from tests.stack.client import Client

API = f"{SERVICE}-{STAGE}"
LIMITS = ("throttlingRateLimit", "throttlingBurstLimit")


@pytest.fixture
def gateway(application: Application) -> Any:
    return application.client("apigateway")


@pytest.fixture
def throttled(gateway: Any) -> Iterator[None]:
    """GET /model may be asked once an hour or so."""
    paths = ["/~1model/GET/throttling/rateLimit", "/~1model/GET/throttling/burstLimit"]
    patch = [{"op": "replace", "path": path, "value": value} for path, value in zip(paths, ("0.001", "1"), strict=True)]
    gateway.update_stage(restApiId=API, stageName=STAGE, patchOperations=patch)
    yield
    patch = [{"op": "remove", "path": "/~1model/GET"}]
    gateway.update_stage(restApiId=API, stageName=STAGE, patchOperations=patch)


def test_public_routes_are_limited_as_the_stage_says(gateway: Any) -> None:
    settings = gateway.get_stage(restApiId=API, stageName=STAGE)["methodSettings"]
    limits = {route.lstrip("/"): [found[limit] for limit in LIMITS] for route, found in settings.items()}
    assert (limits["*/*"], limits["feedback/POST"]) == ([500, 1000], [50, 100])


def test_who_asks_too_often_gets_a_429_and_may_go_on_asking_other_routes(client: Client, throttled: None) -> None:
    answers = [requests.get(f"{client.url}/model", timeout=30) for _ in range(3)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert answers[-1].json()["type"] == "urn:sentiment:problem:throttled"
    assert answers[-1].headers["Retry-After"] == "1"
    assert client.get("/models")[0] == 200


def test_the_outputs_are_the_url_the_retrain_command_and_the_key_s_name(
    application: Application, client: Client
) -> None:
    (stack,) = application.client("cloudformation").describe_stacks()["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    assert outputs["Url"] == client.url
    assert "invoke --function retrain --stage local" in outputs["RetrainCommand"]
    keys = application.client("apigateway").get_api_keys()["items"]
    assert outputs["ApiKeyName"] == f"{PREFIX}operator"
    assert outputs["ApiKeyName"] in {key["name"] for key in keys}


def test_the_bucket_keeps_what_is_overwritten_and_deleted(application: Application) -> None:
    assert application.client("s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


def test_what_bills_carries_the_stage_s_tag(application: Application) -> None:
    sagemaker = application.client("sagemaker")
    for endpoint in sagemaker.list_endpoints()["Endpoints"]:
        tags = sagemaker.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]
        assert {"Key": "application", "Value": f"{SERVICE}-{STAGE}"} in tags
    (stack,) = application.client("cloudformation").describe_stacks()["Stacks"]
    assert {"Key": "application", "Value": f"{SERVICE}-{STAGE}"} in stack["Tags"]
