"""openapi.json is true: schemathesis makes up requests from it, right and wrong ones, and holds the answers to it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis import Case

from local.application import Application
from local.settings import BUCKET, ROOT
from tests.stack.client import Client

# Of a text that is a string, no schema can say whether a word is left of it once it is cleaned: then it is 422.
ACCEPTED = ["2xx", "404"]  # 404: a made-up name is nobody's
OF_A_TEXT = {"checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, "422"]}}}
CONFIG: dict[str, Any] = {
    "seed": 1,
    "generation": {"max-examples": 20, "deterministic": True, "database": "none"},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        "negative_data_rejection": {"expected-statuses": ["400", "403", "404", "413", "415"]},
        # A method that the route has not: the gateway answers by itself, as it does an unknown path; it cannot say 405.
        "unsupported_method": {"enabled": False},
    },
    "operations": [
        {"include-name": "POST /sentiment", **OF_A_TEXT},
        {"include-name": "POST /feedback", **OF_A_TEXT},
        {
            "include-name": "POST /retrain",
            # What is right would start dozens of jobs, one after the other; test_retraining.py sends some that are.
            "phases": {"examples": {"enabled": False}},
            # With a made-up key, most requests would end before the body is read; test_retraining.py sends a wrong key.
            "generation": {"mode": "negative", "with-security-parameters": False},
        },
    ],
}
api = schemathesis.openapi.from_path(ROOT / "web" / "openapi.json", config=schemathesis.Config.from_dict(CONFIG))


@pytest.fixture(scope="module")
def served(fresh: tuple[Application, dict[str, Any]]) -> Iterator[Client]:
    """The API that serves this very description. Afterwards no job was started, and no feedback is left."""
    application, _ = fresh
    client = Client(application.url, application.api_key())
    assert requests.get(f"{client.url}/openapi.json", timeout=30).json() == api.raw_schema
    before = client.get("/models")[1]["latest_job"], feedback(application)
    yield client
    for key in feedback(application) - before[1]:
        name = key.removeprefix("feedback/quarantine/").removesuffix(".json")
        headers = {"x-api-key": client.key}
        requests.delete(f"{client.url}/feedback/{name}", headers=headers, timeout=30).raise_for_status()
    assert (client.get("/models")[1]["latest_job"], feedback(application)) == before


@api.parametrize()
def test_every_answer_is_as_described(case: Case, served: Client) -> None:
    """For each route: its statuses, types, bodies and headers; right requests are taken, wrong ones refused."""
    asks_for_key = bool(case.operation.definition.raw["security"])
    case.call_and_validate(base_url=served.url, headers={"x-api-key": served.key} if asks_for_key else {}, timeout=30)


def feedback(application: Application) -> set[str]:
    """The keys of all feedback in quarantine."""
    pages = (
        application.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="feedback/quarantine/")
    )
    return {each["Key"] for page in pages for each in page.get("Contents", [])}
