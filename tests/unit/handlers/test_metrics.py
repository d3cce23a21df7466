"""What a request's log line tells CloudWatch."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from handlers import models, page, release, sentiment
from handlers.common import metrics
from handlers.common.alarms import ensure
from tests.unit.handlers.lines import Lines, Metric, told
from tests.unit.handlers.stage import PREFIX, V1, V2, Stage, endpoint_of, event, failure

RESOURCES = Path(__file__).parents[3] / "resources"
FUNCTION = ("FunctionName", f"{PREFIX}sentiment")


def post(body: Any) -> int:
    status: int = sentiment.handler(event("POST", "/sentiment", body), None)["statusCode"]
    return status


def alarms() -> dict[str, dict[str, Any]]:
    """The alarms of resources/ on metrics of ours, by name, as this stage would have them."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("!", lambda load, tag, node: None)  # type: ignore[attr-defined]
    found = {}
    for path in RESOURCES.glob("*.yml"):
        text = path.read_text().replace("${self:custom.prefix}", PREFIX)
        text = text.replace("${self:service}-${sls:stage}", PREFIX[:-1])
        for resource in (yaml.load(text, loader) or {}).get("Resources", {}).values():
            alarm = resource["Properties"]
            if resource["Type"] == "AWS::CloudWatch::Alarm" and alarm.get("Namespace") == PREFIX[:-1]:
                found[alarm["AlarmName"]] = alarm
    return found


def watched(alarm: dict[str, Any]) -> Metric:
    """The one metric that an alarm looks at."""
    return alarm["MetricName"], frozenset((each["Name"], each["Value"]) for each in alarm.get("Dimensions", []))


def test_a_request_tells_how_long_each_stage_took_and_how_its_texts_were_judged(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"texts": ["A good film", "bad zanzibar", ""]})
    values = {name: value for (name, dimensions), value in told(lines.answered).items() if dimensions == {FUNCTION}}
    assert set(values) == {"Fetching", "Encoding", "Asking", "Total", "Positive", "Unknown"}
    assert (values["Positive"], values["Unknown"]) == ([1.0, 0.0], [0.0, 0.5])
    times = [values[name] for name in ("Fetching", "Encoding", "Asking", "Total")]
    assert all(len(each) == 1 and each[0] > 0 for each in times)
    assert sum(each[0] for each in times[:3]) < times[3][0] + 0.1


def test_what_one_request_measured_is_not_told_with_the_next(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"texts": ["good", "bad"]})
    post({"text": "good"})
    assert lines.answered["Positive"] == [1.0]


def test_a_process_tells_once_that_it_was_cold(stage: Stage, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics.measurements, "_cold", True)
    stage.serve(V1)
    post({"text": "good"})
    assert told(lines.answered)["ColdStart", frozenset({FUNCTION})] == [1]
    post({"text": "good"})
    assert "ColdStart" not in lines.answered


@pytest.mark.parametrize(("body", "code"), [({}, "malformed"), ({"text": ""}, "no-words"), ({"text": 5}, "malformed")])
def test_a_problem_is_counted_by_its_code(stage: Stage, lines: Lines, body: Any, code: str) -> None:
    stage.serve(V1)
    post(body)
    assert told(lines.answered)["Problems", frozenset({FUNCTION, ("Problem", code)})] == [1]


def test_an_answer_of_500_is_what_the_alarm_on_mistakes_watches(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    stage.endpoints.failures[endpoint_of(V1)] = failure("AccessDeniedException", 403)
    assert post({"text": "good"}) == 500
    alarm = alarms()[f"{PREFIX}sentiment-mistakes"]
    assert told(lines.answered)[watched(alarm)] == [1]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)


def test_an_answer_without_a_problem_is_nothing_that_an_alarm_on_problems_watches(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"text": "good"})
    assert not [name for name, _ in told(lines.answered) if name == "Problems"]


