"""Training jobs as SageMaker has them: how one is, and creating one, with what may go wrong in sentences."""

import os
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.clients import sagemaker
from handlers.common.errors import ApiError, Unavailable
from handlers.common.settings import settings
from ml.job import JobError

QUOTAS = "https://console.aws.amazon.com/servicequotas/home/services/sagemaker/quotas"
CPU_INSTANCE = "ml.m5.xlarge"
RUNNING = ("InProgress", "Stopping")
DEFINITION = "TrainingJobDefinition"  # of a tuning job: what all of its jobs have in common
THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class Unsure(Unavailable):
    """SageMaker was asked for a job, and did not say whether there will be one."""


def describe(job: str) -> dict[str, Any] | None:
    """DescribeTrainingJob; None when there is no such job."""
    try:
        description: dict[str, Any] = sagemaker().describe_training_job(TrainingJobName=job)
    except ClientError as error:
        # SageMaker says ValidationException "Requested resource not found.".
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return None
        raise
    return description


def describe_tuning(job: str) -> dict[str, Any] | None:
    """DescribeHyperParameterTuningJob; None when there is no such job."""
    try:
        description: dict[str, Any] = sagemaker().describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return None
        raise
    return description


def is_running(description: dict[str, Any]) -> bool:
    """Whether the job has not ended yet."""
    return description["TrainingJobStatus"] in RUNNING


def runs(job: str) -> bool | None:
    """Whether the job, which may be a tuning job, has not ended yet; None when there is no such job."""
    if settings().tunes(job):
        tuning = describe_tuning(job)
        return None if tuning is None else tuning["HyperParameterTuningJobStatus"] in RUNNING
    description = describe(job)
    return None if description is None else is_running(description)


def create(request: dict[str, Any]) -> None:
    """CreateTrainingJob, or CreateHyperParameterTuningJob where the request is one.

    A job of the name that is there already is the one that was asked for.

    Raises JobError when SageMaker will never take it, Unavailable when not now, ApiError when this stage may not ask,
    and Unsure when the job may come into being yet.
    """
    try:
        if tunes(request):
            sagemaker().create_hyper_parameter_tuning_job(**_of_this_stage(request))
        else:
            sagemaker().create_training_job(**_of_this_stage(request))
    except (BotoCoreError, ClientError) as error:
        if not _refused(error):
            raise Unsure(
                "AWS did not say whether it took the job. Please look, or ask again, in a minute; "
                "with the same “key” it stays one job.",
                retry_after=60,
            ) from error
        # An attempt before the one that was refused may have been taken: boto3 repeats what gets no answer.
        name = request["HyperParameterTuningJobName" if tunes(request) else "TrainingJobName"]
        if not _is_there(name):
            raise _in_a_sentence(error, request.get(DEFINITION, request)) from error


def tunes(request: dict[str, Any]) -> bool:
    """Whether a request for a job is one for a tuning job."""
    return DEFINITION in request


def _of_this_stage(request: dict[str, Any]) -> dict[str, Any]:
    """The request, with what the stage adds to any: its tag and, where it has one, its key for what the job writes."""
    tagged = {**request, "Tags": settings().tags}
    if tunes(request):
        return {**tagged, DEFINITION: _with_key(request[DEFINITION])}
    return _with_key(tagged)


def _with_key(job: dict[str, Any]) -> dict[str, Any]:
    key = os.environ.get("KMS_KEY")
    return {**job, "OutputDataConfig": {**job["OutputDataConfig"], "KmsKeyId": key}} if key else job


def _refused(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < 500


def _is_there(job: str) -> bool:
    try:
        return runs(job) is not None
    except (BotoCoreError, ClientError) as error:
        raise Unsure("AWS does not say whether there is such a job already; please ask again.", 60) from error


def _in_a_sentence(error: Any, request: dict[str, Any]) -> Exception:
    """What to tell about a refusal. AWS's own message is only looked at, for it may hold ARNs."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "").lower()
    resources = request["ResourceConfig"]
    machines = f"{resources['InstanceCount']} × {resources['InstanceType']}"
    if code == "ResourceLimitExceeded":
        usage = "spot training job usage" if request["EnableManagedSpotTraining"] else "training job usage"
        return Unavailable(
            f"This account's quota “{resources['InstanceType']} for {usage}” has no room for {machines} now; "
            f"for GPUs it is 0 in a new account. Ask AWS for more at {QUOTAS}, or train more slowly on a CPU, with "
            f"“instance_type”: “{CPU_INSTANCE}” and “spot”: false.",
            retry_after=60,
        )
    if code in THROTTLED:
        return Unavailable("AWS takes no more requests at this moment; please ask again in a minute.", retry_after=60)
    if code in DENIED or (code == "ValidationException" and "role" in message):
        return ApiError(
            "AWS does not let this stage start a training job. Deploy it again, so that its roles are those of "
            "resources/roles; roles that were just made need a minute."
        )
    if code == "ValidationException":
        return JobError(
            f"SageMaker does not take this job; most likely it does not train on {machines} in this region, "
            f"or not for {request['StoppingCondition']['MaxRuntimeInSeconds'] // 60} minutes. "
            "Ask for another instance_type."
        )
    return error
