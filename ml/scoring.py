"""What a network says of many texts."""

import torch
from torch import Tensor

from ml.encoded import Encoded
from ml.model import SentimentLSTM
from ml.workers import DEVICE, Workers

BATCH = 32  # texts; on a CPU larger ones are slower, for they no longer fit its caches
GPU_WORDS = 500_000  # in a batch, padding included


@torch.inference_mode()
def logits_of(model: SentimentLSTM, data: Encoded, workers: Workers | None = None, half: bool = False) -> Tensor:
    """Logits (N,) on the CPU, in the order of the data; `workers` share the work.

    In float32, as they are served, unless `half` is asked for.
    """
    workers = workers or Workers()
    size = BATCH if DEVICE.type == "cpu" else max(BATCH, GPU_WORDS // max(data.lengths, default=1))
    by_length = sorted(range(len(data.rows)), key=lambda index: data.lengths[index])
    batches = [by_length[start : start + size] for start in range(0, len(by_length), size)]
    logits = torch.zeros(len(data.rows), device=DEVICE)
    for indices in batches[workers.rows]:
        logits[indices] = model(data.ids(indices), half=half)
    return workers.add_up(logits).cpu()


def right(logits: Tensor, labels: Tensor) -> Tensor:
    """For each text (N,), whether its logit is on the side of its label, which may be a probability."""
    return (logits.detach() >= 0) == (labels >= 0.5)
