"""The stage's bucket: small objects, by key."""

import json
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.clients import s3
from handlers.common.settings import settings

BASELINES = "baselines/"


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


def delete(key: str) -> None:
    """Delete the object; none is no error."""
    s3().delete_object(Bucket=settings().bucket, Key=key)


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


def put_baseline(version: str, model: bytes) -> None:
    """Note that a deployment brought the version, which no job trained; `model` is its model.json."""
    put(f"{BASELINES}{version}.json", model)


def baselines() -> list[str]:
    """The versions that deployments brought, the one of the latest deployment first."""
    found = s3().list_objects_v2(Bucket=settings().bucket, Prefix=BASELINES).get("Contents", [])
    latest_first = sorted(found, key=lambda each: (each["LastModified"], each["Key"]), reverse=True)
    return [each["Key"].removeprefix(BASELINES).removesuffix(".json") for each in latest_first]


def artifact_key(version: str) -> str:
    """Where the version's model.tar.gz is: where its job left it, or, of a baseline, a job would have left it."""
    return f"jobs/{settings().name_of(version)}/output/model.tar.gz"


def artifact_uri(version: str) -> str:
    """The version's model.tar.gz, as SageMaker names it."""
    return f"s3://{settings().bucket}/{artifact_key(version)}"
