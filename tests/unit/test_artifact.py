"""The artifact: weights in half precision, figures of just these."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from ml import artifact
from ml.errors import ArtifactError
from ml.evaluate import metrics
from ml.scoring import logits_of
from tests.unit import small_model
from tests.unit.small_model import HELD_OUT, VOCABULARY, encoded, network


def test_weights_take_two_bytes_each(tmp_path: Path) -> None:
    small_model.write(tmp_path)
    with safe_open(tmp_path / artifact.WEIGHTS, "pt") as file:
        stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    bytes_of = {name: tensor.nbytes for name, tensor in network().state_dict().items()}
    assert {name: 2 * tensor.nbytes for name, tensor in stored.items()} == bytes_of


def test_a_model_read_back_has_the_figures_that_were_recorded(tmp_path: Path) -> None:
    model = artifact.read(small_model.write(tmp_path))
    assert {weight.dtype for weight in model.network.parameters()} == {torch.float32}
    logits = logits_of(model.network, encoded(HELD_OUT))
    labels = torch.tensor([float(example.label) for example in HELD_OUT])
    recorded = artifact.read_json(tmp_path / artifact.EVALUATION)
    assert metrics(labels, torch.sigmoid(logits / model.temperature)) == recorded["metrics"]


def test_rounding_is_what_storing_does(tmp_path: Path) -> None:
    model = network()
    artifact.write(tmp_path, model, VOCABULARY, {}, {})
    artifact.round_weights(model)
    with safe_open(tmp_path / artifact.WEIGHTS, "pt") as file:
        assert all(torch.equal(weight, file.get_tensor(name).float()) for name, weight in model.state_dict().items())


def test_a_weight_too_large_for_half_precision_is_refused() -> None:
    model = network()
    with torch.no_grad():
        model.linear.bias.fill_(1e5)
    with pytest.raises(ArtifactError, match=r"linear\.bias holds weights beyond"):
        artifact.round_weights(model)
