"""What the stack tests ask the deployed API, over HTTP like anyone else."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jsonschema
import requests


@dataclass(frozen=True)
class Client:
    """The API at `url`; every JSON answer is held against the API's own description."""

    url: str
    key: str

    def sentiment(self, body: Any, content_type: str = "application/json") -> tuple[int, Any]:
        """POST /sentiment; a str or bytes body is sent as it is."""
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        data = data.encode() if isinstance(data, str) else data
        answer = requests.post(f"{self.url}/sentiment", data=data, headers={"Content-Type": content_type}, timeout=30)
        return self.checked(answer, "post", "/sentiment")

    def retrain(self, body: dict[str, Any], key: str | None = None) -> tuple[int, Any]:
        """POST /retrain, with the deployed key unless another is given."""
        headers = {"x-api-key": self.key if key is None else key}
        answer = requests.post(f"{self.url}/retrain", json=body, headers=headers, timeout=30)
        return self.checked(answer, "post", "/retrain")

    def get(self, path: str, described_as: str | None = None) -> tuple[int, Any]:
        """GET a path; `described_as` is the route it belongs to where that differs."""
        return self.checked(requests.get(self.url + path, timeout=30), "get", described_as or path)

    def job(self, name: str) -> Any:
        """GET /jobs/{job}."""
        status, answer = self.get(f"/jobs/{name}", "/jobs/{job}")
        assert status == 200
        return answer

    def serving(self) -> str:
        """The version that serves."""
        version: str = self.get("/model")[1]["version"]
        return version

    def checked(self, answer: requests.Response, method: str, path: str) -> tuple[int, Any]:
        """Status and body of an answer that is as openapi.json says."""
        description = requests.get(f"{self.url}/openapi.json", timeout=30).json()
        content = description["paths"][path][method]["responses"][str(answer.status_code)]["content"]
        schema = content[answer.headers["Content-Type"]]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": description["components"]})
        return answer.status_code, answer.json()


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The condition's first true value; fails with `what` when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds:.0f} s in vain until {what}")
