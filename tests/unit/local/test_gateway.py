"""What API Gateway answers by itself."""

import json
from typing import Any

import pytest
import yaml

from handlers.common.http import SECURITY
from local.settings import ROOT


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, which do not matter here."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: None)

RESPONSES: dict[str, Any] = {
    response["Properties"]["ResponseType"]: response["Properties"]
    for response in yaml.load((ROOT / "resources" / "gateway.yml").read_text(), Loader)["Resources"].values()
}


@pytest.mark.parametrize("kind", RESPONSES)
def test_every_answer_is_a_problem_in_json_with_the_status_that_it_is_sent_with(kind: str) -> None:
    template = RESPONSES[kind]["ResponseTemplates"]["application/json"]
    problem = json.loads(template.replace("$context.error.messageString", '"Forbidden"'))
    assert {"type", "title", "detail"} <= problem.keys()
    assert RESPONSES[kind]["ResponseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    status = RESPONSES[kind].get("StatusCode")
    assert (str(problem["status"]) == status) if status else kind.startswith("DEFAULT_")


def test_who_is_asked_to_wait_is_told_how_long() -> None:
    waiting = {kind for kind, response in RESPONSES.items() if response.get("StatusCode") in ("429", "503")}
    assert {"THROTTLED", "INTEGRATION_FAILURE"} <= waiting
    assert all("gatewayresponse.header.Retry-After" in RESPONSES[kind]["ResponseParameters"] for kind in waiting)


def test_no_answer_is_left_in_aws_s_own_form() -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= RESPONSES.keys()


@pytest.mark.parametrize("kind", RESPONSES)
def test_every_answer_has_the_security_headers_of_the_functions_answers(kind: str) -> None:
    parameters = RESPONSES[kind]["ResponseParameters"]
    found = {name: parameters.get(f"gatewayresponse.header.{name}", "").strip("'") for name in SECURITY}
    assert found == SECURITY | {"Content-Security-Policy": "sandbox"}


@pytest.mark.parametrize("kind", RESPONSES)
def test_no_header_has_a_quote_in_its_value_which_would_end_there(kind: str) -> None:
    values = RESPONSES[kind]["ResponseParameters"].values()
    assert all(value[0] == value[-1] == "'" and "'" not in value[1:-1] for value in values)


def test_who_may_not_ask_is_told_so() -> None:
    statuses = {kind: RESPONSES[kind]["StatusCode"] for kind in ("UNAUTHORIZED", "ACCESS_DENIED", "INVALID_SIGNATURE")}
    assert statuses == {"UNAUTHORIZED": "401", "ACCESS_DENIED": "403", "INVALID_SIGNATURE": "403"}
    assert {"WAF_FILTERED", "QUOTA_EXCEEDED"} <= RESPONSES.keys()
