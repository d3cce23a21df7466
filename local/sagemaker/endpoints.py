"""Endpoints: a model's archive is fetched under its role, unpacked, and served by a process until deleted."""

import json
import logging
import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import urllib3
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint

from local.sagemaker import aws
from local.sagemaker.aws import AwsError, LocalAws, Storage
from local.sagemaker.metrics import Metrics
from local.sagemaker.records import Records
from local.sagemaker.serving import Container, ServingError

log = logging.getLogger(__name__)


class NotInService(Exception):
    """There is no endpoint of that name, or it does not take requests; the text is what AWS answers."""


class Endpoints:
    """Starts, invokes and ends endpoints; `folder` holds one folder each, `python` is what they run in."""

    def __init__(self, records: Records, local_aws: LocalAws, metrics: Metrics, folder: Path, python: Path) -> None:
        self._records = records
        self._metrics = metrics
        self._aws = local_aws
        self._folder = folder
        self._python = python
        self._containers: dict[str, Container] = {}

    def restore(self) -> None:
        """Bring back, from the copies on disk, what served when the process ended; forget what was going."""
        for endpoint in list(self._records.backend.endpoints.values()):
            if endpoint.endpoint_status == "Deleting":
                self._forget(endpoint)
            elif endpoint.endpoint_status != "Failed":
                self.start(endpoint)

    def start(self, endpoint: FakeEndpoint) -> None:
        """Begin to bring up a recorded endpoint; it is Creating until its model answers."""
        self._records.set_endpoint(endpoint, "Creating")
        threading.Thread(target=self._serve, args=(endpoint,), name=endpoint.endpoint_name, daemon=True).start()

    def delete(self, name: str) -> None:
        """DeleteEndpoint: returns at once; the endpoint is Deleting until its last request is answered."""
        endpoint = self._records.backend.endpoints.get(name)
        if endpoint is None:
            self._records.backend.describe_endpoint(name)  # raises AWS's "Could not find endpoint"
        elif endpoint.endpoint_status in ("Creating", "Deleting"):
            raise ValidationError(f'Cannot update in-progress endpoint "{endpoint.arn}".')
        else:
            self._records.set_endpoint(endpoint, "Deleting")
            threading.Thread(target=self._end, args=(endpoint,), name=f"delete {name}", daemon=True).start()

    def invoke(self, name: str, body: bytes, headers: Mapping[str, str]) -> tuple[str, urllib3.BaseHTTPResponse]:
        """(name of the variant, the model's answer). Raises NotInService, ServingError or Throttled."""
        endpoint = self._records.backend.endpoints.get(name)
        if endpoint is None:
            raise NotInService(f"Endpoint {name} of account {self._records.backend.account_id} not found.")
        container = self._containers.get(name)
        if endpoint.endpoint_status != "InService" or container is None:
            raise NotInService(f"Endpoint {name} is {endpoint.endpoint_status}, not InService.")
        variant, status, start = _variant(endpoint), 500, time.perf_counter()
        try:
            answer = container.invoke(body, headers)
            status = answer.status
        finally:
            self._metrics.count(name, variant, status, (time.perf_counter() - start) * 1e6)
        return variant, answer

    def close(self) -> None:
        """End every serving process, at once."""
        for container in list(self._containers.values()):
            container.stop(drain=0.0)

    def _serve(self, endpoint: FakeEndpoint) -> None:
        name = endpoint.endpoint_name
        try:
            folder = self._folder / name
            primary = self._fetch(endpoint, folder)
            serverless = endpoint.production_variants[0].get("CurrentServerlessConfig", {})
            at_once = serverless.get("MaxConcurrency")
            container = Container(folder, primary.get("Environment", {}), self._python, at_once)
            self._containers[name] = container
            container.run(on_ready=lambda: self._records.set_endpoint(endpoint, "InService"))
        except (AwsError, ServingError) as error:
            failed = f"The primary container for production variant {_variant(endpoint)} did not pass"
            self._records.set_endpoint(endpoint, "Failed", f"{failed} the ping health check: {error}")
        except Exception as error:
            log.exception("endpoint %s", name)
            self._records.set_endpoint(endpoint, "Failed", f"InternalServerError: {type(error).__name__}: {error}")

    def _fetch(self, endpoint: FakeEndpoint, folder: Path) -> dict[str, Any]:
        """Have the unpacked archive at `folder`/model; returns the definition of the primary container.

        Both are copies that outlive the model, the endpoint config and the archive, as they do on SageMaker.
        The definition is written last, so that where it is found the copy is whole.
        """
        definition = folder / "container.json"
        if definition.exists():
            return json.loads(definition.read_text())
        with self._records.lock:
            config = self._records.backend.endpoint_configs[endpoint.endpoint_config_name]
            model = self._records.backend.describe_model(config.production_variants[0]["ModelName"])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        archive = folder / "model.tar.gz"
        Storage(self._aws.role(model.execution_role_arn)).download(model.primary_container["ModelDataUrl"], archive)
        aws.unpack(archive, folder / "model")
        archive.unlink()
        definition.write_text(json.dumps(model.primary_container))
        return model.primary_container

    def _end(self, endpoint: FakeEndpoint) -> None:
        container = self._containers.pop(endpoint.endpoint_name, None)
        if container:
            container.stop()
        self._forget(endpoint)

    def _forget(self, endpoint: FakeEndpoint) -> None:
        shutil.rmtree(self._folder / endpoint.endpoint_name, ignore_errors=True)
        self._records.set_endpoint(endpoint, "Deleted")


def _variant(endpoint: FakeEndpoint) -> str:
    return str(endpoint.production_variants[0]["VariantName"])
