"""`npm run deploy` and `npm run remove`: to which stage, and with what built before."""

import pytest

from local import __main__ as commands
from local.problem import Problem


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What is installed, and then run in place of the command."""
    done: list[list[str]] = []
    monkeypatch.setattr(commands.install, "node_tools", lambda: done.append(["node tools"]))
    monkeypatch.setattr(commands.install, "layer", lambda target: done.append(["layer", target]))
    monkeypatch.setattr(commands, "_become", lambda command, env: done.append([str(part) for part in command[1:]]))
    return done


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ([], ["--stage", "dev"]),
        (["--region", "eu-west-1"], ["--stage", "dev", "--region", "eu-west-1"]),
        (["--stage", "prod"], ["--stage", "prod"]),
        (["--stage=prod"], ["--stage=prod"]),
        (["-s", "prod"], ["-s", "prod"]),
    ],
)
def test_a_deployment_goes_to_dev_unless_told_and_builds_the_layer_for_aws_first(
    done: list[list[str]], arguments: list[str], passed: list[str]
) -> None:
    commands.deploy(arguments)
    assert done == [["node tools"], ["layer", "arm64"], ["deploy", *passed]]


@pytest.mark.parametrize("arguments", [[], ["--stage", "local"]])
def test_a_removal_has_to_be_told_its_stage(done: list[list[str]], arguments: list[str]) -> None:
    with pytest.raises(Problem, match="Say to which stage"):
        commands.remove(arguments)
    assert done == []


def test_the_local_stage_is_not_deployed_to_aws(done: list[list[str]]) -> None:
    with pytest.raises(Problem, match="npm start"):
        commands.deploy(["--stage", "local"])
