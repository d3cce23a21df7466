"""Transform jobs of the local SageMaker: a real serving process over the lines of real objects."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.needed import needed
from tests.local_sagemaker import BUCKET, LocalSageMaker, archive, wait_for
from tests.unit.local_sagemaker.conftest import CODE

names = (f"transform-{number}" for number in count())


@pytest.fixture(scope="module")
def upper(moto, sagemaker):
    """The name of a model that gives each line back in capital letters, and fails, or dawdles, when asked to."""
    files = {"code/inference.py": (CODE / "upper.py").read_text()}
    container = {"Image": "i", "ModelDataUrl": moto.put("models/upper.tar.gz", archive(files))}
    sagemaker.api.create_model(ModelName="upper", ExecutionRoleArn=sagemaker.role, PrimaryContainer=container)
    return "upper"


def create(sagemaker: LocalSageMaker, model: str, objects: dict[str, bytes], **changes: Any) -> str:
    """Begin a job over these objects; its name, below which its answers are."""
    name = next(names)
    for key, body in objects.items():
        sagemaker.moto.put(f"transforms/{name}/in/{key}", body)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/transforms/{name}/in/"}
    request = {
        "TransformJobName": name,
        "ModelName": model,
        "BatchStrategy": "MultiRecord",
        "MaxPayloadInMB": 1,
        "TransformInput": {
            "DataSource": {"S3DataSource": source},
            "ContentType": "text/lines",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/transforms/{name}/out", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.c5.xlarge", "InstanceCount": 2},
        "Tags": [{"Key": "stage", "Value": "test"}],
    }
    sagemaker.api.create_transform_job(**request | changes)
    return name


def finished(sagemaker: LocalSageMaker, name: str) -> dict[str, Any]:
    def ended() -> Any:
        job = sagemaker.api.describe_transform_job(TransformJobName=name)
        return job["TransformJobStatus"] in ("Completed", "Failed", "Stopped") and job

    return dict(wait_for(ended, f"the end of {name}", 60))


def answers(sagemaker: LocalSageMaker, name: str, key: str) -> list[bytes]:
    body = sagemaker.moto.get(f"transforms/{name}/out/{key}.out")
    return [line for line in body.split(b"\n") if line]


def test_each_object_becomes_an_object_of_answers_in_the_order_of_its_lines(sagemaker, upper):
    name = create(sagemaker, upper, {"a.jsonl": b"one\ntwo", "b/c.jsonl": b"three\n"})

    job = finished(sagemaker, name)

    assert job["TransformJobStatus"] == "Completed"
    assert answers(sagemaker, name, "a.jsonl") == [b"ONE", b"TWO"]
    assert answers(sagemaker, name, "b/c.jsonl") == [b"THREE"]
    assert job["TransformEndTime"] >= job["TransformStartTime"]
    assert "FailureReason" not in job


def test_what_is_larger_than_a_payload_is_sent_in_whole_lines(sagemaker, upper):
    lines = [b"%06d " % number + b"x" * 100_000 for number in range(25)]

    name = create(sagemaker, upper, {"a": b"\n".join(lines)})

    assert finished(sagemaker, name)["TransformJobStatus"] == "Completed"
    assert answers(sagemaker, name, "a") == [line.upper() for line in lines]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"good\nfail please", "ClientError: 400 from the algorithm"),
        (b"x" * (2**20 + 1), "ClientError: a holds a line that is longer than MaxPayloadInMB allows."),
    ],
)
def test_what_the_model_does_not_take_fails_the_job_with_the_reason(sagemaker, upper, body, reason):
    job = finished(sagemaker, create(sagemaker, upper, {"a": body}))

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


def test_without_objects_a_job_fails(sagemaker, upper):
    job = finished(sagemaker, create(sagemaker, upper, {}))

    assert "No S3 objects found" in job["FailureReason"]


def test_a_model_that_cannot_be_fetched_fails_the_job(sagemaker):
    container = {"Image": "i", "ModelDataUrl": f"s3://{BUCKET}/models/none.tar.gz"}
    sagemaker.api.create_model(ModelName="none", ExecutionRoleArn=sagemaker.role, PrimaryContainer=container)

    job = finished(sagemaker, create(sagemaker, "none", {"a": b"one"}))

    assert "models/none.tar.gz does not exist" in job["FailureReason"]


def test_a_role_that_may_not_write_the_answers_fails_the_job(moto, sagemaker, upper):
    reading = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    role = moto.role("reading", {"Version": "2012-10-17", "Statement": [reading]})
    address = f"s3://{BUCKET}/models/upper.tar.gz"
    container = {"Image": "i", "ModelDataUrl": address}
    sagemaker.api.create_model(ModelName="reading", ExecutionRoleArn=role, PrimaryContainer=container)

    job = finished(sagemaker, create(sagemaker, "reading", {"a": b"one"}))

    assert "may not s3:PutObject" in job["FailureReason"]


def test_a_job_that_is_stopped_ends_and_its_process_too(sagemaker, upper):
    name = create(sagemaker, upper, {f"{number}": b"slow" for number in range(100)})
    wait_for(lambda: sagemaker.processes(f"transforms/{name}/model"), "the serving process")

    sagemaker.api.stop_transform_job(TransformJobName=name)

    assert finished(sagemaker, name)["TransformJobStatus"] == "Stopped"
    wait_for(lambda: not sagemaker.processes(f"transforms/{name}/model"), "the end of the serving process")
    with pytest.raises(ClientError, match="is in status Stopped"):
        sagemaker.api.stop_transform_job(TransformJobName=name)


def test_the_model_of_a_running_job_may_be_deleted(moto, sagemaker, upper):
    container = {"Image": "i", "ModelDataUrl": f"s3://{BUCKET}/models/upper.tar.gz"}
    sagemaker.api.create_model(
        ModelName="transformed-and-gone", ExecutionRoleArn=sagemaker.role, PrimaryContainer=container
    )
    name = create(sagemaker, "transformed-and-gone", {"a": b"one"})

    sagemaker.api.delete_model(ModelName="transformed-and-gone")

    assert finished(sagemaker, name)["TransformJobStatus"] == "Completed"


def test_jobs_are_listed_by_name_and_status_and_described_only_if_they_are_there(sagemaker, upper):
    name = create(sagemaker, upper, {"a": b"one"})
    finished(sagemaker, name)

    listed = sagemaker.api.list_transform_jobs(NameContains=name, StatusEquals="Completed")["TransformJobSummaries"]
    running = sagemaker.api.list_transform_jobs(StatusEquals="InProgress")["TransformJobSummaries"]

    assert [each["TransformJobName"] for each in listed] == [name]
    assert name not in [each["TransformJobName"] for each in running]
    with pytest.raises(ClientError, match="Could not find transform job"):
        sagemaker.api.describe_transform_job(TransformJobName="nobody")


def test_a_name_is_used_once(sagemaker, upper):
    name = create(sagemaker, upper, {"a": b"one"})

    with pytest.raises(ClientError, match="must be unique") as refusal:
        create(sagemaker, upper, {}, TransformJobName=name)

    assert refusal.value.response["Error"]["Code"] == "ResourceInUse"


@pytest.mark.parametrize(
    "changes",
    [
        {"ModelName": "nobody"},
        {"BatchStrategy": "SingleRecord"},
        {"MaxConcurrentTransforms": 101},
        {"DataProcessing": {"JoinSource": "Input"}},
        {"TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/x"}},
    ],
)
def test_what_sagemaker_or_this_machine_does_not_do_is_refused(sagemaker, upper, changes):
    with pytest.raises(ClientError) as refusal:
        create(sagemaker, upper, {}, **changes)

    assert refusal.value.response["Error"]["Code"] in ("ValidationException", "ValidationError")


def test_who_creates_a_job_needs_the_right_to_create_and_tag_it():
    request = {"TransformJobName": "j", "ModelName": "m", "Tags": [{"Key": "k", "Value": "v"}]}
    rights = needed("sagemaker", "CreateTransformJob", request, "us-east-1", "1")
    arn = "arn:aws:sagemaker:us-east-1:1:transform-job/j"
    assert [(right.action, right.resource) for right in rights] == [
        ("sagemaker:CreateTransformJob", arn),
        ("sagemaker:AddTags", arn),
    ]
