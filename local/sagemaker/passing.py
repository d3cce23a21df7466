"""iam:PassRole: whether the one who asks may hand a role to SageMaker.

IAM does not say which role a session's access key belongs to; the local AWS does, as the "user" `assumed-role/ROLE/…`
of GetAccessKeyLastUsed. A key of which IAM knows nothing is taken for the account's root. Policies are read and judged
here, by actions, resources and iam:PassedToService; permissions boundaries and session policies are not looked at.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException

from local.sagemaker.aws import LocalAws, as_list

ACTION = "iam:PassRole"
SERVICE = "sagemaker.amazonaws.com"
KEY_LENGTH = 16  # of IAM's shortest; the made-up keys of the local root are shorter


class AccessDenied(ServiceException):
    code = "AccessDeniedException"


def check_pass_role(aws: LocalAws, access_key: str, role_arn: str) -> None:
    """Raise AccessDenied, in AWS's words, where the owner of the access key may not pass the role to SageMaker."""
    if len(access_key) < KEY_LENGTH:
        return
    iam = aws.client("iam")
    try:
        owner = iam.get_access_key_last_used(AccessKeyId=access_key)["UserName"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchEntity", "NoSuchEntityException"):
            return
        raise
    kind, _, rest = owner.partition("/")
    if kind == "assumed-role":
        documents, service = list(_documents(iam, "role", rest.partition("/")[0])), "sts"
    else:
        documents = list(_documents(iam, "user", owner))
        for group in iam.list_groups_for_user(UserName=owner)["Groups"]:
            documents += _documents(iam, "group", group["GroupName"])
        owner, service = f"user/{owner}", "iam"
    if not allows(documents, role_arn):
        account = role_arn.split(":")[4]
        raise AccessDenied(
            f"User: arn:aws:{service}::{account}:{owner} is not authorized to perform: {ACTION} on resource: "
            f"{role_arn} because no identity-based policy allows the {ACTION} action"
        )


def allows(documents: Iterable[dict[str, Any]], role_arn: str) -> bool:
    """Whether policies allow to pass this role to SageMaker: one says so, and none denies it."""
    effects = [
        statement["Effect"]
        for document in documents
        for statement in as_list(document["Statement"])
        if _applies(statement, role_arn)
    ]
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: dict[str, Any], role_arn: str) -> bool:
    conditions = statement.get("Condition", {})
    return (
        _named(statement, "Action", ACTION.lower(), lower=True)
        and _named(statement, "Resource", role_arn)
        and all(_holds(operator, keys) for operator, keys in conditions.items())
    )


def _named(statement: dict[str, Any], field: str, value: str, lower: bool = False) -> bool:
    patterns = as_list(statement.get(field) or statement.get(f"Not{field}", []))
    named = any(fnmatchcase(value, pattern.lower() if lower else pattern) for pattern in patterns)
    return named if field in statement else not named


def _holds(operator: str, keys: dict[str, Any]) -> bool:
    """Whether a condition on who gets the role holds; any other condition has nothing here to hold for."""
    services = as_list(keys.get("iam:PassedToService", []))
    known = len(keys) == 1 and operator in ("StringEquals", "StringLike")
    return known and any(fnmatchcase(SERVICE, service) for service in services)


def _documents(iam: Any, kind: str, name: str) -> Iterator[dict[str, Any]]:
    """The policies of a user, role or group: its own, and those attached to it."""
    who = {f"{kind.capitalize()}Name": name}
    for policy in getattr(iam, f"list_{kind}_policies")(**who)["PolicyNames"]:
        yield _parsed(getattr(iam, f"get_{kind}_policy")(**who, PolicyName=policy)["PolicyDocument"])
    for attached in getattr(iam, f"list_attached_{kind}_policies")(**who)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        yield _parsed(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _parsed(document: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(unquote(document)) if isinstance(document, str) else document
    return parsed
