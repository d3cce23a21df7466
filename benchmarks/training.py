"""How fast the network trains: packed sequences in random batches, as they are mostly written, against ml.fit.

python -m benchmarks.training                     # the CPU, one thread and all; a GPU where there is one
python -m benchmarks.training --data data/imdb    # as many words in each review as IMDb's have

Both train the same network on the same made-up reviews: forward, backward, clipping, Adam.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks import _common as common
from ml.classification import Classification, computes_half
from ml.data import Example
from ml.encoded import POOL, Encoded
from ml.hyperparameters import Hyperparameters
from ml.model import SentimentLSTM
from ml.tokens import available_cores, tokenise_all
from ml.vocabulary import PADDING
from ml.workers import DEVICE

BACKWARD = 3  # a step takes three times the operations of its forward half: the gradients of inputs and of weights


class Packed(nn.Module):
    """The same network around one bidirectional LSTM that reads packed sequences."""

    def __init__(self, hyper: Hyperparameters) -> None:
        super().__init__()
        self.embedding = nn.Embedding(hyper.vocabulary_size, hyper.embedding_dim, padding_idx=PADDING)
        self.lstm = nn.LSTM(hyper.embedding_dim, hyper.hidden_dim, batch_first=True, bidirectional=True)
        self.dropout, self.linear = nn.Dropout(hyper.dropout), nn.Linear(4 * hyper.hidden_dim, 1)

    def forward(self, ids: Tensor) -> Tensor:
        lengths = (ids != PADDING).sum(dim=1)
        packed = pack_padded_sequence(self.embedding(ids), lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, padding_value=0.0)
        pooled = torch.cat([states.amax(dim=1), states.sum(dim=1) / lengths.unsqueeze(-1)], dim=-1)
        return self.linear(self.dropout(pooled)).squeeze(-1)


def packed_steps(data: Encoded, hyper: Hyperparameters, batches: list[list[int]]) -> Callable[[], None]:
    network = Packed(hyper).to(DEVICE)
    optimizer = torch.optim.Adam(network.parameters(), lr=hyper.learning_rate)

    def run() -> None:
        for batch in batches:
            optimizer.zero_grad(set_to_none=True)
            logits = network(data.ids(batch))
            nn.functional.binary_cross_entropy_with_logits(logits, data.labels[batch].to(DEVICE)).backward()
            nn.utils.clip_grad_norm_(network.parameters(), hyper.clip)
            optimizer.step()

    return run


def own_steps(data: Encoded, hyper: Hyperparameters, batches: list[list[int]]) -> Callable[[], None]:
    network = SentimentLSTM(hyper.architecture(hyper.vocabulary_size)).to(DEVICE)
    phase = Classification(network, data, data, hyper, network.reset)
    optimizer = phase.optimizer()

    def run() -> None:
        for batch in batches:
            optimizer.zero_grad(set_to_none=True)
            phase.learn(batch, slice(None))
            nn.utils.clip_grad_norm_(network.parameters(), hyper.clip)
            optimizer.step()

    return run


def alike(lengths: list[int], size: int, count: int) -> list[list[int]]:
    """`count` batches of similar length spread over a pool that is sorted by length, as ml.encoded makes them."""
    ordered = sorted(range(len(lengths)), key=lambda index: lengths[index])
    batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return batches[len(batches) // (2 * count) :: len(batches) // count][:count]


def measure(data: Encoded, hyper: Hyperparameters, threads: int, count: int, repeats: int) -> None:
    if DEVICE.type == "cpu":
        torch.set_num_threads(threads)
    batches = alike(data.lengths, hyper.batch_size, count)
    anyhow = [
        list(range(start, start + hyper.batch_size)) for start in range(0, count * hyper.batch_size, hyper.batch_size)
    ]
    ways = {"packed, random batches, float32": (packed_steps(data, hyper, anyhow), anyhow)}
    for precision in ["float32"] + ["bfloat16"] * computes_half("auto"):
        own = replace(hyper, precision=precision)
        ways[f"ours, {precision}"] = (own_steps(data, own, batches), batches)
    times = common.interleaved({name: run for name, (run, _) in ways.items()}, repeats, DEVICE.type)
    operations = BACKWARD * common.lstm_operations(hyper.architecture(hyper.vocabulary_size))
    peak = common.matmul_rate(torch.bfloat16 if computes_half("auto") else torch.float32, DEVICE.type)
    base = 0.0
    for name, (_, order) in ways.items():
        texts, words = sum(map(len, order)), sum(data.lengths[index] for batch in order for index in batch)
        rate = words / min(times[name])
        base = base or rate
        print(
            f"{threads:7}  {name:32}  {texts / min(times[name]):9.1f}  {rate:9.0f}  {rate / base:9.1f}  "
            f"{rate * operations / peak:13.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of a data set, for the lengths of its reviews")
    parser.add_argument("--batch-size", type=int, default=Hyperparameters().batch_size)
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, available_cores()}))
    parser.add_argument("--batches", type=int, default=2, help="steps that are timed together")
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    hyper = Hyperparameters(batch_size=options.batch_size, adversarial=0.0)  # which would be two steps in one
    count, lengths = POOL * hyper.batch_size, []
    if options.data:
        words = tokenise_all(common.reviews(options.data, count), hyper.preprocessing())
        lengths = [len(each) for each in words]
    rows = common.made_up_rows(count, hyper.vocabulary_size, lengths)
    data = Encoded(rows, [Example("", number % 2) for number in range(len(rows))])
    print(common.machine())
    print(f"GPU: {torch.cuda.get_device_name()}" if DEVICE.type == "cuda" else "no GPU here: its rows are left out")
    print(f"batches of {hyper.batch_size}\nthreads  {'':32}  reviews/s  words/s    of packed  of the peak")
    for threads in options.threads if DEVICE.type == "cpu" else [1]:
        measure(data, hyper, threads, options.batches, options.repeats)


if __name__ == "__main__":
    main()
