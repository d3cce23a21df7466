"""AWS's serving stack without its image: multi-model-server and its toolkit, for slow tests and benchmarks."""

import os
import random
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import urllib3

from local.processes import Server
from local.screen import tail
from local.settings import SERVING_PYTHON
from local.supervise import Command

Invoke = Callable[[bytes, Mapping[str, str]], urllib3.BaseHTTPResponse]

# What the image's entry point does; /etc/sagemaker-mms.properties goes elsewhere, before the toolkit copies its path.
ENTRYPOINT = """
import sys
from sagemaker_inference import model_server
model_server.MMS_CONFIG_FILE = sys.argv[1]
from sagemaker_huggingface_inference_toolkit import serving
serving.main()
"""
START_SECONDS = 180.0  # some 8 on a machine that has nothing else to do
# As CreateModel gives it, in handlers/common/hosting.py.
CONTAINER = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    "OMP_NUM_THREADS": "1",
}


def java() -> str | None:
    """Where Java is, looked for as multi-model-server looks for it."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(f"{home}/bin/java" if home else "java")


@contextmanager
def aws_serving_image(folder: Path, workers: int = 1, threads: int = 1) -> Iterator[Invoke]:
    """AWS's model server over the artifact in `folder`/model, in as many processes of as many threads, once it is up.

    `folder` stands for /opt/ml, and takes what the image writes elsewhere. Raises Problem if the stack does not start.
    """
    port = _free_port()
    url, log = f"http://127.0.0.1:{port}", folder / "image.log"
    (folder / "tmp").mkdir()
    command: Command = [SERVING_PYTHON, "-c", ENTRYPOINT, folder / "mms.properties"]
    server = Server("AWS's serving stack", command, port, log, _image_environment(folder, url, port, workers, threads))
    try:
        server.wait_until_up(START_SECONDS, lambda: None)
        deadline = time.monotonic() + START_SECONDS
        while urllib3.request("GET", f"{url}/ping", retries=False, timeout=5).status != 200:
            server.check()
            assert time.monotonic() < deadline, f"{tail(log)}/ping was not answered with 200"
            time.sleep(0.2)
        yield lambda body, headers: urllib3.request(
            "POST", f"{url}/invocations", body=body, headers=headers, retries=False, timeout=30
        )
    finally:
        server.stop()


def _free_port() -> int:
    """A port that nobody listens on, of those that multi-model-server takes: 32,766 is its last."""
    for port in random.sample(range(20_000, 32_767), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("none of 100 ports is free")


def _image_environment(folder: Path, url: str, port: int, workers: int, threads: int) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("JAVA_HOME", "LANG") if name in os.environ},
        **CONTAINER,
        "PATH": f"{SERVING_PYTHON.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "SAGEMAKER_BASE_DIR": str(folder),
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SAGEMAKER_MODEL_SERVER_WORKERS": str(workers),
        "OMP_NUM_THREADS": str(threads),
        "SAGEMAKER_MODEL_SERVER_VMARGS": "-XX:-UseContainerSupport -XX:-UsePerfData -Xmx256m",
        # Over the toolkit's own, which is 0.0.0.0.
        "MMS_INFERENCE_ADDRESS": url,
        "MMS_MANAGEMENT_ADDRESS": url,
        "HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "TEMP": str(folder / "tmp"),
        "LOG_LOCATION": str(folder / "logs"),
        "METRICS_LOCATION": str(folder / "logs"),
    }
