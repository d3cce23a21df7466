"""SageMaker's API: moto's, with real jobs and endpoints behind the calls that start, stop and use them."""

import json
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker import urls as api_urls
from moto.sagemaker.exceptions import SagemakerClientError, ValidationError
from moto.sagemaker.models import FakeEndpointConfig, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from local.sagemaker.aws import LocalAws
from local.sagemaker.endpoints import Endpoints
from local.sagemaker.listing import LISTINGS, list_records
from local.sagemaker.records import Records
from local.sagemaker.training import TrainingJobs
from local.sagemaker.validation import check_request, check_training_job

READING = ("Describe", "List", "Search")


class ResourceInUse(SagemakerClientError):
    code = "ResourceInUse"


class SageMakerApi(SageMakerResponse):
    """One request to the control plane. `install` sets the parts that all requests share."""

    records: ClassVar[Records]
    local_aws: ClassVar[LocalAws]
    jobs: ClassVar[TrainingJobs]
    endpoints: ClassVar[Endpoints]

    @property
    def sagemaker_backend(self) -> SageMakerModelBackend:
        return self.records.backend

    def call_action(self) -> TYPE_RESPONSE:
        """Check the request, carry it out alone, and keep its result on disk before it is answered."""
        operation = self._get_action()
        try:
            request = json.loads(self.body or "{}")
            check_request(operation, request)
            with self.records.lock:
                if operation in LISTINGS:
                    return self.serialized(ActionResult(list_records(self.records.backend, operation, request)))
                answer = super().call_action()
                if not operation.startswith(READING):
                    self.records.save()
            return answer
        except ServiceException as error:
            return self._refusal(error)
        except NotImplementedError:
            return self._refusal(ValidationError(f"Local SageMaker does not offer {operation}."))

    def _refusal(self, error: ServiceException) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(ActionResult(error))
        return status, {**headers, "status": str(status)}, body

    def create_training_job(self) -> ActionResult:
        request = json.loads(self.body)
        check_training_job(request)
        name = request["TrainingJobName"]
        if name in self.records.backend.training_jobs:
            raise ResourceInUse(
                "Job name must be unique within an AWS account and region, and a training job with "
                f"this name already exists ({self.records.backend.training_jobs[name].arn})"
            )
        self._check_role(request["RoleArn"])
        answer = super().create_training_job()
        self.jobs.start(self.records.backend.training_jobs[name], request)
        return answer

    def stop_training_job(self) -> ActionResult:
        self.jobs.stop(self._get_param("TrainingJobName"))
        return EmptyResult()

    def create_model(self) -> ActionResult:
        self._check_new("model", self._get_param("ModelName"), self.records.backend._models)
        container = self._get_param("PrimaryContainer")
        if not container or not str(container.get("ModelDataUrl", "")).startswith("s3://"):
            raise ValidationError("PrimaryContainer: local SageMaker serves one container with a ModelDataUrl (s3://…)")
        self._check_role(self._get_param("ExecutionRoleArn") or "")
        return super().create_model()

    def create_endpoint_config(self) -> ActionResult:
        name = self._get_param("EndpointConfigName")
        self._check_new("endpoint configuration", name, self.records.backend.endpoint_configs)
        if len(self._get_param("ProductionVariants")) != 1:
            raise ValidationError("ProductionVariants: local SageMaker serves exactly one variant an endpoint")
        return super().create_endpoint_config()

    def create_endpoint(self) -> ActionResult:
        name = self._get_param("EndpointName")
        self._check_new("endpoint", name, self.records.backend.endpoints)
        answer = super().create_endpoint()
        self.endpoints.start(self.records.backend.endpoints[name])
        return answer

    def delete_endpoint(self) -> ActionResult:
        self.endpoints.delete(self._get_param("EndpointName"))
        return EmptyResult()

    def _check_new(self, kind: str, name: str, existing: dict[str, Any]) -> None:
        if name in existing:
            arn = getattr(existing[name], "endpoint_config_arn", None) or existing[name].arn
            raise ValidationError(f'Cannot create already existing {kind} "{arn}".')

    def _check_role(self, arn: str) -> None:
        if not self.local_aws.trusts_sagemaker(arn):
            raise ValidationError(
                f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
                "'sagemaker.amazonaws.com' to assume the role."
            )


def install(records: Records, local_aws: LocalAws, jobs: TrainingJobs, endpoints: Endpoints) -> None:
    """Put this API in the place of moto's, for every server that is started from now on in this process."""
    SageMakerApi.records, SageMakerApi.local_aws = records, local_aws
    SageMakerApi.jobs, SageMakerApi.endpoints = jobs, endpoints
    api_urls.url_paths = {"{0}/$": SageMakerApi.dispatch}
    # moto knows the instance types of some years ago; the service model, which every request is checked
    # against, knows today's.
    FakeEndpointConfig.validate_instance_type = lambda self, instance_type: None  # type: ignore[method-assign]
