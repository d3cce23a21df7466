"""Requests that AWS would refuse are refused, in its words."""

from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from local.sagemaker.validation import check_request, check_training_job

REQUEST: dict[str, Any] = {
    "TrainingJobName": "sentiment-1",
    "RoleArn": "arn:aws:iam::123456789012:role/training",
    "AlgorithmSpecification": {"TrainingImage": "pytorch", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/jobs"},
    "ResourceConfig": {"InstanceType": "ml.g6.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
    "EnableManagedSpotTraining": True,
}


def test_a_request_that_aws_would_take_passes():
    check_request("CreateTrainingJob", REQUEST)
    check_training_job(REQUEST)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"TrainingJobName": "x" * 64}, "Member must have length less than or equal to 63"),
        ({"TrainingJobName": "under_score"}, "Member must satisfy regular expression pattern"),
        ({"HyperParameters": {"epochs": 3}}, "Invalid type for parameter HyperParameters.epochs"),
        ({"Epochs": "3"}, 'Unknown parameter in input: "Epochs"'),
        ({"OutputDataConfig": {}}, 'Missing required parameter in OutputDataConfig: "S3OutputPath"'),
        ({"ResourceConfig": {**REQUEST["ResourceConfig"], "InstanceType": "ml.huge"}}, "satisfy enum value set"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "valid min value: 1"),
        ({"HyperParameters": {"k": "v" * 2501}}, "at 'HyperParameters.k' failed to satisfy constraint"),
    ],
)
def test_a_request_outside_its_shape_is_refused_with_the_place_and_the_rule(change, problem):
    with pytest.raises(ValidationError) as refusal:
        check_request("CreateTrainingJob", {**REQUEST, **change})

    assert problem in refusal.value.message


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"EnableManagedSpotTraining": False}, "only supported when EnableManagedSpotTraining"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}, "greater than or equal to MaxRuntimeInSeconds"),
        ({"ResourceConfig": {**REQUEST["ResourceConfig"], "InstanceCount": 2}}, "trains on 1 instance only"),
        ({"AlgorithmSpecification": {"TrainingInputMode": "Pipe"}}, "no Pipe mode"),
        (
            {"AlgorithmSpecification": {"MetricDefinitions": [{"Name": "loss", "Regex": "loss=("}]}},
            "The Regex of metric loss cannot be used",
        ),
    ],
)
def test_a_job_that_sagemaker_or_one_machine_cannot_run_is_refused(change, problem):
    with pytest.raises(ValidationError, match=problem):
        check_training_job({**REQUEST, **change})
