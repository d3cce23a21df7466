"""Run SageMaker on this machine:

    python -m local.sagemaker --port 4567 --state FOLDER --aws http://127.0.0.1:4566

Point any AWS SDK at it with AWS_ENDPOINT_URL_SAGEMAKER, AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME and
AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING. It reaches the local AWS with the credentials in its own environment, which
must be those of the account's root.
"""

import argparse
import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sagemaker.models import sagemaker_backends
from werkzeug.serving import make_server

from local.sagemaker import api
from local.sagemaker.aws import LocalAws
from local.sagemaker.endpoints import Endpoints
from local.sagemaker.events import Events
from local.sagemaker.metrics import Metrics
from local.sagemaker.records import Records
from local.sagemaker.rights import Rights
from local.sagemaker.runtime import request_handler
from local.sagemaker.training import TrainingJobs
from local.sagemaker.transforms import TransformJobs
from local.sagemaker.tuning import TuningJobs

HOST = "127.0.0.1"
AWS_START_SECONDS = 60


def main() -> None:
    """Serve until SIGTERM or SIGINT; then end every process that was started, and return."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    for chatty in ("werkzeug", "botocore", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())

    listener = _bind(arguments.port)
    local_aws = LocalAws(arguments.aws, arguments.region)
    account = _account(local_aws, ending)
    if account is None:
        return
    # moto takes the account of every request from here; the names it makes must be those of the local AWS.
    os.environ["MOTO_ACCOUNT_ID"] = account
    state = arguments.state.absolute()
    state.mkdir(parents=True, exist_ok=True)
    backend = sagemaker_backends[account][arguments.region]
    records = Records(backend, state / "records.json", Events(local_aws, account))
    jobs = TrainingJobs(records, local_aws, state / "jobs", arguments.python.absolute())
    transforms = TransformJobs(records, local_aws, state / "transforms", arguments.python.absolute())
    endpoints = Endpoints(records, local_aws, Metrics(local_aws), state / "endpoints", arguments.python.absolute())
    rights = Rights(local_aws, arguments.rights)
    tuning = TuningJobs(records, jobs)
    api.install(records, rights, local_aws, jobs, tuning, transforms, endpoints)
    jobs.fail_interrupted()
    transforms.fail_interrupted()
    tuning.fail_interrupted()
    endpoints.restore()

    listener.listen(128)
    application = DomainDispatcherApplication(create_backend_app)
    handler = request_handler(endpoints, rights, arguments.region, account)
    server = make_server(
        HOST,
        arguments.port,
        application,
        threaded=True,
        request_handler=handler,
        fd=listener.fileno(),
    )
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    print(f"SageMaker listens on http://{HOST}:{arguments.port}", flush=True)
    ending.wait()
    records.close()
    server.shutdown()
    endpoints.close()
    transforms.close()
    tuning.close()
    jobs.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.sagemaker", description="SageMaker on this machine")
    parser.add_argument("--port", type=int, default=4567)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps records, jobs and endpoints")
    parser.add_argument("--aws", required=True, help="URL of the local AWS")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="interpreter to train and serve with")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--rights", type=Path, help="file that is told which rights roles have used")
    arguments = parser.parse_args()
    if not (arguments.python.parent / "train").exists():
        parser.error(f"{arguments.python} has no training toolkit beside it: pip install sagemaker-pytorch-training")
    return arguments


def _bind(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise SystemExit(f"Port {port} cannot be used ({error.strerror}): end what uses it, or give --port.") from error
    return listener


def _account(local_aws: LocalAws, ending: threading.Event) -> str | None:
    """The account of the local AWS, once that has started; None if this process is told to end meanwhile."""
    deadline = time.monotonic() + AWS_START_SECONDS
    while not ending.is_set():
        try:
            return str(local_aws.client("sts").get_caller_identity()["Account"])
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"The local AWS at {local_aws.url} does not answer: {error}") from error
            ending.wait(0.5)
    return None


if __name__ == "__main__":
    main()
