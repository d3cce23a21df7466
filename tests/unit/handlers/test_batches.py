"""Batches: from the form of POST /batches to the whole answer, whatever fails on the way."""

import base64
import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

from handlers import batch, batches, lifecycle, reconcile
from handlers.common import batches as records
from handlers.common import clients, splitting, transforms
from handlers.common.limits import BATCH_BYTES, BATCHES
from tests.unit.handlers.faults import Fault, answer_lost, fails_at, fails_for_good, killed, unavailable
from tests.unit.handlers.lines import Lines
from tests.unit.handlers.stage import BUCKET, PREFIX, V1, V2, Stage, endpoint_of, event, failure
from tests.unit.handlers.test_openapi import conforms

UPLOAD = b'{"text": "good"}\n{"id": "mine", "text": "bad"}\nno JSON\n' + b"x" * 50 + b'\n{"text": "film"}'
WHOLE = [
    {"id": 1, "text": '{"text": "good"}'},
    {"id": "mine", "text": '{"id": "mine", "text": "bad"}'},
    {"id": 3, "text": "no JSON"},
    {"id": 4, "error": "a line may have 6,000,000 bytes, and this one has more"},
    {"id": 5, "text": '{"text": "film"}'},
]


class Context:
    """A Lambda context with so many seconds left."""

    def __init__(self, seconds: float = 900) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> float:
        return self.seconds * 1000


@pytest.fixture
def serving(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage that serves V1, with short lines, small parts and clients of its own credentials."""
    monkeypatch.setattr(splitting, "LINE_BYTES", 40)
    monkeypatch.setattr(splitting, "CHUNK", 8)
    monkeypatch.setattr(splitting, "PART_BYTES", 20)
    monkeypatch.setattr(splitting, "RANGES_FROM", 0)
    clients.s3_signer.cache_clear()
    create = SageMakerModelBackend.create_transform_job

    def create_running(*arguments: Any, **more: Any) -> Any:
        """Jobs of moto are Completed at once."""
        job = create(*arguments, **more)
        job.transform_job_status = "InProgress"
        return job

    monkeypatch.setattr(SageMakerModelBackend, "create_transform_job", create_running)
    stage.serve(V1)
    return stage


def begun() -> dict[str, Any]:
    answer = batches.handler(event("POST", "/batches"), None)
    conforms(answer, "post", "/batches")
    assert answer["statusCode"] == 202
    return dict(json.loads(answer["body"]))


def asked(name: str) -> dict[str, Any]:
    answer = batches.handler(event("GET", "/batches/{id}", id=name), None)
    conforms(answer, "get", "/batches/{id}")
    return dict(json.loads(answer["body"]))


def uploaded(stage: Stage, body: bytes = UPLOAD) -> str:
    """The id of a batch whose upload is there."""
    name = str(begun()["id"])
    stage.put(f"batches/{name}/reviews.jsonl", body)
    return name


def wake(seconds: float = 900) -> None:
    batch.handler({}, Context(seconds))


def transform(stage: Stage, name: str, folder: str = "") -> None:
    """Do what the batch's transform job does: an object of answers for each of its parts, in `folder` of its output."""
    job = stage.sagemaker.describe_transform_job(TransformJobName=f"{PREFIX}batch-{name}")
    prefix = job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"].removeprefix(f"s3://{BUCKET}/")
    target = job["TransformOutput"]["S3OutputPath"].removeprefix(f"s3://{BUCKET}/")
    for each in stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]:
        body = stage.s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
        answers = "".join(json.dumps(answer(line)) + "\n" for line in body.decode().splitlines())
        stage.put(f"{target}/{folder}{each['Key'].removeprefix(prefix)}.out", answers + "\n")


def end(name: str) -> None:
    """The batch's transform job has ended."""
    jobs = sagemaker_backends[ACCOUNT]["us-east-1"].transform_jobs
    jobs[f"{PREFIX}batch-{name}"].transform_job_status = "Completed"


def answer(line: str) -> dict[str, Any]:
    return ({"id": "mine"} if "mine" in line else {}) | {"sentiment": "positive", "text": line}


