"""All that training changes, as plain values and as tensors by name: what a checkpoint holds."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn, optim

from ml.model import SentimentLSTM


@dataclass
class Position:
    """Where a run is. Batches and all that is random follow from it and from the seed."""

    phase: int = 0
    epoch: int = 1  # under way in this phase
    step: int = 0  # steps done in this epoch
    steps: int = 0  # steps done in this phase
    texts: int = 0  # read in this epoch, by all processes
    tokens: int = 0  # likewise
    seconds: float = 0.0  # of training in this epoch
    best_epoch: int = 0  # counted over all phases
    best_loss: float | None = None  # on validation, after that epoch
    history: list[dict[str, Any]] = field(default_factory=list)  # one line a finished epoch that was validated

    def advance(self, texts: int, tokens: int) -> None:
        """By one step."""
        self.step, self.steps = self.step + 1, self.steps + 1
        self.texts, self.tokens = self.texts + texts, self.tokens + tokens

    def next_phase(self) -> "Position":
        return Position(self.phase + 1, history=self.history, best_epoch=self.best_epoch, best_loss=self.best_loss)

    def next_epoch(self) -> None:
        self.epoch += 1
        self.step, self.texts, self.tokens, self.seconds = 0, 0, 0, 0.0


class State:
    """The network, what a phase trains beside it, and what hangs on both.

    With `averaging` above 0 the weights that are judged and kept are an exponential moving average over the steps.
    """

    def __init__(
        self, network: SentimentLSTM, head: nn.Module, optimizer: optim.Optimizer, averaging: float = 0.0
    ) -> None:
        self.network, self.head, self.optimizer, self.averaging = network, head, optimizer, averaging
        self.parameters = [each for group in optimizer.param_groups for each in group["params"]]
        self.average = copy.deepcopy(network).requires_grad_(False) if averaging else None
        if self.average:
            for module in self.average.modules():  # a copied LSTM's weights no longer lie together, as cuDNN wants them
                if isinstance(module, nn.LSTM):
                    module.flatten_parameters()
        self.best: dict[str, Tensor] = {}
        # Of this epoch: the sum of the texts' losses, and how many were judged right.
        self.totals = torch.zeros(2, dtype=torch.float64, device=next(network.parameters()).device)
        self._peaks = [group["lr"] for group in optimizer.param_groups]

    @property
    def judged(self) -> SentimentLSTM:
        """The network whose weights are validated and kept."""
        return self.average or self.network

    def set_learning_rate(self, factor: float) -> None:
        """Each group's own, times `factor`."""
        for group, peak in zip(self.optimizer.param_groups, self._peaks, strict=True):
            group["lr"] = peak * factor

    @torch.no_grad()
    def follow(self, steps: int) -> None:
        """Move the average after a step, of which there were `steps` before; it is over fewer steps at first."""
        if self.average is None:
            return
        share = 1 - min(self.averaging, (1 + steps) / (10 + steps))
        for mean, now in zip(self.average.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(now, share)

    def keep(self) -> None:
        """Remember the judged weights as the best so far."""
        self.best = {name: tensor.clone() for name, tensor in self.judged.state_dict().items()}

    def tensors(self) -> dict[str, Tensor]:
        state = self.optimizer.state_dict()["state"]
        by_part: dict[str, Mapping[str, Tensor]] = {
            "network": self.network.state_dict(),
            "head": self.head.state_dict(),
            "average": self.average.state_dict() if self.average else {},
            "best": self.best,
            **{f"optimizer.{index}": values for index, values in state.items()},
        }
        named = {f"{part}.{name}": tensor for part, values in by_part.items() for name, tensor in values.items()}
        return named | {"totals": self.totals}

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """The inverse of `tensors`."""
        self.network.load_state_dict(dict(_part(tensors, "network")))
        self.head.load_state_dict(dict(_part(tensors, "head")))
        if self.average:
            self.average.load_state_dict(dict(_part(tensors, "average")))
        device = self.totals.device
        self.best = {name: tensor.to(device) for name, tensor in _part(tensors, "best")}
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _part(tensors, "optimizer"):
            index, _, key = name.partition(".")
            state.setdefault(int(index), {})[key] = tensor.clone()
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        self.totals = tensors["totals"].to(device, copy=True)


def _part(tensors: Mapping[str, Tensor], part: str) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in tensors.items():
        if name.startswith(part + "."):
            yield name.removeprefix(part + "."), tensor
