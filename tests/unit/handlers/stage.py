"""A deployed stage in memory: moto's S3 and SageMaker, and endpoints that the tests answer for."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import sagemaker_backends

from handlers.common.hosting import hosting
from handlers.common.settings import settings
from local.sagemaker.validation import check_request
from ml.bundle import pack
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary

BUCKET = "sentiment-test-bucket"
PREFIX = "sentiment-test-"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "BUCKET": BUCKET,
    "NAME_PREFIX": PREFIX,
    "AWS_LAMBDA_FUNCTION_NAME": f"{PREFIX}sentiment",
    "POINTER_SECONDS": "60",
    "DRAIN_SECONDS": "60",
    "POLL_SECONDS": "0",
    "ACCURACY_FLOOR": "0.7",
    "DATA_SET": "snippets",
    "TRAINING_INSTANCE_TYPE": "ml.g5.xlarge",
    "WHEN_TRAINING": "queue",
    "SMALLEST_GAIN": "0.01",
    "SIGNIFICANCE": "0.05",
    "ENDPOINT_KIND": "realtime",
    "ENDPOINT_INSTANCE_TYPE": "ml.m5.large",
    "ENDPOINT_LEAST": "1",
    "ENDPOINT_MOST": "2",
    "CANARY_SHARE": "0.25",
    "BAKE_SECONDS": "0",
    "LATENCY_MILLISECONDS": "1000",
    "KEEP_VERSIONS": "3",
    "LOG_RETENTION_DAYS": "14",
    "KEEP_FEEDBACK": "false",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:sentiment-test-models",
    "SAGEMAKER_ROLE_ARN": "arn:aws:iam::123456789012:role/sagemaker",
    "TRAINING_IMAGE_CPU": "cpu-image",
    "TRAINING_IMAGE_GPU": "gpu-image",
    "SERVING_IMAGE": "serving-image",
    "SERVING_IMAGE_GPU": "serving-image-gpu",
    "BATCH_DAYS": "7",
    "BATCH_INSTANCE_TYPE": "ml.c5.xlarge",
    "BATCH_INSTANCES": "2",
    "BATCH_AT_ONCE": "4",
    "API_URL": "https://api.example",
    "PAGE_BASE_PATH": "from-request",
    "ACCESS": "open",
}
V0 = "20251231-000000-0000"  # of a baseline
V1, V2, V3 = "20260101-000000-0001", "20260102-000000-0002", "20260103-000000-0003"
VOCABULARY = Vocabulary.build([["good", "bad", "film", "not"]], Preprocessing(), size=100, min_count=1)


class Endpoints:
    """Stands in for SageMaker's runtime: P(positive) is 0.9 where the ids hold “good”, which weighs 2.5, else 0.2."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.correlation_ids: list[str] = []
        self.failures: dict[str, Exception] = {}
        self.answer: Callable[[dict[str, Any]], bytes] = self.score

    def score(self, request: dict[str, Any]) -> bytes:
        good = VOCABULARY.encode("good").ids[0]
        answer: dict[str, Any] = {"model": "m", "scores": [0.9 if good in ids else 0.2 for ids in request["inputs"]]}
        if request["explain"]:
            answer["weights"] = [[2.5 if word == good else -0.5 for word in ids if word] for ids in request["inputs"]]
        return json.dumps(answer).encode()

    def invoke_endpoint(self, EndpointName: str, Body: bytes, InferenceId: str = "", **more: str) -> dict[str, Any]:
        identified = {"InferenceId": InferenceId} if InferenceId else {}
        asked = {"EndpointName": EndpointName, "Body": Body, **identified, **more}
        check_request("InvokeEndpoint", asked, "sagemaker-runtime")
        request = json.loads(Body)
        self.calls.append((EndpointName, request))
        self.correlation_ids.append(InferenceId)
        if EndpointName in self.failures:
            raise self.failures[EndpointName]
        return {"Body": io.BytesIO(self.answer(request)), "ResponseMetadata": {"RequestId": "endpoint-request"}}


