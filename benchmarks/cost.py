"""What a deployment costs, by the dated list prices of handlers/common/prices.json: the tables of docs/cost.md.

python -m benchmarks.cost                   # prints them
python -m benchmarks.cost --write           # and puts them into docs/cost.md
python -m benchmarks.cost --data data/imdb  # how long reviews are, and how many units of Amazon Comprehend they make
"""

import argparse
import gzip
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from handlers.common.alarms import OF_AN_ENDPOINT
from handlers.common.prices import price_list

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cost.md"
BEGIN, END = "<!-- cost: npm run bench -- cost --write -->\n", "<!-- end of cost -->"
HOURS, MINUTES = 730, 43_800  # of a month
LEVELS = (1_000, 100_000, 3_000_000, 100_000_000)  # reviews a month
BATCHES = (1_000, 1_000_000, 3_700_000)  # reviews; the last are as many as an upload holds

# What the figures rest on. Each with where it is from; what is a guess says so, and lies on the dear side.
REVIEW_UNITS = 13.75  # of Comprehend's: `npm run bench -- cost --data data/imdb`, 1,325 characters on average
ENDPOINT_MS = 10.0  # one review alone: 3 ms in benchmarks/README.md, and thrice that for a slower core and a server
BATCH_MS = 5.0  # one review among many: 1.5 ms in benchmarks/README.md, and thrice that for a slower core
BATCH_START = 5.0  # minutes that an instance bills before a transform job's first review: a guess
BATCH_INSTANCES, BATCH_INSTANCE, BATCH_CPUS = 2, "ml.m5.xlarge", 4  # prices.json does not know an ml.c5.xlarge
SERVERLESS_MS = 20.0  # a guess: 3072 MB come with half of the CPUs that 6144 MB have
LAMBDA_MS = 40.0  # a guess: on the local stack such a review takes 27 ms in all (median of 150, a busy machine)
LAMBDA_GB, RECONCILE_GB = 1.0, 0.5  # memorySize in serverless.yml
LOG_KB = 1.5  # a request: its line with the metrics, and Lambda's own three
PEAK = 5.0  # times the mean, that instances have to stand
BUSY = 0.6  # of its time, that an instance is to work at the peak
RECONCILE = {"s3, read": 11, "s3, write or list": 4}  # calls of a run that finds nothing to do, counted in moto
RECONCILE_SECONDS = 1.0  # a guess: some twenty calls of AWS, one after the other
ENDPOINT_ALARMS = len(OF_AN_ENDPOINT) + 2  # and those that target tracking makes for itself
METRICS = 7  # handlers/common/metrics.py says of which
FIREWALL_RULES = 4  # in resources/firewall.js
TRACED = 0.05  # of the requests of a second after its first, by X-Ray's default rule


def use(name: str) -> float:
    """US dollars for one of what prices.json lists under “use”."""
    return float(price_list()["use"][name]["usd"])


def hour(instance_type: str) -> float:
    """US dollars for an hour of the instance."""
    return float(price_list()["instance_hour"][instance_type]["usd"])


@dataclass(frozen=True)
class Realtime:
    """Instances that run whether anybody asks or not."""

    instance_type: str
    workers: int | None  # processes that serve at once; None where it has not been measured what it can do

    @property
    def name(self) -> str:
        return f"`realtime`, {self.instance_type}"

    def month(self, reviews: int) -> float | None:
        """USD; None where nobody knows how many instances the peak takes."""
        peak = PEAK * reviews / (HOURS * 3600)
        if self.workers is None and peak > 10:
            return None
        capacity = (self.workers or math.inf) * BUSY * 1000 / ENDPOINT_MS
        return max(1, math.ceil(peak / capacity)) * HOURS * hour(self.instance_type)


@dataclass(frozen=True)
class Serverless:
    """Seconds in which something is asked."""

    name = "`serverless`, 3072 MB"

    def month(self, reviews: int) -> float:
        """USD."""
        return reviews * SERVERLESS_MS / 1000 * use("serverless inference, second at 3072 MB")


KINDS = (Realtime("ml.m5.large", 2), Realtime("ml.g5.xlarge", None), Serverless())


def batch_minutes(reviews: int) -> float:
    """How long a batch transform job takes, all CPUs of its instances at work."""
    return BATCH_START + reviews * BATCH_MS / 60_000 / (BATCH_INSTANCES * BATCH_CPUS)


def in_front(reviews: int, texts: int = 1) -> float:
    """USD of API Gateway, Lambda and its log for so many reviews, of which each request holds `texts`."""
    seconds = (LAMBDA_MS + (texts - 1) * ENDPOINT_MS) / 1000
    request = use("api gateway, REST request") + use("lambda, request")
    request += seconds * LAMBDA_GB * use("lambda, GB-second on arm64") + LOG_KB / 1e6 * use("cloudwatch, GB of logs")
    return reviews / texts * request


def traces(reviews: int) -> float:
    """USD a month of X-Ray, where requests come as they like: the first of each second is traced."""
    seconds = HOURS * 3600
    first = seconds * (1 - math.exp(-reviews / seconds))
    return (first + TRACED * (reviews - first)) * use("x-ray, trace")


def watched() -> int:
    """At how many metrics the stack's alarms look: each bills as an alarm."""
    pages = [path.read_text("utf-8") for path in ROOT.glob("resources/**/*.yml")]
    return sum(page.count("MetricName:") for page in pages if "AWS::CloudWatch::Alarm" in page)


