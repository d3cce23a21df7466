"""Training jobs as SageMaker has them: how one is, and creating one, with what may go wrong in sentences."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.clients import sagemaker
from handlers.common.errors import ApiError, Unavailable
from ml.job import JobError

RUNNING = ("InProgress", "Stopping")
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


def is_running(description: dict[str, Any]) -> bool:
    """Whether the job has not ended yet."""
    return description["TrainingJobStatus"] in RUNNING


def create(request: dict[str, Any]) -> None:
    """CreateTrainingJob. A job of the name that is there already is the one that was asked for.

    Raises JobError when SageMaker will never take it, Unavailable when not now, ApiError when this stage may not ask,
    and Unsure when the job may come into being yet.
    """
    try:
        sagemaker().create_training_job(**request)
    except (BotoCoreError, ClientError) as error:
        if not _refused(error):
            raise Unsure(
                "AWS did not say whether it took the job. Please look, or ask again, in a minute; "
                "with the same “key” it stays one job.",
                retry_after=60,
            ) from error
        # An attempt before the one that was refused may have been taken: boto3 repeats what gets no answer.
        if not _is_there(request["TrainingJobName"]):
            raise _in_a_sentence(error, request) from error


def _refused(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < 500


def _is_there(job: str) -> bool:
    try:
        return describe(job) is not None
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
            f"This account's quota “{resources['InstanceType']} for {usage}” has no room for {machines} now. "
            "Ask for another instance_type, or raise the quota in Service Quotas.",
            retry_after=60,
        )
    if code in THROTTLED:
        return Unavailable("AWS takes no more requests at this moment; please ask again in a minute.", retry_after=60)
    if code in DENIED or (code == "ValidationException" and "role" in message):
        return ApiError(
            "AWS does not let this stage start a training job. Deploy it again, so that its roles are those of "
            "resources/roles.yml; roles that were just made need a minute."
        )
    if code == "ValidationException":
        return JobError(
            f"SageMaker does not take this job; most likely it does not train on {machines} in this region, "
            f"or not for {request['StoppingCondition']['MaxRuntimeInSeconds'] // 60} minutes. "
            "Ask for another instance_type."
        )
    return error
