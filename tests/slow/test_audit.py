"""`npm run audit` asks what it says it asks, of pip-audit and npm as they are; the two services are stand-ins."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local import audit, install
from local.problem import Problem


class Services(ThreadingHTTPServer):
    """OSV and npm's registry on 127.0.0.1; `known` names what is vulnerable. It keeps what it was asked of."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Service)
        self.known: set[str] = set()
        self.asked: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Service(BaseHTTPRequestHandler):
    server: Services

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(gzip.decompress(sent) if self.headers.get("Content-Encoding") == "gzip" else sent)
        answer: Any = {}
        if self.path == "/osv":
            name = body["package"]["name"]
            self.server.asked.add(name)
            if name in self.server.known:
                affected = {"package": {"name": name, "ecosystem": "PyPI"}, "versions": [body["version"]]}
                answer = {"vulns": [{"id": "GHSA-aaaa-bbbb-cccc", "summary": "Bad.", "affected": [affected]}]}
        elif self.path == "/-/npm/v1/security/advisories/bulk":
            self.server.asked |= body.keys()
            advisory = {"id": 1, "url": "https://x/GHSA-dddd-eeee-ffff", "title": "Bad", "severity": "high"}
            advisory["vulnerable_versions"] = "*"
            answer = {name: [advisory] for name in self.server.known & body.keys()}
        else:
            self.send_error(404)
            return
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: Any) -> None:
        """Nothing: the test's output is the audit's."""


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Services]:
    install.audit_environment()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # where answers of before would be found again
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    server = Services()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_pinned_package_is_asked_of_and_with_nothing_known_the_audit_is_passed(services: Services) -> None:
    assert audit.audit(f"{services.url}/osv", services.url) == 0
    assert {"torch", "nltk", "boto3", "ministack", "axe-core", "pip-audit"} <= services.asked


def test_what_is_known_is_said_and_fails_the_audit_unless_there_is_a_reason_to_accept_it(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services.known = {"nltk", "axe-core"}
    monkeypatch.setattr(audit, "locks", lambda: [audit.ROOT / "ml" / "requirements.txt"])
    assert audit.audit(f"{services.url}/osv", services.url) == 1
    said = capsys.readouterr().out
    assert "nltk GHSA-aaaa-bbbb-cccc in 3.10.4" in said
    assert "axe-core GHSA-dddd-eeee-ffff in" in said
    accepted = tmp_path / "accepted"
    accepted.write_text("nltk GHSA-aaaa-bbbb-cccc: never called.\naxe-core GHSA-*: for tests alone.\n")
    monkeypatch.setattr(audit, "ACCEPTED", accepted)
    assert audit.audit(f"{services.url}/osv", services.url) == 0
    assert "accepted: never called." in capsys.readouterr().out


def test_a_service_that_cannot_be_asked_is_no_passed_audit(services: Services) -> None:
    with pytest.raises(Problem, match="could not be asked"):
        audit.audit(f"{services.url}/nothing", services.url)
    with pytest.raises(Problem, match="could not be asked"):
        list(audit.in_node(f"{services.url}/nothing"))
