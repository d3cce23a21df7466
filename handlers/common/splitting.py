"""Cutting an upload at line breaks, so that several machines share it; what is read of it passes by, and is not kept.

Limits of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html – a part of a multipart upload has 5 MiB
to 5 GiB, the last one any size – and https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html: a range
is copied only out of an object of more than 5 MB.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError

from handlers.common.clients import s3_at_length
from handlers.common.settings import settings

LINE_BYTES = 6_000_000  # ml/lines.py's, which needs torch; a test holds them equal
PARTS = 64  # at most, but for lines that are too long: so fine is progress, and so many machines could share them
PART_BYTES = 12 * 2**20  # at least: two payloads of a transform job
RANGES_FROM = 5 * 2**20  # bytes of an object; of smaller ones S3 copies no range
CHUNK = 2**20
ATTEMPTS = 5


class Segment(NamedTuple):
    """Some whole lines of an upload, with their line breaks: the bytes start … end - 1."""

    start: int
    end: int
    lines: int
    too_long: bool = False  # one line, which no model is given


def part_bytes(size: int) -> int:
    """From how many bytes on a segment of an upload of that size ends."""
    return max(PART_BYTES, -(-size // PARTS))


def cut(chunks: Iterable[bytes], least: int) -> Iterator[Segment]:
    """The segments of what the chunks, each of LINE_BYTES at most, are together, in order: each of `least` bytes or
    more, but for the last and those before a line of more than LINE_BYTES, which is a segment of its own.

    What follows the last line break is a line only if it holds something, and belongs to no segment otherwise.
    """
    start = lines = 0  # of the segment under way: its first byte, and its lines so far
    line = position = 0  # where the line under way begins, and where the chunk does
    holds_something = False  # the line under way
    for chunk in chunks:
        first = chunk.find(b"\n")
        if first < 0:
            holds_something = holds_something or bool(chunk.strip())
            position += len(chunk)
            continue
        end = position + first + 1
        if end - 1 - line > LINE_BYTES:
            if lines:
                yield Segment(start, line, lines)
            yield Segment(line, end, 1, too_long=True)
            start, lines = end, chunk.count(b"\n", first + 1)
        else:
            lines += chunk.count(b"\n")
        last = chunk.rfind(b"\n") + 1
        line = position + last
        holds_something = bool(chunk[last:].strip())
        position += len(chunk)
        if line - start >= least:
            yield Segment(start, line, lines)
            start, lines = line, 0
    too_long = holds_something and position - line > LINE_BYTES
    if holds_something and not too_long:
        line, lines = position, lines + 1
    if lines:
        yield Segment(start, line, lines)
    if too_long:
        yield Segment(line, position, 1, too_long=True)


def read_through(key: str, etag: str, size: int) -> Iterator[bytes]:
    """The object's bytes, of which a few are in memory at a time; goes on where a connection broke.

    Raises what S3 raises, PreconditionFailed among it when the object is another by now.
    """
    position, attempts = 0, 0
    while position < size:
        try:
            wanted = f"bytes={position}-{size - 1}"
            answer = s3_at_length().get_object(Bucket=settings().bucket, Key=key, IfMatch=etag, Range=wanted)
            while chunk := answer["Body"].read(CHUNK):
                position, attempts = position + len(chunk), 0
                yield chunk
        except BotoCoreError:
            attempts += 1
            if attempts == ATTEMPTS:
                raise


def copy(segment: Segment, source: str, etag: str, size: int, target: str) -> None:
    """Make an object of the segment of the source, inside S3 where S3 can. Raises what S3 raises, as above."""
    bucket, wanted = settings().bucket, f"bytes={segment.start}-{segment.end - 1}"
    if size <= RANGES_FROM:
        body = s3_at_length().get_object(Bucket=bucket, Key=source, IfMatch=etag, Range=wanted)["Body"].read()
        s3_at_length().put_object(Bucket=bucket, Key=target, Body=body)
        return
    upload: dict[str, Any] = {"Bucket": bucket, "Key": target}
    upload["UploadId"] = s3_at_length().create_multipart_upload(**upload)["UploadId"]
    copied = s3_at_length().upload_part_copy(
        **upload,
        PartNumber=1,
        CopySource=f"{bucket}/{source}",  # no character of these keys is one to be quoted
        CopySourceRange=wanted,
        CopySourceIfMatch=etag,
    )
    parts = [{"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]
    s3_at_length().complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
