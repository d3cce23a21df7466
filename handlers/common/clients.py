"""AWS clients, made once and kept, with time limits that fit inside API Gateway's 29 seconds.

They are botocore's, which boto3's are too: boto3 adds transfers of large files, and 60 ms to a cold start.
"""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from handlers.common.settings import required


def s3() -> Any:
    """S3, which answers small objects in tens of milliseconds or is retried."""
    return _client("s3", read_timeout=5)


def sagemaker() -> Any:
    """SageMaker's control plane."""
    return _client("sagemaker")


def sagemaker_runtime() -> Any:
    """SageMaker's endpoints: twice 11 s at the most, so that the caller still gets an answer of ours.

    A serverless one may have to start first, which a second attempt would not make faster.
    """
    if required("ENDPOINT_KIND") == "serverless":
        return _client("sagemaker-runtime", read_timeout=24, attempts=1)
    return _client("sagemaker-runtime", read_timeout=11, attempts=2)


def autoscaling() -> Any:
    """Application Auto Scaling."""
    return _client("application-autoscaling")


def cloudwatch() -> Any:
    """CloudWatch."""
    return _client("cloudwatch")


def logs() -> Any:
    """CloudWatch Logs."""
    return _client("logs")


def lambdas() -> Any:
    """Lambda."""
    return _client("lambda")


def sns() -> Any:
    """SNS."""
    return _client("sns", read_timeout=5)


def is_absent(error: ClientError) -> bool:
    """Whether AWS says that what was asked for is not there: SageMaker calls that a ValidationException mostly."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"].lower()
    return code in ("ResourceNotFound", "ResourceNotFoundException") or (
        code == "ValidationException" and ("does not exist" in message or "could not find" in message)
    )


@cache
def _client(service: str, read_timeout: int = 10, attempts: int = 3) -> Any:
    return _session().create_client(
        service,
        config=Config(
            connect_timeout=1,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )


@cache
def _session() -> Any:
    """What all clients share, above all the models of the services that it has read."""
    return botocore.session.get_session()
