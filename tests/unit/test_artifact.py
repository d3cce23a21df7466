"""The artifact: weights in one or two bytes each, figures of just these; and artifacts of earlier releases."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ml import artifact, champion, golden
from ml.errors import ArtifactError
from ml.evaluate import metrics, temperatures
from ml.hyperparameters import Hyperparameters
from ml.scoring import logits_of
from tests.unit import small_model
from tests.unit.small_model import HELD_OUT, VOCABULARY, encoded, network


def stored_in(folder: Path) -> dict[str, torch.Tensor]:
    with safe_open(folder / artifact.WEIGHTS, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def test_the_embedding_takes_a_byte_a_number_and_other_weights_take_two(tmp_path: Path) -> None:
    small_model.write(tmp_path)
    stored = stored_in(tmp_path)
    scales, embedding = stored.pop(artifact.SCALES), stored.pop(artifact.EMBEDDING)
    assert (scales.dtype, embedding.dtype, len(scales)) == (torch.float32, torch.int8, len(embedding))
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    assert stored.keys() == network().state_dict().keys() - {artifact.EMBEDDING}


def test_a_number_of_the_embedding_moves_by_half_a_step_of_its_row_at_most() -> None:
    model = network()
    before = model.embedding.weight.detach().clone()
    artifact.round_weights(model)
    steps = before.abs().amax(dim=1, keepdim=True) / 127
    assert ((model.embedding.weight - before).abs() <= steps / 2 + 1e-6).all()
    rounded = model.embedding.weight.detach().clone()
    artifact.round_weights(model)
    assert torch.allclose(model.embedding.weight, rounded, atol=1e-6)


def test_a_model_read_back_has_the_figures_that_were_recorded(tmp_path: Path) -> None:
    model = artifact.read(small_model.write(tmp_path))
    assert {weight.dtype for weight in model.network.parameters()} == {torch.float32}
    logits = logits_of(model.network, encoded(HELD_OUT))
    labels = torch.tensor([float(example.label) for example in HELD_OUT])
    recorded = artifact.read_json(tmp_path / artifact.EVALUATION)
    by_length = temperatures(model.calibration, encoded(HELD_OUT).lengths)
    assert metrics(labels, torch.sigmoid(logits / by_length)) == recorded["metrics"]


def test_rounding_is_what_storing_does(tmp_path: Path) -> None:
    model = network()
    artifact.write(tmp_path, model, VOCABULARY, {}, {})
    artifact.round_weights(model)
    stored = stored_in(tmp_path)
    stored[artifact.EMBEDDING] = stored[artifact.EMBEDDING] * stored.pop(artifact.SCALES).unsqueeze(1)
    assert all(torch.equal(weight, stored[name].float()) for name, weight in model.state_dict().items())


EARLIER = Path(__file__).parents[1] / "data" / "artifact-of-november"  # before symbols, groups and lengths mattered


def test_an_artifact_of_an_earlier_release_gives_its_ids_and_scores() -> None:
    model = artifact.read(EARLIER)
    assert model.vocabulary.id == artifact.read_json(EARLIER / artifact.MODEL)["vocabulary"]["id"] == "3ad9029db607288f"
    assert model.vocabulary.to_bytes() == (EARLIER / artifact.VOCABULARY).read_bytes()
    assert model.calibration.exponent == 0
    golden.check(EARLIER)


def test_an_artifact_of_an_earlier_release_can_be_the_champion() -> None:
    found = champion.compare(EARLIER, HELD_OUT, torch.ones(len(HELD_OUT), dtype=torch.bool))
    assert found["version"] == "20261122-000000-0a1b"


def test_hyperparameters_of_an_earlier_release_mean_what_they_meant() -> None:
    hyper = Hyperparameters.recorded(artifact.read_json(EARLIER / artifact.MODEL)["hyperparameters"])
    assert (hyper.symbols, hyper.ends, hyper.groups, hyper.pieces) == (False, False, False, 0)


def test_a_weight_too_large_for_half_precision_is_refused() -> None:
    model = network()
    with torch.no_grad():
        model.linear.bias.fill_(1e5)
    with pytest.raises(ArtifactError, match=r"linear\.bias holds weights beyond"):
        artifact.round_weights(model)


@pytest.mark.parametrize("scales", [None, (7, 1), (1,)])
def test_scales_that_do_not_fit_the_embedding_are_refused(tmp_path: Path, scales: tuple[int, ...] | None) -> None:
    stored = stored_in(small_model.write(tmp_path))
    stored.pop(artifact.SCALES)
    save_file(stored | ({artifact.SCALES: torch.ones(scales)} if scales else {}), tmp_path / artifact.WEIGHTS)
    with pytest.raises(ArtifactError, match="holds no whole model"):
        artifact.read(tmp_path)


def test_an_embedding_with_a_number_that_is_none_is_refused() -> None:
    model = network()
    with torch.no_grad():
        model.embedding.weight[2, 0] = float("nan")
    with pytest.raises(ArtifactError, match=r"embedding\.weight holds weights beyond"):
        artifact.round_weights(model)
