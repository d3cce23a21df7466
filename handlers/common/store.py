"""The stage's bucket: small objects, by key."""

import json
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.clients import s3
from handlers.common.settings import settings

BASELINES = "baselines/"
FEEDBACK = "feedback/"
SOURCE_KEY = "source.key"  # tells the senders of feedback apart


def read_text(key: str) -> str | None:
    """The object as text; None when there is none."""
    try:
        return s3().get_object(Bucket=settings().bucket, Key=key)["Body"].read().decode()
    except s3().exceptions.NoSuchKey:
        return None


def read_json(key: str) -> Any:
    """The object as JSON; None when there is none."""
    return read_version(key)[0]


def read_version(key: str) -> tuple[Any, str | None]:
    """The object as JSON, and the ETag by which `put_if` replaces it; twice None when there is none."""
    try:
        answer = s3().get_object(Bucket=settings().bucket, Key=key)
    except s3().exceptions.NoSuchKey:
        return None, None
    return json.loads(answer["Body"].read()), answer["ETag"]


def put(key: str, body: bytes) -> None:
    """Write the object, whatever was there."""
    s3().put_object(Bucket=settings().bucket, Key=key, Body=body)


def delete(key: str) -> None:
    """Delete the object; none is no error."""
    s3().delete_object(Bucket=settings().bucket, Key=key)


def erase(key: str) -> None:
    """Delete every version of the object, so that none can be brought back; none is no error."""
    bucket = settings().bucket
    for page in s3().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
        for each in page.get("Versions", []) + page.get("DeleteMarkers", []):
            if each["Key"] == key:
                s3().delete_object(Bucket=bucket, Key=key, VersionId=each["VersionId"])


def put_if(key: str, body: bytes, etag: str | None) -> str | None:
    """Write the object in place of the one with that ETag, or where `etag` is None in place of none.

    The new ETag; None when the object is no longer that one (S3, "Conditional writes").
    """
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        answer = s3().put_object(Bucket=settings().bucket, Key=key, Body=body, **condition)
    except ClientError as error:
        # 412: another object is there; 409: another write is under way; 404: what was to be replaced is gone.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in ((404, 409, 412) if etag else (409, 412)):
            return None
        raise
    return str(answer["ETag"])


def put_new(key: str, body: bytes) -> bool:
    """Write the object unless there is one already; whether it was written."""
    return put_if(key, body, None) is not None


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
