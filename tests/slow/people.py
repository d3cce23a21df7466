"""People who use the application while its processes are killed, and what they were told."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from local.application import Application
from local.problem import Problem
from tests.stack.client import Client
from tests.stack.test_release import TEXTS, release

WORDS = ("good", "bad", "film", "plot", "actor", "dull", "bright", "slow", "funny", "sad", "long", "music", "scene")
JOBS = 6  # more would take their time afterwards
SMALLEST: dict[str, Any] = {
    "preset": "sentences",
    "epochs": 2,
    "hidden_dim": 8,
    "embedding_dim": 8,
    "word_vectors": False,
    "vocabulary_size": 900,
}


@dataclass
class Told:
    """Every answer that somebody relies on."""

    feedback: dict[str, tuple[str, int]] = field(default_factory=dict)  # id → text and label, of what was answered 202
    jobs: set[str] = field(default_factory=set)  # answered 202
    verdicts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # text, answer, of what was answered 200
    released: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)  # by route


@contextmanager
def using(application: Application, client: Client, versions: list[str], seed: int) -> Iterator[Told]:
    """Have people ask, give feedback, retrain, and release the versions in turn, for as long as the context lasts."""
    told, over = Told(), threading.Event()

    def post(route: str, body: dict[str, Any]) -> tuple[int, Any]:
        try:
            answer = requests.post(client.url + route, json=body, headers={"x-api-key": client.key}, timeout=40)
        except requests.RequestException:
            return 0, None
        told.statuses[route, answer.status_code] += 1
        return answer.status_code, answer.json() if answer.ok else None

    def ask(draw: random.Random) -> None:
        text = draw.choice(TEXTS)
        status, answer = post("/sentiment", {"text": text})
        if status == 200:
            told.verdicts.append((text, answer))

    def give_feedback(draw: random.Random) -> None:
        text, label = " ".join(draw.choices(WORDS, k=12)) + " é \N{FACE WITH TEARS OF JOY}", draw.randrange(2)
        status, answer = post("/feedback", {"text": text, "sentiment": ("negative", "positive")[label]})
        if status == 202:
            told.feedback[answer["id"]] = text, label

    def retrain(draw: random.Random) -> None:
        if len(told.jobs) == JOBS:
            return
        status, answer = post("/retrain", {**SMALLEST, "key": f"{draw.random()}"})
        if status == 202:
            told.jobs.add(answer["job"])

    def release_one(draw: random.Random) -> None:
        version = draw.choice(versions)
        try:
            release(application, version)
        except Problem:  # the function that was asked was killed
            return
        told.released[version] += 1

    def keep_on(what: Callable[[random.Random], None], every: float, number: int) -> None:
        draw = random.Random(f"{seed} {number}")
        while not over.wait(draw.uniform(0.0, 2 * every)):
            what(draw)

    people = [(ask, 0.2), (ask, 0.2), (give_feedback, 0.1), (give_feedback, 0.1), (retrain, 9.0), (release_one, 6.0)]
    threads = [threading.Thread(target=keep_on, args=(*each, number)) for number, each in enumerate(people)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        over.set()
        for thread in threads:
            thread.join()


def killing(
    kill: Callable[[str, int], str | None], kinds: dict[str, int], times: int, draw: random.Random
) -> list[str]:
    """Kill that many processes, at random moments, of kinds by their weights; what was killed."""
    killed: list[str] = []
    while len(killed) < times:
        time.sleep(draw.uniform(0.2, 3.0))
        (kind,) = draw.choices(list(kinds), list(kinds.values()))
        if victim := kill(kind, draw.randrange(1000)):
            killed.append(victim)
    return killed
