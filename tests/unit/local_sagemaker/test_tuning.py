"""Tuning jobs of the local SageMaker, whose training jobs are a stand-in for the toolkit's process."""

import json
import random
import threading
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from local.sagemaker import tuning
from local.sagemaker.needed import needed
from local.sagemaker.policies import Right
from local.sagemaker.tuning import drawn
from tests.local_sagemaker import BUCKET, LocalSageMaker, wait_for

RANGES: dict[str, Any] = {
    "IntegerParameterRanges": [{"Name": "hidden_dim", "MinValue": "16", "MaxValue": "64", "ScalingType": "Linear"}],
    "ContinuousParameterRanges": [
        {"Name": "learning_rate", "MinValue": "0.0001", "MaxValue": "0.1", "ScalingType": "Logarithmic"}
    ],
    "CategoricalParameterRanges": [{"Name": "pooling", "Values": ["max", "mean"]}],
}


def start(
    sagemaker: LocalSageMaker, name: str, mode: str = "train", ranges: dict[str, Any] = RANGES, **limits: int
) -> None:
    """Create a tuning job on `data/`; does not wait."""
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/data/"}}
    sagemaker.api.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "accuracy"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 1, **limits},
            "ParameterRanges": ranges,
        },
        TrainingJobDefinition={
            "StaticHyperParameters": {"mode": mode},
            "AlgorithmSpecification": {
                "TrainingImage": "pytorch",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}],
            },
            "RoleArn": sagemaker.role,
            "InputDataConfig": [{"ChannelName": "data", "DataSource": source}],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/jobs"},
            "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints/{name}"},
            "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            "Environment": {"MODEL_PREFIX": "p-"},
        },
        Tags=[{"Key": "application", "Value": "test"}],
    )


def described(sagemaker: LocalSageMaker, name: str) -> dict[str, Any]:
    return dict(sagemaker.api.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name))


def finished(sagemaker: LocalSageMaker, name: str) -> dict[str, Any]:
    final = ("Completed", "Failed", "Stopped")
    return wait_for(
        lambda: (job := described(sagemaker, name))["HyperParameterTuningJobStatus"] in final and job, "its end", 60
    )


def children(sagemaker: LocalSageMaker, name: str) -> list[dict[str, Any]]:
    pages = sagemaker.api.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job")
    answers = pages.paginate(HyperParameterTuningJobName=name, SortBy="CreationTime", SortOrder="Ascending")
    return [each for answer in answers for each in answer["TrainingJobSummaries"]]


def test_one_that_cannot_go_on_has_failed_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    records = MagicMock(lock=threading.Lock())
    broken = SimpleNamespace(name="p-tune", arn="arn", config={"ResourceLimits": {}}, tried={}, status="InProgress")
    monkeypatch.setattr(tuning.tuned, "create", lambda *_: broken)
    tuning.TuningJobs(records, MagicMock()).start({})
    wait_for(lambda: broken.status == "Failed", "its end", 10)
    assert broken.failure_reason == "InternalServerError: KeyError: 'MaxNumberOfTrainingJobs'"


def test_a_tuning_job_runs_its_training_jobs_and_names_the_best(sagemaker, moto):
    start(sagemaker, "whole", MaxParallelTrainingJobs=2)

    job = finished(sagemaker, "whole")
    tried = children(sagemaker, "whole")
    assert (job["HyperParameterTuningJobStatus"], len(tried)) == ("Completed", 3)
    assert job["TrainingJobStatusCounters"]["Completed"] == job["ObjectiveStatusCounters"]["Succeeded"] == 3
    assert job["BestTrainingJob"] in tried
    assert job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == 0.75
    assert len({json.dumps(each["TunedHyperParameters"]) for each in tried}) == 3
    child = sagemaker.job(tried[0]["TrainingJobName"])
    assert child["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    assert child["HyperParameters"] == {
        "mode": "train",
        "_tuning_objective_metric": "accuracy",
        **tried[0]["TunedHyperParameters"],
    }
    assert child["ModelArtifacts"]["S3ModelArtifacts"].endswith(f"/jobs/{child['TrainingJobName']}/output/model.tar.gz")
    listed = sagemaker.api.list_hyper_parameter_tuning_jobs(NameContains="whol", StatusEquals="Completed")
    (summary,) = listed["HyperParameterTuningJobSummaries"]
    assert summary["HyperParameterTuningJobName"] == "whole"


