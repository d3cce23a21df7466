"""The phases of a run: from encoded texts to a trained network."""

from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml.classification import Classification, SelfTraining
from ml.encoded import SHORT, Encoded
from ml.hyperparameters import Hyperparameters
from ml.loop import CHECKPOINT_SECONDS, Loop
from ml.model import SentimentLSTM
from ml.phase import Phase
from ml.vectors import word_vectors
from ml.workers import Workers

ALONE = Workers()
VECTOR_LENGTH = 4.0  # of the word vectors that the embedding starts from


class Start:
    """Gives a network the weights that its training begins with."""

    def __init__(self, network: SentimentLSTM, texts: list[Tensor], hyper: Hyperparameters) -> None:
        self.network, self.texts, self.hyper = network, texts, hyper

    def __call__(self) -> None:
        self.network.reset()
        if self.hyper.word_vectors:
            with torch.no_grad():
                known = self._vectors.any(dim=1)
                self.network.embedding.weight[known] = VECTOR_LENGTH * self._vectors[known]

    @cached_property
    def _vectors(self) -> Tensor:
        size, dimension = self.network.embedding.weight.shape
        torch.manual_seed(self.hyper.seed)  # the same vectors in whichever phase they are first asked for
        return word_vectors(self.texts, size, dimension).to(self.network.embedding.weight)


def fit(
    model: SentimentLSTM,
    training: Encoded,
    validation: Encoded,
    unlabelled: Encoded,
    hyper: Hyperparameters,
    checkpoints: Path,
    run: dict[str, Any],
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    workers: Workers = ALONE,
) -> int:
    """Train in all of the processes, from a checkpoint of the same `run` if there is one; the epoch that was kept.

    Leaves that epoch's weights in the model. Raises TrainingError; SystemExit(143) after SIGTERM.
    """
    if 2 * sum(length for length in training.lengths if length <= SHORT) > sum(training.lengths):
        # The steps of short texts are too small to share: measured on two cores, a second thread gains 5 % when
        # both are idle and makes the run 2.5 times as long when one is not. On long texts it gains 70 %.
        torch.set_num_threads(1)
    start = Start(model, training.rows + unlabelled.rows, hyper)
    phases: list[Phase] = [Classification(model, training, validation, hyper, start)]
    if unlabelled.rows and hyper.self_training_epochs:
        phases.append(SelfTraining(model, training, unlabelled, validation, hyper, start))
    return Loop(model, phases, hyper, checkpoints, run, workers, checkpoint_seconds).train()
