"""A transform job's payload of short lines under AWS's own serving stack, whose answers are longer than the payload."""

import json
from pathlib import Path

import pytest
import urllib3

from handlers.common.transforms import SERVER
from local import install
from local.sagemaker.aws import unpack
from local.serving_stack import CONTAINER, aws_serving_image, java
from ml.bundle import BASELINE, model_archive

pytestmark = [
    pytest.mark.skipif(java() is None, reason="needs Java 17: sudo apt-get install openjdk-17-jre-headless"),
    pytest.mark.timeout(1800),  # the first time, the environment of the serving stack is installed
]


def test_answers_of_more_than_the_server_takes_by_itself_come_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its limit is 6.5 MB; without SERVER the answer is 500, “Worker died.”"""
    install.serving_environment()
    for name, value in SERVER.items():
        monkeypatch.setitem(CONTAINER, name, value)
    request = urllib3.request
    monkeypatch.setattr(urllib3, "request", lambda *given, **more: request(*given, **more | {"timeout": 300}))
    (tmp_path / "model.tar.gz").write_bytes(model_archive(BASELINE))
    unpack(tmp_path / "model.tar.gz", tmp_path / "model")
    payload = b'{"id": "%s"}\n' % (b"x" * 190) * 29_000
    kind = "application/jsonlines"
    with aws_serving_image(tmp_path) as invoke:
        answer = invoke(payload, {"Content-Type": kind, "Accept": kind})
    assert (len(payload) < 6 * 2**20, answer.status, len(answer.data) > 7_000_000) == (True, 200, True)
    assert [set(json.loads(line)) for line in answer.data.splitlines()] == [{"id", "error"}] * 29_000
