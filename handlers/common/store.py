"""The stage's bucket: small objects, by key."""

import json
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.clients import s3
from handlers.common.settings import settings


def read_text(key: str) -> str | None:
    """The object as text; None when there is none."""
    try:
        return s3().get_object(Bucket=settings().bucket, Key=key)["Body"].read().decode()
    except s3().exceptions.NoSuchKey:
        return None


def read_json(key: str) -> Any:
    """The object as JSON; None when there is none."""
    text = read_text(key)
    return None if text is None else json.loads(text)


def put(key: str, body: bytes) -> None:
    """Write the object, whatever was there."""
    s3().put_object(Bucket=settings().bucket, Key=key, Body=body)


def put_new(key: str, body: bytes) -> bool:
    """Write the object unless there is one already; whether it was written."""
    try:
        s3().put_object(Bucket=settings().bucket, Key=key, Body=body, IfNoneMatch="*")
    except ClientError as error:
        # 412: there is one; 409: one is being written (S3, "Conditional writes").
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412):
            return False
        raise
    return True


def verdict_key(job: str) -> str:
    """Where the verdict on a job's model is kept."""
    return f"jobs/{job}/verdict.json"
