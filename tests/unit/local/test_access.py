"""What the settings `access` and `cors` make of the routes that are not the page's own."""

import json
import subprocess
from typing import Any

import pytest

from local.settings import ROOT

POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123"
RESOLVE = """
const settings = JSON.parse(process.argv[1]);
require("./resources/access.js")({ resolveVariable: async () => settings }).then(
  (found) => console.log(JSON.stringify(found)),
  (error) => console.log(JSON.stringify({ error: error.message })),
);
"""


def access(**settings: Any) -> Any:
    known = {"access": "open", "cors": [], **settings}
    done = subprocess.run(
        ["node", "-e", RESOLVE, json.dumps(known)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_without_settings_nobody_is_asked_who_they_are_and_no_other_site_s_script_may_ask() -> None:
    assert access() == {"authorizer": None, "cors": False, "origins": None}


def test_iam_has_requests_signed() -> None:
    assert access(access="iam")["authorizer"] == "aws_iam"


def test_the_arn_of_a_user_pool_has_its_tokens_checked() -> None:
    expected = {"name": "callers", "type": "COGNITO_USER_POOLS", "arn": POOL}
    assert access(access=POOL)["authorizer"] == expected


@pytest.mark.parametrize(
    "value", ["closed", "IAM", "", POOL + "/x", "arn:aws:lambda:us-east-1:123456789012:function:f"]
)
def test_what_would_leave_the_routes_otherwise_than_meant_stops_the_deployment(value: str) -> None:
    assert "it has to be open, iam, or the ARN of a Cognito user pool" in access(access=value)["error"]


def test_sites_that_cors_names_may_ask() -> None:
    sites = ["https://www.example.com", "http://127.0.0.1:8080"]
    found = access(cors=sites)
    assert found["cors"]["origins"] == sites
    assert {"Content-Type", "Authorization"} <= set(found["cors"]["headers"])
    assert found["origins"] == "https://www.example.com http://127.0.0.1:8080"


@pytest.mark.parametrize("origin", ["*", "https://*.example.com", "https://example.com/", "example.com", "null"])
def test_an_origin_that_is_none_or_that_is_many_stops_the_deployment(origin: str) -> None:
    assert "it takes origins, such as" in access(cors=["https://www.example.com", origin])["error"]
