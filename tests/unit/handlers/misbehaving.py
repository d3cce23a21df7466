"""S3 and SageMaker's runtime as one real HTTP server on this machine that does what it is told to do wrong."""

import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.unit.handlers.stage import BUCKET, V1, VOCABULARY

Fault = Callable[["Connection"], None]
POINTER, WORDS = "serving.json", f"vocabularies/{VOCABULARY.id}.json.gz"


class Misbehaving(ThreadingHTTPServer):
    """Objects by key, an endpoint that finds everything good, and what goes wrong with a service or an endpoint."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.objects = {WORDS: gzip.compress(VOCABULARY.to_bytes())}
        self.faults: dict[str, Fault] = {}  # of "s3", or of an endpoint by its name
        self.requests = 0
        self.connections = 0
        self.over = threading.Event()
        self.serve(V1)

    def serve(self, *versions: str) -> None:
        """The pointer names these, each with the same share; the dice are loaded, and the first is drawn."""
        common = {"vocabulary": VOCABULARY.id, "since": "2026-01-01T00:00:00+00:00"}
        share = 1 / len(versions)
        deployments = [{"version": each, "endpoint": f"e-{each}", "weight": share, **common} for each in versions]
        self.objects[POINTER] = json.dumps({"deployments": deployments}).encode()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has hung up is what these tests are about."""


class Connection(BaseHTTPRequestHandler):
    """One connection of a client's."""

    server: Misbehaving
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        if not self.met("s3"):
            found = self.server.objects.get(self.path.partition("?")[0].removeprefix(f"/{BUCKET}/"))
            self.send(200, found) if found is not None else self.refuse(404, "NoSuchKey")

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.met(self.path.split("/")[2]):
            self.send(200, json.dumps({"scores": [0.9] * len(request["inputs"])}).encode())

    def met(self, what: str) -> bool:
        """Whether something goes wrong, which it then has."""
        self.server.requests += 1
        fault = self.server.faults.get(what)
        if fault:
            fault(self)
        return fault is not None

    def send(self, status: int, body: bytes, length: int | None = None, kind: str = "") -> None:
        self.send_response(status)
        stated = len(body) if length is None else length
        for name, value in {"Content-Length": str(stated), "ETag": '"1"', "x-amzn-ErrorType": kind}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        """AWS's refusal: XML of S3's, JSON of all others."""
        xml = f"<Error><Code>{code}</Code><Message>zanzibar</Message></Error>"
        body = xml if self.command == "GET" else json.dumps({"Message": "zanzibar", "message": "zanzibar"})
        self.send(status, body.encode(), kind=code)

    def log_message(self, *_: Any) -> None:
        """The tests' output is no place for it."""


def says(body: bytes) -> Fault:
    """An answer of 200 with this body."""
    return lambda connection: connection.send(200, body)


def refuses(status: int, code: str) -> Fault:
    """AWS's answer with this error code."""
    return lambda connection: connection.refuse(status, code)


def is_silent(connection: Connection) -> None:
    """No answer at all."""
    connection.server.over.wait(10)
    connection.close_connection = True


def closes(connection: Connection) -> None:
    """The connection is reset in place of an answer."""
    connection.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.connection.close()
    connection.close_connection = True


def stops_midway(connection: Connection) -> None:
    """An answer whose second half never comes."""
    connection.send(200, b'{"scores"', length=100)
    connection.close_connection = True


def trickles(connection: Connection) -> None:
    """An answer that comes so slowly that no pause in it is long enough to give up."""
    connection.send(200, b"", length=1000)
    while not connection.server.over.wait(0.05):
        connection.wfile.write(b" ")
