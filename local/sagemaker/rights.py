"""Whether whoever asks may do what is asked: IAM's answer to every request, as AWS gives it.

IAM does not say which role a session's access key belongs to; the local AWS does, as the "user" `assumed-role/ROLE/…`
of GetAccessKeyLastUsed. A key of which IAM knows nothing is taken for the account's root.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException

from local.sagemaker.aws import LocalAws
from local.sagemaker.policies import Right, allows

KEY_LENGTH = 16  # of IAM's shortest; the made-up keys of the local root are shorter
POLICY_SECONDS = 1.0  # a change of a policy takes longer than that to spread on AWS


class AccessDenied(ServiceException):
    code = "AccessDeniedException"


class Rights:
    """Who may do what, by the policies of the local AWS; notes in `used` what each role was allowed."""

    def __init__(self, aws: LocalAws, used: Path | None = None) -> None:
        self._aws = aws
        self._used = used
        self._lock = threading.Lock()
        self._owners: dict[str, str | None] = {}  # access key → user or role session; None: the account's root
        self._policies: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self._noted: set[tuple[str, Right]] = set()

    def check(self, access_key: str, rights: Iterable[Right]) -> None:
        """Raise AccessDenied, in AWS's words, for the first of the rights that the key's owner lacks."""
        owner = self._owner(access_key)
        if owner is None:
            return
        documents = self._documents(owner)
        for right in rights:
            if not allows(documents, right):
                raise AccessDenied(self._refusal(owner, right))
            self._note(owner, right)

    def _owner(self, access_key: str) -> str | None:
        if len(access_key) < KEY_LENGTH:
            return None
        if access_key not in self._owners:
            try:
                answer = self._aws.client("iam").get_access_key_last_used(AccessKeyId=access_key)
                self._owners[access_key] = answer["UserName"]
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("NoSuchEntity", "NoSuchEntityException"):
                    raise
                self._owners[access_key] = None
        return self._owners[access_key]

    def _documents(self, owner: str) -> list[dict[str, Any]]:
        read_at, documents = self._policies.get(owner, (0.0, []))
        if time.monotonic() - read_at > POLICY_SECONDS:
            documents = list(_policies_of(self._aws.client("iam"), owner))
            self._policies[owner] = time.monotonic(), documents
        return documents

    def _note(self, owner: str, right: Right) -> None:
        kind, _, rest = owner.partition("/")
        if self._used is None or kind != "assumed-role":
            return
        role = rest.partition("/")[0]
        with self._lock:
            if (role, right) not in self._noted:
                self._noted.add((role, right))
                with self._used.open("a") as file:
                    file.write(json.dumps([role, right.action, right.resource]) + "\n")

    def _refusal(self, owner: str, right: Right) -> str:
        account = self._aws.client("sts").get_caller_identity()["Account"]
        who = f"sts::{account}:{owner}" if owner.startswith("assumed-role/") else f"iam::{account}:user/{owner}"
        return (
            f"User: arn:aws:{who} is not authorized to perform: {right.action} on resource: {right.resource} "
            f"because no identity-based policy allows the {right.action} action"
        )


def _policies_of(iam: Any, owner: str) -> Iterator[dict[str, Any]]:
    """The policies of a user and its groups, or of the role whose session `owner` is."""
    kind, _, rest = owner.partition("/")
    if kind == "assumed-role":
        yield from _attached(iam, "role", rest.partition("/")[0])
        return
    yield from _attached(iam, "user", owner)
    for group in iam.list_groups_for_user(UserName=owner)["Groups"]:
        yield from _attached(iam, "group", group["GroupName"])


def _attached(iam: Any, kind: str, name: str) -> Iterator[dict[str, Any]]:
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
