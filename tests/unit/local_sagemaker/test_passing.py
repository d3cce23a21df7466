"""Only who may pass a role can give it to SageMaker."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.sagemaker.aws import LocalAws
from local.sagemaker.passing import AccessDenied, allows, check_pass_role
from tests.local_sagemaker import REGION

ROLE = "arn:aws:iam::123456789012:role/training"
KEY = "ASIAEXAMPLEEXAMPLE00"
SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


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
        ([statement(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], False),
        ([statement(action="*", resource="*"), statement("Deny")], False),
        ([{"Statement": {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "*:role/other"}}], True),
        ([{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}], False),
    ],
)
def test_policies_allow_a_role_to_be_passed_where_one_says_so_and_none_denies_it(documents, allowed):
    assert allows(documents, ROLE) is allowed


class Iam(LocalAws):
    """A local AWS in which every access key belongs to one owner, with one policy."""

    def __init__(self, owner: str, policy: dict[str, Any]) -> None:
        super().__init__("http://127.0.0.1:1", REGION)
        self.owner, self.policy = owner, policy

    def client(self, service: str, **credentials: str) -> "Iam":
        return self

    def get_access_key_last_used(self, AccessKeyId: str) -> dict[str, str]:
        return {"UserName": self.owner}

    def list_role_policies(self, RoleName: str) -> dict[str, list[str]]:
        return {"PolicyNames": [RoleName]}

    def get_role_policy(self, RoleName: str, PolicyName: str) -> dict[str, Any]:
        return {"PolicyDocument": self.policy if RoleName == "retrain" else {"Statement": []}}

    def list_attached_role_policies(self, RoleName: str) -> dict[str, list[Any]]:
        return {"AttachedPolicies": []}


def test_a_function_may_pass_what_its_own_role_allows():
    aws = Iam("assumed-role/retrain/function", statement(Condition=SAGEMAKER))

    check_pass_role(aws, KEY, ROLE)
    with pytest.raises(AccessDenied) as refusal:
        check_pass_role(aws, KEY, ROLE.replace("training", "admin"))

    assert refusal.value.message == (
        "User: arn:aws:sts::123456789012:assumed-role/retrain/function is not authorized to perform: iam:PassRole on "
        "resource: arn:aws:iam::123456789012:role/admin because no identity-based policy allows the iam:PassRole action"
    )


def test_the_root_of_the_account_may_pass_every_role():
    check_pass_role(Iam("assumed-role/retrain/function", {"Statement": []}), "local", ROLE)


def test_a_user_who_may_not_pass_the_role_can_make_neither_model_nor_job(sagemaker, moto):
    iam = moto.client("iam")
    iam.create_user(UserName="limited")
    policy = {"Version": "2012-10-17", **statement(action="sagemaker:*", resource="*")}
    iam.put_user_policy(UserName="limited", PolicyName="all", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="limited")["AccessKey"]
    limited = boto3.client(
        "sagemaker",
        REGION,
        endpoint_url=sagemaker.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    container = {"Image": "i", "ModelDataUrl": "s3://test-bucket/model.tar.gz"}

    with pytest.raises(ClientError, match="user/limited is not authorized to perform: iam:PassRole") as refusal:
        limited.create_model(ModelName="passed", ExecutionRoleArn=sagemaker.role, PrimaryContainer=container)

    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.api.describe_model(ModelName="passed")
