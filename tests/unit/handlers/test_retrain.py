"""POST /retrain and `serverless invoke -f retrain`."""

import json
import re
from typing import Any

import pytest

from handlers import retrain
from ml.job import JobError
from tests.unit.handlers.stage import BUCKET, PREFIX, V1, V2, Stage, event, failure


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.put("data/snippets/train.jsonl.gz", b"data")
    return stage


def post(body: Any) -> tuple[int, dict[str, Any]]:
    answer = retrain.handler(event("POST", "/retrain", body), None)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_job_is_created_and_the_answer_says_where_to_follow_it(ready: Stage) -> None:
    status, answer = post({"epochs": 3, "hidden_dim": 100})
    assert status == 202
    assert re.fullmatch(PREFIX + r"\d{8}-\d{6}-[0-9a-f]{4}", answer["job"])
    assert answer["status_url"] == f"https://api.example/jobs/{answer['job']}"
    assert answer["cost_limit_usd"] is None
    job = ready.sagemaker.describe_training_job(TrainingJobName=answer["job"])
    assert job["HyperParameters"]["epochs"] == "3"
    assert job["HyperParameters"]["hidden_dim"] == "100"
    assert job["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == f"s3://{BUCKET}/data/snippets/"
    code = json.loads(job["HyperParameters"]["sagemaker_submit_directory"])
    assert ready.s3.head_object(Bucket=BUCKET, Key=code.removeprefix(f"s3://{BUCKET}/"))


def test_the_job_is_given_the_serving_model_to_compare_with(ready: Stage) -> None:
    def channels() -> dict[str, str]:
        job = ready.sagemaker.describe_training_job(TrainingJobName=retrain.handler({}, None)["job"])
        return {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in job["InputDataConfig"]}

    ready.put("serving.json", {"deployments": []})
    assert channels().keys() == {"data"}
    ready.serve(V2, V1)
    assert channels()["champion"] == f"s3://{BUCKET}/jobs/{PREFIX}{V2}/output/model.tar.gz"


def test_invoked_directly_it_answers_the_same_object(ready: Stage) -> None:
    assert retrain.handler({"epochs": 3}, None).keys() == {"job", "status_url", "cost_limit_usd"}


def test_the_same_key_twice_is_one_job(ready: Stage) -> None:
    first, second = post({"key": "monday"}), post({"key": "monday"})
    assert first == second
    assert len(ready.sagemaker.list_training_jobs()["TrainingJobSummaries"]) == 1


def test_a_data_set_that_is_not_there_is_refused(stage: Stage) -> None:
    status, answer = post({"data": "imdb"})
    assert (status, "no data set “imdb”" in answer["detail"]) == (400, True)
    assert stage.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_what_cannot_be_asked_for_is_a_400_over_http_and_an_error_when_invoked(ready: Stage) -> None:
    assert post({"epochs": 0})[0] == 400
    with pytest.raises(JobError, match="epochs"):
        retrain.handler({"epochs": 0}, None)


def test_a_used_up_quota_is_said_in_a_sentence(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise failure("ResourceLimitExceeded")

    monkeypatch.setattr(retrain.sagemaker(), "create_training_job", refuse)
    status, answer = post({})
    assert status == 503
    assert "quota" in answer["detail"]
    assert "secret" not in answer["detail"]
