"""A small run of the training loop, by as many processes as torchrun starts: FOLDER EPOCHS.

Leaves checkpoints and metrics in the folder, and the weights in weights.safetensors.
"""

import sys
import time
from contextlib import suppress
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


def gloo_threads() -> list[str]:
    """The names of this process's threads that are of a process group; none where there is no /proc."""
    names = []
    for path in Path("/proc/self/task").glob("*/comm"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended since
            names.append(path.read_text().strip())
    return [name for name in names if "gloo" in name]


def require_no_gloo_thread(seconds: float = 5.0) -> None:
    """One that is still busy while the interpreter ends aborts the process. The kernel lists an ended one a little."""
    deadline = time.monotonic() + seconds
    while left := gloo_threads():
        if time.monotonic() > deadline:
            sys.exit(f"threads outlive the process group: {left}")
        time.sleep(0.01)


def main(folder: Path, epochs: int) -> None:
    hyper = replace(HYPER, epochs=epochs)
    trained = network(hyper)
    with join() as workers:
        texts = TRAINING, VALIDATION, UNLABELLED
        fit(trained, *texts, hyper, folder, {}, checkpoint_seconds=0.02, workers=workers)
    require_no_gloo_thread()
    if is_first():
        save_file(trained.state_dict(), folder / "weights.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
