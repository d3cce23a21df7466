"""What the training loop needs to know of one stage of training."""

from typing import Protocol

from torch import Tensor, nn, optim

from ml.model import SentimentLSTM
from ml.workers import Workers


class Phase(Protocol):
    """What is trained, on which batches, towards what. Random choices come from torch's generator alone."""

    name: str  # its printed metrics begin with it: train_loss
    epochs: int
    tokens: int  # of an epoch, padding left out
    head: nn.Module  # what is trained beside the network and forgotten after the phase

    def prepare(self, workers: Workers) -> None:
        """Whatever is done before the first step, and not again when the phase is taken up from a checkpoint."""

    def optimizer(self) -> optim.Optimizer:
        """Of the parameters that are trained, with their learning rates at the peak."""

    def batches(self) -> list[list[int]]:
        """Those of an epoch, in order."""

    def tokens_of(self, batch: list[int]) -> int:
        """How many tokens a batch has, padding left out."""

    def learn(self, batch: list[int], rows: slice) -> tuple[Tensor, Tensor]:
        """Add the gradients of the texts `rows` of the batch; what they add to its mean loss, how many are right.

        What is random is drawn for the whole batch, so that it is the same however many processes share it.
        """

    def validate(self, network: SentimentLSTM, workers: Workers) -> dict[str, float]:
        """`validation_loss`, by which the best epoch is chosen, and `accuracy`; or nothing, and the last is kept."""
