"""The folder that a training job leaves and an endpoint loads; SageMaker makes a model.tar.gz of it.

model.safetensors   the weights, in half precision; the embedding in whole numbers from -127 to 127, a scale a row
model.json          what the model is and where it comes from
vocabulary.json     the lookup table with its preprocessing
evaluation.json     figures on the held-out set, and that set's hash
fallback.bin        a small linear model that answers while this one cannot (ml/fallback.py)
golden.json         texts with the ids and scores that every holder of the model must reproduce
card.md, plots/     what it is and how good it is, for people (ml/card.py, ml/plots.py)
code/               what the serving image lacks to load all this (ml/bundle.py)
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, int8

from ml.calibration import Calibration
from ml.errors import ArtifactError, VocabularyError
from ml.model import Architecture, SentimentLSTM
from ml.vocabulary import Vocabulary

WEIGHTS, MODEL, VOCABULARY, EVALUATION, GOLDEN, FALLBACK = (
    "model.safetensors",
    "model.json",
    "vocabulary.json",
    "evaluation.json",
    "golden.json",
    "fallback.bin",
)

EMBEDDING, SCALES = "embedding.weight", "embedding.scales"


@dataclass(frozen=True)
class Model:
    """What an endpoint needs of an artifact."""

    version: str
    network: SentimentLSTM
    vocabulary: Vocabulary
    calibration: Calibration


def round_weights(network: SentimentLSTM) -> None:
    """Round the weights, in place, to the precision that `write` stores: what is measured is what is served.

    Raises ArtifactError when one is too large for it.
    """
    for name, tensor in network.state_dict().items():
        sound = tensor.isfinite().all()
        tensor.copy_(_dequantised(*_quantised(tensor)) if name == EMBEDDING else _stored(tensor))
        if not sound or not tensor.isfinite().all():
            raise ArtifactError(
                f"{name} holds weights beyond ±65,504, the largest number in half precision: "
                "train again with a lower learning_rate or a higher weight_decay"
            )


def write(
    folder: Path,
    network: SentimentLSTM,
    vocabulary: Vocabulary,
    description: dict[str, Any],
    evaluation: dict[str, Any],
) -> None:
    """Write the weights and the documents but golden.json. `description` is the content of model.json.

    The weights are stored as `round_weights` makes them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: _stored(tensor).cpu().contiguous() for name, tensor in network.state_dict().items()}
    whole, scales = _quantised(network.state_dict()[EMBEDDING])
    weights |= {EMBEDDING: whole.cpu().contiguous(), SCALES: scales.cpu().contiguous()}
    save_file(weights, folder / WEIGHTS)
    (folder / VOCABULARY).write_bytes(vocabulary.to_bytes())
    write_json(folder / MODEL, description)
    write_json(folder / EVALUATION, evaluation)


def read(folder: Path) -> Model:
    """Load the model on the CPU in single precision, ready to predict. Raises ArtifactError or VocabularyError."""
    try:
        description = read_json(folder / MODEL)
        evaluation = read_json(folder / EVALUATION)
        vocabulary = Vocabulary.from_bytes((folder / VOCABULARY).read_bytes())
        architecture, weights = Architecture.from_dict(description["architecture"]), load_file(folder / WEIGHTS)
        _require_shapes(architecture, weights)
        if SCALES in weights:  # artifacts from before have the embedding in half precision
            weights[EMBEDDING] = _dequantised(weights[EMBEDDING], weights.pop(SCALES))
        network = SentimentLSTM(architecture)
        network.load_state_dict(weights)
        stated = description["vocabulary"]["id"]
        calibration = Calibration.from_dict(evaluation["calibration"])
        model = Model(description["version"], network, vocabulary, calibration)
    except VocabularyError:
        raise
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RuntimeError, SafetensorError) as error:
        raise ArtifactError(f"{folder} holds no whole model: {type(error).__name__}: {error}") from error
    rows = network.embedding.num_embeddings
    if stated != vocabulary.id or rows != len(vocabulary):
        raise ArtifactError(
            f"{folder}: the model was trained with vocabulary {stated} of {rows} ids, "
            f"but {VOCABULARY} is {vocabulary.id} of {len(vocabulary)}"
        )
    network.eval().requires_grad_(False)
    return model


def _require_shapes(architecture: Architecture, weights: dict[str, Tensor]) -> None:
    """Raises ValueError or KeyError before a network is made that is far larger than its weights are."""
    expected: dict[str, tuple[int, ...]] = {
        "embedding.weight": (architecture.vocabulary_size, architecture.embedding_dim),
        "forward_lstm.weight_hh_l0": (4 * architecture.hidden_dim, architecture.hidden_dim),
    }
    if SCALES in weights or weights[EMBEDDING].dtype == int8:
        expected[SCALES] = (architecture.vocabulary_size,)
    for name, shape in expected.items():
        if weights[name].shape != shape:
            raise ValueError(f"{name} has the shape {tuple(weights[name].shape)}, but {MODEL} says {shape}")


def _stored(tensor: Tensor) -> Tensor:
    return tensor.detach().half()


def _quantised(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Rows (V, E) as whole numbers from -127 to 127, and what to multiply each row by (V,)."""
    tensor = tensor.detach().float()
    scales = tensor.abs().amax(dim=1) / 127
    scales = scales.where(scales > 0, 1.0)
    return (tensor / scales.unsqueeze(1)).round().to(int8), scales


def _dequantised(whole: Tensor, scales: Tensor) -> Tensor:
    return whole.float() * scales.float().unsqueeze(1)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def write_json(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
