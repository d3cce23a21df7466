"""One deployed application for all stack tests, with a state folder and ports of its own."""

import socket
from collections.abc import Iterator

import pytest

from local.application import Application
from local.seed import seed
from local.settings import Settings
from tests.stack.client import Client


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The application, deployed to emulators, serving a model that a small real job has just trained."""
    state = tmp_path_factory.mktemp("state")
    settings = Settings(state=state, aws_port=free_port(), sagemaker_port=free_port())
    with Application(settings) as running:
        running.deploy()
        seed(running, {"epochs": 2, "hidden_dim": 32, "embedding_dim": 32})
        yield running


@pytest.fixture
def client(application: Application) -> Client:
    return Client(application.url, application.api_key())


def free_port() -> int:
    """A port of the loopback address that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
