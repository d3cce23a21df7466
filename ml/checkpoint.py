"""The state of an unfinished training run, kept so that a spot instance may go away: safetensors and JSON.

`metrics.jsonl` beside it holds one line an epoch, and is how progress is read from outside.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn, optim

FILE, METRICS = "checkpoint.safetensors", "metrics.jsonl"


@dataclass
class Progress:
    """What a run has reached: `history` has one entry a finished epoch."""

    history: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best: dict[str, Tensor] = field(default_factory=dict)  # the weights after that epoch


def save(folder: Path, run: dict[str, Any], progress: Progress, model: nn.Module, optimizer: optim.Optimizer) -> None:
    """Write both files, each whole or not at all. Only an equal `run` may be taken up from them."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in progress.best.items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": tensor for name, tensor in state.items()}
    notes = {"run": run, "history": progress.history, "best_epoch": progress.best_epoch}
    unfinished = folder / (FILE + ".unfinished")
    # A copy of each tensor: safetensors refuses two names that share memory.
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, unfinished, _json(notes))
    unfinished.replace(folder / FILE)
    unfinished = folder / (METRICS + ".unfinished")
    unfinished.write_text("".join(json.dumps(line) + "\n" for line in progress.history))
    unfinished.replace(folder / METRICS)


def resume(folder: Path, run: dict[str, Any], model: nn.Module, optimizer: optim.Optimizer) -> tuple[Progress, str]:
    """Bring model and optimizer to where `run` stopped; (what was reached, a sentence about it).

    A checkpoint that is missing, unreadable or of another run gives a fresh Progress.
    """
    path = folder / FILE
    if not path.exists():
        return Progress(), f"no checkpoint in {folder}: starting afresh"
    try:
        with safe_open(path, "pt") as file:
            notes = json.loads(file.metadata()["notes"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        return Progress(), f"the checkpoint {path} cannot be read ({error}): starting afresh"
    if notes["run"] != json.loads(json.dumps(run)):
        return Progress(), f"the checkpoint {path} is of another run: starting afresh"
    model.load_state_dict(_named(tensors, "model."))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _named(tensors, "optimizer.").items():
        index, _, key = name.partition(".")
        state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    progress = Progress(notes["history"], notes["best_epoch"], _named(tensors, "best."))
    return progress, f"resuming after epoch {len(progress.history)} from {path}"


def _named(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _json(notes: dict[str, Any]) -> dict[str, str]:
    return {"notes": json.dumps(notes)}
