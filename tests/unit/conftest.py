"""The fixture `s3`: the bucket of a deployed stage, for what is uploaded to it and read from it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws

from ml import upload

BUCKET = "sentiment-dev-123456789012-us-east-1"


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(upload, "ROOT", tmp_path)  # no .env.dev of whoever runs the tests
    with mock_aws():
        requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=5)
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client