def idle() -> dict[str, float]:
    """USD a month of what there is beside the endpoint, asked or not."""
    run = sum(count * use(name) for name, count in RECONCILE.items()) + use("lambda, request") + use("x-ray, trace")
    alarms = (watched() + ENDPOINT_ALARMS) * use("cloudwatch, alarm-month")
    run += RECONCILE_SECONDS * RECONCILE_GB * use("lambda, GB-second on arm64")
    return {
        "reconcile, once a minute": MINUTES * run,
        f"alarms, on {watched()} metrics of the stack and {ENDPOINT_ALARMS} of the endpoint": alarms,
        f"{METRICS} metrics, in hours with requests": METRICS * use("cloudwatch, metric-month"),
        "a gigabyte of data sets, models and checkpoints": use("s3, GB-month"),
    }


def comprehend(reviews: float) -> float:
    """USD of Amazon Comprehend's DetectSentiment for as many reviews in a month."""
    units, total = reviews * REVIEW_UNITS, 0.0
    for start, end, name in (
        (0, 10e6, "comprehend, unit"),
        (10e6, 50e6, "comprehend, unit from 10 million a month"),
        (50e6, math.inf, "comprehend, unit from 50 million a month"),
    ):
        total += max(0.0, min(units, end) - start) * use(name)
    return total


def tables() -> str:
    """What stands between the markers of docs/cost.md."""
    rest = sum(idle().values())
    months: dict[str, list[float | None]] = {
        kind.name: [None if (cost := kind.month(n)) is None else cost + in_front(n) + traces(n) + rest for n in LEVELS]
        for kind in KINDS
    }
    months["Amazon Comprehend"] = [comprehend(n) for n in LEVELS]
    millions = {
        name: [None if cost is None else cost * 1e6 / n for cost, n in zip(costs, LEVELS, strict=True)]
        for name, costs in months.items()
    }
    heads = [f"{n:,} a month" for n in LEVELS]
    even = hour("ml.m5.large") * HOURS / (Serverless().month(1_000_000) / 1e6)
    gb_month = HOURS * 3600 * use("snapstart, GB-second cached")
    firewall = use("waf, web ACL-month") + FIREWALL_RULES * use("waf, rule-month")
    price = hour(BATCH_INSTANCE)
    trainings = (("ml.g5.xlarge", 60), ("ml.g4dn.xlarge", 60), ("ml.m5.xlarge", 60), ("ml.m5.xlarge", 15))
    parts = [
        table(["USD per million reviews", *heads], [[n, *map(usd, c)] for n, c in millions.items()]),
        table(["USD a month", *heads], [[n, *map(usd, c)] for n, c in months.items()]),
        f"Of a million reviews API Gateway, Lambda and its log take {usd(in_front(10**6))} USD, one a request; "
        f"{usd(in_front(10**6, 25))} USD with 25 a request. A serverless endpoint takes "
        f"{usd(Serverless().month(10**6))} USD of a million, so that one ml.m5.large is cheaper from "
        f"{even / 1e6:.0f} million a month.\n",
        table(
            ["Idle", "USD a month"],
            [
                *([kind.name, usd(kind.month(0))] for kind in KINDS),
                *([name, usd(cost)] for name, cost in idle().items()),
            ],
        ),
        table(
            ["A training job, at most", "minutes", "USD"],
            [[name, str(minutes), usd(hour(name) * minutes / 60)] for name, minutes in trainings],
        ),
        table(
            [f"A batch, on {BATCH_INSTANCES} × {BATCH_INSTANCE}", "minutes", "USD"],
            [
                [f"{n:,} reviews", f"{batch_minutes(n):.0f}", usd(batch_minutes(n) / 60 * BATCH_INSTANCES * price)]
                for n in BATCHES
            ],
        ),
        table(
            ["SnapStart of a function of 1 GB", "USD"],
            [
                ["a published version kept for a month", usd(gb_month)],
                ["a million cold starts restored", usd(1e6 * use("snapstart, GB restored"))],
            ],
        ),
        table(
            ["The firewall (`waf`)", "USD"],
            [
                [f"the web ACL and its {FIREWALL_RULES} rules, a month", usd(firewall)],
                ["a million requests", usd(1e6 * use("waf, request"))],
            ],
        ),
    ]
    return "\n".join(parts)


def usd(amount: float | None) -> str:
    """As a table shows it: to the cent below a hundred dollars."""
    if amount is None:
        return "not known"
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def page() -> str:
    """docs/cost.md with the tables as they are now."""
    return written(PAGE.read_text("utf-8"), BEGIN, END, tables())


def written(text: str, begin: str, end: str, content: str) -> str:
    """A page with the content between its markers. Raises ValueError where it has no place for it."""
    if not re.search(f"{re.escape(begin)}.*{re.escape(end)}", text, re.DOTALL):
        raise ValueError(f"the page lacks the line {begin.strip()!r} or, after it, {end!r}")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{content}\n{end}{rest.partition(end)[2]}"


def review_lengths(data: Path) -> tuple[float, float]:
    """(characters, units of Comprehend) of a review in `data`/train.jsonl.gz, on average."""
    with gzip.open(data / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        lengths = [len(json.loads(line)["text"]) for line in lines]
    return sum(lengths) / len(lengths), sum(max(3, math.ceil(n / 100)) for n in lengths) / len(lengths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/cost.md")
    parser.add_argument("--data", type=Path, help="folder of a data set, to measure its reviews instead")
    options = parser.parse_args()
    if options.data:
        characters, units = review_lengths(options.data)
        print(f"{characters:.0f} characters and {units:.2f} units of Amazon Comprehend a review")
        return
    print(tables())
    if options.write:
        PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
