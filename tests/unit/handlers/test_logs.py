"""What stands in the log: enough to follow a request from API Gateway to the endpoint, and never a text."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from handlers import reconcile, release, retrain, sentiment
from handlers.common.endpoint_logs import FOLDER
from handlers.common.hosting import delete_endpoint, ensure_endpoint, hosted, hosting
from handlers.common.log import logger
from handlers.common.pointer import Pointer, write
from tests.unit.handlers.lines import Lines
from tests.unit.handlers.stage import PREFIX, V1, V2, Stage, endpoint_of, event, failure

CONTEXT = SimpleNamespace(aws_request_id="invocation")
SECRET = "zanzibar"


def post(body: Any) -> int:
    status: int = sentiment.handler(event("POST", "/sentiment", body), CONTEXT)["statusCode"]
    return status


def retentions() -> dict[str, int | None]:
    """Log group → days that its lines are kept."""
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    return {group["logGroupName"]: group.get("retentionInDays") for group in groups}


def test_one_id_goes_from_api_gateway_to_the_endpoint(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"text": "good"})
    assert stage.endpoints.correlation_ids == ["r"]
    assert {line["correlation_id"] for line in lines.all} == {"r"}
    assert lines.answered["endpoint_request"] == "endpoint-request"


def test_one_line_tells_of_a_request_who_answered_it_and_how(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"text": "good"})
    (line,) = lines.all
    assert (line["method"], line["resource"], line["status"]) == ("POST", "/sentiment", 200)
    assert (line["model"], line["endpoint"]) == (V1, endpoint_of(V1))


def test_the_line_of_a_request_has_nothing_of_the_one_before(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"text": "good"})
    post({})
    assert not {"model", "endpoint", "endpoint_request", "Positive"} & lines.answered.keys()


@pytest.mark.parametrize(
    ("function", "step", "event", "id_"),
    [
        (release, "advance", {"id": "an event"}, "an event"),
        (reconcile, "advance", {"id": "an event"}, "an event"),
        (retrain, "start_next", {"start_next": True}, "invocation"),
    ],
)
def test_what_is_done_unasked_logs_the_id_of_its_event_or_else_of_the_invocation(
    stage: Stage, lines: Lines, monkeypatch: pytest.MonkeyPatch, function: Any, step: str, event: Any, id_: str
) -> None:
    monkeypatch.setattr(function, step, lambda: logger.info("here"))
    function.handler(event, CONTEXT)
    assert lines.last("here")["correlation_id"] == id_


def test_no_text_of_a_user_is_in_any_line_or_metric(
    stage: Stage, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.serve(V1)
    assert post({"text": f"good {SECRET}"}) == 200
    assert post({"texts": [SECRET, f"{SECRET} good", 5]}) == 200
    assert post({"text": SECRET * 100_000}) == 413
    assert post(f'{{"text": "{SECRET}') == 400
    assert post({SECRET: 1}) == 400
    stage.endpoints.answer = lambda request: SECRET.encode()
    assert post({"text": f"good {SECRET}"}) == 503
    stage.endpoints.failures[endpoint_of(V1)] = failure("ModelError", 424)
    assert post({"text": f"good {SECRET}"}) == 503
    monkeypatch.setattr(sentiment, "score_texts", lambda texts: int(texts[0]))  # its error quotes the text
    assert post({"text": SECRET}) == 500
    assert len(lines.all) == 8
    assert SECRET not in lines.stream.getvalue()


def test_an_endpoint_s_log_is_kept_as_long_as_the_stage_says_and_goes_with_the_endpoint(stage: Stage) -> None:
    write(Pointer())
    ensure_endpoint(endpoint_of(V1), hosting())
    assert retentions() == {FOLDER + endpoint_of(V1): 14}
    delete_endpoint(endpoint_of(V1))
    assert retentions() == {}


def test_a_log_without_an_endpoint_is_found_and_deleted_but_none_of_another_stage(stage: Stage) -> None:
    other = f"{FOLDER}{PREFIX}anna-{V2}-000000"
    for name in (FOLDER + endpoint_of(V2), other):
        boto3.client("logs").create_log_group(logGroupName=name)
    assert hosted() == [endpoint_of(V2)]
    write(Pointer())
    reconcile.handler({}, None)
    assert list(retentions()) == [other]
