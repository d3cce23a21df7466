"""The processes that train together when torchrun started several, and the device of this one."""

import importlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
from torch import Tensor, distributed, nn

DEVICE = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu")

# All wait while one counts word vectors or trains the n-grams; NCCL's own limit is ten minutes.
PATIENCE = timedelta(hours=2)
PIECE = 2**24  # numbers that are sent together: with NCCL they pass through the device's memory


def is_first() -> bool:
    """Whether this process is the one that prints and writes; where there is only one, it is."""
    return not _launched() or os.environ["RANK"] == "0"


@dataclass(frozen=True)
class Workers:
    """`count` processes with the same weights; each takes its rows of every batch.

    Gradients are added up in one message. PyTorch's own DistributedDataParallel averages over processes instead,
    which is not the mean over a batch whose texts do not divide evenly.
    """

    rank: int = 0
    count: int = 1

    @property
    def rows(self) -> slice:
        """This process's texts of a batch."""
        return slice(self.rank, None, self.count)

    def add_up_gradients(self, parameters: Sequence[nn.Parameter], figures: Tensor) -> Tensor:
        """Each gradient becomes its sum over the processes; returns the sum of `figures` (N,)."""
        if self.count == 1:
            return figures
        gradients = [torch.zeros_like(each) if each.grad is None else each.grad for each in parameters]
        together = self.add_up(torch.cat([*(each.flatten() for each in gradients), figures]))
        *sums, figures = together.split([*(each.numel() for each in gradients), len(figures)])
        for parameter, total in zip(parameters, sums, strict=True):
            parameter.grad = total.view_as(parameter)
        return figures

    def add_up(self, tensor: Tensor) -> Tensor:
        """`tensor`, which becomes the sum over the processes."""
        if self.count > 1:
            distributed.all_reduce(tensor)
        return tensor

    def share(self, tensors: Iterable[Tensor]) -> None:
        """Each becomes what it is in the first process; machines of different kinds round differently."""
        for tensor in tensors if self.count > 1 else ():
            distributed.broadcast(tensor.detach(), src=0)

    def gather(self, tensor: Tensor) -> list[Tensor]:
        """Each process's tensor, in the order of their ranks: of one dimension, of any length, on the CPU."""
        return [tensor] if self.count == 1 else [self._sent(tensor, source) for source in range(self.count)]

    def gather_json(self, value: Any) -> list[Any]:
        """Each process's value, in the order of their ranks."""
        if self.count == 1:
            return [value]
        return [json.loads(bytes(each.numpy())) for each in self.gather(_as_tensor(json.dumps(value).encode()))]

    def from_first(self, data: bytes) -> bytes:
        """What the first process gave, whatever the others did."""
        return data if self.count == 1 else bytes(self._sent(_as_tensor(data), 0).numpy())

    def _sent(self, tensor: Tensor, source: int) -> Tensor:
        """The tensor of the process `source`; all have to be of one type."""
        length = torch.tensor(len(tensor), device=DEVICE)
        distributed.broadcast(length, src=source)
        whole = tensor if self.rank == source else torch.empty(int(length), dtype=tensor.dtype)
        for piece in whole.split(PIECE) if len(whole) else ():
            moved = piece.to(DEVICE)
            distributed.broadcast(moved, src=source)
            if self.rank != source:
                piece.copy_(moved)
        return whole

    def any(self, here: bool) -> bool:
        """Whether it holds in one of the processes."""
        return here if self.count == 1 else self.add_up(torch.tensor(float(here), device=DEVICE)).item() > 0


@contextmanager
def join() -> Iterator[Workers]:
    """All processes that torchrun started, or this one alone."""
    if not _launched():
        yield Workers()
        return
    if DEVICE.type == "cuda":
        torch.cuda.set_device(DEVICE)
    if interface := os.environ.get("SM_NETWORK_INTERFACE_NAME"):  # SageMaker's toolkit says so to NCCL alone
        os.environ.setdefault("GLOO_SOCKET_IFNAME", interface)
    # The first optimiser imports this. Were the group there already, the module would keep it alive, and a thread of it
    # that is still busy while the interpreter ends aborts the process (SIGABRT).
    importlib.import_module("torch._dynamo")
    distributed.init_process_group("nccl" if DEVICE.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Workers(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def _as_tensor(data: bytes) -> Tensor:
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(0, dtype=torch.uint8)


def _launched() -> bool:
    return distributed.is_available() and distributed.is_torchelastic_launched()
