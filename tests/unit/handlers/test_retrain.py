"""POST /retrain and `serverless invoke -f retrain`: what becomes of one request."""

import json
import re
from typing import Any

import pytest

from handlers import retrain
from handlers.common import training
from ml.job import JobError
from tests.unit.handlers.retraining import jobs, post, prepare
from tests.unit.handlers.stage import BUCKET, PREFIX, V1, V2, Stage, failure


@pytest.fixture
def ready(stage: Stage) -> Stage:
    return prepare(stage)


def test_a_job_is_created_and_the_answer_says_where_to_follow_it(ready: Stage) -> None:
    status, answer = post({"epochs": 3, "hidden_dim": 100})
    assert status == 202
    assert re.fullmatch(PREFIX + r"\d{8}-\d{6}-[0-9a-f]{4}", answer["job"])
    assert answer["status_url"] == f"https://api.example/jobs/{answer['job']}"
    job = ready.sagemaker.describe_training_job(TrainingJobName=answer["job"])
    assert job["HyperParameters"]["epochs"] == "3"
    assert job["HyperParameters"]["hidden_dim"] == "100"
    assert job["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == f"s3://{BUCKET}/data/snippets/"
    code = json.loads(job["HyperParameters"]["sagemaker_submit_directory"])
    assert ready.s3.head_object(Bucket=BUCKET, Key=code.removeprefix(f"s3://{BUCKET}/"))


def test_the_answer_says_what_the_job_can_cost_at_most(ready: Stage) -> None:
    asked = {"instance_type": "ml.g5.xlarge", "instance_count": 2, "max_minutes": 30}
    assert post(asked)[1]["cost_limit_usd"] == 1.408
    assert post({"instance_type": "ml.c5.xlarge"})[1]["cost_limit_usd"] is None


def test_the_job_is_given_the_serving_model_to_compare_with(ready: Stage) -> None:
    def channels() -> dict[str, str]:
        job = ready.sagemaker.describe_training_job(TrainingJobName=retrain.handler({}, None)["job"])
        return {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in job["InputDataConfig"]}

    assert channels().keys() == {"data"}
    ready.serve(V2, V1)
    assert channels()["champion"] == f"s3://{BUCKET}/jobs/{PREFIX}{V2}/output/model.tar.gz"


def test_invoked_directly_it_answers_the_same_object(ready: Stage) -> None:
    assert retrain.handler({"epochs": 3}, None).keys() == {"job", "status_url", "cost_limit_usd"}


def test_the_same_key_twice_is_one_job(ready: Stage) -> None:
    first, second = post({"key": "monday"}), post({"key": "monday"})
    assert first == second
    assert len(jobs(ready)) == 1


def test_a_key_s_second_answer_tells_the_cost_of_the_job_that_there_is(ready: Stage) -> None:
    first = post({"key": "monday", "max_minutes": 60})
    assert post({"key": "monday", "max_minutes": 600}) == first


def test_a_key_s_job_is_found_even_when_its_data_set_is_gone(ready: Stage) -> None:
    first = post({"key": "monday"})
    ready.s3.delete_object(Bucket=BUCKET, Key="data/snippets/train.jsonl.gz")
    assert post({"key": "monday"}) == first


def test_a_data_set_that_is_not_there_is_refused(ready: Stage) -> None:
    status, answer = post({"data": "imdb"})
    assert (status, "no data set “imdb”" in answer["detail"]) == (400, True)
    assert jobs(ready) == []


def test_nothing_is_started_in_a_stage_that_is_being_removed(ready: Stage) -> None:
    ready.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    assert post({})[0] == 503
    assert jobs(ready) == []


def test_what_cannot_be_asked_for_is_a_400_over_http_and_an_error_when_invoked(ready: Stage) -> None:
    assert post({"epochs": 0})[0] == 400
    assert post({"start_next": True})[0] == 400
    with pytest.raises(JobError, match="epochs"):
        retrain.handler({"epochs": 0}, None)


@pytest.mark.parametrize("key", ["", "arn:aws:kms:us-east-1:123456789012:key/1"])
def test_a_job_carries_the_stage_s_tag_and_writes_with_its_key(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("KMS_KEY", key)
    asked: list[dict[str, Any]] = []
    with monkeypatch.context() as patch:
        patch.setattr(training.sagemaker(), "create_training_job", lambda **request: asked.append(request))
        assert post({})[0] == 202
    assert asked[0]["Tags"] == [{"Key": "application", "Value": "sentiment-test"}]
    assert asked[0]["OutputDataConfig"].get("KmsKeyId", "") == key
    assert asked[0]["OutputDataConfig"]["S3OutputPath"].endswith("/jobs")


@pytest.mark.parametrize(
    ("code", "message", "status", "sentence"),
    [
        ("ResourceLimitExceeded", "secret", 503, "quota “ml.g5.xlarge for spot training job usage”"),
        ("ResourceLimitExceeded", "secret", 503, "console.aws.amazon.com/servicequotas/home/services/sagemaker"),
        ("ResourceLimitExceeded", "secret", 503, "“instance_type”: “ml.m5.xlarge” and “spot”: false"),
        ("ThrottlingException", "secret", 503, "in a minute"),
        ("AccessDeniedException", "not authorized to perform: iam:PassRole", 500, "roles"),
        ("ValidationException", "Could not assume role arn:secret", 500, "roles"),
        ("ValidationException", "secret", 400, "does not train on 1 × ml.g5.xlarge"),
    ],
)
def test_what_aws_refuses_is_said_in_a_sentence(
    ready: Stage, monkeypatch: pytest.MonkeyPatch, code: str, message: str, status: int, sentence: str
) -> None:
    def refuse(**_: Any) -> None:
        error = failure(code)
        error.response["Error"]["Message"] = message
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(training.sagemaker(), "create_training_job", refuse)
        answered, problem = post({})
    assert (answered, sentence in problem["detail"]) == (status, True)
    assert "secret" not in problem["detail"]
    # What was refused is in nobody's way.
    assert post({"instance_type": "ml.g4dn.xlarge"})[1]["job"] in jobs(ready)
