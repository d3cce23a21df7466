"""The local application under load: who is refused, how long answers take, what each process holds, and does it grow.

npm run bench:load                                      # 15 minutes: steady, spike, throttle, knee, soak of 10 minutes
npm run bench:load -- --soak 60 --seconds 10            # 3 minutes

Deploys a copy of its own to free ports of this machine and removes it afterwards; Locust sends the requests, which take
their share of the same cores. Exits with 1 when an answer was an error (429 is one but above the throttle), or when a
process grew from the second quarter of the soak to the last.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._load_processes import LATE, MEBIBYTE, UNJUDGED, Growth, Sample, Watch, growth
from local import install
from local.application import Application
from local.screen import Step, say
from local.seed import serve
from local.settings import LOAD_PYTHON, ROOT, SERVICE, STAGE, Settings, without_aws
from local.supervise import Command

GOOD = (200, 202)
SPIKE = 10
SOAKS = 2  # times the steady rate
FEWEST = 2000  # requests between two quarters of a soak, below which growth is only shown
KNEE_RATES = (10, 20, 30, 40, 60, 80, 120, 160)


@dataclass(frozen=True)
class Request:
    """One request: seconds after the phase began, its kind, HTTP status (0: none came, "wrong": 200 with another
    body than was asked for), milliseconds."""

    sent: float
    kind: str
    status: int | str
    milliseconds: float


@dataclass(frozen=True)
class Phase:
    """What was asked in a while, at `rate` a second, and when it began and ended (time.monotonic)."""

    name: str
    rate: float
    began: float
    ended: float
    requests: list[Request]
    allowed: tuple[int, ...] = GOOD

    def errors(self) -> list[str]:
        """One line for each kind and status that should not have been answered."""
        counts = Counter((each.kind, each.status) for each in self.requests if each.status not in self.allowed)
        found = [f"{self.name}: {count} × {status} to “{kind}”" for (kind, status), count in sorted_by_text(counts)]
        return found if self.requests else [f"{self.name}: nothing was asked"]


def sorted_by_text(counts: Counter[tuple[str, int | str]]) -> list[tuple[tuple[str, int | str], int]]:
    return sorted(counts.items(), key=str)


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that `share` of them do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def send(application: Application, name: str, rate: float, seconds: float, **options: Any) -> Phase:
    """Ask for so long, at so many requests a second; `mix` and `allowed` where they are not the usual ones."""
    file = application.settings.state / "requests.json"
    mix, allowed = options.get("mix", "mixed"), options.get("allowed", GOOD)
    script = ROOT / "benchmarks" / "_load_users.py"
    command: Command = [LOAD_PYTHON, "-I", script, application.url, "--rate", str(rate), "--seconds", str(seconds)]
    command = [*command, "--mix", mix, "--out", file]
    began = time.monotonic()
    with Step(f"{name}: {rate:g} requests a second for {seconds:g} s") as step:
        locust = subprocess.Popen(command, env=without_aws(), stdin=subprocess.DEVNULL)
        try:
            while locust.poll() is None:
                application.check()
                step.tick()
                time.sleep(0.1)
        finally:
            locust.kill()
            locust.wait()
    if locust.returncode:
        sys.exit(f"Locust ended with exit status {locust.returncode}.")
    requests = [Request(*each) for each in json.loads(file.read_text())]
    return Phase(name, rate, began, began + seconds, requests, allowed)


def throttled(application: Application, rate: int, seconds: float) -> tuple[Phase, list[str]]:
    """Ten times what the stage allows: the phase, and what is wrong beside its errors.

    The stage's own throttle, which this machine does not reach, is lowered for it as resources/throttle.js sets it.
    """
    gateway = application.client("apigateway")
    stage = {"restApiId": f"{SERVICE}-{STAGE}", "stageName": STAGE}
    before = gateway.get_stage(**stage)["methodSettings"]["*/*"]
    set_throttle(gateway, stage, rate, 2 * rate)
    try:
        phase = send(application, "throttled", SPIKE * rate, seconds, mix="one text", allowed=(*GOOD, 429))
    finally:
        set_throttle(gateway, stage, before["throttlingRateLimit"], before["throttlingBurstLimit"])
    answered = sum(each.status in GOOD for each in phase.requests)
    lasted = max((each.sent for each in phase.requests), default=0.0)
    most = rate * (lasted + 2) + 1
    wrong = [] if answered <= most else [f"throttled: {answered} were answered where {most:.0f} are allowed"]
    return phase, wrong + ([] if answered < len(phase.requests) else ["throttled: nobody was refused"])


def set_throttle(gateway: Any, stage: dict[str, str], rate: float, burst: int) -> None:
    limits = {"rateLimit": rate, "burstLimit": burst}
    changes = [{"op": "replace", "path": f"/*/*/throttling/{k}", "value": str(v)} for k, v in limits.items()]
    gateway.update_stage(**stage, patchOperations=changes)


def find_knee(application: Application, seconds: float) -> list[Phase]:
    """One text at a time, at rising rates, up to the first at which answers no longer come as fast or as often."""
    phases: list[Phase] = []
    for rate in KNEE_RATES:
        phases.append(settled(send(application, f"{rate}/s", rate, seconds, mix="one text")))
        if is_past_knee(phases):
            break
    return phases


def settled(phase: Phase) -> Phase:
    """Without its first third, in which Lambdas start that the rate before did not need."""
    begin = (phase.ended - phase.began) / 3
    late = [each for each in phase.requests if each.sent >= begin]
    return Phase(phase.name, phase.rate, phase.began + begin, phase.ended, late, phase.allowed)


def is_past_knee(phases: list[Phase]) -> bool:
    """Whether in the last of them a tenth was not asked in time, or p99 is over twice the lowest before."""
    last = phases[-1]
    slowest = [percentile([each.milliseconds for each in phase.requests], 0.99) for phase in phases]
    asked = last.rate * (last.ended - last.began)
    return len(last.requests) < 0.9 * asked or slowest[-1] > 2 * min(slowest)


def table_of_times(phases: list[Phase]) -> list[str]:
    """A row for each kind of request in each phase."""
    rows = [
        "| phase, asked a second | request | count | answers | p50 ms | p99 ms | longest |",
        "|---|---|---|---|---|---|---|",
    ]
    for phase in phases:
        for kind in dict.fromkeys(each.kind for each in phase.requests):
            found = [each for each in phase.requests if each.kind == kind]
            # Those who are refused at the door are not part of how long answers take.
            times = [each.milliseconds for each in found if each.status != 429]
            answers = Counter(str(each.status) for each in found)
            said = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
            p50, p99, longest = percentile(times, 0.5), percentile(times, 0.99), max(times, default=0)
            row = f"| {phase.name}, {phase.rate:g} | {kind} | {len(found)} | {said}"
            rows.append(f"{row} | {p50:.0f} | {p99:.0f} | {longest:.0f} |")
    return rows


def table_of_processes(watch: Watch, soak: Phase) -> tuple[list[str], list[str]]:
    """A row for each process that is there at the end of the soak, and what grew of those there throughout."""
    head = "| process | PSS MB, start → end | RSS MB | files | threads | PSS MB more per 10,000 requests |"
    rows, wrong = [head, "|---|---|---|---|---|---|"], []
    asked = max(1, len(soak.requests) // 2)  # from the second quarter to the last
    for (pid, name), every in sorted(watch.samples.items(), key=lambda item: item[0][1]):
        samples = [sample for sample in every if soak.began <= sample.at <= soak.ended]
        if not samples or samples[-1].at < soak.ended - LATE:
            continue  # the emulator ended it, having no use for so many
        grown = growth(samples, soak.began, soak.ended)
        more = "–" if grown is None else f"{grown.memory / MEBIBYTE * 10_000 / asked:+.1f}"
        if grown and asked >= FEWEST and name not in UNJUDGED and not grown.is_noise(samples[-1].memory):
            wrong.append(
                f"{name} (process {pid}) grows: {described(grown)} from the second quarter of the soak to the last"
            )
        rows.append(f"| {name} | {row_of(samples)} | {more} |")
    return rows, wrong


def described(grown: Growth) -> str:
    return f"{grown.memory / MEBIBYTE:+.1f} MB, {grown.files:+.0f} open files, {grown.threads:+.0f} threads"


def row_of(samples: list[Sample]) -> str:
    first, last = samples[0], samples[-1]
    memory = [
        f"{a / MEBIBYTE:.1f} → {b / MEBIBYTE:.1f}" for a, b in ((first.memory, last.memory), (first.rss, last.rss))
    ]
    return f"{memory[0]} | {memory[1]} | {first.files} → {last.files} | {first.threads} → {last.threads}"


def free_port() -> int:
    """A port of the loopback address that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def measure(options: argparse.Namespace, state: Path) -> list[str]:
    """Run the whole profile and print its tables; what was wrong."""
    settings = Settings(state=state, aws_port=free_port(), sagemaker_port=free_port())
    with Application(settings) as application:
        application.deploy()
        serve(application)
        send(application, "warm-up", options.rate, options.seconds / 3)
        phases = [send(application, "steady", options.rate, options.seconds)]
        phases.append(send(application, "spike", SPIKE * options.rate, options.seconds / 3))
        phases.append(send(application, "after it", options.rate, options.seconds))
        at_throttle, wrong = throttled(application, int(options.rate), options.seconds / 3)
        knee = find_knee(application, options.seconds / 2) if options.knee else []
        with Watch(os.getpid(), every=min(5.0, options.soak / 20)) as watch:
            soak = send(application, "soak", SOAKS * options.rate, options.soak)
        at_end = logged(application)
    phases += [at_throttle, soak]
    rows, grown = table_of_processes(watch, soak)
    say("\n" + "\n".join(table_of_times(phases)))
    if knee:
        say("\n" + "\n".join(table_of_times(knee)))
        say(said_of_knee(knee))
    say("\n" + "\n".join(rows))
    say(f"The emulator holds {at_end / MEBIBYTE:.1f} MB of log lines at the end.")
    return [*(line for phase in phases for line in phase.errors()), *wrong, *grown]


