"""The API is deployed after what it answers by itself is there: a deployment has what it found."""

import json
import subprocess

import pytest

from local.settings import ROOT

PACKAGE = """
const Plugin = require("./resources/gateway-responses.js");
const template = JSON.parse(process.argv[1]);
const serverless = { service: { provider: { compiledCloudFormationTemplate: template } } };
new Plugin(serverless).hooks["after:aws:package:finalize:mergeCustomProviderResources"]().then(
  () => console.log(JSON.stringify(template.Resources.ApiGatewayDeployment1.DependsOn)),
);
"""


@pytest.mark.parametrize("before", [["Method"], "Method", None])
def test_the_deployment_waits_for_every_gateway_response_and_for_what_it_waited_for_before(before: object) -> None:
    resources = {
        "Method": {"Type": "AWS::ApiGateway::Method"},
        "Throttled": {"Type": "AWS::ApiGateway::GatewayResponse"},
        "ApiGatewayDeployment1": {"Type": "AWS::ApiGateway::Deployment", "DependsOn": before},
        "Defaults": {"Type": "AWS::ApiGateway::GatewayResponse"},
    }
    done = subprocess.run(
        ["node", "-e", PACKAGE, json.dumps({"Resources": resources})],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == [*(["Method"] if before else []), "Throttled", "Defaults"]
