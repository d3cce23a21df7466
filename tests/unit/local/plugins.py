"""Runs a hook of one of the plugins in resources/, with real AWS clients that ask moto."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from local.settings import ROOT

REGION = "us-east-1"

SCRIPT = """
const [plugin, hook, custom, endpoint, region] = JSON.parse(process.argv[1]);
const Plugin = require(plugin);
const { CloudFormationClient } = require("@aws-sdk/client-cloudformation");
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const config = { endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 };
const provider = {
  naming: { getStackName: () => "the-stack", getRestApiLogicalId: () => "ApiGatewayRestApi" },
  getStage: () => "test",
  getAwsSdkV3Config: async () => config,
  getCloudFormationClient: async () => new CloudFormationClient(config),
};
const serverless = { service: { custom }, getProvider: () => provider, classes: { Error } };
new Plugin(serverless).hooks[hook]().then(
  () => console.log("done"),
  (error) => console.log(`${error.name}: ${error.message}`),
);
"""


class Aws:
    """moto at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)


@contextmanager
def aws_server() -> Iterator[Aws]:
    """An empty moto that answers over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Aws(f"http://{host}:{port}")
    finally:
        server.stop()


def run_hook(plugin: str, hook: str, aws: Aws, custom: dict[str, Any]) -> str:
    """“done”, or name and message of the error; `custom` is what serverless.yml has under that name."""
    arguments = json.dumps([str(ROOT / "resources" / plugin), hook, custom, aws.url, REGION])
    environment = {"PATH": os.environ["PATH"], "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true"}
    done = subprocess.run(
        ["node", "-e", SCRIPT, arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()
