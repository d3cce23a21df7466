"""Train the sentiment model: on a laptop, and unchanged as the entry point of a SageMaker training job.

python -m ml.train --data data/snippets --out model
python -m ml.train --data data/snippets --out model --epochs 3 --hidden_dim 100 --stop_words none
"""

import os
import secrets
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import torch

from ml import artifact, bundle, golden
from ml.data import Example, read, set_hash, split
from ml.errors import SentimentError
from ml.evaluate import calibration_error, fit_temperature, metrics
from ml.fit import DEVICE, Encoded, fit, logits_of, say
from ml.hyperparameters import Hyperparameters, Parser
from ml.model import SentimentLSTM
from ml.tokens import tokenise_all
from ml.vocabulary import Vocabulary


def train(data: Path, out: Path, checkpoints: Path, hyper: Hyperparameters, data_name: str = "") -> None:
    """Train on `data`, write the artifact to `out`.

    The weights are those of the epoch with the lowest validation loss; the test set is looked at once, last.
    Where `data` has an extra.jsonl.gz beside train and test, it is trained on and nothing is judged by it.
    Raises DataError, TrainingError, or GoldenError when the artifact does not serve by itself.
    """
    everything, test = read(data / "train.jsonl.gz"), read(data / "test.jsonl.gz")
    extra = read(data / "extra.jsonl.gz") if (data / "extra.jsonl.gz").exists() else []
    training, validation = split(everything, hyper.validation_share, hyper.seed)
    training += extra
    say(f"{len(training)} texts to train on, {len(validation)} to choose the epoch, {len(test)} held out")
    vocabulary, (encoded, encoded_validation, encoded_test) = clean([training, validation, test], hyper)
    say(f"vocabulary {vocabulary.id} of {len(vocabulary)} ids; training on {DEVICE}")

    data_hash = set_hash(everything + extra)
    torch.manual_seed(hyper.seed)
    model = SentimentLSTM(hyper.architecture(len(vocabulary))).to(DEVICE)
    run = {"hyperparameters": asdict(hyper), "data": data_hash, "vocabulary": vocabulary.id}
    best = fit(model, encoded, encoded_validation, hyper, checkpoints, run)

    temperature = fit_temperature(logits_of(model, encoded_validation), encoded_validation.labels)
    evaluation = evaluate(model, encoded_test, encoded_validation, temperature)
    evaluation["set"] = {"sha256": set_hash(test), "size": len(test)}
    evaluation["validation"]["epoch"] = best
    about_data: dict[str, Any] = {"name": data_name} if data_name else {}
    about_data |= {
        "train": len(training),
        "validation": len(validation),
        "test": len(test),
        "sha256": data_hash,
    }
    description = {
        "version": os.environ.get("MODEL_VERSION") or new_version(),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "architecture": hyper.architecture(len(vocabulary)).to_dict(),
        "preprocessing": vocabulary.preprocessing.to_dict(),
        "vocabulary": {"id": vocabulary.id, "size": len(vocabulary)},
        "hyperparameters": asdict(hyper),
        "data": about_data,
        "torch": torch.__version__,
    }
    artifact.write(out, model, vocabulary, description, evaluation)
    golden.write(out, golden.choose([example.text for example in test], vocabulary))
    bundle.write_code(out / "code")
    golden.check_alone(out)
    say(f"test_accuracy={evaluation['metrics']['accuracy']:.4f}")


def clean(parts: Sequence[Sequence[Example]], hyper: Hyperparameters) -> tuple[Vocabulary, list[Encoded]]:
    """The vocabulary of the first part, and all parts in its ids. Each text is cleaned once."""
    preprocessing = hyper.preprocessing()
    tokens = iter(tokenise_all([example.text for part in parts for example in part], preprocessing))
    tokens_of = [list(islice(tokens, len(part))) for part in parts]
    vocabulary = Vocabulary.build(tokens_of[0], preprocessing, hyper.vocabulary_size, hyper.min_count)
    return vocabulary, [
        Encoded([vocabulary.look_up(each).ids for each in tokens], part)
        for tokens, part in zip(tokens_of, parts, strict=True)
    ]


def evaluate(model: SentimentLSTM, test: Encoded, validation: Encoded, temperature: float) -> dict[str, Any]:
    """The part of evaluation.json that is figures, of calibrated probabilities."""
    logits = logits_of(model, test)
    figures = metrics(test.labels, torch.sigmoid(logits / temperature))
    return {
        "metrics": figures,
        "majority": figures["majority"],
        "calibration": {
            "temperature": temperature,
            "ece_before": calibration_error(test.labels, torch.sigmoid(logits)),
            "ece_after": figures["calibration_error"],
        },
        "validation": metrics(validation.labels, torch.sigmoid(logits_of(model, validation) / temperature)),
    }


def new_version() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def checkpoint_folder(out: Path) -> Path:
    """CHECKPOINT_DIR, or where SageMaker syncs checkpoints from, or a neighbour of the artifact."""
    if "CHECKPOINT_DIR" in os.environ:
        return Path(os.environ["CHECKPOINT_DIR"])
    return Path("/opt/ml/checkpoints") if "SM_MODEL_DIR" in os.environ else out.parent / "checkpoints"


def main(arguments: list[str] | None = None) -> None:
    # A spot instance that is taken away sends SIGTERM; the last epoch's checkpoint is on disk already.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = Parser(__doc__)
    parser.add_argument("--data", default=os.environ.get("SM_CHANNEL_DATA"), type=Path, help="folder of the set")
    parser.add_argument("--out", default=os.environ.get("SM_MODEL_DIR"), type=Path, help="folder of the model")
    parser.add_argument("--data_name", default="", help="what the set is called in model.json")
    try:
        options = parser.parse_args(arguments)
        if options.data is None or options.out is None:
            raise ValueError("give --data, the folder of the data set, and --out, the folder for the model")
        hyper = parser.hyperparameters(options)
    except ValueError as error:
        fail(error)
    try:
        train(options.data, options.out, checkpoint_folder(options.out), hyper, options.data_name)
    except SentimentError as error:
        fail(error)


def fail(error: ValueError) -> NoReturn:
    # SageMaker's training toolkit reports what follows the first name of a built-in exception on stderr.
    sys.exit(f"ValueError: {error}")


if __name__ == "__main__":
    main()
