"""SageMaker's records, shared by the API and by the threads that train and serve."""

import threading
from pathlib import Path
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core.utils import utcnow
from moto.sagemaker.models import FakeEndpoint, FakeTrainingJob, FakeTransformJob, SageMakerModelBackend

from local.sagemaker import autoscaling, events, packages, tuned
from local.sagemaker.events import Events
from local.sagemaker.state import Store
from local.sagemaker.tuned import Tuning

FINAL = ("Completed", "Failed", "Stopped")


class Records:
    """moto's records of one account and region. Change them only with `lock` held, through these methods."""

    def __init__(self, backend: SageMakerModelBackend, path: Path, publisher: Events) -> None:
        self.backend = backend
        self.lock = threading.RLock()
        self._scaling = applicationautoscaling_backends[backend.account_id][backend.region_name]
        self._store = Store(path, backend, self._scaling)
        self._events = publisher
        self._closed = False
        self._store.load()

    def save(self) -> None:
        with self.lock:
            if not self._closed:
                self._store.save()

    def close(self) -> None:
        """Record and announce nothing more: what happens while the process ends is no state to return to."""
        with self.lock:
            self._closed = True

    def step(self, job: FakeTrainingJob, secondary: str, message: str, status: str | None = None, **more: Any) -> None:
        """Take a job to its next (secondary) status, with the fields that come with it, and announce it."""
        with self.lock:
            if self._closed:
                return
            now = utcnow()
            if job.secondary_status_transitions:
                job.secondary_status_transitions[-1]["EndTime"] = now
            transition = {"Status": secondary, "StartTime": now, "StatusMessage": message}
            job.training_job_status = status or job.training_job_status
            if job.training_job_status in FINAL:
                transition["EndTime"] = now
            job.secondary_status_transitions.append(transition)
            job.secondary_status = secondary
            job.last_modified_time = now
            vars(job).update(more)
            self._store.save()
            detail = events.training_job_detail(job.response_object)
            self._events.publish("SageMaker Training Job State Change", job.arn, detail)

    def set_endpoint(self, endpoint: FakeEndpoint, status: str, reason: str | None = None) -> None:
        """Give an endpoint a new status and announce it; "Deleted" forgets the endpoint."""
        with self.lock:
            if self._closed:
                return
            endpoint.endpoint_status = status
            endpoint.failure_reason = reason  # type: ignore[assignment]
            endpoint.last_modified_time = utcnow()
            if status == "Deleted":
                self.backend.endpoints.pop(endpoint.endpoint_name, None)
                autoscaling.forget(self._scaling, endpoint.endpoint_name)
            self._store.save()
            detail = events.endpoint_detail(endpoint.response_object)
            self._events.publish("SageMaker Endpoint State Change", endpoint.arn, detail)

    def set_transform(self, job: FakeTransformJob, status: str, **more: Any) -> None:
        """Give a transform job a status, with the fields that come with it, and announce it."""
        with self.lock:
            if self._closed:
                return
            vars(job).update(more, transform_job_status=status, last_modified_time=utcnow())
            self._store.save()
            detail = events.transform_job_detail(job.response_object)
            self._events.publish("SageMaker Transform Job State Change", job.arn, detail)

    def set_tuning(self, tuning: Tuning) -> None:
        """Keep a tuning job, which has another status now, and announce it."""
        with self.lock:
            if self._closed:
                return
            tuning.last_modified_time = utcnow()
            self._store.save()
            detail = tuned.describe(self.backend, tuning)
            self._events.publish("SageMaker HyperParameter Tuning Job State Change", tuning.arn, detail)

    def announce_package(self, arn: str) -> None:
        """Tell of a model package that was created or changed."""
        detail = events.package_detail(packages.find_package(self.backend, arn).described)
        self._events.publish("SageMaker Model Package State Change", arn, detail)
