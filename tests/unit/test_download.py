"""Downloads that are continued."""

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ml.download import fetch
from ml.errors import DataError

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Origin(ThreadingHTTPServer):
    """Serves CONTENT under any path."""

    ranges = True  # answer Range with 206, or send all from the start
    at_most: float = float("inf")  # bytes of one answer, after which the connection is cut off
    content = CONTENT

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file"


class Answer(BaseHTTPRequestHandler):
    server: Origin

    def do_GET(self) -> None:
        origin = self.server
        asked = self.headers["Range"]
        origin.asked.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if origin.ranges and asked else 0
        rest = origin.content[start:]
        if not rest:
            self.send_error(416)
            return
        self.send_response(206 if origin.ranges and asked else 200)
        self.send_header("Content-Length", str(len(rest)))
        if origin.ranges and asked:
            self.send_header("Content-Range", f"bytes {start}-{len(origin.content) - 1}/{len(origin.content)}")
        self.end_headers()
        self.wfile.write(rest if len(rest) <= origin.at_most else rest[: int(origin.at_most)])

    def log_message(self, format: str, *arguments: object) -> None:
        """Tests' output stays quiet."""


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Origin]:
    monkeypatch.setenv("no_proxy", "*")
    with Origin() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(origin: Origin, path: Path, size: int = len(CONTENT), sha256: str = SHA256) -> None:
    fetch(origin.url, path, size, sha256)


def test_a_file_is_downloaded_once(origin: Origin, tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    get(origin, path)
    get(origin, path)
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]
    assert len(origin.asked) == 1


def test_a_download_that_is_cut_off_goes_on_where_it_was(origin: Origin, tmp_path: Path) -> None:
    origin.at_most = 100_000
    get(origin, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert origin.asked == ["bytes=0-", "bytes=100000-", "bytes=200000-"]


def test_a_later_run_asks_only_for_the_rest(origin: Origin, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    get(origin, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert origin.asked == ["bytes=1000-"]


def test_a_server_that_ignores_ranges_sends_all_again(origin: Origin, tmp_path: Path) -> None:
    origin.ranges = False
    (tmp_path / "file.part").write_bytes(b"?" * 1000)
    get(origin, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_that_brings_nothing_new_is_given_up_and_the_part_kept(origin: Origin, tmp_path: Path) -> None:
    origin.ranges, origin.at_most = False, 1000
    with pytest.raises(DataError, match=r"cut off; 1,000 of 256,000 bytes are here, run it again"):
        get(origin, tmp_path / "file")
    assert len(origin.asked) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file.part"]
    assert (tmp_path / "file.part").read_bytes() == CONTENT[:1000]


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("size", [len(CONTENT) - 1, len(CONTENT) + 1])
def test_a_file_of_another_length_is_refused(origin: Origin, tmp_path: Path, ranges: bool, size: int) -> None:
    origin.ranges = ranges
    with pytest.raises(DataError, match="is not the file expected: the server announces"):
        get(origin, tmp_path / "file", size=size)
    assert not (tmp_path / "file").exists()


def test_a_file_of_other_content_is_refused_and_removed(origin: Origin, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(b"?" * 1000)
    with pytest.raises(DataError, match="another file than expected"):
        get(origin, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_away_is_named(origin: Origin, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"refused.*; 0 of 5 bytes are here"):
        fetch("http://127.0.0.1:1/file", tmp_path / "file", 5, SHA256)
    assert list(tmp_path.iterdir()) == []
