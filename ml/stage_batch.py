"""Judge a file of reviews by the model that serves in a deployed stage: POST /batches, its upload, its download.

For `python -m ml.batch FILE --stage STAGE`. It needs the credentials that deployed the stage, to find its address and
its API key; the reviews themselves go by signed addresses.
"""

import http.client
import json
import os
import secrets
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from tqdm import tqdm

from ml.errors import DataError
from ml.pool import Line
from ml.upload import ROOT, SERVICE, variables

POLL_SECONDS = 5.0
ATTEMPTS = 6  # at a question to the API, which may be throttled or out of reach for a moment
TIMEOUT = 60  # seconds without a byte
CHUNK = 2**20
AT_ONCE = 1000  # answers


@dataclass(frozen=True)
class Api:
    """A deployed stage's API, for its operator."""

    url: str
    key: str

    def ask(self, method: str, path: str) -> dict[str, Any]:
        """The answer's JSON. Raises DataError for everything but success."""
        request = urllib.request.Request(self.url + path, headers={"x-api-key": self.key}, method=method)  # noqa: S310
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503, 504) or not attempts_left:
                    raise DataError(f"{method} {path} answers {error.code}: {_detail(error.read())}") from None
                time.sleep(float(error.headers.get("Retry-After", 1)))
            except OSError as error:
                if not attempts_left:
                    raise DataError(f"{self.url} does not answer: {error}") from error
                time.sleep(POLL_SECONDS)
        raise AssertionError


def found(stage: str, region: str | None) -> Api:
    """The API of the stage in the account of these credentials. Raises DataError."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise DataError("to find a stage takes boto3: pip install boto3") from error

    os.environ.update(variables(ROOT / f".env.{stage}"))
    region = region or os.environ.get("AWS_REGION") or "us-east-1"
    try:
        (stack,) = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=f"{SERVICE}-{stage}")[
            "Stacks"
        ]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        gateway = boto3.client("apigateway", region_name=region)
        keys = gateway.get_api_keys(nameQuery=outputs["ApiKeyName"], includeValues=True)["items"]
    except (BotoCoreError, ClientError) as error:
        raise DataError(f"the stage {stage!r} is not found in {region}: {error}; are these its credentials?") from error
    if not keys:
        raise DataError(f"there is no API key {outputs['ApiKeyName']}; deploy again: npm run deploy -- --stage {stage}")
    return Api(outputs["Url"], keys[0]["value"])


def begin(api: Api, lines: Iterable[Line], size: int) -> str:
    """Upload the lines, which come out of a file of `size` bytes; the id of their batch. Raises DataError."""
    with tempfile.TemporaryFile() as file:
        with _bar(size, "Reading", unit="B", unit_scale=True) as bar:
            for line in lines:
                # A line that holds nothing stands for a review, too: SageMaker might leave it out.
                file.write((line.content if line.content.strip() else b"{}") + b"\n")
                bar.update(line.read - bar.n)
        batch = api.ask("POST", "/batches")
        if not 0 < file.tell() <= batch["most_bytes"]:
            raise DataError(
                f"{file.tell():,} bytes of reviews: from 1 to {batch['most_bytes']:,} are taken; split them"
            )
        _send(file, batch["upload"]["url"], batch["upload"]["fields"])
    return str(batch["id"])


def follow(api: Api, name: str) -> str:
    """Wait until the batch has ended; where its answers are. Raises DataError when it failed."""
    with _bar(None, "Waiting", unit=" lines") as bar:
        while True:
            batch = api.ask("GET", f"/batches/{name}")
            bar.total = batch["lines"]
            bar.set_description_str(batch["status"])
            bar.set_postfix_str(batch["reason"] or "")
            bar.update(batch["done"] - bar.n)
            if batch["status"] == "Failed":
                raise DataError(f"the batch {name} failed: {batch['reason']}")
            if batch["status"] == "Completed":
                return str(batch["download"])
            time.sleep(POLL_SECONDS)


def fetch(address: str, writer: Any) -> Counter[str]:
    """Have ml.batch's `writer` write all answers; how many are of each sentiment, or an error. Raises DataError."""
    counts: Counter[str] = Counter()
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT) as file:  # noqa: S310
            size, done = int(file.headers["Content-Length"]), 0
            with _bar(size, "Downloading", unit="B", unit_scale=True) as bar:
                while lines := list(islice(file, AT_ONCE)):
                    answers = [json.loads(line) for line in lines]
                    writer.write(answers)
                    counts.update(answer.get("sentiment", "error") for answer in answers)
                    done += sum(map(len, lines))
                    bar.update(done - bar.n)
                if done != size:
                    raise DataError(f"the download broke off after {done:,} of {size:,} bytes; try again with --id")
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"the answers cannot be fetched: {error}; try again with --id") from error
    return counts


def _send(file: IO[bytes], url: str, fields: Mapping[str, str]) -> None:
    """POST the file with the form's fields, as multipart/form-data that is not held in memory.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
    """
    boundary = secrets.token_hex(16)
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="reviews.jsonl"\r\n\r\n'
    tail = f"\r\n--{boundary}--\r\n"
    size = file.tell()
    file.seek(0)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head.encode()) + size + len(tail.encode())),
    }

    def body() -> Iterator[bytes]:
        with _bar(size, "Uploading", unit="B", unit_scale=True) as bar:
            yield head.encode()
            while chunk := file.read(CHUNK):
                yield chunk
                bar.update(len(chunk))
            yield tail.encode()

    try:
        urllib.request.urlopen(urllib.request.Request(url, body(), headers), timeout=TIMEOUT).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        raise DataError(
            f"S3 refuses the upload ({error.code}): {error.read()[:300].decode(errors='replace')}"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"the upload broke off: {error}; try again") from error


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return body[:300].decode(errors="replace")


def _bar(total: int | None, what: str, **more: Any) -> Any:
    return tqdm(total=total, desc=what, disable=None, **more)
