"""The routes that only read: the model, a job, the page."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from handlers import jobs, model, page
from handlers.common import verdicts
from handlers.common.verdicts import Verdict
from tests.unit.handlers.retraining import post, prepare, run, set_status, start_next
from tests.unit.handlers.stage import BUCKET, PREFIX, V1, V2, Stage, artifact, event


def get(function: Any, resource: str, **parameters: str) -> tuple[int, Any]:
    answer = function(event("GET", resource, **parameters), None)
    return answer["statusCode"], json.loads(answer["body"])


def test_the_model_that_serves_is_described_with_its_endpoint_and_the_shares(stage: Stage) -> None:
    stage.serve(V2, V1)
    stage.put(f"models/{V2}.json", {"version": V2, "metrics": {"accuracy": 0.8}})
    status, answer = get(model.handler, "/model")
    assert (status, answer) == (
        200,
        {
            "version": V2,
            "metrics": {"accuracy": 0.8},
            "decided_from": 0.65,
            "endpoint": {"kind": "realtime", "status": "Deleted"},
            "rollout": [{"version": V2, "weight": 1.0}],
        },
    )


def test_without_a_model_that_serves_it_says_503(stage: Stage) -> None:
    status, answer = get(model.handler, "/model")
    assert (status, answer["type"]) == (503, "urn:sentiment:problem:unavailable")


def test_a_job_is_told_with_its_epochs_its_cost_and_its_verdict(stage: Stage) -> None:
    job = stage.finish_job(V1, artifact())
    stage.put(f"checkpoints/{job}/metrics.jsonl", '{"epoch":1,"loss":0.6,"accuracy":0.7}\n{"epoch":2,"lo')
    began, judged = "2026-01-01T00:00:00+00:00", "2026-01-01T01:00:00+00:00"
    verdict = Verdict(V1, job, began, judged, status="Rejected", reasons=["Too bad."])
    stage.put(verdicts.key(V1), asdict(verdict))
    status, answer = get(jobs.handler, "/jobs/{job}", job=job)
    assert status == 200
    assert answer["job"] == job
    assert answer["status"] == "Completed"
    assert answer["hyperparameters"] == {"epochs": "2"}
    assert answer["epochs"] == [{"epoch": 1, "loss": 0.6, "accuracy": 0.7}]
    assert answer["verdict"] == {"approved": False, "status": "Rejected", "reasons": ["Too bad."]}
    assert answer["reason"] == "Too bad."


def test_a_line_of_metrics_that_was_damaged_costs_that_line(stage: Stage) -> None:
    job = stage.finish_job(V1, artifact())
    lines = ['{"epoch":1,"loss":0.6}', '{"epoch":2,"loss":NaN}', "[]", "\x00", '{"epoch":3,"loss":0.5}']
    stage.put(f"checkpoints/{job}/metrics.jsonl", "\n".join([*lines, ""]))
    assert get(jobs.handler, "/jobs/{job}", job=job)[1]["epochs"] == [json.loads(lines[0]), json.loads(lines[-1])]


def test_a_job_s_cost_is_that_of_the_seconds_that_are_billed_on_each_of_its_machines() -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    job = {
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
        "TrainingStartTime": began,
        "TrainingEndTime": began + timedelta(seconds=3600),
    }
    assert jobs._cost(job) == 2.816
    assert jobs._cost({**job, "BillableTimeInSeconds": 900}) == 0.704
    assert jobs._cost({"ResourceConfig": job["ResourceConfig"]}) is None


def test_a_request_that_waits_is_told_as_a_queued_job(stage: Stage) -> None:
    prepare(stage)
    run()
    job = post({"epochs": 7, "bidirectional": False})[1]["job"]
    status, answer = get(jobs.handler, "/jobs/{job}", job=job)
    assert (status, answer["job"], answer["status"], answer["secondary_status"]) == (200, job, "Queued", None)
    assert (answer["seconds"], answer["cost_usd_estimate"], answer["verdict"], answer["reason"]) == (None,) * 4
    sent = {"epochs": "7", "bidirectional": "false", "data_name": "snippets"}
    assert sent.items() <= answer["hyperparameters"].items()
    conforms(answer)


def test_a_request_that_was_dropped_is_told_as_a_failed_job_with_its_reason(stage: Stage) -> None:
    prepare(stage)
    first = run()
    job = post({})[1]["job"]
    stage.s3.delete_object(Bucket=BUCKET, Key="data/snippets/train.jsonl.gz")
    set_status(first, "Completed")
    start_next()
    status, answer = get(jobs.handler, "/jobs/{job}", job=job)
    assert (status, answer["status"], "no data set" in answer["reason"]) == (200, "Failed", True)
    conforms(answer)


def conforms(answer: Any) -> None:
    """The answer is as openapi.json describes a job."""
    description = json.loads((Path(page.__file__).parents[1] / "web" / "openapi.json").read_text())
    jsonschema.validate(answer, {"$ref": "#/components/schemas/Job", "components": description["components"]})


@pytest.mark.parametrize(
    "job",
    [PREFIX + "none", PREFIX + V1, PREFIX + V1 + "-abcdef", "sentiment-other-v1", PREFIX + "a/b", PREFIX + "é", ""],
)
def test_a_job_that_is_not_there_is_a_404(stage: Stage, job: str) -> None:
    assert get(jobs.handler, "/jobs/{job}", job=job)[0] == 404


def test_the_page_is_html_with_a_strict_policy_and_finds_its_assets_below_the_stage(stage: Stage) -> None:
    answer = page.handler(event("GET", "/"), None)
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer["headers"]["Content-Security-Policy"]
    assert '<base href="/dev/">' in answer["body"]
    assert "{{" not in answer["body"]


def test_a_stated_path_takes_the_place_of_the_request_s(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGE_BASE_PATH", "/below/here/")
    assert '<base href="/below/here/">' in page.handler(event("GET", "/"), None)["body"]


@pytest.mark.parametrize(
    ("file", "status"),
    [("page.css", 200), ("page.js", 200), ("../handlers/page.py", 404), ("index.html", 404)],
)
def test_only_the_page_s_own_assets_are_served(stage: Stage, file: str, status: int) -> None:
    assert page.handler(event("GET", "/assets/{file}", file=file), None)["statusCode"] == status
