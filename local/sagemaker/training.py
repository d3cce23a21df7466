"""Training jobs: each is a thread that takes a job through SageMaker's states by running AWS's toolkit."""

import logging
import math
import threading
import time
from pathlib import Path
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.models import FakeTrainingJob

from local.sagemaker import aws
from local.sagemaker.aws import AwsError, LocalAws, Storage
from local.sagemaker.checkpoints import CheckpointSync
from local.sagemaker.logs import LogStream
from local.sagemaker.records import FINAL, Records
from local.sagemaker.toolkit import STOP_GRACE_SECONDS, ToolkitRun

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
SYNC_SECONDS = 1.0
DEFAULT_RUNTIME_SECONDS = 86400
REASON_LENGTH = 1024  # of the API's FailureReason


class TrainingJobs:
    """Starts and stops training jobs; `folder` holds one folder a job, `python` has the toolkit installed."""

    def __init__(self, records: Records, local_aws: LocalAws, folder: Path, python: Path) -> None:
        self._records = records
        self._aws = local_aws
        self._folder = folder
        self._python = python
        self._running: dict[str, _Run] = {}

    def fail_interrupted(self) -> None:
        """Jobs that were running when the process ended are over: nothing of them runs any more."""
        for job in list(self._records.backend.training_jobs.values()):
            if job.training_job_status not in FINAL:
                reason = "InternalServerError: the machine that trained was restarted. Start the job again."
                ended = {"failure_reason": reason, "training_end_time": utcnow()}
                self._records.step(job, "Failed", reason, "Failed", **ended)
                ToolkitRun(self._folder / job.training_job_name, {}, self._python).clear()

    def start(self, job: FakeTrainingJob, request: dict[str, Any]) -> None:
        """Begin to run a job that has just been recorded. The records' lock is held."""
        vars(job).update(
            training_job_status="InProgress",
            secondary_status_transitions=[],
            training_start_time=None,
            training_end_time=None,
            final_metric_data_list=None,
            algorithm_specification=request["AlgorithmSpecification"],
            environment=request.get("Environment"),
        )
        self._records.step(job, "Starting", "Starting the training job")
        run = _Run(
            self._records,
            self._aws,
            job,
            ToolkitRun(self._folder / job.training_job_name, request, self._python),
        )
        self._running[job.training_job_name] = run
        threading.Thread(target=run.to_the_end, args=(request,), name=job.training_job_name, daemon=True).start()

    def stop(self, name: str) -> None:
        """StopTrainingJob: returns at once; the job is Stopping until its processes are gone."""
        job = self._records.backend.training_jobs.get(name)
        if job is None:
            raise ResourceNotFound("Requested resource not found.")
        if job.training_job_status != "InProgress":
            raise ValidationError(
                f"The request was rejected because the training job is in status {job.training_job_status}."
            )
        self._records.step(job, "Stopping", "Stopping the training job", "Stopping")
        self._running[name].stop.set()

    def forget(self, name: str) -> None:
        """DeleteTrainingJob, of one that is over: its record goes, and its name is free again; what it made stays."""
        if self._records.backend.training_jobs.pop(name, None) is None:
            raise ResourceNotFound("Requested resource not found.")
        self._running.pop(name, None)

    def close(self) -> None:
        """End every training process, at once."""
        for run in self._running.values():
            if run.toolkit.process:
                run.toolkit.process.terminate()
        for run in self._running.values():
            run.toolkit.end()


