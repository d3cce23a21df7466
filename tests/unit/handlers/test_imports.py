"""What a cold start of the sentiment function has to import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Of what is imported beside Python's own library; the second line is what botocore brings with it.
ALLOWED = {
    *("handlers", "ml", "aws_lambda_powertools", "botocore"),
    *("certifi", "dateutil", "jmespath", "six", "urllib3"),
    *("typing_extensions",),
}
PROBE = """
import json, sys
before = set(sys.modules)
import handlers.sentiment
from ml.text import Preprocessing, tokenise
tokenise("It's <b>superb</b>,<br />and I didn't want it to end.", Preprocessing())
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module")
def imported() -> list[str]:
    """The modules that the function and a usual review bring into a fresh process."""
    return modules("on-demand")


def modules(initialization: str) -> list[str]:
    """The same of a Lambda that is initialised in this way."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_INITIALIZATION_TYPE": initialization,
    }
    run = subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(run.stdout)
    return found


def test_it_imports_no_package_but_those_it_uses_on_every_request(imported: list[str]) -> None:
    packages = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names
    assert packages <= ALLOWED


def test_of_its_own_it_imports_nothing_that_trains_or_releases(imported: list[str]) -> None:
    own = {name for name in imported if name.startswith(("handlers.", "ml."))}
    assert {name for name in own if name.startswith("ml.")} == {
        "ml.errors",
        "ml.language",
        "ml.notation",
        "ml.records",
        "ml.refusals",
        "ml.spans",
        "ml.text",
        "ml.vocabulary",
    }
    assert {name for name in own if not name.startswith(("ml.", "handlers.common"))} == {"handlers.sentiment"}


def test_a_snapshot_holds_what_a_rare_text_needs() -> None:
    assert {"bs4", "nltk"} <= set(modules("snap-start"))
