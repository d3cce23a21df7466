"""What one review costs on one CPU thread, by the ways there are to run the network, side by side.

python -m benchmarks.inference                                          # made-up reviews, random weights: 2 minutes
python -m benchmarks.inference --model model --data data/imdb           # a trained model on reviews of its training set
python -m benchmarks.inference --onnx                                   # and ONNX Runtime: pip install onnx onnxruntime

Scores are compared with those of the eager float32 network, one batch padded to its longest row.
"""

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks import _common as common
from ml import artifact, inference
from ml.calibration import Calibration
from ml.hyperparameters import Hyperparameters
from ml.model import Architecture, SentimentLSTM
from ml.vocabulary import FIRST_WORD, Vocabulary, pad

Way = Callable[[list[list[int]]], list[float]]
BATCHES = (1, 8, 32, 128)
EAGER, SERVED = "eager, padded to the longest", "as served: cut by length"


def random_model() -> tuple[artifact.Model, Architecture]:
    hyper = Hyperparameters()
    architecture = hyper.architecture(vocabulary_size=hyper.vocabulary_size)
    words = tuple(f"word{number}" for number in range(hyper.vocabulary_size - FIRST_WORD))
    vocabulary = Vocabulary(words, hyper.preprocessing())
    return artifact.Model("random", SentimentLSTM(architecture).eval(), vocabulary, Calibration()), architecture


def ways(model: artifact.Model, onnx: bool) -> dict[str, Way]:
    network = model.network
    sample = torch.full((2, 100), FIRST_WORD)

    def scores(logits: Callable[[Tensor], Tensor]) -> Way:
        def run(rows: list[list[int]]) -> list[float]:
            with torch.inference_mode():
                temperatures = torch.tensor([model.calibration.of(len(row)) for row in rows])
                return torch.sigmoid(logits(torch.tensor(pad(rows))) / temperatures).tolist()

        return run

    found: dict[str, Way] = {
        EAGER: scores(network),
        SERVED: lambda rows: inference.score_rows(rows, model),
        "bfloat16 LSTMs (autocast)": scores(lambda ids: network(ids, half=True)),
        "int8 LSTMs (quantize_dynamic)": scores(torch.ao.quantization.quantize_dynamic(network, {nn.LSTM})),
        "TorchScript, traced and frozen": scores(torch.jit.freeze(torch.jit.trace(network, sample))),
    }
    if onnx:
        from benchmarks._onnx_lstm import runner

        found["ONNX Runtime"] = scores(runner(network, quantised=False))
        found["ONNX Runtime, int8 LSTMs"] = scores(runner(network, quantised=True))
    return found


class Limits:
    """The least time that a batch can take: its arithmetic, or reading the recurrent weights once a step."""

    def __init__(self, architecture: Architecture, dtype: torch.dtype) -> None:
        directions = 2 if architecture.bidirectional else 1
        state_weights = 4 * architecture.hidden_dim**2 * dtype.itemsize
        self.operations = common.lstm_operations(architecture)
        self.rate, self.bandwidth = common.matmul_rate(dtype), common.read_rate(state_weights)
        self.bytes_a_step = directions * state_weights

    def seconds(self, batch: list[list[int]]) -> float:
        words, steps = sum(map(len, batch)), max(map(len, batch))
        return max(words * self.operations / self.rate, steps * self.bytes_a_step / self.bandwidth)


def measure(size: int, rows: list[list[int]], found: dict[str, Way], limits: Limits, repeats: int) -> None:
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    expected = torch.tensor([score for batch in batches for score in found[EAGER](batch)])
    runs = {name: lambda way=way: [score for batch in batches for score in way(batch)] for name, way in found.items()}
    times = common.interleaved(runs, repeats)
    least = sum(map(limits.seconds, batches))
    for name, run in runs.items():
        best, difference = min(times[name]), (torch.tensor(run()) - expected).abs().max().item()
        print(
            f"{size:5}  {name:30}  {1000 * best / len(rows):9.2f}  {len(rows) / best:9.0f}  "
            f"{min(times[EAGER]) / best:8.2f}  {least / best:14.2f}  {difference:10.1e}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="folder of a trained model")
    parser.add_argument("--data", type=Path, help="folder of a data set, for real reviews")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    parser.add_argument("--texts", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--onnx", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings(
        "ignore", category=DeprecationWarning
    )  # quantize_dynamic and TorchScript are on their way out
    torch.set_num_threads(1)
    model, architecture = random_model()
    if options.model:
        model = artifact.read(options.model)
        architecture = Architecture.from_dict(artifact.read_json(options.model / artifact.MODEL)["architecture"])
    rows = common.made_up_rows(options.texts, architecture.vocabulary_size)
    if options.data:
        rows = [model.vocabulary.encode(text).ids for text in common.reviews(options.data, options.texts)]
    limits = Limits(architecture, torch.float32)
    print(common.machine())
    print(f"{architecture}\n{len(rows)} reviews of {sum(map(len, rows)) / len(rows):.0f} words on average, one thread")
    print(f"limits in float32: {limits.rate / 1e9:.0f} GFLOP/s, {limits.bandwidth / 1e9:.0f} GB/s of weights")
    print(f"{'batch':5}  {'':30}  ms/review  reviews/s  of eager  of the limit    difference")
    found = ways(model, options.onnx)
    for size in options.batches:
        measure(size, rows, found, limits, options.repeats)


if __name__ == "__main__":
    main()
