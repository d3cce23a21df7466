"""From a notebook or a laptop, with SageMaker's own SDK: train, deploy, predict and delete beside a deployed stage.

    stage = Stage("dev")
    job = stage.train(instance_type="ml.g5.xlarge", epochs=4)
    endpoint = stage.deploy(job, "ml.m5.large")
    print(predict(endpoint, "Not good at all."))
    delete(endpoint)

The SDK, 1 GB, stands in requirements/sdk.txt and in nothing that a deployment installs. Jobs and endpoints bear names
that no stage takes for its own: nothing judges them, nothing releases them, and removing the stage does not end them.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, TrainingJob
from sagemaker.core.utils.code_injection.codec import transform

from ml.instances import has_gpu
from ml.job import Surroundings, parse, source_archive, training_job
from ml.upload import ROOT, SERVICE, bucket_of, variables

JSON_LINES = "application/jsonlines"
LOGS = "/aws/sagemaker/Endpoints/"


class Stage:
    """A deployed stage, whose data sets, role and images are used; as in `ml.data upload`, .env.STAGE is read."""

    def __init__(self, name: str, region: str | None = None) -> None:
        """Raises ClientError where these credentials find no such stage."""
        os.environ.update(variables(ROOT / f".env.{name}"))
        region = region or os.environ.get("AWS_REGION") or "us-east-1"
        # The SDK makes clients of its own, in each of its calls.
        os.environ["AWS_DEFAULT_REGION"] = region
        boto3.setup_default_session(region_name=region)
        self.name = name
        self._bucket = bucket_of(name, boto3.client("sts"), region)
        self._training, self._serving = (self._environment(function) for function in ("retrain", "release"))

    def train(self, **request: Any) -> TrainingJob:
        """The job that POST /retrain would start for the same request, once it is over.

        Raises JobError on a request that cannot be, FailedStatusError when the job fails.
        """
        version = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        code = source_archive()
        key = f"code/{hashlib.sha256(code).hexdigest()}/sourcedir.tar.gz"
        boto3.client("s3").put_object(Bucket=self._bucket, Key=key, Body=code)
        asked = training_job(
            parse(request, self._training["DATA_SET"], self._training["TRAINING_INSTANCE_TYPE"]),
            f"notebook-{SERVICE}-{self.name}-{version}",
            version,
            key,
            Surroundings(
                bucket=self._bucket,
                role_arn=self._training["SAGEMAKER_ROLE_ARN"],
                cpu_image=self._training["TRAINING_IMAGE_CPU"],
                gpu_image=self._training["TRAINING_IMAGE_GPU"],
            ),
        )
        # The SDK takes the members of boto3's request under names of its own.
        job = TrainingJob.create(**transform(asked, "CreateTrainingJobRequest"))
        job.wait()
        return job

    def deploy(self, job: TrainingJob, instance_type: str) -> Endpoint:
        """An endpoint of the job's name for the model that it left, in service. It bills until it is deleted."""
        name, image = job.training_job_name, "SERVING_IMAGE_GPU" if has_gpu(instance_type) else "SERVING_IMAGE"
        Model.create(
            model_name=name,
            execution_role_arn=self._training["SAGEMAKER_ROLE_ARN"],
            enable_network_isolation=True,
            primary_container={
                "image": self._serving[image],
                "model_data_url": job.model_artifacts.s3_model_artifacts,
                "environment": {
                    "SAGEMAKER_PROGRAM": "inference.py",
                    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                    "OMP_NUM_THREADS": "1",
                },
            },
        )
        variant = {"variant_name": "main", "model_name": name, "instance_type": instance_type}
        EndpointConfig.create(
            endpoint_config_name=name,
            production_variants=[{**variant, "initial_instance_count": 1}],
        )
        boto3.client("logs").create_log_group(logGroupName=LOGS + name)  # which the stage's role may not
        endpoint = Endpoint.create(endpoint_name=name, endpoint_config_name=name)
        endpoint.wait_for_status("InService")
        return endpoint

    def _environment(self, function: str) -> dict[str, str]:
        """The settings that the stage's function has."""
        found = boto3.client("lambda").get_function_configuration(FunctionName=f"{SERVICE}-{self.name}-{function}")
        return dict(found["Environment"]["Variables"])


def predict(endpoint: Endpoint, *texts: str) -> Sequence[float]:
    """P(positive) of each text. The artifact holds ml/text.py itself, so texts are sent as they are."""
    body = "\n".join(json.dumps({"text": text}) for text in texts)
    answer = endpoint.invoke(body=body, content_type=JSON_LINES, accept=JSON_LINES).body.read()
    return [json.loads(line)["score"] for line in answer.splitlines()]


def delete(endpoint: Endpoint) -> None:
    """Delete the endpoint, its config, its model and its log; the job and its artifact stay."""
    name = endpoint.endpoint_name
    endpoint.delete()
    EndpointConfig.get(endpoint_config_name=name).delete()
    Model.get(model_name=name).delete()
    boto3.client("logs").delete_log_group(logGroupName=LOGS + name)
