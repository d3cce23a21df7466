"""SageMaker of this machine beside moto as its AWS, both real processes, for the tests that talk to them."""

import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

BUCKET = "test-bucket"
REGION = "us-east-1"
# moto lets only users and accounts assume roles, and has no services: hence both.
TRUSTED = {"Service": "sagemaker.amazonaws.com", "AWS": "*"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": TRUSTED, "Action": "sts:AssumeRole"}],
}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Moto:
    """moto as the local AWS, with IAM enforced: a bucket, a user who may do all, and roles as asked for."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = (folder / "moto.log").open("wb")
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", self.url.rpartition(":")[2]]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self.keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        try:
            self._set_up()
        except BaseException:
            self.close()
            raise

    def _set_up(self) -> None:
        wait_for(lambda: _answers(self.url), "moto to start")
        iam = self.client("iam")
        iam.create_user(UserName="admin")
        iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
        key = iam.create_access_key(UserName="admin")["AccessKey"]
        self.keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        self.open_role = self.role("all", EVERYTHING)
        # From the next request on, moto asks IAM.
        headers = {"Content-Type": "text/plain"}
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset-auth", b"0", headers))
        self.s3 = self.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)

    def client(self, service: str, url: str | None = None) -> Any:
        config = Config(retries={"max_attempts": 0})
        return boto3.client(service, endpoint_url=url or self.url, region_name=REGION, config=config, **self.keys)

    def role(self, name: str, policy: dict[str, Any] | None = None, trust: dict[str, Any] = TRUST) -> str:
        """The ARN of a new role with this policy, or none."""
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if policy:
            iam.put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=json.dumps(policy))
        return str(arn)

    def put(self, key: str, body: bytes) -> str:
        """Store an object; returns its s3:// address."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def get(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()


class LocalSageMaker:
    """`python -m local.sagemaker` with its state in `folder`, and the requests that the tests send to it."""

    def __init__(self, moto: Moto, folder: Path, python: Path = Path(sys.executable)) -> None:
        self.moto = moto
        self.folder = folder
        self._python = python
        self._port = free_port()
        self.role = moto.open_role
        self.api = moto.client("sagemaker", self.url)
        self.runtime = moto.client("sagemaker-runtime", self.url)
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, or start it again over the same state."""
        self.folder.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": self.moto.keys["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.moto.keys["aws_secret_access_key"],
            "SECRET_OF_THE_USER": "must not reach the training script",
        }
        command = [sys.executable, "-m", "local.sagemaker", "--port", str(self._port), "--aws", self.moto.url]
        command += ["--state", str(self.folder), "--python", str(self._python)]
        with (self.folder / "sagemaker.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(lambda: _answers(self.url), "SageMaker to start")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def train(self, name: str, hyperparameters: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
        """Create a training job on `data/` with the code at `code/sourcedir.tar.gz`, and wait for its end."""
        self.start_training(name, hyperparameters, **changes)
        return self.finished(name)

    def start_training(self, name: str, hyperparameters: dict[str, str] | None = None, **changes: Any) -> None:
        toolkit = {
            "sagemaker_program": json.dumps("train.py"),
            "sagemaker_submit_directory": json.dumps(f"s3://{BUCKET}/code/sourcedir.tar.gz"),
            "sagemaker_region": json.dumps(REGION),
            "sagemaker_container_log_level": "20",
        }
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/data/"}}
        request = {
            "TrainingJobName": name,
            "RoleArn": self.role,
            "AlgorithmSpecification": {
                "TrainingImage": "pytorch",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
            },
            "InputDataConfig": [{"ChannelName": "data", "DataSource": source}],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/jobs"},
            "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/jobs/{name}/checkpoints"},
            "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            "HyperParameters": {**toolkit, **(hyperparameters or {})},
        }
        self.api.create_training_job(**{**request, **changes})

    def finished(self, name: str) -> dict[str, Any]:
        """The job, once it is in a final state."""
        final = ("Completed", "Failed", "Stopped")
        return wait_for(
            lambda: (job := self.job(name))["TrainingJobStatus"] in final and job, f"the end of the job {name}", 120
        )

    def job(self, name: str) -> dict[str, Any]:
        return dict(self.api.describe_training_job(TrainingJobName=name))

    def create_endpoint(self, name: str, archive: str, isolated: bool = False, **variant: Any) -> None:
        """Create a model, an endpoint config and an endpoint of one name; does not wait.

        It runs on an instance unless `variant` says on what else.
        """
        container = {"Image": "i", "ModelDataUrl": archive, "Environment": {"SAGEMAKER_PROGRAM": "inference.py"}}
        self.api.create_model(
            ModelName=name, ExecutionRoleArn=self.role, PrimaryContainer=container, EnableNetworkIsolation=isolated
        )
        runs_on = variant or {"InstanceType": "ml.c7i.large", "InitialInstanceCount": 1}
        self.api.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{"VariantName": "AllTraffic", "ModelName": name, **runs_on}]
        )
        self.api.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=[{"Key": "stage", "Value": "test"}])

    def settled(self, name: str) -> dict[str, Any]:
        """The endpoint, once it is no longer Creating."""
        return wait_for(
            lambda: (found := self.endpoint(name))["EndpointStatus"] != "Creating" and found, f"the endpoint {name}"
        )

    def endpoint(self, name: str) -> dict[str, Any]:
        return dict(self.api.describe_endpoint(EndpointName=name))

    def invoke(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.runtime.invoke_endpoint(EndpointName=name, ContentType="application/json", Body=json.dumps(body))
        return dict(json.loads(answer["Body"].read()))

    def processes(self, text: str) -> list[int]:
        """The ids of running processes whose environment or command line holds `text`, this one's excepted."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                about = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                alive = "Z" not in (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if text.encode() in about and alive and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        return found


def archive(files: dict[str, str]) -> bytes:
    """A .tar.gz of the given texts."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """The first truthy answer of `condition`; fails after `seconds`, saying what was waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=1).close()
    except OSError:
        return False
    return True
