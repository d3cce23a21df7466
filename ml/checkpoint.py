"""The state of an unfinished training run, kept so that a machine may go away at any moment: safetensors and JSON.

The newest checkpoint and the one before it are kept, and each holds a hash of its own content: one that is cut short
or damaged is never taken up. `metrics.jsonl` beside them holds one line an epoch, and is how progress is read from
outside.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from safetensors.torch import save_file
from torch import Tensor, uint8

from ml.workers import Workers

FILE, PREVIOUS, METRICS = "checkpoint.safetensors", "checkpoint.previous.safetensors", "metrics.jsonl"
UNFINISHED = ".unfinished"

Content = tuple[dict[str, Any], dict[str, Tensor]]


def save(folder: Path, run: dict[str, Any], notes: dict[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Keep a state, whole or not at all. Only an equal `run` may be taken up from it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"run": run, **notes})
    # A copy of each tensor: safetensors refuses two names that share memory.
    copies = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    unfinished = folder / (FILE + UNFINISHED)
    save_file(copies, unfinished, {"notes": text, "sha256": _digest(text, copies)})
    _sync(unfinished)
    if (folder / FILE).exists():
        (folder / FILE).replace(folder / PREVIOUS)
    unfinished.replace(folder / FILE)
    _sync(folder)


def load(folder: Path, run: dict[str, Any]) -> tuple[Content | None, str]:
    """(notes and tensors of the newest sound checkpoint of `run`, a sentence about it).

    The content is None where there is no such checkpoint. One that is cut short or damaged is deleted.
    """
    sentences = []
    for path in (folder / FILE, folder / PREVIOUS):
        if not path.exists():
            continue
        try:
            notes, tensors = _read(path)
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            sentences.append(f"the checkpoint {path} cannot be read ({error})")
            path.unlink(missing_ok=True)  # or it would take the place of the sound one when the next is saved
            continue
        if notes.pop("run") == json.loads(json.dumps(run)):
            return (notes, tensors), "; ".join([*sentences, f"resuming from {path}"])
        sentences.append(f"the checkpoint {path} is of another run")
    return None, "; ".join(sentences or [f"no checkpoint in {folder}"]) + ": starting afresh"


def shared(folder: Path, run: dict[str, Any], workers: Workers) -> tuple[Content | None, str]:
    """`load` in the first process, for all: who writes the checkpoints is sure to have the newest.

    SageMaker gives each machine of a job a folder of its own, which it fills from S3 when the job starts only.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
    """
    content, sentence = load(folder, run) if workers.rank == 0 else (None, "")
    if workers.count == 1:
        return content, sentence
    notes, tensors = content or (None, {})
    notes, sentence = json.loads(workers.from_first(json.dumps([notes, sentence]).encode()))
    received = from_bytes(workers.from_first(to_bytes(dict(tensors))))
    return ((notes, received) if notes else None), sentence


def publish(folder: Path, lines: list[dict[str, Any]]) -> None:
    """Bring metrics.jsonl up to `lines`, of which what is there already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path, unfinished = folder / METRICS, folder / (METRICS + UNFINISHED)
    there = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    missing = [json.dumps(line) + "\n" for line in lines[len(there) :]]
    if missing:
        unfinished.write_text("".join(there + missing), "utf-8")
        _sync(unfinished)
        unfinished.replace(path)


def forget_metrics(folder: Path) -> None:
    """Those of another run, before a fresh one begins."""
    (folder / METRICS).unlink(missing_ok=True)


def _read(path: Path) -> Content:
    with safe_open(path, "pt") as file:
        text, stated = file.metadata()["notes"], file.metadata()["sha256"]
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    if _digest(text, tensors) != stated:
        raise ValueError("its content is not what was written")
    return json.loads(text), tensors


def _digest(notes: str, tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(notes.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"\n{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(uint8).numpy().data)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    """Have the disk hold what was written, or, of a folder, what was renamed."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
