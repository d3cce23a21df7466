"""POST /retrain, and `serverless invoke -f retrain`: start a training job."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from handlers.common import pointer
from handlers.common.clients import s3, sagemaker
from handlers.common.errors import Malformed, Unavailable
from handlers.common.http import Answer, Event, answer_json, json_object, route
from handlers.common.log import logger
from handlers.common.settings import required, settings
from handlers.common.store import artifact_uri
from ml.job import JobError, JobRequest, Surroundings, parse, source_archive, training_job


def handler(event: Event, context: Any) -> Any:
    """Over HTTP the request is the body; invoked directly it is the event itself, and so is the answer."""
    if "httpMethod" in event:
        return over_http(event, context)
    return retrain(event)


@route
def over_http(event: Event) -> Answer:
    """202 with the job, or a problem."""
    try:
        return answer_json(202, retrain(json_object(event)))
    except JobError as error:
        raise Malformed(str(error)) from None


def retrain(body: dict[str, Any]) -> dict[str, Any]:
    """Start the job that the body asks for, and say where to follow it. Raises JobError."""
    request = parse(body, data=required("DATA_SET"), instance_type=required("TRAINING_INSTANCE_TYPE"))
    require_data(request.data)
    version = new_version(request.key)
    job = settings().name_of(version)
    create(request, job, version)
    logger.info("training job created", extra={"job": job})
    return {"job": job, "status_url": f"{required('API_URL')}/jobs/{job}", "cost_limit_usd": None}


def require_data(data: str) -> None:
    """Raises JobError when the bucket holds no such data set."""
    found = s3().list_objects_v2(Bucket=settings().bucket, Prefix=f"data/{data}/", MaxKeys=1)
    if not found.get("KeyCount"):
        raise JobError(f"There is no data set “{data}”; upload one to s3://{settings().bucket}/data/{data}/ first.")


def new_version(key: str | None) -> str:
    """A version's name: the time and four random characters.

    With a key it is the key's hash alone, so that the same key names the same job however late it comes again.
    """
    if key:
        return "key-" + hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def champion() -> str | None:
    """The model with the largest share of the requests, for the new one to be compared with; None while none serves."""
    serving = pointer.read(settings().bucket).serving
    return artifact_uri(serving[0].version) if serving else None


def create(request: JobRequest, job: str, version: str) -> None:
    """Put the code where the job finds it and create the job; a job that a key has made before is left alone."""
    code = source_archive()
    code_key = f"code/{hashlib.sha256(code).hexdigest()}/sourcedir.tar.gz"
    s3().put_object(Bucket=settings().bucket, Key=code_key, Body=code)
    surroundings = Surroundings(
        bucket=settings().bucket,
        role_arn=required("SAGEMAKER_ROLE_ARN"),
        cpu_image=required("TRAINING_IMAGE_CPU"),
        gpu_image=required("TRAINING_IMAGE_GPU"),
        champion=champion(),
    )
    try:
        sagemaker().create_training_job(**training_job(request, job, version, code_key, surroundings))
    except ClientError as error:
        reason = error.response["Error"]["Code"]
        if reason == "ResourceInUse" and request.key:
            return
        if reason in ("ResourceLimitExceeded", "ThrottlingException"):
            raise Unavailable(
                f"AWS has no room for a job on {request.instance_type} now: its quota or rate is used up. "
                "Ask for another instance_type, or raise the quota in Service Quotas.",
                retry_after=60,
            ) from error
        raise
