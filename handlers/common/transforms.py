"""Transform jobs: one a batch, over a model of the job's own.

The model is not that of the endpoint, which goes when another version serves, whatever still reads it; and the job's
instance may want another image. Unlike a training job, a transform job knows no longest time.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
"""

import os
import re
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.batches import ID, Batch
from handlers.common.clients import is_absent, sagemaker
from handlers.common.errors import plain
from handlers.common.hosting import TRANSIENT, container
from handlers.common.settings import required, settings, whole_number
from handlers.common.training import THROTTLED
from ml.instances import has_gpu

RUNNING = ("InProgress", "Stopping")
PAYLOAD_MB = 6  # at most of lines a request, and of one line
REQUEST_SECONDS = 3600  # the longest that SageMaker waits; 6 MB of reviews take a slow core a minute or two
# The model server ends a request after 60 s, and refuses to answer more than 6.5 MB, unless it is told otherwise:
# the answers to short lines are longer than these. And oneDNN would keep what it has built for 1,024 shapes of batches,
# 0.7 GB in each process after a million reviews.
SERVER = {
    "SAGEMAKER_MODEL_SERVER_TIMEOUT": str(REQUEST_SECONDS),
    "MMS_MAX_RESPONSE_SIZE": "200000000",
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "32",
}


class NotNow(Exception):
    """AWS has no machine for the job at this moment; the message says what it lacks."""


class Refused(Exception):
    """SageMaker will never take such a job; the message says why."""


def create(batch: Batch, version: str) -> None:
    """Create the batch's job, of that version, unless there is one. Raises NotNow, Refused."""
    instance_type = required("BATCH_INSTANCE_TYPE")
    image = required("SERVING_IMAGE_GPU" if has_gpu(instance_type) else "SERVING_IMAGE")
    _create(
        "create_model",
        ModelName=batch.job,
        ExecutionRoleArn=required("SAGEMAKER_ROLE_ARN"),
        EnableNetworkIsolation=True,
        PrimaryContainer=container(version, image, SERVER),
    )
    bucket = settings().bucket
    _create(
        "create_transform_job",
        TransformJobName=batch.job,
        ModelName=batch.job,
        MaxConcurrentTransforms=whole_number("BATCH_AT_ONCE"),
        ModelClientConfig={"InvocationsTimeoutInSeconds": REQUEST_SECONDS, "InvocationsMaxRetries": 1},
        MaxPayloadInMB=PAYLOAD_MB,
        BatchStrategy="MultiRecord",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{batch.parts}"}},
            "ContentType": "application/jsonlines",
            "SplitType": "Line",
        },
        TransformOutput={
            "S3OutputPath": f"s3://{bucket}/{batch.folder}answers",
            "Accept": "application/jsonlines",
            "AssembleWith": "Line",
            **({"KmsKeyId": os.environ["KMS_KEY"]} if os.environ.get("KMS_KEY") else {}),
        },
        TransformResources={"InstanceType": instance_type, "InstanceCount": whole_number("BATCH_INSTANCES")},
        Tags=settings().tags,
    )


def describe(job: str) -> dict[str, Any] | None:
    """DescribeTransformJob; None when there is no such job."""
    try:
        return dict(sagemaker().describe_transform_job(TransformJobName=job))
    except ClientError as error:
        if is_absent(error):
            return None
        raise


def stop(job: str) -> None:
    """Have the job end, unless it has."""
    try:
        sagemaker().stop_transform_job(TransformJobName=job)
    except ClientError as error:
        if not is_absent(error) and error.response["Error"]["Code"] != "ValidationException":
            raise


def delete_model(job: str) -> None:
    """Delete the job's model; none is no error."""
    try:
        sagemaker().delete_model(ModelName=job)
    except ClientError as error:
        if not is_absent(error):
            raise


def running() -> list[str]:
    """This stage's transform jobs that have not ended."""
    return [
        name
        for status in RUNNING
        for name in _names("list_transform_jobs", "TransformJobSummaries", "TransformJobName", StatusEquals=status)
    ]


def models() -> list[str]:
    """The models of this stage's transform jobs."""
    return _names("list_models", "Models", "ModelName")


def _names(operation: str, items: str, key: str, **more: str) -> list[str]:
    prefix = f"{settings().prefix}batch-"
    pages = sagemaker().get_paginator(operation).paginate(NameContains=prefix, **more)
    names = (item[key] for page in pages for item in page[items])
    return [name for name in names if re.fullmatch(re.escape(prefix) + ID.pattern, name)]


def _create(operation: str, **arguments: Any) -> None:
    try:
        getattr(sagemaker(), operation)(**arguments)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "ResourceInUse" or "already exist" in message.lower():
            return
        if code == "ResourceLimitExceeded":
            asked = arguments.get("TransformResources")
            machines = "{InstanceCount} × {InstanceType}".format(**asked) if asked else "another model"
            raise NotNow(f"This account's quota has no room for {machines} now.") from error
        if code in THROTTLED:
            raise NotNow("AWS takes no more requests at this moment.") from error
        if code == "ValidationException" and not TRANSIENT.search(message):
            raise Refused(f"SageMaker refuses the job: {plain(message)}") from error
        raise
