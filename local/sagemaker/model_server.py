"""The serving container, without the container: HTTP over the four functions of an artifact's own code.

    python -I model_server.py MODEL_DIR PORT_FILE

`MODEL_DIR/code/$SAGEMAKER_PROGRAM` defines model_fn, input_fn, predict_fn and output_fn. When the model is
loaded, or has failed to load, the port it listens on is written to PORT_FILE. Behaviour and error bodies are those of
sagemaker-huggingface-inference-toolkit 2.6 under multi-model-server, one worker (tests/slow/test_serving_image.py). It
stands alone: of this project it sees only what the artifact holds.
"""

import importlib
import json
import os
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

JSON = "application/json"
TEXT_TYPES = (JSON, "text/csv")
FUNCTIONS = ("model_fn", "input_fn", "predict_fn", "output_fn")


class Model:
    """The loaded model and the functions around it; one request at a time, as one worker has it."""

    def __init__(self, folder: Path) -> None:
        code = folder / "code"
        program = os.environ.get("SAGEMAKER_PROGRAM", "inference.py")
        if not (code / program).is_file():
            raise SystemExit(f"The model archive has no code/{program}; put the serving functions there.")
        sys.path.insert(0, str(code))
        self._folder, self._program = folder, program
        self._loaded: tuple[Any, Any] | None = None
        self._lock = threading.Lock()
        try:
            self._load()
        except Exception:
            # As the toolkit has it: the container counts as healthy, and every request tries again.
            traceback.print_exc()

    def answer(self, body: bytes, content_type: str | None, accept: str) -> bytes:
        """Take one request through input_fn, predict_fn and output_fn."""
        with self._lock:
            functions, model = self._loaded or self._load()
            data = body.decode() if content_type in TEXT_TYPES else body
            decoded = functions.input_fn(data, content_type)
            prediction = functions.predict_fn(decoded, model)
            response = functions.output_fn(prediction, accept)
        return response.encode() if isinstance(response, str) else bytes(response)

    def _load(self) -> tuple[Any, Any]:
        """The module with the four functions, and what its model_fn gives."""
        functions = importlib.import_module(Path(self._program).stem)
        missing = [name for name in FUNCTIONS if not hasattr(functions, name)]
        if missing:
            names = ", ".join(missing)
            raise SystemExit(f"code/{self._program} does not define {names}; serving calls all four functions.")
        self._loaded = functions, functions.model_fn(str(self._folder))
        return self._loaded


class Handler(BaseHTTPRequestHandler):
    """GET /ping and POST /invocations, over connections that stay open."""

    protocol_version = "HTTP/1.1"
    # One write for head and body, sent at once: otherwise Nagle's algorithm waits for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    model: Model

    def do_GET(self) -> None:
        self._reply(200 if self.path == "/ping" else 404, b"", JSON)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            return self._reply(404, b"", JSON)
        accept = self.headers.get("Accept") or JSON
        accept = JSON if accept == "*/*" else accept
        try:
            answer = self.model.answer(body, self.headers.get("Content-Type"), accept)
        except Exception as error:
            traceback.print_exc()
            problem = {"code": 400, "type": "InternalServerException", "message": str(error)}
            return self._reply(400, json.dumps(problem, indent=2).encode(), JSON)
        self._reply(200, answer, accept)

    def log_message(self, *args: Any) -> None:
        """Say nothing of requests: a line each would cost time, and failures are told by their tracebacks."""

    def _reply(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True


def main() -> None:
    Handler.model = Model(Path(sys.argv[1]))
    server = Server(("127.0.0.1", 0), Handler)
    port_file = Path(sys.argv[2])
    written = port_file.with_suffix(".new")
    written.write_text(str(server.server_port))
    written.replace(port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
