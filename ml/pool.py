"""Processes that judge lines of reviews beside each other, and give their answers in order."""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ml.errors import DataError

LINES, BYTES = 512, 1_000_000  # that a process is given at once, at most
SHAPES = "32"  # of batches, for which a process keeps what it has built
AHEAD = 3  # chunks a process that are read before they are asked for


@dataclass(frozen=True)
class Line:
    number: int
    content: bytes
    read: int  # bytes of the file, this line among them


@dataclass(frozen=True)
class Answers:
    answers: list[dict[str, Any]]  # ml/lines.py
    read: int  # bytes of the file that are done


def judge(lines: Iterable[Line], model: Path, workers: int) -> Iterator[Answers]:
    """The answers to the lines, in order, by the artifact in the folder `model`; only so many are read ahead.

    Raises ArtifactError or VocabularyError when `model` holds no model, DataError when a process was killed.
    """
    _load(model)  # before any process is started: what is wrong with it is said here, and once
    # oneDNN keeps what it has built for the last 1,024 shapes of a batch: that would be 0.7 GB a process.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", SHAPES)
    context = multiprocessing.get_context("spawn")  # a fork would take along torch's threads, and their locks
    under_way: deque[tuple[int, Future[list[dict[str, Any]]]]] = deque()

    def next_answers() -> Answers:
        read, future = under_way.popleft()
        return Answers(future.result(), read)

    with ProcessPoolExecutor(workers, context) as pool:
        try:
            for chunk in _chunks(lines):
                contents = [line.content for line in chunk]
                under_way.append((chunk[-1].read, pool.submit(_answer, model, chunk[0].number, contents)))
                if len(under_way) >= AHEAD * workers:
                    yield next_answers()
            while under_way:
                yield next_answers()
        except BrokenProcessPool as error:
            raise DataError("a process was killed, mostly for want of memory; give fewer --workers") from error
        finally:
            pool.shutdown(cancel_futures=True)


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line.content)
        if len(chunk) >= LINES or size >= BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@cache
def _load(model: Path) -> Any:
    import torch

    from ml.inference import model_fn

    torch.set_num_threads(1)  # a process a core: they share nothing, and wait for nobody
    return model_fn(str(model))


def _answer(model: Path, first: int, lines: list[bytes]) -> list[dict[str, Any]]:
    from ml.lines import answer_lines

    return [{"id": number, **answer} for number, answer in enumerate(answer_lines(lines, _load(model)), start=first)]
