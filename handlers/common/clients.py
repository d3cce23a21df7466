"""AWS clients, made once and kept, with time limits that fit inside API Gateway's 29 seconds."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config


@cache
def s3() -> Any:
    """S3, which answers small objects in tens of milliseconds or is retried."""
    return boto3.client("s3", config=_config(read_timeout=5, attempts=3))


@cache
def sagemaker() -> Any:
    """SageMaker's control plane."""
    return boto3.client("sagemaker", config=_config(read_timeout=10, attempts=3))


@cache
def autoscaling() -> Any:
    """Application Auto Scaling."""
    return boto3.client("application-autoscaling", config=_config(read_timeout=10, attempts=3))


@cache
def cloudwatch() -> Any:
    """CloudWatch."""
    return boto3.client("cloudwatch", config=_config(read_timeout=10, attempts=3))


@cache
def sns() -> Any:
    """SNS."""
    return boto3.client("sns", config=_config(read_timeout=5, attempts=3))


@cache
def lambdas() -> Any:
    """Lambda."""
    return boto3.client("lambda", config=_config(read_timeout=10, attempts=3))


@cache
def sagemaker_runtime() -> Any:
    """SageMaker's endpoints: twice 11 s at the most, so that the caller still gets an answer of ours."""
    return boto3.client("sagemaker-runtime", config=_config(read_timeout=11, attempts=2))


def _config(read_timeout: int, attempts: int) -> Config:
    return Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
