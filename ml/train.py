"""Train the sentiment model: on a laptop, and unchanged as the entry point of a SageMaker training job.

python -m ml.train --data data/imdb data/short --out model                    # the best recipe found
python -m ml.train --data data/imdb --out model --preset notebook --epochs 3   # the notebook's, cut short
torchrun --nproc_per_node 2 -m ml.train --data data/imdb --out model           # two processes share the batches
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import torch

from ml import artifact, bundle, card, fallback, golden, plots, report
from ml.corpus import encode, load
from ml.errors import SentimentError
from ml.fit import fit
from ml.hyperparameters import Hyperparameters, Parser
from ml.loop import CHECKPOINT_SECONDS
from ml.model import SentimentLSTM
from ml.progress import say
from ml.workers import DEVICE, is_first, join


def train(
    data: Path | Sequence[Path],
    out: Path,
    checkpoints: Path,
    hyper: Hyperparameters,
    data_name: str = "",
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    champion: Path | None = None,
) -> None:
    """Train on `data`, one set or several, write the artifact to `out`, compared with the model in `champion` if given.

    The weights are those of the epoch with the lowest validation loss; the test set is looked at once, last.
    Raises DataError, TrainingError, ArtifactError, or GoldenError when the artifact does not serve by itself.
    """
    plots.require()
    with join() as workers:
        corpus = load(data, hyper, workers, data_name)
        encoded = encode(corpus, hyper, workers)
        vocabulary = encoded.vocabulary
        say(f"training on {DEVICE}")
        torch.manual_seed(hyper.seed)
        model = SentimentLSTM(hyper.architecture(len(vocabulary))).to(DEVICE)
        run = {"hyperparameters": asdict(hyper), "data": corpus.sha256, "vocabulary": vocabulary.id}
        texts = encoded.training, encoded.validation, encoded.unlabelled
        best = fit(model, *texts, hyper, checkpoints, run, checkpoint_seconds, workers)
    if not is_first():
        return

    artifact.round_weights(model)
    evaluation = report.evaluation(model, vocabulary, encoded.validation, encoded.test, corpus.judged, champion)
    evaluation["validation"]["epoch"] = best
    evaluation["history"] = report.history(checkpoints)
    sources = [folder / "README.md" for folder in ([data] if isinstance(data, Path) else data)]
    description = report.description(hyper, vocabulary, corpus.describe(data_name), sources)
    artifact.write(out, model, vocabulary, description, evaluation)
    golden.write(out, golden.choose(vocabulary))
    fallback.add(out, encoded)
    card.write(out)
    plots.write(out)
    bundle.write_code(out / "code")
    golden.check_alone(out)
    # Once more, of the weights that are kept: tuning goes by the last value.
    say(f"validation_accuracy={evaluation['validation']['accuracy']:.4f}")
    say(f"test_accuracy={evaluation['metrics']['accuracy']:.4f}")


def checkpoint_folder(out: Path) -> Path:
    """CHECKPOINT_DIR, or where SageMaker syncs checkpoints from, or a neighbour of the artifact."""
    folder = os.environ.get("CHECKPOINT_DIR") or ("/opt/ml/checkpoints" if "SM_MODEL_DIR" in os.environ else "")
    if not folder:
        return out.parent / "checkpoints"
    # The jobs of a tuning job share one place in S3.
    return Path(folder, os.environ["TRAINING_JOB_NAME"] if "MODEL_PREFIX" in os.environ else "")


def _channels() -> list[Path]:
    """Where SageMaker has put the data sets: the channels data, data1, data2, …"""
    names = sorted(name for name in os.environ if name.startswith("SM_CHANNEL_DATA"))
    return [Path(os.environ[name]) for name in names]


def main(arguments: list[str] | None = None) -> None:
    # A spot instance that is taken away sends SIGTERM. The training loop has its own way to take it, and saves first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = Parser(__doc__)
    parser.add_argument("--data", default=_channels(), type=Path, nargs="+", help="folders of the sets")
    parser.add_argument("--out", default=os.environ.get("SM_MODEL_DIR"), type=Path, help="folder of the model")
    parser.add_argument("--data_name", default="", help="what the set is called in model.json")
    serving = os.environ.get("SM_CHANNEL_CHAMPION")
    parser.add_argument("--champion", default=serving, type=Path, help="the model that serves, to compare with")
    parser.add_argument(
        "--checkpoint_seconds", default=CHECKPOINT_SECONDS, type=float, help="time between two checkpoints"
    )
    try:
        options = parser.parse_args(arguments)
        if not options.data or options.out is None:
            raise ValueError("give --data, the folder of the data set, and --out, the folder for the model")
        if options.champion and not options.champion.exists():
            raise ValueError(f"--champion {options.champion} does not exist; give a model's folder or its model.tar.gz")
        hyper = parser.hyperparameters(options)
    except ValueError as error:
        fail(error)
    try:
        checkpoints = checkpoint_folder(options.out)
        rest = options.data_name, options.checkpoint_seconds, options.champion
        train(options.data, options.out, checkpoints, hyper, *rest)
    except SentimentError as error:
        fail(error)


def fail(error: ValueError) -> NoReturn:
    # SageMaker's training toolkit reports what follows the first name of a built-in exception on stderr.
    sys.exit(f"ValueError: {error}")


if __name__ == "__main__":
    main()
