"""The training loop: batches of similar length, AdamW, the best epoch kept, a checkpoint after each."""

import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from ml import checkpoint
from ml.data import Example
from ml.errors import TrainingError
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.vocabulary import UNKNOWN, pad

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
SCORING_BATCH = 256
SHORT = 50  # words


class Encoded:
    """A labelled set as the network takes it."""

    def __init__(self, rows: list[list[int]], examples: Sequence[Example]) -> None:
        # A text without any word is one unknown word, so that it is counted and not skipped.
        self.rows = [row or [UNKNOWN] for row in rows]
        self.labels = torch.tensor([example.label for example in examples], dtype=torch.float)

    def batch(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """ids (B, T) and labels (B,)."""
        ids = torch.tensor(pad([self.rows[index] for index in indices]))
        return ids.to(DEVICE), self.labels[list(indices)].to(DEVICE)

    def training_batches(self, size: int) -> list[list[int]]:
        """All indices once: batches of similar length, so that little is padded, in random order."""
        indices = torch.randperm(len(self.rows)).tolist()
        batches = []
        for start in range(0, len(indices), 50 * size):
            pool = sorted(indices[start : start + 50 * size], key=lambda index: len(self.rows[index]))
            batches += [pool[i : i + size] for i in range(0, len(pool), size)]
        return [batches[number] for number in torch.randperm(len(batches)).tolist()]


def train_epoch(
    model: SentimentLSTM, optimizer: torch.optim.Optimizer, data: Encoded, hyper: Hyperparameters, epoch: int
) -> float:
    """One pass over the data; the mean loss. Depends on seed and epoch alone, so a resumed run repeats it."""
    torch.manual_seed(hyper.seed * 1_000_003 + epoch)
    batches = data.training_batches(hyper.batch_size)
    model.train()
    total = torch.zeros((), device=DEVICE)
    bar = tqdm(batches, desc=f"epoch {epoch}/{hyper.epochs}", leave=False, disable=not sys.stdout.isatty())
    for number, indices in enumerate(bar):
        done = (epoch - 1 + number / len(batches)) / hyper.epochs
        for group in optimizer.param_groups:
            group["lr"] = hyper.learning_rate * min(1.0, 20 * done + 0.05) * (1 - done)
        ids, labels = data.batch(indices)
        dropped = (torch.rand(ids.shape, device=DEVICE) < hyper.word_dropout) & (ids > UNKNOWN)
        loss = nn.functional.binary_cross_entropy_with_logits(model(ids.masked_fill(dropped, UNKNOWN)), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), hyper.clip)
        optimizer.step()
        total += loss.detach() * len(indices)
    return total.item() / len(data.rows)


@torch.inference_mode()
def logits_of(model: SentimentLSTM, data: Encoded) -> Tensor:
    """Logits (N,) on the CPU, in the order of the data."""
    model.eval()
    by_length = sorted(range(len(data.rows)), key=lambda index: len(data.rows[index]))
    logits = torch.empty(len(data.rows))
    for start in range(0, len(by_length), SCORING_BATCH):
        indices = by_length[start : start + SCORING_BATCH]
        logits[indices] = model(data.batch(indices)[0]).cpu()
    return logits


def fit(
    model: SentimentLSTM,
    training: Encoded,
    validation: Encoded,
    hyper: Hyperparameters,
    checkpoints: Path,
    run: dict[str, Any],
) -> int:
    """All epochs, taken up from a checkpoint of the same run; leaves the best weights in the model."""
    if sum(map(len, training.rows)) < SHORT * len(training.rows):
        # The steps of short texts are too small to share: measured on two cores, a second thread gains 5 % when
        # both are idle and makes the run 2.5 times as long when one is not. On long texts it gains 70 %.
        torch.set_num_threads(1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=hyper.learning_rate, weight_decay=hyper.weight_decay)
    progress, sentence = checkpoint.resume(checkpoints, run, model, optimizer)
    say(sentence)
    for epoch in range(len(progress.history) + 1, hyper.epochs + 1):
        started = time.monotonic()
        loss = train_epoch(model, optimizer, training, hyper, epoch)
        logits = logits_of(model, validation)
        validation_loss = nn.functional.binary_cross_entropy_with_logits(logits, validation.labels).item()
        accuracy = ((logits >= 0) == (validation.labels == 1)).float().mean().item()
        if not math.isfinite(loss + validation_loss):
            raise TrainingError(f"the loss is no number after epoch {epoch}: give a lower learning_rate")
        if not progress.history or validation_loss < min(past["validation_loss"] for past in progress.history):
            progress.best_epoch = epoch
            progress.best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        progress.history.append(
            {
                "epoch": epoch,
                "loss": loss,
                "accuracy": accuracy,
                "validation_loss": validation_loss,
                "seconds": round(time.monotonic() - started, 2),
            }
        )
        checkpoint.save(checkpoints, run, progress, model, optimizer)
        for line in (
            f"epoch={epoch}",
            f"train_loss={loss:.4f}",
            f"validation_loss={validation_loss:.4f}",
            f"validation_accuracy={accuracy:.4f}",
        ):
            say(line)
    model.load_state_dict(progress.best)
    return progress.best_epoch


def say(line: str) -> None:
    """One fact a line, at once: whoever follows the job reads the lines as they come."""
    print(line, flush=True)
