"""The templates that a deployment sends to CloudFormation: against AWS's schemas, and against good practice.

What cfn-lint or checkov complain of and is meant so stands in lint_exceptions.yml, with the reason.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import install
from local.settings import LINT_PYTHON, without_aws
from tests.slow.conftest import STAGES, template

EXCEPTIONS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("lint_exceptions.yml").read_text())


@pytest.fixture(scope="module")
def linters() -> Path:
    """The folder of the linters' commands."""
    install.lint_environment()
    return LINT_PYTHON.parent


def test_cfn_lint_finds_no_error_and_no_warning(packaged: Path, linters: Path) -> None:
    check("cfn-lint", {stage: set(cfn_lint(linters, template(packaged, stage))) for stage in STAGES})


def test_checkov_finds_nothing_that_has_no_reason(packaged: Path, linters: Path) -> None:
    check("checkov", {stage: set(checkov(linters, template(packaged, stage))) for stage in STAGES})


def check(linter: str, findings: dict[str, set[str]]) -> None:
    """Fails for what is found without an exception, and for an exception from nothing that is found."""
    exceptions = EXCEPTIONS[linter]
    every = [(stage, finding) for stage, found in findings.items() for finding in sorted(found)]
    wrong = [f"{stage}: {finding}" for stage, finding in every if not any(fnmatchcase(finding, e) for e in exceptions)]
    assert not wrong, "\n".join(wrong)
    outlived = [each for each in exceptions if not any(fnmatchcase(finding, each) for _, finding in every)]
    assert not outlived, "exceptions from nothing:\n" + "\n".join(outlived)


def cfn_lint(linters: Path, path: Path) -> Iterator[str]:
    """ "RULE LogicalId message" of everything that is found."""
    for found in run([str(linters / "cfn-lint"), "--region", "us-east-1", "--format", "json", "--template", str(path)]):
        where = found["Location"]["Path"] or []
        yield f"{found['Rule']['Id']} {where[1] if len(where) > 1 else '-'} {found['Message']}"


def checkov(linters: Path, path: Path) -> Iterator[str]:
    """ "RULE LogicalId title" of everything that fails."""
    options = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "--output", "json"]
    report = run([str(linters / "checkov"), "--file", str(path), *options])
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 100
    for found in report["results"]["failed_checks"]:
        yield f"{found['check_id']} {found['resource'].partition('.')[2]} {found['check_name']}"


def run(command: list[str]) -> Any:
    """What the linter writes as JSON; it exits otherwise than with 0 when it finds something."""
    environment = {**without_aws(), "PATH": os.defpath}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    try:
        return json.loads(result.stdout)
    except ValueError:
        raise AssertionError(f"{command[0]} failed: {result.stdout[-500:]}{result.stderr[-2000:]}") from None
