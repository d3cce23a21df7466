"""The fixtures `stage`, an empty one, its environment set and nothing cached, and `baseline`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from moto import mock_aws

from handlers import lifecycle
from handlers.common import clients, endpoint, metrics, published, scoring, settings, verdicts
from handlers.common.log import logger
from local.sagemaker import autoscaling, packages, tuned
from tests.unit.handlers.lines import Lines
from tests.unit.handlers.requests_made import check
from tests.unit.handlers.stage import ENVIRONMENT, V0, Endpoints, Stage, documents


@pytest.fixture(scope="package")
def aws() -> Iterator[None]:
    """moto in place of AWS, for all tests: making clients anew for each would take most of their time."""
    packages.install()
    tuned.install()
    autoscaling.install()
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", ENVIRONMENT["AWS_DEFAULT_REGION"])
        clients._client.cache_clear()
        clients._session().register("provide-client-params", check)
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
    published.vocabulary_of.cache_clear()
    verdicts._read.cache_clear()
    monkeypatch.setattr(published, "pointers", published.PointerCache())
    monkeypatch.setattr(scoring, "breaker", scoring.Breaker())
    return Stage(endpoints)


@pytest.fixture
def lines(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What functions log from here on, as of a process that is no longer cold."""
    kept = Lines()
    monkeypatch.setattr(logger.registered_handler, "stream", kept.stream)
    monkeypatch.setattr(metrics.measurements, "_cold", False)
    return kept


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a small baseline, V0, that deployments bring in place of the repository's."""
    for name, document in documents().items():
        (tmp_path / name).write_bytes(document)
    model = json.loads(documents()["model.json"]) | {"version": V0}
    (tmp_path / "model.json").write_text(json.dumps(model))
    monkeypatch.setattr(lifecycle, "BASELINE", tmp_path)
    return tmp_path
