"""openapi.json says what the functions do."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

from handlers import feedback, jobs, model, models, page, retrain, sentiment
from handlers.common import limits
from ml.instances import INSTANCE_TYPE
from ml.job import DATA_SET, DATA_SETS, HYPERPARAMETERS, INSTANCES, KEY, SETTINGS, JobError, parse
from ml.presets import PRESETS
from tests.unit.handlers.stage import V1, Stage, artifact, event

ROOT = Path(__file__).parents[3]
DESCRIPTION = json.loads((ROOT / "web" / "openapi.json").read_text())
SCHEMAS = DESCRIPTION["components"]["schemas"]


def conforms(answer: dict[str, Any], method: str, path: str) -> None:
    """The answer has a status, a type and a body that the description gives for the route."""
    responses = DESCRIPTION["paths"][path][method]["responses"]
    content = responses[str(answer["statusCode"])]["content"]
    schema = content[answer["headers"]["Content-Type"]]["schema"]
    jsonschema.validate(json.loads(answer["body"]), {**schema, "components": DESCRIPTION["components"]})


def test_the_description_is_valid() -> None:
    validate(DESCRIPTION)


def test_it_lists_the_routes_of_serverless_yml() -> None:
    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's short forms, which do not matter here."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    functions = yaml.load((ROOT / "serverless.yml").read_text(), Loader)["functions"]
    events = [e["http"] for f in functions.values() for e in f.get("events", []) if "http" in e]
    pairs = [tuple(e.split()) if isinstance(e, str) else (e["method"], e["path"]) for e in events]
    deployed = {(method.lower(), path) for method, path in pairs}
    assert deployed == {(method, path) for path, methods in DESCRIPTION["paths"].items() for method in methods}


def test_it_states_the_limits_that_are_enforced() -> None:
    assert SCHEMAS["OneText"]["properties"]["text"]["maxLength"] == limits.TEXT_CHARACTERS
    assert SCHEMAS["SeveralTexts"]["properties"]["texts"]["maxItems"] == limits.TEXTS
    assert SCHEMAS["SeveralTexts"]["then"]["properties"]["texts"]["maxItems"] == limits.EXPLAINED


def test_it_states_what_feedback_may_be() -> None:
    stated = SCHEMAS["Feedback"]["properties"]
    assert stated["text"]["maxLength"] == limits.FEEDBACK_CHARACTERS
    assert stated["sentiment"]["enum"] == list(feedback.LABELS)
    assert SCHEMAS["Kept"]["properties"]["id"]["pattern"] == f"^{feedback.ID.pattern}$"


def test_it_lists_the_page_s_files() -> None:
    (parameter,) = DESCRIPTION["paths"]["/assets/{file}"]["get"]["parameters"]
    assert parameter["schema"]["enum"] == sorted(page.ASSETS)


def test_it_states_what_a_job_may_be_asked_for() -> None:
    stated = SCHEMAS["Retrain"]["properties"]
    assert stated.keys() == {*SETTINGS, *HYPERPARAMETERS}
    assert {name: kind_of(stated[name]) for name in HYPERPARAMETERS} == HYPERPARAMETERS
    assert stated["preset"]["enum"] == list(PRESETS)
    assert stated["instance_count"]["maximum"] == INSTANCES
    patterns = {"key": KEY, "instance_type": INSTANCE_TYPE}
    one, several = stated["data"]["oneOf"]
    assert one["pattern"] == several["items"]["pattern"] == f"^{DATA_SET.pattern}$"
    assert several["maxItems"] == DATA_SETS
    assert {name: stated[name]["pattern"] for name in patterns} == {n: f"^{p.pattern}$" for n, p in patterns.items()}


def kind_of(schema: dict[str, Any]) -> Any:
    """What ml/job.py says of a hyperparameter that the description says this of."""
    if "enum" in schema:
        return tuple(schema["enum"])
    types = {"integer": int, "number": float, "boolean": bool}
    kind = types[schema["type"]]
    return bool if kind is bool else (kind, schema["minimum"], schema["maximum"])


@pytest.mark.parametrize(
    "instance_type", ["ml.g5.xlarge", "ml.p2.xlarge", "ml.p3.2xlarge", "ml.p3dn.24xlarge", "ml.p4d"]
)
def test_it_takes_the_instance_types_that_retraining_takes(instance_type: str) -> None:
    described = jsonschema.Draft202012Validator(SCHEMAS["Retrain"]).is_valid({"instance_type": instance_type})
    try:
        parse({"instance_type": instance_type}, data="imdb", instance_type="ml.g5.xlarge")
    except JobError:
        assert not described
    else:
        assert described


def test_every_route_says_what_the_gateway_may_answer_by_itself() -> None:
    for responses in (route["responses"] for methods in DESCRIPTION["paths"].values() for route in methods.values()):
        assert {"429", "500", "503", "504"} <= responses.keys()
        assert all("Retry-After" in responses[status]["headers"] for status in ("429", "503"))


@pytest.mark.parametrize(
    "body",
    [
        {"text": "good"},
        {"text": "Good film. Bad one.", "explain": True},
        {"texts": ["good", ""]},
        {"texts": ["good"] * 6, "explain": True},
        {"text": ""},
        {"text": 5},
        "{",
        {"text": "x" * 10**6},
    ],
)
def test_answers_to_sentiment_are_as_described(stage: Stage, body: Any) -> None:
    request = event("POST", "/sentiment", body)
    conforms(sentiment.handler(request, None), "post", "/sentiment")  # 503: no model yet
    stage.serve(V1)
    conforms(sentiment.handler(request, None), "post", "/sentiment")


def test_answers_to_model_and_jobs_and_retrain_are_as_described(stage: Stage) -> None:
    conforms(model.handler(event("GET", "/model"), None), "get", "/model")
    stage.serve(V1)
    description = {"trained_at": "2026-01-01T00:00:00Z", "metrics": {"accuracy": 0.8, "majority": 0.5}}
    more = {"vocabulary": {"id": "x", "size": 3}, "preprocessing": {}, "hyperparameters": {}, "data": {}}
    stage.put(f"models/{V1}.json", {"version": V1, **description, **more})
    conforms(model.handler(event("GET", "/model"), None), "get", "/model")
    measured: dict[str, Any] = {"behaviour": {"suite": "x", "failure_rates": {"negation": 0.1}}}
    measured |= {"by_set": [{"set": "imdb", "n": 3, "accuracy": 0.9, "calibration_error": 0.01}]}
    stage.put(f"models/{V1}.json", {"version": V1, **description, **more, **measured})
    conforms(model.handler(event("GET", "/model"), None), "get", "/model")
    job = stage.finish_job(V1, artifact())
    conforms(models.handler(event("GET", "/models"), None), "get", "/models")
    for name in (job, "other"):
        conforms(jobs.handler(event("GET", "/jobs/{job}", job=name), None), "get", "/jobs/{job}")
    stage.put("data/snippets/train.jsonl.gz", b"")
    for body in ({}, {"epochs": -1}, "{"):
        conforms(retrain.handler(event("POST", "/retrain", body), None), "post", "/retrain")


@pytest.mark.parametrize(
    "body", [{"text": "good", "sentiment": "negative"}, {"text": "", "sentiment": "negative"}, {"text": "good"}, "{"]
)
def test_answers_to_feedback_are_as_described(stage: Stage, body: Any) -> None:
    request = event("POST", "/feedback", body)
    request["requestContext"]["identity"] = {"sourceIp": "192.0.2.7"}
    feedback.source_key.cache_clear()
    conforms(feedback.handler(request, None), "post", "/feedback")  # 503: no stage yet
    stage.serve(V1)
    conforms(feedback.handler(request, None), "post", "/feedback")


def test_answers_to_delete_of_feedback_are_as_described(stage: Stage) -> None:
    responses = DESCRIPTION["paths"]["/feedback/{id}"]["delete"]["responses"]
    answer = feedback.handler(event("DELETE", "/feedback/{id}", id="a" * 64), None)
    assert (answer["statusCode"], answer["body"], "content" in responses["204"]) == (204, "", False)
    conforms(feedback.handler(event("DELETE", "/feedback/{id}", id="a"), None), "delete", "/feedback/{id}")