def whole(stage: Stage, name: str) -> list[dict[str, Any]]:
    body = stage.s3.get_object(Bucket=BUCKET, Key=f"batches/{name}/answers.jsonl")["Body"].read()
    found = [json.loads(line) for line in body.splitlines()]
    assert all(each.get("sentiment") == "positive" or "error" in each for each in found)
    return [{key: value for key, value in each.items() if key != "sentiment"} for each in found]


def remaining(stage: Stage) -> tuple[list[str], list[str]]:
    """The batches that are open, and the models of transform jobs."""
    return records.open_ones(), transforms.models()


def test_a_batch_is_cut_transformed_and_put_together_in_the_order_of_its_upload(serving: Stage) -> None:
    name = uploaded(serving)
    assert asked(name)["status"] == "Waiting"
    wake()
    told = asked(name)
    assert (told["status"], told["lines"], told["done"], told["model"]) == ("InProgress", 5, 1, V1)
    transform(serving, name)
    assert (asked(name)["done"], asked(name)["progress"], asked(name)["download"]) == (5, 1.0, None)
    end(name)
    wake()
    told = asked(name)
    assert (told["status"], told["done"], told["progress"], told["reason"]) == ("Completed", 5, 1.0, None)
    assert f"batches/{name}/answers.jsonl" in told["download"]
    assert whole(serving, name) == WHOLE
    assert remaining(serving) == ([], [])


def test_answers_are_found_in_whichever_folder_below_the_output_the_job_leaves_them(serving: Stage) -> None:
    name = uploaded(serving)
    wake()
    transform(serving, name, f"batches/{name}/parts-0/")
    assert asked(name)["done"] == 5
    end(name)
    wake()
    assert asked(name)["status"] == "Completed"
    assert whole(serving, name) == WHOLE


def test_the_form_takes_one_key_of_so_many_bytes_for_an_hour(serving: Stage) -> None:
    told = begun()
    form = told["upload"]
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 1, BATCH_BYTES] in policy["conditions"]
    assert {"key": f"batches/{told['id']}/reviews.jsonl"} in policy["conditions"]
    assert form["fields"]["key"] == f"batches/{told['id']}/reviews.jsonl"
    assert form["url"] == f"https://{BUCKET}.s3.us-east-1.amazonaws.com/"
    until = datetime.fromisoformat(policy["expiration"])
    assert abs(until - datetime.fromisoformat(told["expires_at"])) < timedelta(seconds=5)


def test_the_job_is_of_the_version_that_serves_over_whole_lines_and_has_the_stage_s_tag(serving: Stage) -> None:
    name = uploaded(serving)
    wake()
    job = serving.sagemaker.describe_transform_job(TransformJobName=f"{PREFIX}batch-{name}")
    model = serving.sagemaker.describe_model(ModelName=job["ModelName"])
    assert model["PrimaryContainer"]["ModelDataUrl"] == f"s3://{BUCKET}/jobs/{PREFIX}{V1}/output/model.tar.gz"
    assert model["PrimaryContainer"]["Image"] == "serving-image"
    assert job["TransformResources"] == {"InstanceType": "ml.c5.xlarge", "InstanceCount": 2}
    assert (job["BatchStrategy"], job["MaxPayloadInMB"], job["MaxConcurrentTransforms"]) == ("MultiRecord", 6, 4)
    assert (job["TransformInput"]["SplitType"], job["TransformOutput"]["AssembleWith"]) == ("Line", "Line")
    arn = job["TransformJobArn"]
    assert serving.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "application", "Value": "sentiment-test"}]


def test_a_batch_stays_with_its_version_when_another_serves(serving: Stage) -> None:
    name = uploaded(serving)
    with fails_for_good("CreateTransformJob", "ResourceLimitExceeded", 400):
        wake()
    assert "no room for 2 × ml.c5.xlarge" in asked(name)["reason"]
    assert asked(name)["status"] == "Preparing"
    serving.serve(V2)
    wake()
    assert (asked(name)["model"], asked(name)["reason"]) == (V1, None)