def test_a_call_that_brings_no_scores_is_counted_for_its_endpoint_though_another_answers(
    stage: Stage, lines: Lines
) -> None:
    stage.serve(V1)
    post({"text": "good"})
    stage.serve(V2)
    stage.endpoints.failures[endpoint_of(V1)] = failure("ModelError", 424)
    assert post({"text": "good"}) == 200
    metric = "Failures", frozenset({FUNCTION, ("EndpointName", endpoint_of(V1))})
    assert told(lines.answered)[metric] == [1]
    assert lines.answered["cause"] == "InvokeEndpoint: ModelError, 424"


def test_the_alarm_of_an_endpoint_watches_the_calls_that_bring_no_scores(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    stage.endpoints.answer = lambda request: b"{}"
    assert post({"text": "good"}) == 503
    ensure(endpoint_of(V1), "main", 1)
    alarms = boto3.client("cloudwatch").describe_alarms(AlarmNames=[f"{endpoint_of(V1)}-failures"])["MetricAlarms"]
    assert told(lines.answered)[watched(alarms[0])] == [1]
    assert alarms[0]["Namespace"] == PREFIX[:-1]


def test_a_job_that_failed_is_what_the_alarm_on_jobs_watches(
    stage: Stage, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", f"{PREFIX}release")
    metric = watched(alarms()[f"{PREFIX}jobs-failed"])
    for status, count in (("Failed", [1]), ("Completed", None)):
        detail = {"TrainingJobName": PREFIX + V1, "TrainingJobStatus": status}
        release.handler({"detail-type": "SageMaker Training Job State Change", "detail": detail}, None)
        assert told(lines.last("woken")).get(metric) == count
    neighbour = {"TrainingJobName": f"{PREFIX}anna-{V1}", "TrainingJobStatus": "Failed"}
    release.handler({"detail-type": "SageMaker Training Job State Change", "detail": neighbour}, None)
    assert metric not in told(lines.last("woken"))


def test_other_functions_tell_of_nothing_but_problems(stage: Stage, lines: Lines) -> None:
    page.handler(event("GET", "/"), None)
    models.handler(event("GET", "/models"), None)
    assert [told(line) for line in lines.all] == [{}, {}]
    page.handler(event("GET", "/assets/{file}", file="none"), None)
    assert [name for name, _ in told(lines.answered)] == ["Problems"]


def test_a_line_holds_no_more_values_of_a_metric_than_cloudwatch_takes(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"texts": ["good"] * 25})
    assert max(len(values) for values in told(lines.answered).values()) <= 100


def test_every_alarm_on_metrics_of_ours_watches_one_that_there_is() -> None:
    names = {alarm["MetricName"] for alarm in alarms().values()}
    assert {"Problems", "FailedJobs"} <= names <= set(metrics.UNITS)
    text = (RESOURCES / "alarms.yml").read_text()
    computed = re.findall(r'Metric: {Namespace: "\$\{self:service}-\$\{sls:stage}", MetricName: (\w+)', text)
    assert {"Positive", "Unknown"} <= set(computed) <= set(metrics.UNITS)


def test_the_dashboard_shows_metrics_that_there_are() -> None:
    """A namespace with a hyphen has to stand in quotes where metrics are searched for."""
    text = (RESOURCES / "dashboard.yml").read_text()
    body = yaml.safe_load(text)["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    widgets = json.loads(body)["widgets"]
    own = "${self:service}-${sls:stage}"
    listed = [metric for widget in widgets for metric in widget["properties"].get("metrics", [])]
    named = {metric[1] for metric in listed if metric[0] == own}
    searches = [metric[0]["expression"] for metric in listed if isinstance(metric[0], dict)]
    searched = {re.findall(r'MetricName="(\w+)"', each)[0] for each in searches if f'{{"{own}",' in each}
    assert {"Total", "Positive"} <= named <= set(metrics.UNITS)
    assert searched == {"Problems", "Failures"}
    assert not [each for each in searches if f"{{{own}" in each]
