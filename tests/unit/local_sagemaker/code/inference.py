"""A model for the tests: it echoes, and fails, dies or dawdles when asked to."""

import json
import os
import time
from pathlib import Path
from typing import Any


def model_fn(model_dir: str) -> str:
    return (Path(model_dir) / "weights.txt").read_text()


def input_fn(body: str, content_type: str) -> dict[str, Any]:
    return dict(json.loads(body))


def predict_fn(data: dict[str, Any], model: str) -> dict[str, Any]:
    if "fail" in data:
        raise ValueError(data["fail"])
    if "die" in data:
        os._exit(3)
    time.sleep(data.get("seconds", 0))
    return {"weights": model, "environment": sorted(os.environ), **data}


def output_fn(prediction: dict[str, Any], accept: str) -> str:
    return json.dumps(prediction)
