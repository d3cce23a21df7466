"""Whom the settings `access`, `cors` and `keyRequestsPerDay` let in, as the emulator enforces what they deploy."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from local.application import Application
from local.settings import ACCOUNT, REGION, SERVERLESS, STAGE, Settings
from tests.slow.conftest import copy_of_source
from tests.stack.conftest import free_port

SITE, OTHER = "https://www.example.com", "https://other.example.com"
CLOSED = [("POST", "/sentiment"), ("POST", "/feedback"), ("GET", "/model"), ("GET", "/models"), ("GET", "/jobs/x")]
OPEN = ["/", "/assets/page.js", "/openapi.json"]


@dataclass(frozen=True)
class Stage:
    """The stage on this machine, whose settings are changed and deployed."""

    application: Application
    source: Path

    def deploy(self, **settings: str) -> None:
        """Have these in place of what the stage has under their names."""
        path = self.source / "serverless.yml"
        head, stage, tail = path.read_text().partition("    local: ")
        had, _, rest = tail.partition("\n  settings:")
        kept = [line for line in had.splitlines() if line.strip().partition(":")[0] not in settings]
        kept += [f"      {name}: {value}" for name, value in settings.items()]
        path.write_text(f"{head}{stage}{chr(10).join(kept)}\n  settings:{rest}")
        command = [str(SERVERLESS), "deploy", "--stage", STAGE]
        environment = self.application.settings.environment()
        run = subprocess.run(command, env=environment, cwd=self.source, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        return requests.request(method, self.application.url + path, headers=headers, timeout=30)

    def signed(self, path: str, key: dict[str, str]) -> dict[str, str]:
        """The headers of a GET that is signed with the access key."""
        request = AWSRequest("GET", self.application.url + path)
        credentials = boto3.session.Session(key["AccessKeyId"], key["SecretAccessKey"]).get_credentials()
        SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
        return dict(request.headers)

    def key_of(self, user: str, **statement: Any) -> dict[str, str]:
        """The access key of a user who may do what the statement says."""
        iam = self.application.client("iam")
        iam.create_user(UserName=user)
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(policy))
        key: dict[str, str] = iam.create_access_key(UserName=user)["AccessKey"]
        return key


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("access")
    source = copy_of_source(folder / "source")
    with Application(Settings(state=folder / "state", aws_port=free_port(), sagemaker_port=free_port())) as running:
        yield Stage(running, source)


def refused(answer: requests.Response, status: int) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.headers["Content-Security-Policy"] == "sandbox"


def test_with_iam_only_signed_requests_of_whom_a_policy_lets_get_in(stage: Stage) -> None:
    stage.deploy(access="iam")
    for method, path in CLOSED:
        refused(stage.ask(method, path), 403)
    assert [stage.ask("GET", path).status_code for path in OPEN] == [200] * len(OPEN)
    routes = f"arn:aws:execute-api:{REGION}:*:*/{STAGE}/GET/models"
    may = stage.key_of("may", Action="execute-api:Invoke", Resource=routes)
    may_not = stage.key_of("may-not", Action="s3:ListAllMyBuckets", Resource="*")
    assert stage.ask("GET", "/models", stage.signed("/models", may)).status_code == 200
    for key in (may_not, {**may, "SecretAccessKey": "wrong"}):  # the emulator says so in words of its own
        assert stage.ask("GET", "/models", stage.signed("/models", key)).status_code == 403
    described = stage.ask("GET", "/openapi.json").json()["paths"]
    assert described["/sentiment"]["post"]["security"] == [{"iam": []}]


def test_with_a_user_pool_whoever_has_no_token_of_it_stays_out(stage: Stage) -> None:
    # That a good one gets in is AWS's to show: the emulator has no cryptography to check one with.
    stage.deploy(access=f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_AbCdEf123")
    for method, path in CLOSED:
        refused(stage.ask(method, path), 401)
        refused(stage.ask(method, path, {"Authorization": "Bearer not.a.token"}), 401)
    assert [stage.ask("GET", path).status_code for path in OPEN] == [200] * len(OPEN)


def test_scripts_of_sites_that_cors_names_may_ask_and_read_errors_too(stage: Stage) -> None:
    stage.deploy(access="open", cors=f'["{SITE}"]')
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = stage.ask("OPTIONS", "/sentiment", {"Origin": SITE, **asks})
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == SITE
    assert "Content-Type" in allowed.headers["Access-Control-Allow-Headers"]
    assert stage.ask("OPTIONS", "/sentiment", {"Origin": OTHER, **asks}).headers["Access-Control-Allow-Origin"] == SITE
    for path in ("/models", "/jobs/no.such", "/no-such-route"):  # of a function, its error, and API Gateway's own
        assert stage.ask("GET", path, {"Origin": SITE}).headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Origin" not in stage.ask("GET", "/models", {"Origin": OTHER}).headers


def test_the_key_is_refused_once_a_day_s_requests_are_used_up(stage: Stage) -> None:
    stage.deploy(keyRequestsPerDay="3")
    key = {"x-api-key": stage.application.api_key()}
    answers = [stage.ask("DELETE", f"/feedback/{'0' * 64}", key) for _ in range(4)]
    assert [answer.status_code for answer in answers[:3]] == [204] * 3
    refused(answers[3], 429)
    assert answers[3].headers["Retry-After"] == "3600"
    assert stage.ask("GET", "/models").status_code == 200
