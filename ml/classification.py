"""The phases that learn sentiment: from labels, and from what a trained model says of texts without labels."""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim

from ml.encoded import SHORT, Encoded, joined, shuffled_batches
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.scoring import logits_of, right
from ml.teaching import soft_labels
from ml.vocabulary import UNKNOWN
from ml.workers import DEVICE, Workers

_loss = nn.functional.binary_cross_entropy_with_logits


class Classification:
    """The phase that learns the labels of `training`; `start` gives the network the weights that it begins with."""

    name = "train"

    def __init__(
        self,
        network: SentimentLSTM,
        training: Encoded,
        validation: Encoded,
        hyper: Hyperparameters,
        start: Callable[[], None],
    ) -> None:
        self.network, self.training, self.validation = network, training, validation
        self.hyper, self.start = hyper, start
        self.word_dropout, self.adversarial = hyper.word_dropout, hyper.adversarial
        self.epochs, self.tokens = hyper.epochs, sum(training.lengths)
        self.half = computes_half(hyper.precision)
        self.head = nn.Module()
        self.head.register_buffer("labels", training.labels.to(DEVICE))

    def prepare(self, workers: Workers) -> None:
        if workers.rank == 0:  # whose weights all others get
            self.start()

    def optimizer(self) -> optim.Optimizer:
        return optim.AdamW(
            self.network.parameters(), lr=self.hyper.learning_rate, weight_decay=self.hyper.weight_decay, fused=True
        )

    def batches(self) -> list[list[int]]:
        return shuffled_batches(self.training.lengths, self.hyper.batch_size)

    def tokens_of(self, batch: list[int]) -> int:
        return sum(self.training.lengths[index] for index in batch)

    def learn(self, batch: list[int], rows: slice) -> tuple[Tensor, Tensor]:
        """Binary cross-entropy; some words are made unknown (Dai and Le, 2015)."""
        ids, labels = self.training.ids(batch), self.head.get_buffer("labels")[batch][rows]
        dropped = (torch.rand(ids.shape, device=ids.device) < self.word_dropout) & (ids > UNKNOWN)
        masks = self.network.draw_masks(len(batch))
        ids, masks = ids.masked_fill(dropped, UNKNOWN)[rows], masks[rows]
        embedded = self.network.embed(ids, masks)
        # A push that a long review hardly feels would leave nothing of a sentence.
        pushed_too = self.adversarial and ids.shape[1] > SHORT
        if pushed_too:
            embedded.retain_grad()
        logits = self.network.judge(embedded, ids, masks, self.half)
        loss = _loss(logits, labels, reduction="sum") / len(batch)
        loss.backward()
        if pushed_too:
            # Once more, each text's words pushed a little to where the loss grows fastest: Miyato, Dai and Goodfellow,
            # "Adversarial Training Methods for Semi-Supervised Text Classification", ICLR 2017.
            assert embedded.grad is not None
            uphill = embedded.grad / embedded.grad.norm(dim=(1, 2), keepdim=True).clamp(min=1e-12)
            pushed = self.network.embed(ids, masks) + self.adversarial * uphill
            harder = _loss(self.network.judge(pushed, ids, masks, self.half), labels, reduction="sum") / len(batch)
            harder.backward()
        return loss.detach(), right(logits, labels).sum()

    def validate(self, network: SentimentLSTM, workers: Workers) -> dict[str, float]:
        """Each set weighs the same, however many texts it has."""
        logits, labels = logits_of(network, self.validation, workers), self.validation.labels
        losses, correct = _loss(logits, labels, reduction="none"), right(logits, labels).float()
        names = sorted(set(self.validation.sets))  # in one order in every process, so that all round alike
        sets = [torch.tensor([each == name for each in self.validation.sets]) for name in names]
        return {
            "accuracy": torch.stack([correct[inside].mean() for inside in sets]).mean().item(),
            "validation_loss": torch.stack([losses[inside].mean() for inside in sets]).mean().item(),
        }


class SelfTraining(Classification):
    """The phase that starts anew, on labelled texts and on unlabelled ones with the labels that `soft_labels` gives.

    The teacher is the network as it stands when the phase begins.
    """

    name = "self_training"

    def __init__(
        self,
        network: SentimentLSTM,
        training: Encoded,
        unlabelled: Encoded,
        validation: Encoded,
        hyper: Hyperparameters,
        start: Callable[[], None],
    ) -> None:
        super().__init__(network, joined(training, unlabelled), validation, hyper, start)
        self.labelled, self.unlabelled = training, unlabelled
        self.epochs = hyper.self_training_epochs
        # Labels that say how sure the teacher is leave no room for the confidence that pushes cure: without them an
        # epoch takes half as long, and gets as far.
        self.word_dropout, self.adversarial = hyper.self_training_word_dropout, 0.0

    def prepare(self, workers: Workers) -> None:
        found = soft_labels(self.network, self.labelled, self.validation, self.unlabelled, workers)
        self.head.get_buffer("labels")[len(self.labelled.rows) :] = found.to(DEVICE)
        super().prepare(workers)


def computes_half(precision: str) -> bool:
    """Whether the LSTMs are to compute in bfloat16 while training; "auto" says where the hardware does."""
    if DEVICE.type == "cuda":
        able = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        able = any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
    return able if precision == "auto" else precision == "bfloat16"
