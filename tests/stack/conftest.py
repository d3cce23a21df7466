"""One deployed application for all stack tests, with a state folder and ports of its own."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from local.application import Application
from local.seed import seed, serve
from local.settings import Settings
from tests.stack.client import Client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks which rights were used comes last: it removes the stage."""
    items.sort(key=lambda item: item.path.name == "test_rights.py")


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Application, dict[str, Any]]]:
    """The application, deployed to emulators, and what GET /model said when it first answered."""
    state = tmp_path_factory.mktemp("state")
    rights = tmp_path_factory.mktemp("rights")
    settings = Settings(state=state, aws_port=free_port(), sagemaker_port=free_port(), rights=rights)
    with Application(settings) as running:
        running.deploy()
        model = serve(running)
        seed(running)
        yield running, model


@pytest.fixture
def application(fresh: tuple[Application, dict[str, Any]]) -> Application:
    return fresh[0]


@pytest.fixture
def first_model(fresh: tuple[Application, dict[str, Any]]) -> dict[str, Any]:
    """What served before any test trained a model."""
    return fresh[1]


@pytest.fixture
def client(application: Application) -> Client:
    return Client(application.url, application.api_key())


def free_port() -> int:
    """A port of the loopback address that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
