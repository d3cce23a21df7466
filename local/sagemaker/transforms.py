"""Transform jobs: a model's own serving process over the lines of S3 objects, payload by payload.

What one machine cannot do better is one instance, and one payload at a time, whatever the request says.
https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.models import FakeTransformJob, Model

from local.sagemaker import aws
from local.sagemaker.aws import AwsError, LocalAws, Storage
from local.sagemaker.records import FINAL, Records
from local.sagemaker.serving import Container, ServingError

log = logging.getLogger(__name__)

MEGABYTE = 2**20
DEFAULT_MB, DEFAULT_SECONDS = 6, 600
REASON_LENGTH = 1024  # of the API's FailureReason


class TransformJobs:
    """Starts and stops transform jobs; `folder` holds one folder a job, `python` is what models run in."""

    def __init__(self, records: Records, local_aws: LocalAws, folder: Path, python: Path) -> None:
        self._records = records
        self._aws = local_aws
        self._folder = folder
        self._python = python
        self._running: dict[str, _Run] = {}

    def fail_interrupted(self) -> None:
        """Jobs that were running when the process ended are over: nothing of them runs any more."""
        for job in list(self._records.backend.transform_jobs.values()):
            if job.transform_job_status not in FINAL:
                reason = "InternalServerError: the machine that transformed was restarted. Start the job again."
                self._records.set_transform(job, "Failed", failure_reason=reason, transform_end_time=utcnow())
                shutil.rmtree(self._folder / job.transform_job_name, ignore_errors=True)

    def start(self, job: FakeTransformJob, model: Model, request: dict[str, Any]) -> None:
        """Begin to run a job that has just been recorded, over a model as it is now. The records' lock is held."""
        nothing = dict.fromkeys(("transform_start_time", "transform_end_time", "failure_reason"))
        self._records.set_transform(job, "InProgress", **nothing, labeling_job_arn=None, auto_ml_job_arn=None)
        folder = self._folder / job.transform_job_name
        storage = Storage(self._aws.role(model.execution_role_arn))
        run = _Run(self._records, storage, job, dict(model.primary_container), request, folder, self._python)
        self._running[job.transform_job_name] = run
        threading.Thread(target=run.to_the_end, name=job.transform_job_name, daemon=True).start()

    def stop(self, name: str) -> None:
        """StopTransformJob: returns at once; the job is Stopping until the payload under way is answered."""
        job = self._records.backend.transform_jobs.get(name)
        if job is None:
            raise ResourceNotFound("Requested resource not found.")
        if job.transform_job_status != "InProgress":
            raise ValidationError(
                f"The request was rejected because the transform job is in status {job.transform_job_status}."
            )
        self._records.set_transform(job, "Stopping")
        self._running[name].stop.set()

    def close(self) -> None:
        """End every serving process, at once."""
        for run in self._running.values():
            run.stop.set()
            run.end()


class _Run:
    """One job's way to its end."""

    def __init__(
        self,
        records: Records,
        storage: Storage,
        job: FakeTransformJob,
        primary: dict[str, Any],
        request: dict[str, Any],
        folder: Path,
        python: Path,
    ) -> None:
        self._records, self._storage, self._job = records, storage, job
        self._primary, self._request, self._folder = primary, request, folder
        seconds = request.get("ModelClientConfig", {}).get("InvocationsTimeoutInSeconds", DEFAULT_SECONDS)
        environment = {**primary.get("Environment", {}), **request.get("Environment", {})}
        self._container = Container(folder, environment, python, seconds=seconds)
        self._ready = threading.Event()
        self._serving = threading.Thread(target=self._serve, name=f"{job.transform_job_name} model", daemon=True)
        self._problem: ServingError | None = None
        self.stop = threading.Event()

    def to_the_end(self) -> None:
        """Run the job; whatever happens, it ends in a final state, with its reason."""
        try:
            self._run()
            self._finish("Stopped" if self.stop.is_set() else "Completed")
        except (AwsError, ServingError) as error:
            self._finish("Failed", f"ClientError: {error}")
        except Exception as error:
            log.exception("transform job %s", self._job.transform_job_name)
            self._finish("Failed", f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            self.end()
            if self._serving.ident:
                self._serving.join()
            shutil.rmtree(self._folder, ignore_errors=True)

    def end(self) -> None:
        """End the serving process, at once."""
        self._container.stop(drain=0.0)

    def _run(self) -> None:
        self._fetch()
        self._serving.start()
        self._ready.wait()
        if self._problem:
            raise self._problem
        self._records.set_transform(self._job, "InProgress", transform_start_time=utcnow())
        source, target = self._request["TransformInput"], self._request["TransformOutput"]
        uri = source["DataSource"]["S3DataSource"]["S3Uri"]
        inputs = self._folder / "input"
        if not self._storage.download_prefix(uri, inputs):
            raise AwsError(f'No S3 objects found under S3 URL "{uri}" given in input data source.')
        for path in sorted(path for path in inputs.rglob("*") if path.is_file()):
            answers = self._folder / "answers"
            self._transform(path, answers)
            if self.stop.is_set():
                return
            name = path.relative_to(inputs).as_posix()
            self._storage.upload(answers, f"{target['S3OutputPath'].rstrip('/')}/{name}.out")

    def _fetch(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        archive = self._folder / "model.tar.gz"
        self._storage.download(self._primary["ModelDataUrl"], archive)
        aws.unpack(archive, self._folder / "model")

    def _serve(self) -> None:
        """The container needs a thread of its own for as long as it lives."""
        try:
            self._container.run(on_ready=self._ready.set)
        except (ServingError, OSError) as error:
            self._problem = ServingError(str(error))
        finally:
            self._ready.set()

    def _transform(self, path: Path, answers: Path) -> None:
        source, target = self._request["TransformInput"], self._request["TransformOutput"]
        headers = {"Content-Type": source.get("ContentType", ""), "Accept": target.get("Accept", "*/*")}
        most = self._request.get("MaxPayloadInMB", DEFAULT_MB) * MEGABYTE
        with answers.open("wb") as output:
            for payload in payloads(path, most):
                if self.stop.is_set():
                    return
                answer = self._container.invoke(payload, headers)
                if answer.status != 200:
                    raise ServingError(f"{answer.status} from the algorithm: {answer.data.decode(errors='replace')}")
                output.write(answer.data + b"\n")  # AssembleWith: Line

    def _finish(self, status: str, reason: str | None = None) -> None:
        self._records.set_transform(
            self._job, status, failure_reason=reason and reason[:REASON_LENGTH], transform_end_time=utcnow()
        )


def payloads(path: Path, most: int) -> Iterator[bytes]:
    """The file's lines, as many together as `most` bytes hold. Raises AwsError for a line that is longer."""
    payload = bytearray()
    with path.open("rb") as file:
        while line := file.readline(most + 1):
            if len(line) > most:
                raise AwsError(f"{path.name} holds a line that is longer than MaxPayloadInMB allows.")
            if len(payload) + len(line) > most:
                yield bytes(payload)
                payload.clear()
            payload += line
    if payload:
        yield bytes(payload)