class _Run:
    """One job's way through its states."""

    def __init__(self, records: Records, local_aws: LocalAws, job: FakeTrainingJob, toolkit: ToolkitRun) -> None:
        self._records = records
        self._job = job
        self._role = local_aws.role(job.role_arn)
        self._storage = Storage(self._role)
        self.toolkit = toolkit
        self.stop = threading.Event()

    def to_the_end(self, request: dict[str, Any]) -> None:
        """Run the job; whatever happens, it ends in a final state, with its reason."""
        try:
            self._run(request)
        except AwsError as error:
            self._finish("Failed", "Failed", f"ClientError: {error}")
        except Exception as error:
            log.exception("training job %s", self._job.training_job_name)
            self._finish("Failed", "Failed", f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            if self._job.training_job_status in FINAL:
                self.toolkit.clear()

    def _run(self, request: dict[str, Any]) -> None:
        self._records.step(self._job, "Downloading", "Downloading input data", training_start_time=utcnow())
        self.toolkit.prepare()
        sync = self._download(request)
        if self.stop.is_set():
            return self._finish("Stopped", "Stopped")

        message = "Training image download completed. Training in progress."
        self._records.step(self._job, "Training", message)
        output = LogStream(self.toolkit.log, self._role, self._job.training_job_name)
        self.toolkit.start(self._job.arn, self._role.environment())
        try:
            returncode, overtime = self._watch(request, sync, output)
        finally:
            self.toolkit.end()
        output.forward(last=True)
        if sync:
            sync.push(last=True)

        ended_early = self.stop.is_set() or overtime
        if returncode != 0 and not ended_early:
            self._upload(model=False)
            return self._finish("Failed", "Failed", f"AlgorithmError: {self.toolkit.failure(returncode)}")
        self._records.step(self._job, "Uploading", "Uploading generated training model")
        self._upload(model=returncode == 0 or any(self.toolkit.model.iterdir()))
        if overtime:
            return self._finish("MaxRuntimeExceeded", "Stopped")
        return self._finish(*(("Stopped", "Stopped") if ended_early else ("Completed", "Completed")))

    def _download(self, request: dict[str, Any]) -> CheckpointSync | None:
        for channel in request.get("InputDataConfig", []):
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            if not self._storage.download_prefix(uri, self.toolkit.data(channel["ChannelName"])):
                raise AwsError(f'No S3 objects found under S3 URL "{uri}" given in input data source.')
        # The toolkit would fail on a missing archive too, but with a traceback that does not name it.
        code = request.get("HyperParameters", {}).get("sagemaker_submit_directory", "").strip('"')
        if code.startswith("s3://"):
            self._storage.check(code)
        config = request.get("CheckpointConfig")
        if not config:
            return None
        sync = CheckpointSync(self.toolkit.checkpoints, config["S3Uri"], self._storage)
        sync.pull()
        return sync

    def _watch(self, request: dict[str, Any], sync: CheckpointSync | None, output: LogStream) -> tuple[int, bool]:
        """Wait for the process, forwarding logs and checkpoints; (exit status, whether time ran out)."""
        process = self.toolkit.process
        assert process is not None
        limit = request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DEFAULT_RUNTIME_SECONDS)
        deadline = time.monotonic() + limit
        next_sync = 0.0
        while process.poll() is None:
            overtime = time.monotonic() > deadline
            if overtime or self.stop.is_set():
                return self.toolkit.end(STOP_GRACE_SECONDS + POLL_SECONDS), overtime
            if time.monotonic() > next_sync:
                output.forward()
                if sync:
                    sync.push()
                next_sync = time.monotonic() + SYNC_SECONDS
            self.stop.wait(POLL_SECONDS)
        return process.returncode, False

    def _upload(self, model: bool) -> None:
        artifact = self._job.model_artifacts["S3ModelArtifacts"]
        if model:
            self._send(self.toolkit.model, artifact)
        if any((self.toolkit.output / "data").iterdir()):
            self._send(self.toolkit.output / "data", artifact.removesuffix("model.tar.gz") + "output.tar.gz")

    def _send(self, folder: Path, uri: str) -> None:
        archive = self.toolkit.base / uri.rpartition("/")[2]
        aws.pack(folder, archive)
        self._storage.upload(archive, uri)

    def _finish(self, secondary: str, status: str, reason: str | None = None) -> None:
        now = utcnow()
        seconds = math.ceil((now - (self._job.training_start_time or now)).total_seconds())
        metrics = [
            {"MetricName": name, "Value": value, "Timestamp": now} for name, value in self.toolkit.metrics().items()
        ]
        self._records.step(
            self._job,
            secondary,
            reason or f"Training job {status.lower()}",
            status,
            failure_reason=reason and reason[:REASON_LENGTH],
            training_end_time=now,
            training_time_in_seconds=seconds,
            billable_time_in_seconds=seconds,
            final_metric_data_list=metrics or None,
        )
