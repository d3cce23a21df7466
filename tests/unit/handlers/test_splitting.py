"""An upload is cut at line breaks, whatever it holds, and its answers come back in its order."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common import joining, splitting
from handlers.common.batches import Batch, part_name
from handlers.common.joining import Broken, numbered, pieces
from handlers.common.splitting import Segment, cut, part_bytes
from ml import lines
from tests.unit.handlers.stage import BUCKET, Stage

MOST = 20  # bytes of a line, for these tests
uploads = st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\n\n", b" ", b"x" * 9, b"\r\n", b"y" * 25])).map(b"".join)


@pytest.fixture(autouse=True, scope="module")
def short_lines() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "LINE_BYTES", MOST)
        yield


def chunks(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def test_a_line_may_be_as_long_as_the_model_takes_it() -> None:
    assert joining.LINE_BYTES == lines.LINE_BYTES
    assert joining.TOO_LONG == b'{"error": "a line may have 6,000,000 bytes, and this one has more"}'


@given(body=uploads, size=st.integers(1, MOST), least=st.integers(1, 60))
def test_the_segments_together_are_the_upload_and_each_is_whole_lines(body: bytes, size: int, least: int) -> None:
    found = list(cut(chunks(body, size), least))
    wanted = lines.split(body)
    assert [line for each in found for line in lines.split(body[each.start : each.end])] == wanted
    assert [each.lines for each in found] == [len(lines.split(body[each.start : each.end])) for each in found]
    edges = [0, *(each.end for each in found)]
    assert [each.start for each in found] == edges[:-1]
    assert not body[edges[-1] :].strip()


@given(body=uploads, size=st.integers(1, MOST), least=st.integers(1, 60))
def test_a_line_that_is_too_long_is_a_segment_of_its_own_and_no_other_holds_one(
    body: bytes, size: int, least: int
) -> None:
    for each in cut(chunks(body, size), least):
        lengths = [len(line) for line in lines.split(body[each.start : each.end])]
        assert [length > MOST for length in lengths] == ([True] if each.too_long else [False] * each.lines)


@given(body=uploads, size=st.integers(1, 10), least=st.integers(1, 60))
def test_segments_are_no_larger_than_asked_for_by_more_than_a_chunk_and_a_line(
    body: bytes, size: int, least: int
) -> None:
    for each in cut(chunks(body, size), least):
        assert each.too_long or each.end - each.start < least + size + MOST + 1


@pytest.mark.parametrize("body", [b"", b"  ", b"\t \r"])
def test_what_holds_nothing_has_no_segment(body: bytes) -> None:
    assert list(cut([body], 10)) == []


def test_the_largest_upload_has_some_sixty_parts_and_a_small_one_has_one() -> None:
    assert part_bytes(5_000_000_000) * 64 == 5_000_000_000
    assert part_bytes(10_000) == 12 * 2**20


@pytest.mark.parametrize("ranges_from", [0, 10**9])
def test_a_segment_is_copied_byte_for_byte_inside_s3_or_through_memory(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, ranges_from: int
) -> None:
    monkeypatch.setattr(splitting, "RANGES_FROM", ranges_from)
    body = b"one\ntwo\nthree\n"
    stage.put("upload", body)
    etag = stage.s3.head_object(Bucket=BUCKET, Key="upload")["ETag"]
    assert b"".join(splitting.read_through("upload", etag, len(body))) == body
    splitting.copy(Segment(4, 8, 1), "upload", etag, len(body), "part")
    assert stage.s3.get_object(Bucket=BUCKET, Key="part")["Body"].read() == b"two\n"


def test_an_answer_has_the_id_of_its_line_or_the_number_of_its_line_in_the_upload() -> None:
    judged = b'{"id": "x", "sentiment": "positive", "score": 1}'
    found = numbered([judged, b"", b'{"error": "no"}', b'{"id": 3, "error": "no"}', b""], 10, 3)
    assert list(found) == [judged + b"\n", b'{"id": 12, "error": "no"}\n', b'{"id": 3, "error": "no"}\n']


def test_answers_of_a_model_that_is_older_than_batches_are_refused_for_they_tell_no_ids() -> None:
    with pytest.raises(Broken, match="older than batches"):
        list(numbered([b'{"model": "v", "score": 0.9}'], 0, 1))


@given(body=uploads, size=st.integers(1, MOST), least=st.integers(1, 60))
def test_the_whole_answer_has_an_answer_to_each_line_in_the_order_of_the_upload(
    body: bytes, size: int, least: int
) -> None:
    segments = tuple(cut(chunks(body, size), least))
    batch = Batch("0" * 20, "2026-01-01T00:00:00+00:00", segments=segments)
    parts = {f"{part_name(index)}.out": body[each.start : each.end] for index, each in enumerate(segments)}

    def answered(key: str) -> list[bytes]:
        answers = (json.dumps({"error": line.decode()}).encode() + b"\n" for line in lines.split(parts[key]))
        return chunks(b"\n".join(answers), size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "_object", answered)
        patch.setattr(joining, "answer_keys", lambda _: {name: name for name in parts})
        found = [json.loads(answer) for answer in joining.answers(batch)]
    assert [each["id"] for each in found] == list(range(1, len(found) + 1))
    texts = [None if "and this one has more" in each["error"] else each["error"].encode() for each in found]
    assert texts == [None if len(line) > MOST else line for line in lines.split(body)]


@pytest.mark.parametrize("answers", [[b"{}"], [b"{}"] * 3, [b"{}", b"<html>"]])
def test_answers_that_are_too_few_too_many_or_none_are_refused(answers: list[bytes]) -> None:
    with pytest.raises(Broken):
        list(numbered(answers, 0, 2))


@given(parts=st.lists(st.binary(min_size=1, max_size=9)), size=st.integers(1, 30))
def test_pieces_are_large_enough_but_for_the_last_and_together_all(parts: list[bytes], size: int) -> None:
    found = list(pieces(parts, size))
    assert b"".join(found) == b"".join(parts)
    assert all(len(piece) >= size for piece in found[:-1])


@given(body=st.binary(max_size=60), size=st.integers(1, 10))
def test_lines_are_read_from_chunks_wherever_these_end(body: bytes, size: int) -> None:
    assert list(joining.whole_lines(chunks(body, size))) == body.split(b"\n")
