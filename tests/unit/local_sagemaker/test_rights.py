"""Who may not do a thing, by IAM's policies, is refused it by SageMaker too."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.sagemaker.aws import LocalAws
from local.sagemaker.needed import needed
from local.sagemaker.policies import Right, allows
from local.sagemaker.rights import AccessDenied, Rights
from tests.local_sagemaker import REGION

ROLE = "arn:aws:iam::123456789012:role/training"
PASS = Right("iam:PassRole", ROLE, (("iam:passedtoservice", "sagemaker.amazonaws.com"),))
KEY = "ASIAEXAMPLEEXAMPLE00"
SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
SERVICE, ARN = "sagemaker", f"arn:aws:sagemaker:{REGION}:123456789012:"


def statement(effect: str = "Allow", action: Any = "iam:PassRole", resource: Any = ROLE, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]}


@pytest.mark.parametrize(
    ("documents", "allowed"),
    [
        ([statement()], True),
        ([statement(action=["s3:*", "iam:passrole"], resource=["arn:aws:s3:::b", "*:role/train*"])], True),
        ([statement(Condition=SAGEMAKER)], True),
        ([], False),
        ([statement(action="iam:GetRole")], False),
        ([statement(resource="arn:aws:iam::123456789012:role/other")], False),
        ([statement(Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})], False),
        ([statement(Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}})], False),
        ([statement(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], False),
        ([statement(action="*", resource="*"), statement("Deny")], False),
        ([{"Statement": {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "*:role/other"}}], True),
        ([{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}], False),
    ],
)
def test_policies_allow_what_one_of_them_says_and_none_denies(documents, allowed):
    assert allows(documents, PASS) is allowed


@pytest.mark.parametrize(
    ("operation", "request_", "expected"),
    [
        ("ListEndpoints", {}, [("sagemaker:ListEndpoints", "*")]),
        ("InvokeEndpoint", {"EndpointName": "e"}, [("sagemaker:InvokeEndpoint", f"{ARN}endpoint/e")]),
        (
            "CreateEndpoint",
            {"EndpointName": "e", "EndpointConfigName": "c", "Tags": [{"Key": "k", "Value": "v"}]},
            [
                ("sagemaker:CreateEndpoint", f"{ARN}endpoint/e"),
                ("sagemaker:CreateEndpoint", f"{ARN}endpoint-config/c"),
                ("sagemaker:AddTags", f"{ARN}endpoint/e"),
            ],
        ),
        (
            "CreateTrainingJob",
            {"TrainingJobName": "j", "RoleArn": ROLE},
            [("sagemaker:CreateTrainingJob", f"{ARN}training-job/j"), ("iam:PassRole", ROLE)],
        ),
        (
            "DeleteModelPackage",
            {"ModelPackageName": f"{ARN}model-package/g/3"},
            [("sagemaker:DeleteModelPackage", f"{ARN}model-package/g/3")],
        ),
    ],
)
def test_an_operation_needs_its_action_on_each_resource_that_it_names_and_to_pass_its_role(
    operation, request_, expected
):
    rights = needed(SERVICE, operation, request_, REGION, "123456789012")
    assert [(right.action, right.resource) for right in rights] == expected


def test_a_condition_may_limit_whose_scaling_a_role_registers():
    request = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/e/variant/v"}
    service = "application-autoscaling"
    right, *others = needed(service, "RegisterScalableTarget", request, REGION, "123456789012")
    assert {each.resource for each in others} == {f"{ARN}endpoint/e"}
    for namespace, allowed in (("sagemaker", True), ("dynamodb", False)):
        condition = {"StringEquals": {f"{service}:service-namespace": namespace}}
        resource = f"arn:aws:{service}:*:123456789012:scalable-target/*"
        assert allows([statement(action=f"{service}:*", resource=resource, Condition=condition)], right) is allowed


class Iam(LocalAws):
    """A local AWS in which every access key belongs to one owner, with one policy."""

    def __init__(self, owner: str, policy: dict[str, Any]) -> None:
        super().__init__("http://127.0.0.1:1", REGION)
        self.owner, self.policy = owner, policy

    def client(self, service: str, **credentials: str) -> "Iam":
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}

    def get_access_key_last_used(self, AccessKeyId: str) -> dict[str, str]:
        return {"UserName": self.owner}

    def list_role_policies(self, RoleName: str) -> dict[str, list[str]]:
        return {"PolicyNames": [RoleName]}

    def get_role_policy(self, RoleName: str, PolicyName: str) -> dict[str, Any]:
        return {"PolicyDocument": self.policy if RoleName == "retrain" else {"Statement": []}}

    def list_attached_role_policies(self, RoleName: str) -> dict[str, list[Any]]:
        return {"AttachedPolicies": []}


def test_a_function_may_do_what_its_own_role_allows_and_what_it_did_is_recorded(tmp_path: Path):
    rights = Rights(Iam("assumed-role/retrain/function", statement(Condition=SAGEMAKER)), tmp_path / "used")

    rights.check(KEY, [PASS])
    rights.check(KEY, [PASS])
    with pytest.raises(AccessDenied) as refusal:
        rights.check(KEY, [PASS._replace(resource=ROLE.replace("training", "admin"))])

    assert refusal.value.message == (
        "User: arn:aws:sts::123456789012:assumed-role/retrain/function is not authorized to perform: iam:PassRole on "
        "resource: arn:aws:iam::123456789012:role/admin because no identity-based policy allows the iam:PassRole action"
    )
    lines = (tmp_path / "used").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [["retrain", "iam:PassRole", ROLE]]


def test_the_root_of_the_account_may_do_everything():
    Rights(Iam("assumed-role/retrain/function", {"Statement": []})).check("local", [PASS])


@pytest.fixture
def limited(sagemaker, moto):
    """Clients of SageMaker for a user who may do all there but pass a role, and invoke endpoints."""
    iam = moto.client("iam")
    iam.create_user(UserName="limited")
    deny = {"Effect": "Deny", "Action": "sagemaker:InvokeEndpoint", "Resource": "*"}
    policy = statement(action="sagemaker:*", resource="*")["Statement"] + [deny]
    document = json.dumps({"Version": "2012-10-17", "Statement": policy})
    iam.put_user_policy(UserName="limited", PolicyName="all", PolicyDocument=document)
    key = iam.create_access_key(UserName="limited")["AccessKey"]
    credentials = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    yield lambda service: boto3.client(service, REGION, endpoint_url=sagemaker.url, **credentials)
    iam.delete_access_key(UserName="limited", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="limited", PolicyName="all")
    iam.delete_user(UserName="limited")


def test_a_user_who_may_not_pass_the_role_can_make_no_model(sagemaker, limited):
    container = {"Image": "i", "ModelDataUrl": "s3://test-bucket/model.tar.gz"}

    with pytest.raises(ClientError, match="user/limited is not authorized to perform: iam:PassRole") as refusal:
        limited("sagemaker").create_model(
            ModelName="passed", ExecutionRoleArn=sagemaker.role, PrimaryContainer=container
        )

    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.api.describe_model(ModelName="passed")


def test_a_user_who_may_not_invoke_an_endpoint_is_refused_before_it_is_looked_for(limited):
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:InvokeEndpoint") as refusal:
        limited("sagemaker-runtime").invoke_endpoint(EndpointName="none", Body=b"{}")

    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
