"""AWS clients, made once and kept. In a request, no attempt begins that could not end in its time.

They are botocore's, which boto3's are too: boto3 adds transfers of large files, and 60 ms to a cold start. Between two
attempts botocore's standard mode pauses: the first time up to 1 s, then up to 2 s, at random, so that those who failed
together do not come back together (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
"""

import os
from functools import cache, partial
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from handlers.common import deadline
from handlers.common.causes import OutOfTime
from handlers.common.settings import required

CONNECT_TIMEOUT = 1


def s3() -> Any:
    """S3, which answers small objects in tens of milliseconds or is retried, in a request sooner than elsewhere."""
    return _client("s3", read_timeout=2 if deadline.is_set() else 5)


def s3_at_length() -> Any:
    """S3 for what takes longer than a small object: copies of gigabytes, and answers that are read bit by bit."""
    return _client("s3", read_timeout=120, attempts=4)


@cache
def s3_signer() -> Any:
    """S3 for signed addresses, which are of the bucket's own region: the global one redirects, and no form follows."""
    style = "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"
    config = Config(signature_version="s3v4", s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"})
    return _session().create_client("s3", config=config)


def sagemaker() -> Any:
    """SageMaker's control plane."""
    return _client("sagemaker")


def sagemaker_runtime() -> Any:
    """SageMaker's endpoints. A serverless one may have to start first: it gets nearly all the time there is."""
    if required("ENDPOINT_KIND") == "serverless" and deadline.left() >= CONNECT_TIMEOUT + 24:
        return _client("sagemaker-runtime", read_timeout=24, attempts=2)
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
    client = _session().create_client(
        service,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )
    longest = CONNECT_TIMEOUT + read_timeout
    client.meta.events.register_first("request-created", partial(_begin, longest))
    client.meta.events.register_first("needs-retry", partial(_again, client, longest))
    return client


def _begin(longest: float, operation_name: str, **_: Any) -> None:
    """Before each attempt: raises OutOfTime where not all of it fits in the time that is left."""
    if deadline.left() < longest:
        raise OutOfTime(operation_name=operation_name)


def _again(
    client: Any, longest: float, attempts: int, response: Any, caught_exception: Any, operation: Any, **_: Any
) -> float | None:
    """After each attempt: raises what it failed with where no pause and other attempt fit in the time that is left.

    A connection that was closed meanwhile, as all are of a Lambda that was frozen, is made anew without a pause. On
    all the rest botocore decides: whether to try again, and when.
    """
    failed = caught_exception
    if response and response[0].status_code >= 300:
        code = response[1].get("Error", {}).get("Code")
        failed = client.exceptions.from_code(code)(response[1], operation.name)
    if failed and deadline.left() < longest + 2 ** (attempts - 1):
        raise failed
    return 0 if attempts == 1 and isinstance(failed, ConnectionClosedError) else None


@cache
def _session() -> Any:
    """What all clients share, above all the models of the services that it has read."""
    return botocore.session.get_session()
