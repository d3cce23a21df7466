"""The fixture `stage`: an empty stage, its environment set and nothing cached."""

from collections.abc import Iterator

import pytest
import requests
from moto import mock_aws

from handlers.common import endpoint, scoring, settings
from tests.unit.handlers.stage import ENVIRONMENT, Endpoints, Stage


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """moto in place of AWS, for all tests: making clients anew for each would take most of their time."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", ENVIRONMENT["AWS_DEFAULT_REGION"])
        yield


@pytest.fixture
def stage(aws: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty stage."""
    requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=5)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    endpoints = Endpoints()
    monkeypatch.setattr(endpoint, "sagemaker_runtime", lambda: endpoints)
    settings.settings.cache_clear()
    scoring._vocabulary.cache_clear()
    monkeypatch.setattr(scoring, "pointers", scoring.PointerCache())
    return Stage(endpoints)