def said_of_knee(phases: list[Phase]) -> str:
    within = [phase for number, phase in enumerate(phases, 1) if not is_past_knee(phases[:number])]
    fast = median(percentile([each.milliseconds for each in phase.requests], 0.99) for phase in within) if within else 0
    best = max((phase.rate for phase in within), default=0)
    return f"p99 is about {fast:.0f} ms up to {best:g} requests a second of one text."


def logged(application: Application) -> int:
    """Bytes of messages that the emulator keeps as CloudWatch Logs."""
    logs, total = application.client("logs"), 0
    for group in (each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]):
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
            total += sum(len(event["message"].encode()) for event in page["events"])
    return total


def verdict_on_growth(options: argparse.Namespace) -> str:
    judged = SOAKS * options.rate * options.soak / 2 > 1.05 * FEWEST
    return ", and nothing grows." if judged else "; the soak was too short to tell whether anything grows."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=4.0, help="requests a second; the spike has ten times as many")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long the steady phases last")
    parser.add_argument("--soak", type=float, default=600.0, help="seconds")
    parser.add_argument("--no-knee", dest="knee", action="store_false", help="do not look for the highest rate")
    options = parser.parse_args()
    install.load_environment()
    with TemporaryDirectory() as state:
        wrong = measure(options, Path(state))
    say("\n" + ("\n".join(wrong) if wrong else "No error but 429 above the throttle" + verdict_on_growth(options)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
