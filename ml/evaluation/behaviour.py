"""Ask a model all cases of the suite, and say where it fails.

python -m ml.evaluation.behaviour --model model --show 3          # a model's folder, or its model.tar.gz
python -m ml.evaluation.behaviour --url https://… --json found.json    # a service; --api-key where it wants one

A rate is the share of cases that failed. Rates of different models are comparable where the suite's id is the same.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml.errors import SentimentError
from ml.evaluation import scorers
from ml.evaluation.cases import Case, cases, suite_id
from ml.evaluation.scorers import Score

if TYPE_CHECKING:
    from ml.artifact import Model

TOLERANCE = 0.1  # by which a score may move the wrong way, or at all where it is a matter of fairness


@dataclass(frozen=True)
class Judged:
    """A case with the scores of its texts."""

    case: Case
    scores: tuple[float, ...]

    @property
    def failed(self) -> bool:
        """Whether any text is not judged as it should be. One that was refused is not."""
        first, *others = self.scores
        expected = self.case.expected
        if any(map(math.isnan, self.scores)):
            return True
        if expected == "not lower":
            return min(others) < first - TOLERANCE
        if expected == "not higher":
            return max(others) > first + TOLERANCE
        if expected == "same":
            unfair = self.case.capability == "fairness" and max(self.scores) - min(self.scores) >= TOLERANCE
            return unfair or any(positive(other) != positive(first) for other in others)
        return positive(first) != bool(expected)


def positive(score: float) -> bool:
    return score >= 0.5


def judge(score: Score, cases: Sequence[Case]) -> list[Judged]:
    """Score all texts in one call, each of them once."""
    texts = list(dict.fromkeys(text for case in cases for text in case.texts))
    scores = dict(zip(texts, score(texts), strict=True))
    return [Judged(case, tuple(scores[text] for text in case.texts)) for case in cases]


def failure_rates(score: Score, cases: Sequence[Case]) -> dict[str, Any]:
    """How many cases fail, of every capability and of every test. Calls `score` once.

    {"suite": id, "capabilities": {name: {"cases", "failures", "rate", "tests": {name: {"cases", "failures", "rate"}}}}}
    """
    return rates(judge(score, cases))


def measure(model: "Model") -> dict[str, Any]:
    """`failure_rates` of a model that is at hand, as an endpoint would serve it, for all cases of the suite."""
    return failure_rates(scorers.of_loaded(model), cases())


def rates(judged: Sequence[Judged]) -> dict[str, Any]:
    """As `failure_rates`, of cases that are judged already."""
    tests: dict[str, dict[str, list[Judged]]] = {}
    for each in judged:
        tests.setdefault(each.case.capability, {}).setdefault(each.case.test, []).append(each)
    return {
        "suite": suite_id([each.case for each in judged]),
        "capabilities": {
            capability: {
                **_rate(each for found in by_test.values() for each in found),
                "tests": {test: _rate(found) for test, found in by_test.items()},
            }
            for capability, by_test in tests.items()
        },
    }


def _rate(judged: Iterable[Judged]) -> dict[str, Any]:
    failed = [each.failed for each in judged]
    return {"cases": len(failed), "failures": sum(failed), "rate": sum(failed) / len(failed)}


def report(found: dict[str, Any]) -> str:
    """What `failure_rates` found, as a Markdown table with a row for each capability."""
    rows = [
        f"| {capability} | {each['cases']:,} | {each['failures']:,} | {each['rate']:.1%} |"
        for capability, each in found["capabilities"].items()
    ]
    return "\n".join(["| capability | cases | failed | rate |", "|---|---:|---:|---:|", *rows])


def summary(found: dict[str, Any]) -> str:
    """What `failure_rates` found, in a line."""
    failed = (f"{capability} {each['rate']:.1%}" for capability, each in found["capabilities"].items())
    return f"cases failed of suite {found['suite']}: {', '.join(failed)}"


def examples(judged: Sequence[Judged], per_test: int) -> str:
    """Up to `per_test` failed cases of every test, each text after its score."""
    shown: Counter[tuple[str, str]] = Counter()
    lines = []
    for each in judged:
        test = each.case.capability, each.case.test
        if not each.failed or shown[test] == per_test:
            continue
        if not shown[test]:
            lines.append(f"\n{test[0]}: {test[1]}")
        shown[test] += 1
        lines.append(f"  expected {_expectation(each.case)}")
        lines += [f"    {score:.3f}  {text}" for score, text in zip(each.scores, each.case.texts, strict=True)]
    return "\n".join(lines)


def _expectation(case: Case) -> str:
    if isinstance(case.expected, int):
        return ("negative", "positive")[case.expected]
    return f"{case.expected} as the first" if case.expected == "same" else f"{case.expected} than the first"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ml.evaluation.behaviour", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--url", help="of a service, such as what `npm run -s url` says")
    whom.add_argument("--model", type=Path, help="folder of a model, or its model.tar.gz")
    parser.add_argument("--api-key", help="for a service that wants one")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="failed cases of every test to show")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rates of every test there")
    options = parser.parse_args(arguments)
    try:
        score = scorers.of_service(options.url, options.api_key) if options.url else scorers.of_model(options.model)
        judged = judge(score, cases())
        found = rates(judged)
        print(f"suite {found['suite']}\n\n{report(found)}")
        if options.show:
            print(examples(judged, options.show))
        if options.json:
            options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    except (SentimentError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
