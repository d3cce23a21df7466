"""How fast an upload is cut, and how fast the answers to it are numbered, beside the network that feeds either.

python -m benchmarks.batches
"""

import argparse
import json
import time
from collections.abc import Iterable
from typing import Any

from handlers.common.joining import PIECE, numbered, pieces, whole_lines
from handlers.common.splitting import CHUNK, cut, part_bytes

LARGEST = 5_000_000_000
BLOCK = 64 * 2**20
BLOCKS = 8
ANSWERS = 1_000_000
ANSWER = b'{"model": "20260101-000000-0001", "sentiment": "positive", "score": 0.9134512}\n'


def main() -> None:
    """Print CPU seconds' worth, which other processes of the machine do not change."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    review = json.dumps({"text": "word " * 255}).encode() + b"\n"
    for what, line in (("reviews of 1.3 KB", review), ("lines of 16 bytes", b'{"text": "a"}  \n')):
        block = line * (BLOCK // len(line))
        chunks = _chunks(block)
        seconds, lines = _timed(
            lambda chunks=chunks: sum(
                each.lines for each in cut((chunk for _ in range(BLOCKS) for chunk in chunks), part_bytes(LARGEST))
            )
        )
        print(f"cutting, {what}: {BLOCKS * len(block) / seconds / 1e6:,.0f} MB/s, {lines / seconds:,.0f} lines/s")
    chunks = _chunks(ANSWER * ANSWERS)
    seconds, size = _timed(lambda: sum(map(len, pieces(numbered(whole_lines(chunks), 0, ANSWERS), PIECE))))
    print(f"numbering: {ANSWERS / seconds:,.0f} answers/s, {size / seconds / 1e6:,.0f} MB/s")


def _timed(work: Any) -> tuple[float, int]:
    began = time.process_time()
    result: int = work()
    return time.process_time() - began, result


def _chunks(body: bytes) -> Iterable[bytes]:
    return [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)]


if __name__ == "__main__":
    main()
