"""SageMaker's API: moto's, with real jobs and endpoints behind the calls that start, stop and use them."""

import json
from typing import Any, ClassVar, cast

from moto.applicationautoscaling import urls as scaling_urls
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker import urls as api_urls
from moto.sagemaker.exceptions import SagemakerClientError, ValidationError
from moto.sagemaker.models import FakeEndpointConfig, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from local.sagemaker import autoscaling, packages, tuned
from local.sagemaker.answering import Answering
from local.sagemaker.aws import LocalAws
from local.sagemaker.endpoints import Endpoints
from local.sagemaker.listing import LISTINGS, list_records
from local.sagemaker.records import FINAL, Records
from local.sagemaker.rights import Rights
from local.sagemaker.training import TrainingJobs
from local.sagemaker.transforms import TransformJobs
from local.sagemaker.tuning import TuningJobs
from local.sagemaker.validation import check_ranges, check_training_job, check_transform_job, check_variant


class ResourceInUse(SagemakerClientError):
    code = "ResourceInUse"


class AutoscalingApi(Answering, ApplicationAutoScalingResponse):
    """One request to Application Auto Scaling, of which SageMaker's part is here."""

    def answer(self, operation: str, request: dict[str, Any]) -> TYPE_RESPONSE:
        if operation not in autoscaling.OPERATIONS:
            raise NotImplementedError
        return super().answer(operation, request)


class SageMakerApi(Answering, SageMakerResponse):
    """One request to the control plane. `install` sets the parts that all requests share."""

    local_aws: ClassVar[LocalAws]
    jobs: ClassVar[TrainingJobs]
    transforms: ClassVar[TransformJobs]
    tuning: ClassVar[TuningJobs]
    endpoints: ClassVar[Endpoints]

    @property
    def sagemaker_backend(self) -> SageMakerModelBackend:
        return self.records.backend

    def answer(self, operation: str, request: dict[str, Any]) -> TYPE_RESPONSE:
        if operation in LISTINGS:
            return self.serialized(ActionResult(list_records(self.records.backend, operation, request)))
        return super().answer(operation, request)

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        """AWS leaves out what a thing does not have, where moto has empty objects, over which AWS's SDK stumbles."""
        result = action_result.result
        if isinstance(result, dict) and {} in result.values():
            action_result = ActionResult({name: value for name, value in result.items() if value != {}})
        return super().serialized(action_result)

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

    def describe_training_job(self) -> ActionResult:
        if self._get_param("TrainingJobName") not in self.records.backend.training_jobs:
            raise ValidationError("Requested resource not found.")  # AWS names no job
        return super().describe_training_job()

    def stop_training_job(self) -> ActionResult:
        self.jobs.stop(self._get_param("TrainingJobName"))
        return EmptyResult()

    def delete_training_job(self) -> ActionResult:
        job = self.records.backend.training_jobs.get(self._get_param("TrainingJobName"))
        if job and job.training_job_status not in FINAL:
            raise ResourceInUse(f"The training job {job.training_job_name} is {job.training_job_status}.")
        self.jobs.forget(self._get_param("TrainingJobName"))
        return EmptyResult()

    def create_transform_job(self) -> ActionResult:
        request = json.loads(self.body)
        check_transform_job(request)
        name, backend = request["TransformJobName"], self.records.backend
        if name in backend.transform_jobs:
            raise ResourceInUse(f"Job name must be unique, and {backend.transform_jobs[name].arn} exists already.")
        model = backend.describe_model(request["ModelName"])  # raises AWS's "Could not find model"
        answer = super().create_transform_job()
        self.transforms.start(backend.transform_jobs[name], model, request)
        return answer

    def stop_transform_job(self) -> ActionResult:
        self.transforms.stop(self._get_param("TransformJobName"))
        return EmptyResult()

    def create_hyper_parameter_tuning_job(self) -> ActionResult:
        request = json.loads(self.body)
        check_ranges(request)
        name, definition = request["HyperParameterTuningJobName"], request["TrainingJobDefinition"]
        check_training_job(definition)
        if name in self.records.backend.hyper_parameter_tuning_jobs:
            raise ResourceInUse(f"A hyperparameter tuning job with this name already exists: {name}")
        self._check_role(definition["RoleArn"])
        return ActionResult({"HyperParameterTuningJobArn": self.tuning.start(request)})

    def stop_hyper_parameter_tuning_job(self) -> ActionResult:
        self.tuning.stop(self._get_param("HyperParameterTuningJobName"))
        return EmptyResult()

    def create_model(self) -> ActionResult:
        self._check_new("model", self._get_param("ModelName"), self.records.backend._models)
        container = self._get_param("PrimaryContainer")
        if not container or not str(container.get("ModelDataUrl", "")).startswith("s3://"):
            raise ValidationError("PrimaryContainer: local SageMaker serves one container with a ModelDataUrl (s3://…)")
        self._check_role(self._get_param("ExecutionRoleArn") or "")
        answer = super().create_model()
        model = self.records.backend._models[self._get_param("ModelName")]
        model.enable_network_isolation = bool(self._get_param("EnableNetworkIsolation"))  # which moto forgets
        return answer

    def create_endpoint_config(self) -> ActionResult:
        name = self._get_param("EndpointConfigName")
        self._check_new("endpoint configuration", name, self.records.backend.endpoint_configs)
        (variant, *others) = self._get_param("ProductionVariants")
        if others:
            raise ValidationError("ProductionVariants: local SageMaker serves exactly one variant an endpoint")
        model = self.records.backend._models.get(variant["ModelName"])
        check_variant(variant, isolated=bool(model and model.enable_network_isolation))
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

    def create_model_package(self) -> ActionResult:
        return self._announced(super().create_model_package())

    def update_model_package(self) -> ActionResult:
        return self._announced(super().update_model_package())

    def _announced(self, answer: ActionResult) -> ActionResult:
        self.records.announce_package(cast(dict[str, str], answer.result)["ModelPackageArn"])
        return answer

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


def install(
    records: Records,
    rights: Rights,
    local_aws: LocalAws,
    jobs: TrainingJobs,
    tuning: TuningJobs,
    transforms: TransformJobs,
    endpoints: Endpoints,
) -> None:
    """Put this API in the place of moto's, for every server that is started from now on in this process."""
    packages.install()
    tuned.install()
    autoscaling.install()
    Answering.records, Answering.rights, SageMakerApi.local_aws = records, rights, local_aws
    SageMakerApi.jobs, SageMakerApi.tuning = jobs, tuning
    SageMakerApi.transforms, SageMakerApi.endpoints = transforms, endpoints
    api_urls.url_paths = {"{0}/$": SageMakerApi.dispatch}
    scaling_urls.url_paths = {"{0}/$": AutoscalingApi.dispatch}
    # moto knows the instance types of some years ago; the service model, which every request is checked
    # against, knows today's.
    FakeEndpointConfig.validate_instance_type = lambda self, instance_type: None  # type: ignore[method-assign]
