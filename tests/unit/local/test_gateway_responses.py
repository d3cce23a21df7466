"""What resources/gateway-responses.js does to the API's own answers before they are deployed."""

import json
import subprocess
from typing import Any

import pytest

from local.settings import ROOT

PACKAGE = """
const Plugin = require("./resources/gateway-responses.js");
const [template, settings] = JSON.parse(process.argv[1]);
const serverless = { service: { provider: { compiledCloudFormationTemplate: template }, custom: { settings } } };
new Plugin(serverless).hooks["after:aws:package:finalize:mergeCustomProviderResources"]().then(
  () => console.log(JSON.stringify(template.Resources)),
);
"""
ALLOWED = "gatewayresponse.header.Access-Control-Allow-Origin"


def packaged(before: object = None, firewall: bool = False, **settings: Any) -> dict[str, Any]:
    """The template's resources once the plugin has seen them."""

    def response() -> dict[str, Any]:
        properties = {"StatusCode": "404", "ResponseTemplates": {}, "ResponseParameters": {}}
        return {"Type": "AWS::ApiGateway::GatewayResponse", "Properties": properties}

    resources = {
        "Method": {"Type": "AWS::ApiGateway::Method"},
        "MissingRoute": response(),
        "ApiGatewayDeployment1": {"Type": "AWS::ApiGateway::Deployment", "DependsOn": before},
        "Defaults": response(),
        **({"FirewallOfStage": {"Type": "AWS::WAFv2::WebACLAssociation"}} if firewall else {}),
    }
    arguments = json.dumps([{"Resources": resources}, {"access": "open", "cors": [], **settings}])
    done = subprocess.run(
        ["node", "-e", PACKAGE, arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("before", [["Method"], "Method", None])
def test_the_deployment_waits_for_every_gateway_response_and_for_what_it_waited_for_before(before: object) -> None:
    waits = packaged(before)["ApiGatewayDeployment1"]["DependsOn"]
    assert waits == [*(["Method"] if before else []), "MissingRoute", "Defaults"]


def test_a_firewall_waits_for_the_stage_that_the_deployment_makes() -> None:
    assert packaged(firewall=True)["FirewallOfStage"]["DependsOn"] == ["ApiGatewayDeployment1"]


@pytest.mark.parametrize(
    ("cors", "allowed"),
    [
        ([], None),
        (["https://one.example.com"], "'https://one.example.com'"),
        (["https://one.example.com", "https://two.example.com"], "'*'"),
    ],
)
def test_scripts_of_the_sites_that_cors_names_may_read_these_answers_too(cors: list[str], allowed: str | None) -> None:
    resources = packaged(cors=cors)
    for name in ("MissingRoute", "Defaults"):
        assert resources[name]["Properties"]["ResponseParameters"].get(ALLOWED) == allowed


def test_where_requests_have_to_be_signed_one_that_is_not_is_told_so_and_not_that_there_is_no_such_route() -> None:
    assert packaged()["MissingRoute"]["Properties"]["StatusCode"] == "404"
    missing = packaged(access="iam")["MissingRoute"]["Properties"]
    problem = json.loads(missing["ResponseTemplates"]["application/json"])
    assert (missing["StatusCode"], problem["status"]) == ("403", 403)
    assert "Sign the request" in problem["detail"]
