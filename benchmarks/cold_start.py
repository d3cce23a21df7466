"""A cold start of POST /sentiment: this function beside one that imports everything at the top.

npm run bench:cold                        # 20 fresh processes of each, in turn: half a minute

Both find the layer and the code as on Lambda, without compiled files beside them, and boto3 with; S3 and the endpoint
are answered by this machine at once. A Lambda of 1,024 MB has a little more than half a core, so it takes longer.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from local.settings import LAMBDA_PYTHON, NO_AWS, ROOT
from ml.bundle import BASELINE

HANDLERS = {"here": "handlers.sentiment", "naive": "benchmarks._naive_handler"}
TEXT = "One of the best films of the year: it's moving, <b>superbly</b> acted,<br />and I didn't want it to end."
LAYER = ROOT / "layers" / "text" / "build" / "local" / "python"


class Aws(BaseHTTPRequestHandler):
    """S3 with the objects that are served, and endpoints that find everything good."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, objects: dict[str, bytes], *arguments: object) -> None:
        self.objects = objects
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.answer(self.objects[self.path.partition("?")[0].partition("/")[2].partition("/")[2]])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b'{"scores":[0.9]}')

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing is written for each request."""


def served() -> dict[str, bytes]:
    """What the function reads from S3: the pointer, and the baseline's vocabulary."""
    vocabulary = (BASELINE / "vocabulary.json").read_bytes()
    name = json.loads(vocabulary)["id"]
    deployment = {"version": "20260101-000000-0000", "endpoint": "e", "vocabulary": name, "weight": 1.0, "since": ""}
    pointer = json.dumps({"deployments": [deployment]}).encode()
    return {"serving.json": pointer, f"vocabularies/{name}.json.gz": gzip.compress(vocabulary)}


def as_deployed(folder: Path) -> list[Path]:
    """Copies of the code and the layer, without compiled files: the folders to import from."""
    uncompiled = shutil.ignore_patterns("__pycache__", "*.safetensors")
    for package in ("handlers", "ml", "benchmarks"):
        shutil.copytree(ROOT / package, folder / "task" / package, ignore=uncompiled)
    shutil.copytree(LAYER, folder / "layer", ignore=uncompiled)
    return [folder / "task", folder / "layer"]


def first_request(module: str, folders: list[Path], url: str) -> tuple[float, float]:
    """Milliseconds that a fresh process takes to import the handler, and to answer a first request."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **NO_AWS,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "sentiment",
        "NAME_PREFIX": "sentiment-bench-",
        "BUCKET": "sentiment-bench",
        "POINTER_SECONDS": "5",
        "ENDPOINT_KIND": "realtime",
    }
    script = folders[0] / "benchmarks" / "_first_request.py"
    command = [str(LAMBDA_PYTHON), str(script), module, TEXT]
    run = subprocess.run(command, env=environment, cwd=folders[0], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{module} does not start:\n{run.stderr}")
    imported, answered = json.loads(run.stdout.splitlines()[-1])
    return imported, answered


def measure(processes: int) -> dict[str, list[tuple[float, float]]]:
    """(import, first request) in milliseconds of so many fresh processes of each handler, in turn."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Aws, served()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in HANDLERS}
    with TemporaryDirectory() as folder:
        folders = as_deployed(Path(folder))
        for _ in range(processes):
            for name, module in HANDLERS.items():
                times[name].append(first_request(module, folders, url))
    server.shutdown()
    return times


def main() -> None:
    """Print medians and the fastest, in milliseconds, and how much is saved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=20)
    times = measure(parser.parse_args().processes)
    print(f"{'':8}{'import':>10}{'request':>10}{'together':>10}{'fastest':>10}   (ms, medians)")
    together = {}
    for name, runs in times.items():
        sums = [imported + answered for imported, answered in runs]
        together[name] = statistics.median(sums)
        parts = [statistics.median(part) for part in zip(*runs, strict=True)]
        print(f"{name:8}{parts[0]:10.0f}{parts[1]:10.0f}{together[name]:10.0f}{min(sums):10.0f}")
    print(f"{1 - together['here'] / together['naive']:.0%} less than the naive one")


if __name__ == "__main__":
    main()
