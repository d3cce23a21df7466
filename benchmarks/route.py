"""Where each millisecond of POST /sentiment goes: API Gateway, function, endpoint, network, on the local application.

python -m benchmarks.route                     # 2 minutes; deploys a copy of its own, and removes it afterwards
python -m benchmarks.route --requests 1000

One caller, one review of IMDb's mean length a request, one request after another. The function's own times are those of
its log lines, as CloudWatch would have them. Local API Gateway and Lambda are an emulator's, in Python: their share is
that of this machine, and not of AWS; the rest runs as it does there.
"""

import argparse
import http.client
import itertools
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import torch

from benchmarks._common import lstm_operations, machine, matmul_rate
from benchmarks.cost import table
from benchmarks.load import free_port
from local.application import Application
from local.seed import serve
from local.settings import PREFIX, Settings
from ml import artifact
from ml.bundle import BASELINE
from ml.model import Architecture
from ml.vocabulary import pad

WORDS = 230  # of IMDb's reviews on average, before cleaning
WARM_UP = 40
PATIENCE = 35.0  # seconds
LOG_SECONDS = 30.0  # until all lines of the log have to be there


@dataclass(frozen=True)
class Request:
    """Milliseconds of one request, by who spent them; `limit` is what its network's arithmetic takes at least."""

    client: float
    function: float  # all that it does
    encoding: float
    asking: float  # the endpoint
    network: float  # the same review, in this process
    limit: float


def made_up_reviews(count: int) -> list[str]:
    """Reviews of WORDS words, of sentences of the baseline's golden texts; all of them different."""
    numbers = random.Random(1)
    golden = [each["text"] for each in json.loads((BASELINE / "golden.json").read_text("utf-8"))]
    words = [text.split() for text in golden]

    def review() -> str:
        shuffled = itertools.chain.from_iterable(numbers.choices(words, k=WORDS))
        return " ".join(itertools.islice(shuffled, WORDS))

    return [review() for _ in range(count)]


def ask(application: Application, texts: list[str]) -> list[float]:
    """Milliseconds of each text's request, over one connection that is kept. Raises SystemExit where one fails."""
    url = urlsplit(application.url)
    connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=PATIENCE)
    spent = []
    for text in texts:
        body = json.dumps({"text": text})
        began = time.perf_counter()
        connection.request("POST", f"{url.path}/sentiment", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        spent.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"POST /sentiment answered {answer.status}: {content[:200]!r}")
    connection.close()
    return spent


def logged(application: Application, count: int) -> list[dict[str, Any]]:
    """The last `count` lines that the function wrote of requests, oldest first. Raises SystemExit where some lack."""
    logs = application.client("logs")
    end = time.monotonic() + LOG_SECONDS
    while time.monotonic() < end:
        lines = []
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{PREFIX}sentiment"):
            for event in page["events"]:
                if '"Total"' in event["message"]:
                    lines.append((event["timestamp"], json.loads(event["message"])))
        if len(lines) >= count + WARM_UP:
            return [line for _, line in sorted(lines, key=lambda line: line[0])][-count:]
        time.sleep(0.5)
    raise SystemExit(f"Only {len(lines)} lines of {count + WARM_UP} requests are in the log.")


def in_process(texts: list[str]) -> list[tuple[float, float]]:
    """Milliseconds that the network takes for each text, and would take at the machine's best matrix product."""
    model = artifact.read(BASELINE)
    architecture = Architecture.from_dict(artifact.read_json(BASELINE / artifact.MODEL)["architecture"])
    each_word = lstm_operations(architecture) / matmul_rate(torch.float32)
    found = []
    for text in texts:
        ids = model.vocabulary.encode(text).ids
        began = time.perf_counter()
        model.network.predict(torch.tensor(pad([ids])), model.calibration.of(len(ids)))
        found.append(((time.perf_counter() - began) * 1000, 1000 * len(ids) * each_word))
    return found


def measure(application: Application, count: int) -> list[Request]:
    texts = made_up_reviews(WARM_UP + count)
    ask(application, texts[:WARM_UP])
    asked = ask(application, texts[WARM_UP:])
    lines = logged(application, count)
    in_process(texts[:WARM_UP])
    return [
        Request(client, value(line, "Total"), value(line, "Encoding"), value(line, "Asking"), network, limit)
        for client, line, (network, limit) in zip(asked, lines, in_process(texts[WARM_UP:]), strict=True)
    ]


def value(line: dict[str, Any], name: str) -> float:
    """A metric in a line of the log: a number, or a list of one."""
    found = line[name]
    return float(found[0] if isinstance(found, list) else found)


def rows(requests: list[Request]) -> list[list[str]]:
    """Medians, in milliseconds and of the whole."""
    parts = {
        "client, API Gateway, Lambda: HTTP and the way to the handler": [r.client - r.function for r in requests],
        "the function: reading the request, the answer, the log line": [
            r.function - r.encoding - r.asking for r in requests
        ],
        "cleaning, tokenising, looking up": [r.encoding for r in requests],
        "the endpoint without its network: SDK, HTTP, JSON, server": [r.asking - r.network for r in requests],
        "the network": [r.network for r in requests],
        "**all, as the client sees it**": [r.client for r in requests],
        "limit: the LSTMs' arithmetic at the best matrix product": [r.limit for r in requests],
    }
    whole = median(request.client for request in requests)
    return [[name, f"{median(found):.2f}", f"{100 * median(found) / whole:.0f} %"] for name, found in parts.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=400)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory() as state:
        settings = Settings(state=Path(state), aws_port=free_port(), sagemaker_port=free_port())
        with Application(settings) as application:
            application.deploy()
            serve(application)
            requests = measure(application, options.requests)
    ordered = sorted(request.client for request in requests)
    print(f"\n{machine()}\n\n{table(['one review a request, median', 'ms', 'of all'], rows(requests))}")
    print(f"p99 of the client: {ordered[int(0.99 * len(ordered))]:.1f} ms")


if __name__ == "__main__":
    main()
