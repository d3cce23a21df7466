"""What the benchmarks of the network share: texts of natural length, the machine's own limits, times side by side."""

import gzip
import json
import platform
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from ml.model import Architecture
from ml.vocabulary import FIRST_WORD

# Words of IMDb's training reviews after the default cleaning, cut at 500: log-normal, fitted to every eighth of them.
LOG_MEAN, LOG_DEVIATION, LONGEST, SHORTEST = 4.61, 0.66, 500, 5


def made_up_rows(count: int, vocabulary_size: int, lengths: Sequence[int] = ()) -> list[list[int]]:
    """Random ids, as many in each row as given, or as reviews have words."""
    numbers = random.Random(1)
    lengths = lengths or [round(numbers.lognormvariate(LOG_MEAN, LOG_DEVIATION)) for _ in range(count)]
    lengths = [min(max(length, SHORTEST), LONGEST) for length in lengths]
    return [[numbers.randrange(FIRST_WORD, vocabulary_size) for _ in range(length)] for length in lengths]


def reviews(data: Path, count: int) -> list[str]:
    """A random choice of the texts in `data`/train.jsonl.gz."""
    with gzip.open(data / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in random.Random(1).sample(list(lines), count)]


def all_lines(data: Path) -> Iterator[bytes]:
    """The lines of `data`/train.jsonl.gz and then, where there are some, of unlabelled.jsonl.gz."""
    for part in ("train", "unlabelled"):
        if (path := data / f"{part}.jsonl.gz").exists():
            with gzip.open(path) as file:
                yield from file


def lstm_operations(architecture: Architecture) -> int:
    """Floating-point operations of the LSTMs per word, forward: four gates, each a product with input and state."""
    directions = 2 if architecture.bidirectional else 1
    return directions * 2 * 4 * architecture.hidden_dim * (architecture.embedding_dim + architecture.hidden_dim)


def matmul_rate(dtype: torch.dtype, device: str = "cpu") -> float:
    """Operations a second of the best matrix product found: by torch's default library, and by oneDNN's."""
    rates = []
    for size in (512, 1024) if device == "cpu" else (4096, 8192):
        matrix = torch.randn(size, size).to(device, dtype)
        products: list[Callable[[], Any]] = [partial(functional.linear, matrix, matrix)]
        if device == "cpu" and dtype == torch.float32:
            own = matrix.to_mkldnn()
            products.append(partial(functional.linear, own, matrix))
        with torch.inference_mode():
            rates += [2 * size**3 / seconds(product, device) for product in products]
    return max(rates)


def read_rate(size: int) -> float:
    """Bytes a second at which one core reads the same `size` bytes again and again."""
    numbers = torch.randn(size // 4)
    return 200 * size / seconds(lambda: [numbers.sum() for _ in range(200)])


def seconds(work: Callable[[], Any], device: str = "cpu", repeats: int = 7) -> float:
    """The best of some runs, one more before them."""
    return min(interleaved({"": work}, repeats, device)[""])


def interleaved(ways: Mapping[str, Callable[[], Any]], repeats: int, device: str = "cpu") -> dict[str, list[float]]:
    """Seconds of each way, taken in turns, so that what else the machine does hits all alike.

    With one thread on the CPU it is this process's own time, which leaves out when it has to wait for others.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats + 1):
        for name, work in ways.items():
            started = _clock(device)
            work()
            if turn:
                times[name].append(_clock(device) - started)
    return times


def _clock(device: str) -> float:
    if device != "cpu":
        torch.cuda.synchronize()
    return time.process_time() if device == "cpu" and torch.get_num_threads() == 1 else time.perf_counter()


def machine() -> str:
    """One line: processor, its matrix instructions, Python, PyTorch."""
    name = platform.processor()
    if (information := Path("/proc/cpuinfo")).exists():
        models = [line for line in information.read_text("utf-8").splitlines() if line.startswith("model name")]
        name = models[0].partition(": ")[2] if models else name
    able = torch.cpu.get_capabilities()
    extras = [extra for extra in ("avx512_f", "avx512_bf16", "amx_bf16") if able.get(extra)]
    return (
        f"{name} ({', '.join(extras) or 'no AVX-512'}), Python {platform.python_version()}, PyTorch {torch.__version__}"
    )
