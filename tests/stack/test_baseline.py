"""What a fresh deployment serves."""

import json
from typing import Any

from local.application import Application
from local.settings import BUCKET, PREFIX
from ml.bundle import BASELINE


def test_a_fresh_deployment_serves_the_repository_s_baseline(first_model: dict[str, Any]) -> None:
    model = json.loads((BASELINE / "model.json").read_text())
    evaluation = json.loads((BASELINE / "evaluation.json").read_text())
    assert first_model["version"] == model["version"]
    assert first_model["data"] == model["data"]
    assert first_model["metrics"]["accuracy"] == evaluation["metrics"]["accuracy"]


def test_it_was_judged_like_any_model(application: Application, first_model: dict[str, Any]) -> None:
    key = f"verdicts/{first_model['version']}.json"
    verdict = json.loads(application.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert verdict["status"] == "Approved"


def test_only_the_function_that_brings_it_carries_it(application: Application) -> None:
    functions = application.client("lambda").list_functions()["Functions"]
    sizes = {each["FunctionName"].removeprefix(PREFIX): each["CodeSize"] for each in functions}
    weights = (BASELINE / "model.safetensors").stat().st_size
    others = [size for name, size in sizes.items() if name != "lifecycle"]
    assert max(others) < weights / 2 < sizes["lifecycle"]
