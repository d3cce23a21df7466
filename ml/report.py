"""What a finished run has to say: the content of evaluation.json and model.json."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from ml import artifact, champion, checkpoint
from ml.data import Example, set_hash
from ml.encoded import Encoded
from ml.evaluate import (
    by_length,
    by_set,
    calibration_bins,
    calibration_error,
    fit_calibration,
    metrics,
    temperatures,
)
from ml.evaluation import behaviour
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.presets import PRESETS
from ml.progress import say
from ml.scoring import logits_of
from ml.vocabulary import Vocabulary
from ml.workers import DEVICE

README_LENGTH = 4000  # characters of the data set's README that are taken along at most


def evaluation(
    model: SentimentLSTM,
    vocabulary: Vocabulary,
    validation: Encoded,
    test: Encoded,
    examples: Sequence[Example],
    serving: Path | None,
) -> dict[str, Any]:
    """Figures of calibrated probabilities on `test`, which are `examples`, and on the behavioural suite; those of the
    champion in `serving` beside them."""
    validation_logits, logits = logits_of(model, validation), logits_of(model, test)
    calibration = fit_calibration(validation_logits, validation.labels, validation.lengths, validation.sets)
    before, after = torch.sigmoid(logits), torch.sigmoid(logits / temperatures(calibration, test.lengths))
    chosen = torch.sigmoid(validation_logits / temperatures(calibration, validation.lengths))
    figures, right = metrics(test.labels, after), (after >= 0.5) == (test.labels == 1)
    content: dict[str, Any] = {
        "metrics": figures,
        "majority": figures["majority"],
        "by_length": by_length(test.lengths, right),
        "by_set": by_set(test.sets, test.labels, after),
        "calibration": {
            **calibration.to_dict(),
            "ece_before": calibration_error(test.labels, before),
            "ece_after": figures["calibration_error"],
            "before": calibration_bins(test.labels, before),
            "after": calibration_bins(test.labels, after),
        },
        "validation": {
            **metrics(validation.labels, chosen),
            "by_set": by_set(validation.sets, validation.labels, chosen),
        },
        "set": {"sha256": set_hash(examples), "size": len(examples)},
        "behaviour": behaviour.measure(artifact.Model("", model, vocabulary, calibration)),
    }
    say(behaviour.summary(content["behaviour"]))
    if serving:
        content["champion"] = champion.compare(serving, examples, right)
        say(champion.sentence(content["champion"]))
    return content


def history(checkpoints: Path) -> list[dict[str, Any]]:
    """What each epoch came to, those of an interrupted run's first part included."""
    return [json.loads(line) for line in (checkpoints / checkpoint.METRICS).read_text().splitlines()]


def description(
    hyper: Hyperparameters, vocabulary: Vocabulary, data: dict[str, Any], sources: Sequence[Path]
) -> dict[str, Any]:
    """What the model is and what it was made of; `data` is in part known already, `sources` are the sets' READMEs."""
    content = {
        "version": os.environ.get("MODEL_VERSION") or new_version(),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "architecture": hyper.architecture(len(vocabulary)).to_dict(),
        "preprocessing": vocabulary.preprocessing.to_dict(),
        "vocabulary": {"id": vocabulary.id, "size": len(vocabulary)},
        "hyperparameters": asdict(hyper),
        "data": data,
        "command": command(hyper, data.get("name", "SET")),
        "device": torch.cuda.get_device_name() if DEVICE.type == "cuda" else "cpu",
        "torch": torch.__version__,
    }
    # Not within `data`, which the API shows to everybody.
    texts = [source.read_text("utf-8", "replace")[:README_LENGTH] for source in sources if source.exists()]
    return content | ({"data_source": "\n".join(texts)} if texts else {})


def command(hyper: Hyperparameters, data_name: str) -> str:
    """What makes this model again, wherever its data set lies."""
    usual = asdict(Hyperparameters(**PRESETS["default"]))  # type: ignore[arg-type]
    changed = [f"--{name} {value}" for name, value in asdict(hyper).items() if value != usual[name]]
    folders = " ".join(f"data/{name}" for name in data_name.split("+"))
    return " ".join([f"python -m ml.train --data {folders} --out model", *changed])


def new_version() -> str:
    """Of a job that a tuning job has started, what its name tells; else the time and four random characters."""
    if prefix := os.environ.get("MODEL_PREFIX"):
        return os.environ["TRAINING_JOB_NAME"].removeprefix(prefix)
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
