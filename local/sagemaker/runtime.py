"""InvokeEndpoint, answered before moto sees it: on kept connections, the body passed on as it came.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import json
import re
import uuid

from moto.moto_server.werkzeug_app import MotoRequestHandler

from local.sagemaker.endpoints import Endpoints, NotInService
from local.sagemaker.needed import needed
from local.sagemaker.rights import AccessDenied, Rights
from local.sagemaker.serving import ServingError, Throttled

INVOCATION = re.compile(r"/endpoints/([^/?]+)/invocations")
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
JSON = "application/json"
ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"


def request_handler(endpoints: Endpoints, rights: Rights, region: str, account: str) -> type[MotoRequestHandler]:
    """The handler class for the server: invocations go to `endpoints`, every other request goes to moto."""

    class Handler(MotoRequestHandler):
        # Head and body are two writes: Nagle's algorithm would hold the second until the first is acknowledged.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            match = INVOCATION.fullmatch(self.path)
            if not match:
                return self.run_wsgi()
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            signed = CREDENTIAL.search(self.headers.get("Authorization") or "")
            asked = needed("sagemaker", "InvokeEndpoint", {"EndpointName": match[1]}, region, account)
            try:
                rights.check(signed[1] if signed else "", asked)
                status, headers, answer = invoke(endpoints, match[1], body, dict(self.headers.items()))
            except AccessDenied as error:
                status, headers, answer = _error(403, error.code, {"Message": error.message})
            self.send_response(status)
            about = {**headers, "x-amzn-RequestId": str(uuid.uuid4()), "Content-Length": str(len(answer))}
            for name, value in about.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

    return Handler


def invoke(endpoints: Endpoints, name: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body) of the answer, with the error types and bodies that AWS gives."""
    passed = {key: value for key, value in headers.items() if _is_passed(key.lower())}
    try:
        variant, answer = endpoints.invoke(name, body, passed)
    except NotInService as error:
        return _error(400, "ValidationError", {"message": str(error)})
    except Throttled:
        return _error(400, "ThrottlingException", {"message": None})  # AWS says no more than that either
    except ServingError as error:
        return _model_error(500, str(error))
    if answer.status != 200:
        return _model_error(answer.status, answer.data.decode(errors="replace"))
    about = {
        "Content-Type": answer.headers.get("Content-Type", JSON),
        "x-Amzn-Invoked-Production-Variant": variant,
    }
    if ATTRIBUTES in answer.headers:
        about[ATTRIBUTES] = answer.headers[ATTRIBUTES]
    return 200, about, answer.data


def _is_passed(header: str) -> bool:
    return header in ("content-type", "accept") or header.startswith("x-amzn-sagemaker-")


def _model_error(status: int, original: str) -> tuple[int, dict[str, str], bytes]:
    side = "client" if status < 500 else "server"
    message = f'Received {side} error ({status}) from primary with message "{original}"'
    fields = {
        "Message": message,
        "OriginalStatusCode": status,
        "OriginalMessage": original,
        "LogStreamArn": "",
    }
    return _error(424, "ModelError", fields)


def _error(status: int, kind: str, fields: dict[str, object]) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": JSON, "x-amzn-ErrorType": kind}, json.dumps(fields).encode()
