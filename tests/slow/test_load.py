"""The load benchmark's own run, cut short: nobody is refused but above the throttle."""

import subprocess
import sys

import pytest

from local.settings import ROOT


@pytest.mark.timeout(900)
def test_a_steady_load_a_spike_and_a_soak_have_no_errors() -> None:
    """Who asks too often is answered 429 and nothing else; every process of the application is watched."""
    short = ["--rate", "1", "--seconds", "6", "--soak", "12", "--no-knee"]

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *short], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "No error but 429 above the throttle" in run.stdout
    assert "| soak, 2 | one text | " in run.stdout
    for process in ("AWS emulator", "SageMaker", "model server", "Lambda sentiment"):
        assert f"\n| {process} | " in run.stdout
