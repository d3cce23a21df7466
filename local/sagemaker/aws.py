"""The local AWS as SageMaker uses it: under a job's or model's own role, whose policy is then what counts."""

import json
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.exceptions import ClientError

DENIED = {"AccessDenied", "AccessDeniedException", "403", "Forbidden"}
MISSING = {"404", "NoSuchKey", "NoSuchBucket"}


class AwsError(Exception):
    """A call to the local AWS that role, bucket or key do not allow; the text says which, and why."""


class LocalAws:
    """The local AWS at `url`: clients of this service itself, and sessions of the roles it is given."""

    def __init__(self, url: str, region: str) -> None:
        self.url = url
        self.region = region
        self._session = boto3.Session(region_name=region)
        # Making clients is neither quick nor safe in several threads at once; using them is both.
        self._making = threading.Lock()
        self._own: dict[str, Any] = {}

    def client(self, service: str, **credentials: str) -> Any:
        """A client with these credentials; without any, with SageMaker's own, from this process's environment."""
        with self._making:
            if credentials:
                return self._session.client(service, endpoint_url=self.url, **credentials)
            if service not in self._own:
                self._own[service] = self._session.client(service, endpoint_url=self.url)
            return self._own[service]

    def trusts_sagemaker(self, role_arn: str) -> bool:
        """Whether the role exists and lets sagemaker.amazonaws.com assume it; AWS takes no job otherwise."""
        try:
            role = self.client("iam").get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchEntity", "NoSuchEntityException"):
                return False
            raise
        policy = role["AssumeRolePolicyDocument"]
        if isinstance(policy, str):
            policy = json.loads(unquote(policy))
        return any(
            statement.get("Effect") == "Allow"
            and "sagemaker.amazonaws.com" in as_list(statement.get("Principal", {}).get("Service", []))
            for statement in as_list(policy["Statement"])
        )

    def role(self, role_arn: str) -> "Role":
        return Role(self, role_arn)


class Role:
    """What may be done with one execution role; its credentials are renewed in time."""

    def __init__(self, aws: LocalAws, arn: str) -> None:
        self._aws = aws
        self.arn = arn
        self._credentials: dict[str, Any] = {}
        self._clients: dict[str, Any] = {}

    def environment(self) -> dict[str, str]:
        """The variables with which any AWS SDK in a child process reaches the local AWS as this role."""
        credentials = self._current()
        return {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "AWS_REGION": self._aws.region,
            "AWS_DEFAULT_REGION": self._aws.region,
            "AWS_ENDPOINT_URL": self._aws.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        credentials = self._current()
        if service not in self._clients:
            self._clients[service] = self._aws.client(
                service,
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
            )
        return self._clients[service]

    def _current(self) -> dict[str, Any]:
        soon = datetime.now(UTC) + timedelta(minutes=10)
        if not self._credentials or self._credentials["Expiration"] < soon:
            try:
                answer = self._aws.client("sts").assume_role(RoleArn=self.arn, RoleSessionName="SageMaker")
            except ClientError as error:
                raise AwsError(f"SageMaker could not assume the role {self.arn}: {_text(error)}") from error
            self._credentials, self._clients = answer["Credentials"], {}
        return self._credentials


class Storage:
    """S3 under one role. Every method raises AwsError when S3 refuses: which call, where, for whom."""

    def __init__(self, role: Role) -> None:
        self._role = role

    def download_prefix(self, uri: str, folder: Path) -> int:
        """Put every object below `uri` under `folder`, keeping the paths; returns how many there were."""
        bucket, prefix = split_uri(uri)
        count = 0
        for key in self._keys(bucket, prefix):
            relative = key[len(prefix) :].lstrip("/") or key.rpartition("/")[2]
            target = folder / relative
            if not target.resolve().is_relative_to(folder.resolve()):
                raise AwsError(f"s3://{bucket}/{key} would be written outside its folder; rename that object.")
            target.parent.mkdir(parents=True, exist_ok=True)
            self._call("GetObject", f"s3://{bucket}/{key}", "download_file", bucket, key, str(target))
            count += 1
        return count

    def download(self, uri: str, path: Path) -> None:
        bucket, key = split_uri(uri)
        self._call("GetObject", uri, "download_file", bucket, key, str(path))

    def upload(self, path: Path, uri: str) -> None:
        bucket, key = split_uri(uri)
        with path.open("rb") as body:
            self._call("PutObject", uri, "put_object", Bucket=bucket, Key=key, Body=body)

    def check(self, uri: str) -> None:
        """Make sure that this object exists and may be read."""
        bucket, key = split_uri(uri)
        self._call("GetObject", uri, "head_object", Bucket=bucket, Key=key)

    def _keys(self, bucket: str, prefix: str) -> Iterator[str]:
        arguments = {"Bucket": bucket, "Prefix": prefix}
        while True:
            page = self._call("ListBucket", f"s3://{bucket}/{prefix}", "list_objects_v2", **arguments)
            yield from (item["Key"] for item in page.get("Contents", []) if not item["Key"].endswith("/"))
            if not page.get("IsTruncated"):
                return
            arguments["ContinuationToken"] = page["NextContinuationToken"]

    def _call(self, action: str, uri: str, method: str, *args: str, **arguments: Any) -> Any:
        try:
            return getattr(self._role.client("s3"), method)(*args, **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in DENIED:
                raise AwsError(f"The role {self._role.arn} may not s3:{action} {uri}: {_text(error)}") from error
            if code in MISSING:
                raise AwsError(f"{uri} does not exist: {_text(error)}") from error
            raise


def split_uri(uri: str) -> tuple[str, str]:
    """ "s3://bucket/some/key" → ("bucket", "some/key")."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise AwsError(f"{uri!r} is not an S3 address; write s3://bucket/key.")
    return bucket, key


def pack(folder: Path, archive: Path) -> None:
    """Write the files of `folder` to `archive` (.tar.gz), in the order of their names, without owners."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name, filter=anonymous)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a .tar.gz; refuses members that would land outside `folder` or are devices."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise AwsError(f"The model archive cannot be unpacked: {error}. SageMaker takes a .tar.gz.") from error


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(error: ClientError) -> str:
    return f"{error.response['Error'].get('Code')}: {error.response['Error'].get('Message')}"
