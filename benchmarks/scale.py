"""What a stage needs and costs at 10, 1,000 and 100,000 requests a second: the tables of docs/scale.md, on paper.

python -m benchmarks.scale           # prints them
python -m benchmarks.scale --write   # and puts them into docs/scale.md
"""

import argparse
import math
from pathlib import Path

from benchmarks import cost
from benchmarks.cost import HOURS, hour, table, usd, use, written

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"
BEGIN, END = "<!-- scale: npm run bench -- scale --write -->\n", "<!-- end of scale -->"
RATES = (10, 1_000, 100_000)  # requests a second, all month, one review each
INSTANCE, WORKERS = "ml.m5.large", 2
TOGETHER = 25  # texts in a request, at most
POINTER_SECONDS = 5  # serverless.yml
ENCODING_MS = 0.1  # cleaning, tokenising and looking up a review: 11,334 a second in benchmarks/README.md
BATCHED = 1.42 / 2.99  # time of a review among many, of that of one alone: benchmarks/README.md

# What a new account may do, per region, before anybody asks AWS for more.
GATEWAY_RATE = 10_000  # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
LAMBDA_CONCURRENCY = (
    1_000  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; a new account's is 10
)
S3_READS = (
    5_500  # a second below a prefix: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
)


def month(rate: float) -> float:
    """Requests a month."""
    return rate * HOURS * 3600


def gateway(requests: float) -> float:
    """USD of a REST API for as many requests in a month."""
    tiers = [(0.0, "api gateway, REST request")]
    tiers += [(start, f"api gateway, REST request from {name} a month") for start, name in GATEWAY_TIERS]
    ends = [*(start for start, _ in tiers[1:]), math.inf]
    return sum(max(0.0, min(requests, end) - start) * use(name) for (start, name), end in zip(tiers, ends, strict=True))


GATEWAY_TIERS = ((333e6, "333 million"), (1e9, "1 billion"), (20e9, "20 billion"))


def lambdas(requests: float, texts: int = 1) -> float:
    """USD of the function for requests of so many texts each."""
    seconds = (cost.LAMBDA_MS + (texts - 1) * cost.ENDPOINT_MS) / 1000
    return requests * (use("lambda, request") + seconds * cost.LAMBDA_GB * use("lambda, GB-second on arm64"))


def logs(requests: float) -> float:
    """USD of its log, and of the traces."""
    return requests * cost.LOG_KB / 1e6 * use("cloudwatch, GB of logs") + cost.traces(round(requests))


def instances(reviews: float, milliseconds: float = cost.ENDPOINT_MS) -> int:
    """Of the endpoint, for so many reviews a second of so many milliseconds of a core each."""
    return max(1, math.ceil(reviews * milliseconds / 1000 / (WORKERS * cost.BUSY)))


def endpoint(count: int) -> float:
    """USD a month."""
    return count * HOURS * hour(INSTANCE)


def shapes(rate: float) -> dict[str, dict[str, float]]:
    """USD a month, part by part, of ways to judge as many reviews a second."""
    one, few = month(rate), month(rate / TOGETHER)
    batched = cost.ENDPOINT_MS * BATCHED
    return {
        "as deployed, a review a request": {
            "API Gateway": gateway(one),
            "Lambda": lambdas(one),
            "logs, traces": logs(one),
            "endpoint": endpoint(instances(rate)),
        },
        f"the same, {TOGETHER} reviews a request": {
            "API Gateway": gateway(few),
            "Lambda": lambdas(few, TOGETHER),
            "logs, traces": logs(few),
            "endpoint": endpoint(instances(rate, batched)),
        },
        "without API Gateway: a function URL": {
            "Lambda": lambdas(one),
            "logs, traces": logs(one),
            "endpoint": endpoint(instances(rate)),
        },
        "the endpoint alone, which tokenises": {"endpoint": endpoint(instances(rate, cost.ENDPOINT_MS + ENCODING_MS))},
    }


def needs(rate: float) -> list[str]:
    """A column of the first table: what is needed, each with its limit where it has one."""
    functions = rate * cost.LAMBDA_MS / 1000
    reads = max(functions, 1) / POINTER_SECONDS

    def of(amount: float, limit: float) -> str:
        return f"{amount:,.0f} **of {limit:,.0f}**" if amount > limit else f"{amount:,.0f} of {limit:,.0f}"

    return [
        of(math.ceil(functions), LAMBDA_CONCURRENCY),
        of(rate, GATEWAY_RATE),
        of(math.ceil(reads), S3_READS),
        f"{instances(rate):,}",
    ]


def tables() -> str:
    """What stands between the markers of docs/scale.md."""
    rows = ["functions at once", "requests a second through API Gateway", "reads of the serving pointer a second"]
    heads = [f"{rate:,} a second" for rate in RATES]
    needed = zip([*rows, f"{INSTANCE} instances"], zip(*map(needs, RATES), strict=True), strict=True)
    parts = [table(["needed, of what an account has", *heads], [[name, *each] for name, each in needed])]
    ways = {rate: shapes(rate) for rate in RATES}
    first = next(iter(ways[RATES[0]]))
    items = [[part, *(usd(ways[rate][first][part]) for rate in RATES)] for part in ways[RATES[0]][first]]
    parts.append(table([f"USD a month, {first}", *heads], items))
    totals = [[name, *(usd(sum(ways[rate][name].values())) for rate in RATES)] for name in ways[RATES[0]]]
    parts.append(table(["USD a month, all of it", *heads], totals))
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    options = parser.parse_args()
    print(tables())
    if options.write:
        PAGE.write_text(page(), "utf-8")


def page() -> str:
    """docs/scale.md with the tables as they are now."""
    return written(PAGE.read_text("utf-8"), BEGIN, END, tables())


if __name__ == "__main__":
    main()
