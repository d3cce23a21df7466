"""The processes that train together when torchrun started several, and the device of this one."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

DEVICE = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu")


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

    def agree(self, numbers: Sequence[int]) -> bool:
        """Whether all processes hold the same numbers."""
        table = torch.zeros(self.count, len(numbers), dtype=torch.float64, device=DEVICE)
        table[self.rank] = torch.tensor(numbers, dtype=torch.float64)
        return bool((self.add_up(table) == table[self.rank]).all())

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
    distributed.init_process_group("nccl" if DEVICE.type == "cuda" else "gloo")
    try:
        yield Workers(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def _launched() -> bool:
    return distributed.is_available() and distributed.is_torchelastic_launched()
