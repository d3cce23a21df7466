"""The definition of a training job."""

import dataclasses
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import validate_parameters
from sagemaker_pytorch_container.training import LAUNCH_TORCH_DISTRIBUTED_ENV_NAME
from sagemaker_training import environment

from ml.hyperparameters import Hyperparameters, Parser
from ml.instances import has_gpu, has_several_gpus, is_retired
from ml.job import DEFAULTS, HYPERPARAMETERS, JobError, Surroundings, parse, source_archive, training_job
from ml.presets import PRESETS

ROOT = Path(__file__).parents[2]


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, which do not matter here."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: None)

STAGE = Surroundings("bucket", "arn:aws:iam::123456789012:role/sagemaker", "cpu-image", "gpu-image")


def job(**request: Any) -> dict[str, Any]:
    return training_job(parse(request, "imdb", "ml.g5.xlarge"), "name", "version", "code/x/sourcedir.tar.gz", STAGE)


@pytest.mark.parametrize("champion", [None, "s3://bucket/jobs/older/output/model.tar.gz"])
@pytest.mark.parametrize(
    "request_",
    [{}, {"spot": False, "instance_type": "ml.m5.large", "learning_rate": 0.01}, {"instance_count": 8}],
)
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


def test_processes_train_together_only_where_there_are_several_gpus_or_machines() -> None:
    def together(**request: Any) -> bool:
        return "sagemaker_torch_distributed_enabled" in job(**request)["HyperParameters"]

    assert not together()
    assert not together(instance_type="ml.m5.24xlarge")
    assert not together(instance_type="ml.g5.16xlarge")
    assert together(instance_count=2)
    assert together(instance_count=2, instance_type="ml.m5.large")
    assert together(instance_type="ml.g5.12xlarge")


@pytest.mark.parametrize(("request_", "launched"), [({}, False), ({"instance_count": 2}, True)])
def test_such_a_job_asks_the_toolkit_for_torchrun(
    request_: dict[str, Any], launched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_read_json", lambda path: job(**request_)["HyperParameters"])
    read = environment.read_hyperparameters()
    assert (read.get(LAUNCH_TORCH_DISTRIBUTED_ENV_NAME) is True) == launched
    assert read.get("sagemaker_distribution_instance_groups") == (["homogeneousCluster"] if launched else None)


def test_which_instance_types_have_several_gpus() -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    types = [each for each in service.shape_for("TrainingInstanceType").enum if has_gpu(each) and not is_retired(each)]
    assert "ml.g5.xlarge" in types
    single = {each for each in types if not has_several_gpus(each)}
    sizes = {each.rpartition(".")[2] for each in single}
    assert sizes == {"xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"}
    assert {each for each in single if each.startswith("ml.p")} == {"ml.p5.4xlarge"}


def test_the_job_has_as_many_machines_as_are_asked_for() -> None:
    assert job()["ResourceConfig"]["InstanceCount"] == 1
    assert job(instance_count=3)["ResourceConfig"]["InstanceCount"] == 3


@pytest.mark.parametrize("preset", PRESETS)
def test_a_request_that_was_written_down_is_read_as_the_same_request(preset: str) -> None:
    first = parse({"preset": preset, "spot": False, "epochs": 9, "key": "a"}, "imdb", "ml.g5.xlarge")
    assert parse(json.loads(json.dumps(first.to_dict())), "other", "ml.m5.large") == first


def test_the_request_of_each_stage_s_schedule_can_be_carried_out() -> None:
    stages = yaml.load((ROOT / "serverless.yml").read_text(), Loader)["custom"]["stages"]
    for stage in stages.values():
        schedule = stage["retrainSchedule"]
        assert schedule["enabled"] is False
        request = json.loads(schedule["request"].replace("<time>", "2026-01-04T03:00:00Z"))
        assert parse(request, "imdb", "ml.g5.xlarge").key == "scheduled-2026-01-04T03:00:00Z"


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
        ({"key": "a b"}, "“key” has to be"),
        ({"instance_count": 0}, "“instance_count” has to be a whole number from 1 to 8"),
        ({"instance_count": 9}, "“instance_count” has to be a whole number from 1 to 8"),
        ({"max_minutes": 0}, "“max_minutes” has to be a whole number from 1 to 1440"),
        ({"preset": "none"}, "“preset” has to be one of default, sentences, notebook"),
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
