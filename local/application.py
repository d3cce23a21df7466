"""The whole application on this machine: local AWS and local SageMaker, and serverless.yml deployed to them."""

import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

from local.lock import AlreadyRunning, state_lock, turn
from local.problem import Problem
from local.processes import Server
from local.screen import Step, run
from local.settings import ACCOUNT, LAMBDA_PYTHON, PREFIX, REGION, ROOT, SERVERLESS, STAGE, Settings
from local.supervise import Command


class Application:
    """A running copy of the application, for as long as the context lasts.

    with Application(Settings(state=folder, aws_port=4800, sagemaker_port=4801)) as application:
        application.deploy()
        serve(application)
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._servers: list[Server] = []
        self._cleanup = ExitStack()

    def __enter__(self) -> "Application":
        with ExitStack() as cleanup:
            try:
                cleanup.enter_context(state_lock(self.settings.state))
            except AlreadyRunning:
                raise Problem(
                    f"The application is running already, with its state in {self.settings.state}. "
                    "`npm run status` shows it; a second copy needs its own LOCAL_STATE and ports."
                ) from None
            cleanup.callback(self._stop)
            self.describe("starting")
            self._start()
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._cleanup.close()

    def describe(self, phase: str) -> None:
        """Leave word for `npm run url` and `npm run status`: phase is "starting" or "ready"."""
        settings = self.settings
        word = {
            "phase": phase,
            "process": os.getpid(),
            "aws_port": settings.aws_port,
            "sagemaker_port": settings.sagemaker_port,
        }
        temporary = settings.state / "running.json.new"
        temporary.write_text(json.dumps(word))
        temporary.replace(settings.state / "running.json")

    def _start(self) -> None:
        settings = self.settings
        scratch = settings.state / "tmp"
        # Each deployment to an emulator that has just started makes a new bucket for what serverless packs.
        for packages in (settings.state / "s3").glob(f"*/{PREFIX}serverlessdeploymentbucket-*"):
            shutil.rmtree(packages)
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        with Step("Local AWS") as step:
            aws = Server(
                "Local AWS",
                [LAMBDA_PYTHON, "-I", ROOT / "local" / "emulator", *self._recording("aws")],
                settings.aws_port,
                settings.logs / "aws.log",
                emulator_environment(settings, scratch),
            )
            self._servers.append(aws)
            aws.wait_until_up(60, step.tick)
        with Step("Local SageMaker") as step:
            options = ["--port", str(settings.sagemaker_port), "--aws", settings.aws_url]
            options += self._recording("sagemaker")
            sagemaker = Server(
                "Local SageMaker",
                [sys.executable, "-m", "local.sagemaker", *options, "--state", settings.state / "sagemaker"],
                settings.sagemaker_port,
                settings.logs / "sagemaker.log",
                {**settings.environment(), "MOTO_ACCOUNT_ID": ACCOUNT, "PYTHONUNBUFFERED": "1"},
            )
            self._servers.append(sagemaker)
            sagemaker.wait_until_up(60, step.tick)

    def _recording(self, server: str) -> list[str]:
        rights = self.settings.rights
        return ["--rights", str(rights / f"{server}.jsonl")] if rights else []

    def _stop(self) -> None:
        while self._servers:
            self._servers.pop().stop()
        (self.settings.state / "running.json").unlink(missing_ok=True)

    def check(self) -> None:
        """Raises Problem when one of the servers has ended."""
        for server in self._servers:
            server.check()

    def deploy(self) -> None:
        """`serverless deploy`, as it goes to AWS, to the local one."""
        command: Command = [SERVERLESS, "deploy", "--stage", STAGE]
        log, env = self.settings.logs / "deploy.log", self.settings.environment()
        # The command packs into one fixed folder of the checkout, so copies take turns.
        with turn(ROOT / "serverless.yml"):
            run("serverless deploy", command, log, cwd=ROOT, env=env)
        self.check()

    @property
    def url(self) -> str:
        """The base URL of the deployed API, without a slash at its end."""
        return self.settings.base_url

    def client(self, service: str, **config: Any) -> Any:
        """A boto3 client for this copy, with the rights of its account's root."""
        local_sagemaker = service in ("sagemaker", "sagemaker-runtime", "application-autoscaling")
        return boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.settings.sagemaker_url if local_sagemaker else self.settings.aws_url,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(proxies={}, **config),
        )

    def api_key(self) -> str:
        """The value of the deployed API key. Raises Problem when nothing is deployed."""
        keys = self.client("apigateway").get_api_keys(includeValues=True)["items"]
        values: list[str] = [key["value"] for key in keys if key["name"].startswith(PREFIX)]
        if not values:
            raise Problem("There is no API key; has the application been deployed?")
        return values[0]

    def invoke(self, function: str, payload: dict[str, Any] | None = None) -> Any:
        """A deployed function's answer; it is called by its name in serverless.yml. Raises Problem when it fails."""
        answer = self.client("lambda", read_timeout=120).invoke(
            FunctionName=PREFIX + function, Payload=json.dumps(payload or {})
        )
        body = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise Problem(f"The function {function} failed: {body.get('errorMessage', body)}")
        return body

    def get(self, path: str) -> tuple[int, Any]:
        """GET a route of the deployed API: status and decoded JSON (None where there is none)."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(self.url + path, timeout=35) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            body = error.read()
            return error.code, json.loads(body) if "json" in error.headers.get("Content-Type", "") else None
        except OSError as error:
            self.check()  # says more, if a server has ended
            raise Problem(f"{self.url}{path} does not answer: {error}") from error

    def wait_until(self, done: Callable[[], bool], seconds: float, every: float, tick: Callable[[], None]) -> bool:
        """Ask until it is done or the time is up; whether it is. Raises Problem when a server ends meanwhile."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                return False
            next_question = time.monotonic() + every
            while time.monotonic() < next_question:
                self.check()
                tick()
                time.sleep(0.1)
        return True


def emulator_environment(settings: Settings, scratch: Path) -> dict[str, str]:
    """The emulator's environment, all of which its Lambdas see too: so it holds little.

    Buckets are kept on disk, as they are at every moment; everything else is deployed anew at each start.
    """
    inherited = {name: value for name, value in settings.environment().items() if not name.startswith(("AWS_", "SLS_"))}
    return {
        **inherited,
        "TMPDIR": str(scratch),
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_SAGEMAKER": settings.sagemaker_url,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": settings.sagemaker_url,
        "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING": settings.sagemaker_url,
        "GATEWAY_PORT": str(settings.aws_port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.state / "s3"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere/docker.sock",  # it would look for containers of its own there
        "LOG_LEVEL": "WARNING",
    }
