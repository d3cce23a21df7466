"""The answers to a batch, put together in the order of the upload: a transform job leaves an object a part.

They are read and written as a stream, because each that has no id gets the number of its line in the whole upload.
"""

import json
from collections.abc import Callable, Iterable, Iterator

from handlers.common.batches import Batch, answer_key, answer_keys, part_name
from handlers.common.clients import s3_at_length
from handlers.common.settings import settings
from handlers.common.splitting import LINE_BYTES, read_through

PIECE = 16 * 2**20  # bytes of a multipart upload's part: 10,000 of them are 160 GB
WITH_ID = b'{"id": '
TOO_LONG = json.dumps({"error": f"a line may have {LINE_BYTES:,} bytes, and this one has more"}).encode()


class Broken(Exception):
    """The transform job's answers are not those to the lines that it was given."""


def join(batch: Batch, require_stage: Callable[[], None]) -> None:
    """Write the whole answer, while the stage is there. Raises Broken, what `require_stage` does, and what S3 raises;
    called again, it does all of it again."""
    upload = {"Bucket": settings().bucket, "Key": answer_key(batch.id)}
    made = s3_at_length().create_multipart_upload(**upload, ContentType="application/jsonlines")
    upload["UploadId"] = made["UploadId"]
    parts = []
    for number, piece in enumerate(pieces(answers(batch), PIECE), start=1):
        require_stage()
        etag = s3_at_length().upload_part(**upload, PartNumber=number, Body=piece)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    require_stage()
    s3_at_length().complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


def answers(batch: Batch) -> Iterator[bytes]:
    """The answer to each line of the upload, with its line break."""
    keys, before = answer_keys(batch), 0
    for index, segment in enumerate(batch.segments):
        lines = [TOO_LONG] if segment.too_long else whole_lines(_object(keys.get(f"{part_name(index)}.out")))
        yield from numbered(lines, before, segment.lines)
        before += segment.lines


def numbered(lines: Iterable[bytes], before: int, expected: int) -> Iterator[bytes]:
    """The answers, each with an id: its own, or the number of its line, which `before` others precede.

    Empty lines, which may be between two payloads, are none. Raises Broken unless there are as many as expected.
    """
    number = before
    for line in lines:
        if not line.strip():
            continue
        if not line.startswith(b"{"):
            raise Broken(f"The answer to line {number + 1:,} cannot be read.")
        if b'"sentiment"' not in line and b'"error"' not in line:
            raise Broken("The model that serves is older than batches are, and tells no ids; train a new one.")
        number += 1
        yield (line if line.startswith(WITH_ID) else b'{"id": %d, %b' % (number, line[1:])) + b"\n"
    if number - before != expected:
        raise Broken(
            f"The transform job answered {number - before:,} of the {expected:,} lines from line {before + 1:,} on. "
            "Empty lines may be the reason; leave them out."
        )


def pieces(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The lines, together in pieces of at least that size; the last may be smaller."""
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= size:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of what the chunks are together, without their breaks."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    yield rest


def _object(key: str | None) -> Iterator[bytes]:
    if key is None:
        raise Broken("The transform job left no answers to a part of the upload.")
    found = s3_at_length().head_object(Bucket=settings().bucket, Key=key)
    return read_through(key, found["ETag"], found["ContentLength"])
