"""One model folder behind the two servers that should not differ: AWS's own, and the one of the local application."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.sagemaker.serving import Container
from local.screen import tail
from local.serving_stack import CONTAINER, Invoke


@dataclass(frozen=True)
class Answer:
    """What a model server said; `body` is read from JSON, or from each line of JSON."""

    status: int
    content_type: str | None
    body: Any


def ask(invoke: Invoke, body: bytes, content_type: str | None = "application/json", accept: str = "*/*") -> Answer:
    """The server's answer to a request, whose headers are those that SageMaker passes on."""
    headers = {"Accept": accept} | ({"Content-Type": content_type} if content_type else {})
    response = invoke(body, headers)
    answered = response.headers.get("Content-Type")
    lines = answered == "application/jsonlines"
    text = response.data.decode()
    return Answer(
        response.status, answered, [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)
    )


@contextmanager
def local_container(folder: Path) -> Iterator[Invoke]:
    """The same artifact, served as the local application serves it."""
    container = Container(folder, CONTAINER, Path(sys.executable))
    ready = threading.Event()
    thread = threading.Thread(target=container.run, args=[ready.set])
    thread.start()
    try:
        while not ready.wait(0.1):
            assert thread.is_alive(), tail(folder / "serving.log")
        yield container.invoke
    finally:
        container.stop(drain=0)
        thread.join()