class Stage:
    """What the tests do to the stage."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.s3 = boto3.client("s3")
        self.sagemaker = boto3.client("sagemaker")
        self.s3.create_bucket(Bucket=BUCKET)
        boto3.client("sns").create_topic(Name="sentiment-test-models")

    def put(self, key: str, body: bytes | str | dict[str, Any] | list[Any]) -> None:
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=data)

    def get(self, key: str) -> Any:
        return json.loads(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def serve(self, *versions: str) -> None:
        """The pointer names these versions, the first with all the weight."""
        self.put(f"vocabularies/{VOCABULARY.id}.json.gz", gzip.compress(VOCABULARY.to_bytes()))
        deployments = [
            {
                "version": version,
                "endpoint": endpoint_of(version),
                "vocabulary": VOCABULARY.id,
                "weight": 0.0 if index else 1.0,
                "since": "2026-01-01T00:00:00+00:00",
            }
            for index, version in enumerate(versions)
        ]
        self.put("serving.json", {"deployments": deployments})

    def finish_job(self, version: str, artifact: bytes | None) -> str:
        """A Completed training job of the version that left the artifact."""
        name = PREFIX + version
        self.sagemaker.create_training_job(
            TrainingJobName=name,
            RoleArn=ENVIRONMENT["SAGEMAKER_ROLE_ARN"],
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/jobs"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            HyperParameters={"epochs": "2", "sagemaker_program": '"train.py"'},
        )
        # moto lists jobs in the order of its dictionary, whatever SortOrder says: the newest has to come first.
        jobs = sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs
        for older in [other for other in jobs if other != name]:
            jobs[older] = jobs.pop(older)
        if artifact is not None:
            self.put(f"jobs/{name}/output/model.tar.gz", artifact)
        return name

    def end_job(self, version: str, status: str, secondary: str, reason: str | None = None) -> str:
        """A training job of the version that ended otherwise than Completed."""
        name = self.finish_job(version, None)
        job = sagemaker_backends[ACCOUNT]["us-east-1"].training_jobs[name]
        vars(job).update(training_job_status=status, secondary_status=secondary, failure_reason=reason)
        return name

    def pointer(self) -> dict[str, float]:
        """Version → weight."""
        return {d["version"]: d["weight"] for d in self.get("serving.json")["deployments"]}

    def verdict(self, version: str) -> tuple[str, str]:
        """Status and last reason."""
        found = self.get(f"verdicts/{version}.json")
        return found["status"], found["reasons"][-1]

    def hosted(self) -> set[str]:
        """The versions that have endpoints, which must all be of one name with their config and model."""
        endpoints = {each["EndpointName"] for each in self.sagemaker.list_endpoints()["Endpoints"]}
        configs = {each["EndpointConfigName"] for each in self.sagemaker.list_endpoint_configs()["EndpointConfigs"]}
        models = {each["ModelName"] for each in self.sagemaker.list_models()["Models"]}
        assert endpoints == configs == models
        return {settings().version_of(name) for name in endpoints}

    def outcomes(self) -> list[tuple[str, str]]:
        """(version, outcome) of the releases so far, the latest first."""
        return [(each["version"], each["outcome"]) for each in self.get("serving.json")["history"]]


def endpoint_of(version: str) -> str:
    """The name of the version's endpoint under the stage's settings."""
    return hosting().endpoint_of(version)


def event(method: str, resource: str, body: Any = None, **parameters: str) -> dict[str, Any]:
    """An API Gateway proxy event."""
    return {
        "httpMethod": method,
        "resource": resource,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        "pathParameters": parameters or None,
        "requestContext": {"requestId": "r", "path": "/dev", "stage": "dev"},
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def failure(code: str, status: int = 400, **more: Any) -> ClientError:
    """What boto3 raises for AWS's error code."""
    response = {"Error": {"Code": code, "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(response, "InvokeEndpoint")


def artifact(accuracy: float = 0.8, replaced: dict[str, Any] | None = None) -> bytes:
    """model.tar.gz with the documents that release reads, some replaced; None in place of one leaves it out."""
    return pack(documents(accuracy, replaced))


def better_than(champion: str, accuracy: float = 0.9, **more: Any) -> bytes:
    """model.tar.gz of a model that was judged beside the champion, of accuracy 0.8, and found better."""
    beside = {"version": champion, "metrics": {"accuracy": 0.8}, "mcnemar": {"p_value": 0.001}}
    evaluation = json.loads(documents(accuracy)["evaluation.json"])
    return artifact(replaced={"evaluation.json": evaluation | {"champion": beside} | more})


def documents(accuracy: float = 0.8, replaced: dict[str, Any] | None = None) -> dict[str, bytes]:
    """What `artifact` holds."""
    text = "a good film"
    made: dict[str, Any] = {
        "model.json": {
            "version": "v",
            "trained_at": "2026-01-01T00:00:00Z",
            "data": {"sha256": "0"},
            "vocabulary": {"id": VOCABULARY.id, "size": len(VOCABULARY)},
            "preprocessing": VOCABULARY.preprocessing.to_dict(),
            "hyperparameters": {"epochs": 2},
        },
        "vocabulary.json": VOCABULARY.to_bytes(),
        "evaluation.json": {
            "metrics": {"accuracy": accuracy},
            "majority": 0.5,
            "set": {"size": 1200, "sha256": "held-out"},
        },
        "golden.json": [{"text": text, "ids": VOCABULARY.encode(text).ids, "score": 0.9}],
        "model.safetensors": b"weights",
    }
    made.update(replaced or {})
    return {
        name: document if isinstance(document, bytes) else json.dumps(document).encode()
        for name, document in made.items()
        if document is not None
    }
