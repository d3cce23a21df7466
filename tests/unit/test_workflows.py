"""The workflows run what this repository has, with actions that nobody can change under them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")}
STEPS: list[dict[str, Any]] = [s for flow in WORKFLOWS.values() for job in flow["jobs"].values() for s in job["steps"]]
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")


@pytest.mark.parametrize("action", sorted({step["uses"] for step in STEPS if "uses" in step}))
def test_an_action_is_pinned_to_a_commit(action: str) -> None:
    assert PINNED.fullmatch(action)


def test_every_npm_script_that_is_run_exists() -> None:
    scripts = json.loads((ROOT / "package.json").read_text())["scripts"]
    commands = [line for step in STEPS for line in step.get("run", "").splitlines()]
    run = {name for command in commands for name in re.findall(r"npm (?:run )?(test\S*|deploy|images)", command)}
    assert run == {"test", "test:slow", "test:faults", "deploy", "images"}
    assert run <= set(scripts)


def test_every_lock_file_that_is_audited_exists() -> None:
    text = "\n".join(step.get("run", "") for step in STEPS)
    locked = re.findall(r"\S+requirements\S*\.txt|requirements/\S+\.txt", text)
    assert len(locked) == 4
    assert [path for path in locked if not (ROOT / path).exists()] == []


def test_no_log_of_a_deployment_tells_the_api_key() -> None:
    deployments = [step["run"] for step in STEPS if "npm run deploy" in step.get("run", "")]
    assert deployments
    assert all("--conceal" in command for command in deployments)


def test_only_a_deployment_may_ask_github_to_vouch_for_it_and_no_key_is_kept() -> None:
    assert WORKFLOWS["ci"]["permissions"] == {"contents": "read"}
    assert WORKFLOWS["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
