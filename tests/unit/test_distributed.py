"""One run on several processes, as torchrun starts them."""

import signal
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ml import checkpoint
from tests.unit import shared_run
from tests.unit.test_fit import metrics
from tests.unit.torchrun import free_port, start, start_host
from tests.unit.toys import wait_for_another

RUN = "tests.unit.shared_run"


def assert_alike(first: Path, second: Path) -> None:
    """The same figures in each epoch and the same weights at the end, within rounding."""
    for one, other in zip(metrics(first), metrics(second), strict=True):
        assert other["loss"] == pytest.approx(one["loss"], rel=1e-4)
        assert other["validation_loss"] == pytest.approx(one["validation_loss"], rel=1e-4)
        assert other["accuracy"] == one["accuracy"]
    weights, others = (load_file(folder / "weights.safetensors") for folder in (first, second))
    assert all(torch.allclose(weights[name], others[name], rtol=1e-3, atol=1e-4) for name in weights)


def test_two_processes_give_the_losses_of_one(tmp_path: Path) -> None:
    """With all dropout on, and a last batch that does not reach both."""
    two = start(2, RUN, tmp_path / "two", 3)
    shared_run.main(tmp_path / "one", epochs=3)
    output, errors = two.communicate(timeout=240)
    assert two.returncode == 0, errors
    epochs = [line for line in output.splitlines() if line.startswith("epoch=")]
    assert epochs == [f"epoch={number}" for number in range(1, 9)]  # five of them with the unlabelled texts
    assert_alike(tmp_path / "one", tmp_path / "two")


def test_two_processes_are_stopped_at_the_same_step_and_go_on_from_it(tmp_path: Path) -> None:
    """SIGTERM comes to the launcher, as on a machine that is taken away; the processes get it at different times."""
    many = 5000
    launcher = start(2, RUN, tmp_path, many)
    wait_for_another(tmp_path / checkpoint.FILE, launcher)
    launcher.send_signal(signal.SIGTERM)
    output, errors = launcher.communicate(timeout=240)
    assert launcher.returncode != 0
    assert output.count("stopped in epoch") == 1, output + errors
    again = start(2, RUN, tmp_path, many)
    wait_for_another(tmp_path / checkpoint.FILE, again)
    again.send_signal(signal.SIGTERM)
    output, errors = again.communicate(timeout=240)
    assert "resuming from" in output, output + errors


def test_a_run_on_two_machines_goes_on_from_the_checkpoint_that_the_first_has(tmp_path: Path) -> None:
    """Each has a folder of its own, and the second has none of the first one's files."""
    folders = tmp_path / "first", tmp_path / "second"
    port, many = free_port(), 5000
    hosts = [start_host(rank, 2, port, RUN, folder, many) for rank, folder in enumerate(folders)]
    wait_for_another(folders[0] / checkpoint.FILE, hosts[0])
    for host in hosts:
        host.send_signal(signal.SIGTERM)
    told = [host.communicate(timeout=240) for host in hosts]
    assert "stopped in epoch" in told[0][0], told
    assert not list(folders[1].glob("*")), "only the first process writes"
    port = free_port()
    hosts = [start_host(rank, 2, port, RUN, folder, many) for rank, folder in enumerate(folders)]
    wait_for_another(folders[0] / checkpoint.FILE, hosts[0])
    for host in hosts:
        host.send_signal(signal.SIGTERM)
    told = [host.communicate(timeout=240) for host in hosts]
    assert "resuming from" in told[0][0], told
    assert told[1][0] == ""