def test_what_comes_after_the_first_upload_is_not_judged(serving: Stage) -> None:
    name = uploaded(serving)
    with fails_for_good("CreateMultipartUpload"):
        wake()
    serving.put(f"batches/{name}/reviews.jsonl", b"another")
    wake()
    told = asked(name)
    assert (told["status"], told["reason"]) == (
        "Failed",
        "The upload was replaced, or deleted, before it was read. Start another batch.",
    )
    assert remaining(serving) == ([], [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\n".join([b"  "]), "The upload holds no line."),
        (b"\x1f\x8b\x08 and so on", "The upload is compressed; upload the JSON lines as they are."),
    ],
)
def test_what_holds_no_lines_fails_with_a_sentence(serving: Stage, body: bytes, reason: str) -> None:
    name = uploaded(serving, body)
    wake()
    assert (asked(name)["status"], asked(name)["reason"]) == ("Failed", reason)


def test_a_batch_of_lines_that_are_all_too_long_needs_no_job(serving: Stage) -> None:
    name = uploaded(serving, b"x" * 50 + b"\n" + b"y" * 60)
    wake()
    assert [each["id"] for each in whole(serving, name)] == [1, 2]
    assert serving.sagemaker.list_transform_jobs()["TransformJobSummaries"] == []


def test_a_batch_without_an_upload_is_given_up_when_the_time_for_it_is_over(
    serving: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = begun()["id"]
    wake()
    assert asked(name)["status"] == "Waiting"
    pass_time(monkeypatch, hours=8)
    wake()
    assert asked(name)["status"] == "Failed"
    assert remaining(serving) == ([], [])


def test_a_batch_is_unknown_when_its_time_is_over_and_nothing_of_it_runs(
    serving: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = uploaded(serving)
    wake()
    pass_time(monkeypatch, hours=7 * 24 + 1)
    with fails_for_good("StopTransformJob", "ValidationException", 400):  # moto has no such operation
        wake()
    assert asked(name)["status"] == 404
    assert remaining(serving) == ([], [])


@pytest.mark.parametrize("name", ["0" * 20, "open", "../x", "A" * 20])
def test_an_unknown_batch_is_not_found(serving: Stage, name: str) -> None:
    assert asked(name)["status"] == 404


def test_no_more_than_so_many_batches_are_under_way(serving: Stage) -> None:
    for number in range(BATCHES):
        serving.put(f"batches/open/{number:020x}", b"")
    answer = batches.handler(event("POST", "/batches"), None)
    conforms(answer, "post", "/batches")
    assert answer["statusCode"] == 409


def test_a_stage_that_is_being_removed_takes_no_batch_and_takes_none_further(serving: Stage) -> None:
    name = uploaded(serving)
    serving.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    assert batches.handler(event("POST", "/batches"), None)["statusCode"] == 503
    wake()
    assert asked(name)["status"] == "Waiting"


def test_a_job_that_fails_fails_its_batch_with_its_reason(serving: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    name = uploaded(serving)
    wake()
    ended = {"TransformJobStatus": "Failed", "FailureReason": "AlgorithmError: out of memory"}
    monkeypatch.setattr(transforms, "describe", lambda job: ended)
    wake()
    assert asked(name)["reason"] == "The transform job came to no end: AlgorithmError: out of memory"


def test_answers_that_are_missing_fail_the_batch(serving: Stage) -> None:
    name = uploaded(serving)
    wake()
    end(name)
    wake()
    assert asked(name)["reason"] == "The transform job left no answers to a part of the upload."


def test_what_reads_gigabytes_is_not_begun_with_little_time_left(serving: Stage) -> None:
    name = uploaded(serving)
    wake(seconds=60)
    assert asked(name)["status"] == "Preparing"
    assert serving.sagemaker.list_transform_jobs()["TransformJobSummaries"] == []
    wake()
    assert asked(name)["status"] == "InProgress"


def test_while_one_function_is_at_work_on_a_batch_another_does_nothing(
    serving: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, cut = uploaded(serving), splitting.cut
    scans: list[int] = []

    def meanwhile(*arguments: Any) -> Any:
        scans.append(len(scans))
        wake()
        return cut(*arguments)

    monkeypatch.setattr(splitting, "cut", meanwhile)
    wake()
    assert scans == [0]
    assert asked(name)["status"] == "InProgress"


def test_the_clock_wakes_the_batch_function_only_where_a_batch_is_open(
    serving: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []

    class Lambdas:
        def invoke(self, FunctionName: str, **_: object) -> None:
            woken.append(FunctionName)

    monkeypatch.setattr(records, "lambdas", Lambdas)
    monkeypatch.setattr(reconcile, "advance", lambda: None)
    reconcile.handler({}, None)
    assert woken == []
    begun()
    reconcile.handler({}, None)
    assert woken == [f"{PREFIX}batch"]


def test_a_removal_leaves_no_model_of_a_batch(serving: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    uploaded(serving)
    wake()
    stopped: list[str] = []
    monkeypatch.setattr(transforms, "running", lambda: ["running"] if not stopped else [])
    monkeypatch.setattr(transforms, "stop", stopped.append)
    lifecycle.clear(Context())
    assert stopped == ["running"]
    assert serving.sagemaker.list_models()["Models"] == []
    assert serving.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_nothing_of_an_upload_is_logged(serving: Stage, lines: Lines) -> None:
    for body in (UPLOAD, b"diary\ndiary", b"diary" * 20, b"\x1f\x8bdiary"):
        uploaded(serving, body)
        wake()
    uploaded(serving)
    with fails_for_good("PutObject"):
        wake()
    assert "batch" in lines.stream.getvalue()
    for text in ("diary", "good", "film"):
        assert text not in lines.stream.getvalue()


STRIDES: dict[Fault, int] = {killed: 2, answer_lost: 4, unavailable: 8}


@pytest.mark.parametrize("fault", STRIDES)
def test_a_batch_is_answered_whichever_call_fails(serving: Stage, fault: Fault, request: pytest.FixtureRequest) -> None:
    """Each of its two runs, before and after the job, meets the fault; the next ones, half an hour later, go on."""
    stride = 1 if request.config.getoption("--every-call") else STRIDES[fault]
    for number in count(0, stride):
        name = uploaded(serving)
        reached = fails_at(number, fault, wake)
        with pytest.MonkeyPatch.context() as patch:
            pass_time(patch, hours=0.5)
            wake()
            assert asked(name)["status"] == "InProgress", (number, asked(name))
            transform(serving, name)
            end(name)
            reached |= fails_at(number, fault, wake)
            pass_time(patch, hours=0.5)
            wake()
        assert (asked(name)["status"], whole(serving, name)) == ("Completed", WHOLE), number
        assert remaining(serving) == ([], [])
        if not reached:
            return


def test_a_refusal_by_sagemaker_fails_the_batch_and_one_that_may_pass_does_not(serving: Stage) -> None:
    name = uploaded(serving)
    with fails_for_good("CreateTransformJob", "AccessDeniedException", 400):
        wake()
    assert asked(name)["status"] == "Preparing"
    with fails_for_good("CreateTransformJob", "ValidationException", 400):
        wake()
    assert asked(name)["reason"] == "SageMaker refuses the job: secret"  # what AWS says


def test_what_is_asked_of_aws_may_fail_for_each_batch_by_itself(serving: Stage) -> None:
    first, second = uploaded(serving), uploaded(serving)
    broken = min(first, second)
    read = records.read

    def failing(name: str) -> Any:
        if name == broken:
            raise ClientError(failure("InternalFailure", 500).response, "GetObject")
        return read(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "read", failing)
        wake()
    assert asked(max(first, second))["status"] == "InProgress"
    assert asked(broken)["status"] == "Waiting"


def pass_time(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """What was held or awaited is so no longer."""
    now = records.now
    monkeypatch.setattr(records, "now", lambda: now() + timedelta(hours=hours))


def test_every_model_of_a_batch_is_told_from_those_of_endpoints(serving: Stage) -> None:
    uploaded(serving)
    wake()
    boto3.client("sagemaker").create_model(
        ModelName=endpoint_of(V1), ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker"
    )
    assert [name.startswith(f"{PREFIX}batch-") for name in transforms.models()] == [True]
