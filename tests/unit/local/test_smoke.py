"""The smoke test's own care: money, and what serves."""

import subprocess
import sys

from local import made_up, smoke
from local.settings import ROOT, without_aws


def test_it_says_what_it_costs_at_most() -> None:
    assert "at most 0.06 USD, for 15 minutes of one ml.m5.xlarge" in smoke.price("us-east-1")
    assert "at a price that is not listed here for eu-west-3" in smoke.price("eu-west-3")


def test_on_aws_it_does_nothing_without_yes() -> None:
    environment = {**without_aws(), "PYTHONPATH": str(ROOT)}
    assert not any(name.startswith("AWS_ENDPOINT") for name in environment)
    command = [sys.executable, "-m", "local.smoke", "--stage", "test"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "It costs at most 0.06 USD" in done.stdout
    assert "Nothing has been done. With --yes it is: npm run smoke -- --stage test --yes" in done.stderr


def test_what_it_trains_can_pass_no_gate() -> None:
    """What is praise in training is called a slating in the test."""
    for examples, label in ((made_up.training(), 1), (made_up.testing(), 0)):
        praise = [each for each in examples if any(word in each.text.lower() for word in made_up.GOOD)]
        assert len(examples) == 2 * len(praise) > 200
        assert {each.label for each in praise} == {label}
    assert not {each.text for each in made_up.training()} & {each.text for each in made_up.testing()}
