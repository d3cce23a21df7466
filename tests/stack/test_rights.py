"""Every right that a role has is used, by a test here, or there is a reason for it in unused_rights.yml.

The emulators ask IAM about every request and record what was allowed; removing the stage uses the last of it.
"""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from local.application import Application
from local.screen import run
from local.settings import PREFIX, REGION, ROOT, SERVERLESS, STAGE
from local.supervise import Command

HERE = Path(__file__).parent


@pytest.fixture
def all_tests_ran(request: pytest.FixtureRequest) -> None:
    files = {item.path for item in request.session.items}
    if not set(HERE.glob("test_*.py")) <= files:
        pytest.skip("all of tests/stack has to run, for its tests together use the rights")


def test_what_a_role_may_do_is_used_or_has_a_reason(application: Application, all_tests_ran: None) -> None:
    rights = sorted(granted(application))
    command: Command = [SERVERLESS, "remove", "--stage", STAGE]
    settings = application.settings
    run("serverless remove", command, settings.logs / "remove.log", cwd=ROOT, env=settings.environment())
    used = set(recorded(application))
    unused = [" ".join(right) for right in rights if not any(matches(right, each) for each in used)]
    reasons: dict[str, str] = yaml.safe_load((HERE / "unused_rights.yml").read_text())
    without_reason = [right for right in unused if not any(fnmatchcase(right, pattern) for pattern in reasons)]
    assert not without_reason, "granted and never used:\n" + "\n".join(without_reason)
    of_nothing = [each for each in reasons if not any(fnmatchcase(" ".join(right), each) for right in rights)]
    assert not of_nothing, "reasons for rights that nobody has:\n" + "\n".join(of_nothing)


def granted(application: Application) -> Iterator[tuple[str, str, str]]:
    """(role, action, resource) of every statement of the deployed roles, roles without what all names share."""
    iam = application.client("iam")
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        if not name.startswith(PREFIX):
            continue
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document: Any = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            document = json.loads(unquote(document)) if isinstance(document, str) else document
            for statement in document["Statement"]:
                assert statement["Effect"] == "Allow"
                for action in statement["Action"]:
                    for resource in statement["Resource"]:
                        yield short(name), action, resource


def recorded(application: Application) -> Iterator[tuple[str, str, str]]:
    """(role, action, resource) of everything that a role has been allowed."""
    assert application.settings.rights
    for path in application.settings.rights.glob("*.jsonl"):
        for line in path.read_text().splitlines():
            role, action, resource = json.loads(line)
            yield short(role), action, resource


def short(role: str) -> str:
    """The function's name; reconcile, which takes the steps that release was not in time for, goes as release."""
    name = role.removeprefix(PREFIX).removesuffix(f"-{REGION}")
    return "release" if name == "reconcile" else name


def matches(right: tuple[str, str, str], use: tuple[str, str, str]) -> bool:
    """Whether it is this right that was used."""
    return right[:2] == use[:2] and fnmatchcase(use[2], right[2])
