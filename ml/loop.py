"""The training loop: phases of epochs of steps, that may be interrupted after any step and shared by processes.

A phase says what is trained, on which batches, towards what. The loop sees to the rest: learning rate, clipping,
averaging, the best epoch, checkpoints, metrics.

Batches and all that is random are drawn from the seed and the position alone, for the whole batch, whoever computes a
part of it. So a run that was killed and taken up again ends with the same parameters, on a CPU bit for bit, as one that
was not; and several processes give the losses of one, within rounding.
"""

import hashlib
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ml import checkpoint
from ml.errors import TrainingError
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.phase import Phase
from ml.progress import Bar, say
from ml.state import Position, State
from ml.workers import Workers

CHECKPOINT_SECONDS = 60.0
STOPPED = 128 + signal.SIGTERM


class Loop:
    """Trains a network through phases, from where a checkpoint of the same `run` in `folder` left it."""

    def __init__(
        self,
        network: SentimentLSTM,
        phases: Sequence[Phase],
        hyper: Hyperparameters,
        folder: Path,
        run: dict[str, Any],
        workers: Workers,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
    ) -> None:
        self.network, self.phases, self.hyper, self.folder, self.run = network, phases, hyper, folder, run
        self.workers, self.checkpoint_seconds = workers, checkpoint_seconds
        self.at = Position()
        self.saved = time.monotonic()

    def train(self) -> int:
        """Leaves the kept weights in the network; returns the epoch that they are of, counted over all phases.

        On SIGTERM the step is finished and saved, and SystemExit(143) raised. Raises TrainingError when the loss is
        no number.
        """
        tensors = self._resume()
        total = sum(phase.tokens * phase.epochs for phase in self.phases)
        with _sigterm_noted() as self.asked_to_stop, Bar(total, self._tokens_done()) as self.bar:
            for number in range(self.at.phase, len(self.phases)):
                if number > self.at.phase:
                    self.at = self.at.next_phase()
                self._train_phase(self.phases[number], tensors)
                tensors = {}
        return self.at.best_epoch

    def _resume(self) -> dict[str, Tensor]:
        content, sentence = checkpoint.shared(self.folder, self.run, self.workers)
        if content:
            self.at = Position(**content[0]["position"])
            sentence += f", in epoch {self.at.epoch} after {self.at.step} steps"
        say(sentence)
        if self.workers.rank == 0:
            if not content:
                checkpoint.forget_metrics(self.folder)
            checkpoint.publish(self.folder, self.at.history)
        return content[1] if content else {}

    def _tokens_done(self) -> int:
        before = sum(phase.tokens * phase.epochs for phase in self.phases[: self.at.phase])
        return before + self.phases[self.at.phase].tokens * (self.at.epoch - 1) + self.at.tokens

    def _train_phase(self, phase: Phase, tensors: dict[str, Tensor]) -> None:
        # A phase that makes nothing better leaves what the phases before it made.
        best = self.network.state_dict() if self.at.best_loss is not None else {}
        best = {name: tensor.clone() for name, tensor in best.items()}
        if not tensors:
            seed(self.hyper.seed, self.at.phase)
            phase.prepare(self.workers)
            self.workers.share([*self.network.state_dict().values(), *phase.head.state_dict().values()])
        state = State(self.network, phase.head, phase.optimizer(), averaging=self.hyper.averaging)
        state.best = best
        if tensors:
            state.load(tensors)
        while self.at.epoch <= phase.epochs:
            seed(self.hyper.seed, self.at.phase, self.at.epoch)
            loss = self._train_epoch(phase, state, phase.batches())
            self._finish_epoch(phase, state, loss)
        self.network.load_state_dict(state.best)

    def _train_epoch(self, phase: Phase, state: State, batches: list[list[int]]) -> float:
        """What is left of an epoch; its mean loss, all steps of it counted."""
        at = self.at
        started = time.monotonic() - at.seconds
        self.network.train()
        for batch in batches[at.step :]:
            state.set_learning_rate(self._factor((at.epoch - 1 + at.step / len(batches)) / phase.epochs))
            seed(self.hyper.seed, at.phase, at.epoch, at.step)
            self._train_step(phase, state, batch)
            at.advance(texts=len(batch), tokens=phase.tokens_of(batch))
            at.seconds = time.monotonic() - started
            if self.bar.advance(phase.tokens_of(batch)):
                loss, right = (state.totals / at.texts).tolist()
                self.bar.show(f"{phase.name} {at.epoch}/{phase.epochs}", loss, right)
            self._save_if_due(state)
        loss = state.totals[0].item() / at.texts
        at.seconds = time.monotonic() - started  # only now a GPU has done all that it was given
        return loss

    def _train_step(self, phase: Phase, state: State, batch: list[int]) -> None:
        state.optimizer.zero_grad(set_to_none=True)
        figures = torch.zeros(2, device=state.totals.device)
        if batch[self.workers.rows]:  # a small batch does not reach all of many processes
            loss, right = phase.learn(batch, self.workers.rows)
            figures = torch.stack([loss * len(batch), right.to(loss.dtype)])
        state.totals += self.workers.add_up_gradients(state.parameters, figures)
        nn.utils.clip_grad_norm_(state.parameters, self.hyper.clip)
        state.optimizer.step()
        state.follow(self.at.steps)

    def _finish_epoch(self, phase: Phase, state: State, loss: float) -> None:
        at, started = self.at, time.monotonic()
        found = phase.validate(state.judged, self.workers)
        choice, epoch = found.get("validation_loss", 0.0), len(at.history) + 1
        if not math.isfinite(loss + choice):
            raise TrainingError(f"the loss is no number after epoch {at.epoch}: give a lower learning_rate")
        if not found or self.hyper.keep == "last" or at.best_loss is None or choice < at.best_loss:
            at.best_epoch, at.best_loss = epoch, choice if found else None
            state.keep()
        rate = round(at.tokens / max(at.seconds, 1e-9))
        lines = {"epoch": epoch if found else at.epoch, f"{phase.name}_loss": f"{loss:.4f}"}
        if found:
            seconds = round(at.seconds + time.monotonic() - started, 2)
            line = {"epoch": epoch, "loss": loss, **found, "seconds": seconds, "tokens_per_second": rate}
            at.history.append(line)
            lines["validation_loss"] = f"{choice:.4f}"
            lines["validation_accuracy"] = f"{found['accuracy']:.4f}"
        for name, value in {**lines, "tokens_per_second": rate}.items():
            say(f"{name}={value}")
        at.next_epoch()
        state.totals.zero_()
        self._save(state)
        if self.workers.rank == 0:
            checkpoint.publish(self.folder, at.history)
        self._save_if_due(state)

    def _factor(self, done: float) -> float:
        """Of the peak learning rate when `done`, 0 to 1, of the phase is: up for a twentieth, then down."""
        return 1.0 if self.hyper.schedule == "constant" else min(1.0, 20 * done + 0.05) * (1 - done)

    def _save_if_due(self, state: State) -> None:
        if self.workers.any(self.asked_to_stop.is_set()):
            self._save(state)
            say(f"stopped in epoch {self.at.epoch} after {self.at.step} steps, which are saved in {self.folder}")
            sys.exit(STOPPED)
        if time.monotonic() - self.saved >= self.checkpoint_seconds:
            self._save(state)

    def _save(self, state: State) -> None:
        if self.workers.rank == 0:
            checkpoint.save(self.folder, self.run, {"position": asdict(self.at)}, state.tensors())
        self.saved = time.monotonic()


def seed(*numbers: int) -> None:
    """Start torch's generators from these numbers, whatever they gave before."""
    torch.manual_seed(int.from_bytes(hashlib.sha256(repr(numbers).encode()).digest()[:7]))


@contextmanager
def _sigterm_noted() -> Iterator[threading.Event]:
    """Set once SIGTERM has come, which meanwhile ends nothing."""
    noted = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: noted.set())
    try:
        yield noted
    finally:
        signal.signal(signal.SIGTERM, before)
