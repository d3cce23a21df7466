"""Sends requests to a deployed API at a steady rate, with Locust; runs in an environment of its own, which has that.

    python benchmarks/_load_users.py URL --rate 4 --seconds 30 --mix mixed --out requests.json

Prints nothing; writes [seconds since the start, kind, status, milliseconds] of each request. Status 0 is a connection
that broke, "wrong" a 200 whose body is not what was asked for. Each user asks once a second, from a random moment
after the start on, and waits for its answer: a slow service is asked less often, which the count of requests tells.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import locust.log
from locust import FastHttpUser, constant_throughput, task
from locust.env import Environment

GOLDEN = Path(__file__).resolve().parent.parent / "ml" / "baseline" / "golden.json"
TEXTS = [golden["text"] for golden in json.loads(GOLDEN.read_text("utf-8"))]
EACH = 1.0  # requests a second of one user
PATIENCE = 35.0  # seconds; API Gateway's own limit is 29
# How many of 20 requests are of each kind.
MIXES = {
    "mixed": {"one text": 10, "25 texts": 1, "explained": 2, "feedback": 2, "model": 3, "page": 2},
    "one text": {"one text": 1},
}


def request(kind: str) -> tuple[str, str, dict[str, Any] | None, Callable[[Any], bool]]:
    """Method, path, JSON body of a request of that kind, and whether the body of its answer is right."""
    if kind == "model":
        return "GET", "/model", None, lambda answer: "version" in answer.json()
    if kind == "page":
        return "GET", "/", None, lambda answer: b"</html>" in answer.content
    text = f"{' '.join(random.sample(TEXTS, 2))} {random.randrange(10**9)}"
    if kind == "feedback":
        body = {"text": text, "sentiment": random.choice(["positive", "negative"])}
        return "POST", "/feedback", body, lambda answer: len(answer.json()["id"]) == 64
    if kind == "25 texts":
        body = {"texts": random.choices(TEXTS, k=25)}
        return "POST", "/sentiment", body, lambda answer: len(answer.json()["results"]) == 25
    explain = kind == "explained"
    return "POST", "/sentiment", {"text": text, "explain": explain}, lambda answer: 0 <= answer.json()["score"] <= 1


class Visitor(FastHttpUser):
    """Asks for one thing after another, as often of each kind as the mix says."""

    abstract = True
    wait_time = constant_throughput(EACH)
    network_timeout = connection_timeout = PATIENCE
    kinds: list[str]
    found: list[tuple[float, str, int | str, float]]
    began: float

    def on_start(self) -> None:
        gevent.sleep(random.random() / EACH)

    @task
    def ask(self) -> None:
        kind = random.choice(self.kinds)
        method, path, body, is_right = request(kind)
        sent = time.monotonic()
        with self.client.request(method, path, json=body, name=kind, catch_response=True) as answer:
            took = time.monotonic() - sent
            status: int | str = answer.status_code
            if status in (200, 202) and not is_right(answer):
                status = "wrong"
            answer.success()  # what counts as an error, the reader of the file decides
        self.found.append((round(sent - self.began, 3), kind, status, round(1000 * took, 2)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, required=True, help="requests a second, of all users together")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--mix", choices=MIXES, default="mixed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    random.seed(options.seed)
    locust.log.setup_logging("ERROR")
    Visitor.host = options.url
    Visitor.kinds = [kind for kind, share in MIXES[options.mix].items() for _ in range(share)]
    Visitor.found, Visitor.began = [], time.monotonic()
    users = max(1, round(options.rate / EACH))
    environment = Environment(user_classes=[type("User", (Visitor,), {})], stop_timeout=PATIENCE)
    runner = environment.create_local_runner()
    runner.start(users, spawn_rate=users)
    gevent.sleep(options.seconds)
    runner.quit()  # lets those finish who wait for an answer
    options.out.write_text(json.dumps(Visitor.found))


if __name__ == "__main__":
    main()