def test_a_tuning_job_that_is_stopped_stops_its_training_jobs_and_starts_no_more(sagemaker):
    start(sagemaker, "stopped", mode="hang")
    wait_for(lambda: children(sagemaker, "stopped"), "its first training job")
    sagemaker.api.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")

    assert finished(sagemaker, "stopped")["HyperParameterTuningJobStatus"] == "Stopped"
    assert [each["TrainingJobStatus"] for each in children(sagemaker, "stopped")] == ["Stopped"]
    with pytest.raises(ClientError, match="in status Stopped"):
        sagemaker.api.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")


def test_a_tuning_job_of_which_every_training_job_fails_has_failed(sagemaker):
    start(sagemaker, "failing", mode="fail", MaxNumberOfTrainingJobs=2)

    job = finished(sagemaker, "failing")
    assert (job["HyperParameterTuningJobStatus"], "BestTrainingJob" in job) == ("Failed", False)
    assert "failed" in job["FailureReason"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"MaxParallelTrainingJobs": 9}, "must not be greater"),
        ({"ranges": {}}, "at least one"),
        ({"ranges": {"CategoricalParameterRanges": [{"Name": "mode", "Values": ["a", "b"]}]}}, "both static and in"),
        (
            {"ranges": {"IntegerParameterRanges": [{"Name": "a", "MinValue": "4", "MaxValue": "2"}]}},
            "MinValue must be less",
        ),
    ],
)
def test_what_sagemaker_refuses_is_refused_here(sagemaker, changes, sentence):
    with pytest.raises(ClientError, match=sentence):
        start(sagemaker, "refused", **changes)


def test_a_name_is_taken_once_and_none_that_is_unknown_is_found(sagemaker):
    start(sagemaker, "once", MaxNumberOfTrainingJobs=1)
    with pytest.raises(ClientError, match="ResourceInUse"):
        start(sagemaker, "once")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        described(sagemaker, "unknown")
    finished(sagemaker, "once")


def test_values_lie_within_their_ranges_and_are_those_of_the_seed():
    found = [drawn(RANGES, random.Random(seed)) for seed in range(200)]
    rates = [float(each["learning_rate"]) for each in found]
    assert all(16 <= int(each["hidden_dim"]) <= 64 and each["pooling"] in ("max", "mean") for each in found)
    assert min(rates) >= 0.0001
    assert max(rates) <= 0.1
    assert 60 < sum(rate < 0.00316 for rate in rates) < 140  # the middle of the logarithms
    assert drawn(RANGES, random.Random(7)) == found[7]


def test_creating_one_asks_for_its_role_to_be_passed_and_its_tags_to_be_added():
    request = {
        "HyperParameterTuningJobName": "n",
        "TrainingJobDefinition": {"RoleArn": "arn:aws:iam::1:role/r"},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    resource = "arn:aws:sagemaker:us-east-1:1:hyper-parameter-tuning-job/n"
    assert needed("sagemaker", "CreateHyperParameterTuningJob", request, "us-east-1", "1") == [
        Right("sagemaker:CreateHyperParameterTuningJob", resource),
        Right("sagemaker:AddTags", resource),
        Right("iam:PassRole", "arn:aws:iam::1:role/r", (("iam:passedtoservice", "sagemaker.amazonaws.com"),)),
    ]
    listing = "ListTrainingJobsForHyperParameterTuningJob"
    name = {"HyperParameterTuningJobName": "n"}
    assert needed("sagemaker", listing, name, "us-east-1", "1") == [Right(f"sagemaker:{listing}", resource)]
