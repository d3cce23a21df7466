"""Everything that the emulators hold, asked of every service that they have by every list that needs no argument."""

import json
import urllib.request
from collections.abc import Iterable

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from local.application import Application

# The emulator's names of services that botocore calls otherwise. SageMaker's are the other emulator's.
ALIASES = {
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
LISTING = {"apigateway": "Get", "resourcegroupstaggingapi": "Get"}  # where lists are not called List or Describe


def services(application: Application) -> list[str]:
    """The services of both emulators."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{application.settings.aws_url}/_ministack/health", timeout=10) as answer:
        names = {ALIASES.get(name, name) for name in json.load(answer)["services"]}
    return sorted({*names, "sagemaker", "application-autoscaling"} & set(boto3.Session().get_available_services()))


def inventory(application: Application, names: Iterable[str]) -> dict[str, str]:
    """ "service:Operation" → its answer as JSON, of each that answers: what the emulators lack has nothing to list."""
    found = {}
    for name in names:
        client = application.client(name, retries={"max_attempts": 0}, inject_host_prefix=False)
        for operation in client.meta.service_model.operation_names:
            shape = client.meta.service_model.operation_model(operation).input_shape
            if not operation.startswith(("List", "Describe", LISTING.get(name, "List"))):
                continue
            needed = set(shape.required_members) if shape else set()
            if needed - {"ServiceNamespace"}:
                continue
            arguments = {"ServiceNamespace": "sagemaker"} if needed else {}
            try:
                answer = getattr(client, xform_name(operation))(**arguments)
            except (ClientError, BotoCoreError):
                continue
            del answer["ResponseMetadata"]
            found[f"{name}:{operation}"] = json.dumps(answer, default=str, sort_keys=True)
    return found
