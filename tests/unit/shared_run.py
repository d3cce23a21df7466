"""A small run of the training loop, by as many processes as torchrun starts: FOLDER EPOCHS.

Leaves checkpoints and metrics in the folder, and the weights in weights.safetensors.
"""

import sys
from dataclasses import replace
from pathlib import Path

from safetensors.torch import save_file

from ml.fit import fit
from ml.workers import is_first, join
from tests.unit.toys import SMALL, encoded, network

# All that is random is on, and the last batch of an epoch has one text. Large steps would magnify what is rounded.
HYPER = replace(
    SMALL,
    batch_size=17,
    averaging=0.9,
    learning_rate=0.01,
    precision="float32",
    dropout=0.3,
    embedding_dropout=0.3,
    word_dropout=0.2,
)
TRAINING, VALIDATION, UNLABELLED = encoded(103), encoded(40, seed=1), encoded(30, seed=2)


def thread_names() -> list[str]:
    """Of this process, those outside Python included; none where there is no /proc."""
    return [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]


def main(folder: Path, epochs: int) -> None:
    hyper = replace(HYPER, epochs=epochs)
    trained = network(hyper)
    with join() as workers:
        texts = TRAINING, VALIDATION, UNLABELLED
        fit(trained, *texts, hyper, folder, {}, checkpoint_seconds=0.02, workers=workers)
    # One that is still busy while the interpreter ends aborts the process.
    if left := [name for name in thread_names() if "gloo" in name]:
        sys.exit(f"threads outlive the process group: {left}")
    if is_first():
        save_file(trained.state_dict(), folder / "weights.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
