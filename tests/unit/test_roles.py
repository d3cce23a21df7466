"""What resources/roles grants: one role a function, written out, and nothing for all the world."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent


class Template(yaml.SafeLoader):
    """YAML with CloudFormation's short functions, each as what it is applied to."""


Template.add_multi_constructor("!", lambda loader, suffix, node: f"{suffix} {node.value}")


def roles() -> dict[str, list[dict[str, Any]]]:
    """Logical id of each role → its statements."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "resources" / "roles").glob("*.yml")):
        for name, role in yaml.load(path.read_text(), Template)["Resources"].items():
            policies = role["Properties"]["Policies"]
            found[name] = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    return found


ROLES = roles()
STATEMENTS = [(name, statement) for name, statements in ROLES.items() for statement in statements]
# Actions of which AWS lets no policy name a resource:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
WITHOUT_RESOURCE = {
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListEndpoints",
    "sagemaker:ListModelPackages",
    "sagemaker:ListModels",
    "sagemaker:ListTrainingJobs",
    "sagemaker:ListTransformJobs",
    "sagemaker:ListHyperParameterTuningJobs",
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_every_function_has_a_role_of_its_own() -> None:
    functions = yaml.load((ROOT / "serverless.yml").read_text(), Template)["functions"]
    assigned = [function["role"] for function in functions.values()]
    assert sorted({*assigned, "SageMakerRole"}) == sorted(ROLES)
    assert len(set(assigned)) == len(assigned)


@pytest.mark.parametrize(("role", "statement"), STATEMENTS)
def test_no_action_has_a_wildcard(role: str, statement: dict[str, Any]) -> None:
    assert [action for action in statement["Action"] if "*" in action] == []


@pytest.mark.parametrize(("role", "statement"), STATEMENTS)
def test_only_what_aws_ties_to_no_resource_is_granted_on_all(role: str, statement: dict[str, Any]) -> None:
    everywhere = [resource for resource in statement["Resource"] if resource.removeprefix("Sub ") == "*"]
    if everywhere:
        assert set(statement["Action"]) <= WITHOUT_RESOURCE


def test_a_role_can_be_passed_only_if_it_is_sagemaker_s_and_only_to_sagemaker() -> None:
    passing = {name: statement for name, statement in STATEMENTS if "iam:PassRole" in statement["Action"]}
    assert sorted(passing) == ["BatchRole", "ReconcileRole", "ReleaseRole", "RetrainRole"]
    for statement in passing.values():
        assert statement["Action"] == ["iam:PassRole"]
        assert statement["Resource"] == ["GetAtt SageMakerRole.Arn"]
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
