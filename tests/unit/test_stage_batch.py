"""`python -m ml.batch FILE --stage STAGE`, against a stage's API and its bucket in this process."""

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ml import batch, stage_batch
from ml.errors import DataError
from ml.stage_batch import Api

FIELDS = {"key": "batches/7/reviews.jsonl", "policy": "signed"}


class Stage(BaseHTTPRequestHandler):
    """POST /batches, a bucket that keeps what its form brings, and a batch that is Completed when asked again."""

    address: str
    uploads: list[bytes]
    asked: list[str]
    told: list[dict[str, Any]]
    most_bytes = 1000
    refusals: list[int]
    cut_off = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/upload":
            content = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body
            parts: Any = message_from_bytes(content).get_payload()
            names = [part.get_param("name", header="content-disposition") for part in parts]
            values = {name: part.get_payload(decode=True) for name, part in zip(names, parts, strict=True)}
            assert names == [*FIELDS, "file"], "S3 ignores what comes after the file"
            if any(values[name] != value.encode() for name, value in FIELDS.items()):
                return self.answer(403, {})
            self.uploads.append(values["file"])
            return self.answer(204, {})
        assert self.headers["x-api-key"] == "key"
        if self.refusals:
            return self.answer(self.refusals.pop(), {"detail": "not now"})
        upload = {"url": f"{self.address}/upload", "fields": FIELDS}
        self.answer(202, {"id": "7", "upload": upload, "most_bytes": self.most_bytes})

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/answers":
            lines = self.uploads[-1].splitlines()
            answers = [{"id": number, "sentiment": "positive"} for number in range(1, len(lines) + 1)]
            body = b"".join(json.dumps(each).encode() + b"\n" for each in answers)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:-5] if self.cut_off else body)
            return
        download = f"{self.address}/answers"
        batch = {"lines": 3, "done": 0, "reason": None, "download": download} | self.told.pop(0)
        self.answer(200, batch)

    def answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode() if status != 204 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Stage]]:
    class This(Stage):
        """Of this test alone."""

    This.uploads, This.asked, This.refusals = [], [], []
    This.told = [{"status": "Waiting", "lines": None}, {"status": "InProgress"}, {"status": "Completed", "done": 3}]

    server = ThreadingHTTPServer(("127.0.0.1", 0), This)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    This.address = f"http://127.0.0.1:{server.server_port}"
    api = Api(This.address, "key")
    monkeypatch.setattr(stage_batch, "found", lambda stage, region: api)
    monkeypatch.setattr(stage_batch, "POLL_SECONDS", 0.0)
    yield This
    server.shutdown()
    server.server_close()


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text('text,id\n"Loved\nit",a\nno,b\n,c\n')
    return path


def test_a_table_is_uploaded_as_json_lines_and_its_answers_are_a_table(stage: type[Stage], reviews: Path) -> None:
    batch.main([str(reviews), "--stage", "dev", "--id-column", "id"])
    (upload,) = stage.uploads
    assert [json.loads(line) for line in upload.splitlines()] == [
        {"id": "a", "text": "Loved\nit"},
        {"id": "b", "text": "no"},
        {"id": "c", "text": ""},
    ]
    verdicts = (reviews.parent / "reviews.verdicts.csv").read_text().splitlines()
    assert verdicts == ["id,sentiment,score,error", "1,positive,,", "2,positive,,", "3,positive,,"]


def test_an_empty_line_is_uploaded_as_a_line_that_is_no_review(stage: type[Stage], tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(b'{"text": "a"}\r\n\n  \n{"text": "b"}')
    batch.main([str(path), "--stage", "dev"])
    assert stage.uploads == [b'{"text": "a"}\r\n{}\n{}\n{"text": "b"}\n']


def test_a_batch_that_was_uploaded_before_is_fetched_by_its_id(stage: type[Stage], reviews: Path) -> None:
    stage.uploads.append(b"1\n2\n")
    batch.main([str(reviews), "--stage", "dev", "--id", "7", "--out", str(reviews.parent / "out.jsonl")])
    assert stage.asked[0] == "/batches/7"
    assert len((reviews.parent / "out.jsonl").read_text().splitlines()) == 2
    assert len(stage.uploads) == 1


def test_who_is_put_off_asks_again(stage: type[Stage], reviews: Path) -> None:
    stage.refusals += [503, 429]
    batch.main([str(reviews), "--stage", "dev"])
    assert len(stage.uploads) == 1


def test_an_interruption_says_how_to_go_on(stage: type[Stage], reviews: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(stage_batch, "follow", interrupted)
    with pytest.raises(SystemExit, match=f"python -m ml.batch {reviews} --stage dev --id 7"):
        batch.main([str(reviews), "--stage", "dev"])
    assert list(reviews.parent.iterdir()) == [reviews]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"told": [{"status": "Failed", "reason": "no line"}]}, "the batch 7 failed: no line"),
        ({"most_bytes": 10}, "from 1 to 10 are taken; split them"),
        ({"refusals": [409]}, "POST /batches answers 409: not now"),
        ({"cut_off": True}, "try again with --id"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence_and_leaves_no_file(
    stage: type[Stage], reviews: Path, changes: dict[str, Any], sentence: str
) -> None:
    for name, value in changes.items():
        setattr(stage, name, value)
    with pytest.raises(SystemExit, match=sentence):
        batch.main([str(reviews), "--stage", "dev"])
    assert list(reviews.parent.iterdir()) == [reviews]


def test_a_form_that_s3_refuses_is_an_error(stage: type[Stage], monkeypatch: pytest.MonkeyPatch, reviews: Path) -> None:
    api = stage_batch.found("dev", None)
    batch_of = Api.ask

    def forged(self: Api, method: str, path: str) -> dict[str, Any]:
        answer = batch_of(self, method, path)
        answer["upload"]["fields"]["policy"] = "forged"
        return answer

    monkeypatch.setattr(Api, "ask", forged)
    with pytest.raises(DataError, match="S3 refuses the upload \\(403\\)"):
        stage_batch.begin(api, batch.read(reviews, "text", ""), 10)


def test_an_id_without_its_stage_is_refused(reviews: Path) -> None:
    with pytest.raises(SystemExit):
        batch.main([str(reviews), "--id", "7"])
