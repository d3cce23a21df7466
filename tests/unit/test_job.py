"""The definition of a training job."""

import dataclasses
import io
import tarfile
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters

from ml.hyperparameters import Hyperparameters, Parser
from ml.job import DEFAULTS, HYPERPARAMETERS, JobError, Surroundings, parse, source_archive, training_job

STAGE = Surroundings("bucket", "arn:aws:iam::123456789012:role/sagemaker", "cpu-image", "gpu-image")


def job(**request: Any) -> dict[str, Any]:
    return training_job(parse(request, "imdb", "ml.g5.xlarge"), "name", "version", "code/x/sourcedir.tar.gz", STAGE)


@pytest.mark.parametrize("champion", [None, "s3://bucket/jobs/older/output/model.tar.gz"])
@pytest.mark.parametrize("request_", [{}, {"spot": False, "instance_type": "ml.m5.large", "learning_rate": 0.01}])
def test_the_request_is_one_that_sagemaker_s_own_model_accepts(request_: dict[str, Any], champion: str | None) -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    stage = dataclasses.replace(STAGE, champion=champion)
    request = training_job(parse(request_, "imdb", "ml.g5.xlarge"), "name", "version", "code/x", stage)
    validate_parameters(request, service.operation_model("CreateTrainingJob").input_shape)


def test_the_serving_model_is_a_channel_of_its_own_when_there_is_one() -> None:
    uri = "s3://bucket/jobs/older/output/model.tar.gz"
    stage = dataclasses.replace(STAGE, champion=uri)
    channels = training_job(parse({}, "imdb", "ml.g5.xlarge"), "name", "version", "code/x", stage)["InputDataConfig"]
    found = {channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in channels}
    assert found == {"data": "s3://bucket/data/imdb/", "champion": uri}
    assert [channel["ChannelName"] for channel in job()["InputDataConfig"]] == ["data"]


def test_the_image_follows_the_instance_type() -> None:
    images = {
        kind: job(instance_type=kind)["AlgorithmSpecification"]["TrainingImage"]
        for kind in ("ml.g4dn.xlarge", "ml.g5.xlarge", "ml.p5.48xlarge", "ml.m5.large", "ml.c7i.xlarge")
    }
    assert list(images.values()) == ["gpu-image"] * 3 + ["cpu-image"] * 2


def test_a_spot_job_may_wait_longer_than_it_runs() -> None:
    stopping = job(max_minutes=30)["StoppingCondition"]
    assert stopping["MaxWaitTimeInSeconds"] > stopping["MaxRuntimeInSeconds"] == 1800
    assert "MaxWaitTimeInSeconds" not in job(spot=False)["StoppingCondition"]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"epochs": "3"}, "“epochs” has to be a whole number from 1 to 200"),
        ({"epochs": 2.5}, "“epochs” has to be a whole number"),
        ({"epochs": True}, "“epochs” has to be a whole number"),
        ({"epochs": 201}, "from 1 to 200"),
        ({"learning_rate": float("nan")}, "“learning_rate” has to be a number"),
        ({"epoch": 3}, "“epoch” is not known here; what can be set is: data, instance_type,"),
        ({"instance_type": "g5.xlarge"}, "such as “ml.g5.xlarge”"),
        ({"instance_type": "ml.p3.2xlarge"}, "take ml.g4dn.xlarge, ml.g5.xlarge or ml.g6.xlarge"),
        ({"instance_type": "ml.p2.xlarge"}, "take ml.g4dn.xlarge"),
        ({"data": "../other"}, "“data” has to be a data set's name"),
        ({"spot": 1}, "“spot” has to be true or false"),
        ({"key": ""}, "“key” has to be"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(JobError, match=sentence.replace(".", r"\.")):
        parse(request_, "imdb", "ml.g5.xlarge")


def test_the_hyperparameters_are_those_of_training() -> None:
    trained = {f.name: f.default for f in dataclasses.fields(Hyperparameters)}
    assert HYPERPARAMETERS.keys() == trained.keys()
    assert parse(trained, "imdb", "ml.g5.xlarge").hyperparameters == trained
    assert DEFAULTS.items() <= trained.items()


def test_what_a_job_is_sent_is_what_training_reads() -> None:
    asked = {
        "epochs": 3,
        "learning_rate": 1e-5,
        "bidirectional": False,
        "pooling": "last",
        "stop_words": "all",
    }
    sent = job(**asked)["HyperParameters"]
    arguments = [word for name in asked for word in (f"--{name}", sent[name])]
    parser = Parser(None)
    read = parser.hyperparameters(parser.parse_args(arguments))
    assert {name: getattr(read, name) for name in asked} == asked


def test_the_source_archive_holds_what_training_imports_and_is_the_same_every_time() -> None:
    archive = source_archive()
    assert archive == source_archive()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = tar.getnames()
    assert {"train.py", "requirements.txt", "ml/train.py", "ml/text.py", "ml/stopwords.json"} <= set(names)
