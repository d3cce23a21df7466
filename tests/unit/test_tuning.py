"""What a tuning job may be asked to try, and what SageMaker is told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.sagemaker.validation import check_ranges, check_request, check_training_job
from ml.asked import HYPERPARAMETERS
from ml.job import JobError, JobRequest, Surroundings, parse, training_job
from ml.tuning import FIXED, JOBS, PARALLEL, tuning_job

STAGE = Surroundings("bucket", "arn:aws:iam::123456789012:role/sagemaker", "cpu-image", "gpu-image")
RANGES = {
    "learning_rate": [1e-4, 1e-2],
    "hidden_dim": [64, 256],
    "pooling": ["max", "mean"],
    "lowercase": [True, False],
}


def asked(**request: Any) -> JobRequest:
    return parse(request, "imdb", "ml.g5.xlarge")


def request_of(wanted: JobRequest) -> dict[str, Any]:
    """The arguments of CreateHyperParameterTuningJob."""
    assert wanted.tune
    job = training_job(wanted, "sentiment-dev-t0123456789", "t0123456789", "code/x/sourcedir.tar.gz", STAGE)
    return tuning_job(job, wanted.tune, "sentiment-dev-")


@st.composite
def a_range(draw: st.DrawFn, name: str) -> list[Any]:
    """Values that may be tried of a hyperparameter."""
    kind = HYPERPARAMETERS[name]
    if kind is bool:
        return [True, False]
    assert isinstance(kind, tuple)
    if not isinstance(kind[0], type):
        return draw(st.lists(st.sampled_from(kind), min_size=2, unique=True))
    _, least, most = kind
    numbers = st.integers(int(least), int(most)) if kind[0] is int else st.floats(least, most)
    return sorted(draw(st.lists(numbers, min_size=2, max_size=2, unique=True)))


tunable = sorted(HYPERPARAMETERS.keys() - set(FIXED))
some_ranges = st.lists(st.sampled_from(tunable), min_size=1, max_size=6, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: a_range(name) for name in names})
)


@given(some_ranges, st.integers(1, JOBS), st.integers(1, PARALLEL))
def test_whatever_may_be_asked_sagemaker_takes(ranges: dict[str, Any], jobs: int, parallel: int) -> None:
    wanted = asked(tune={"ranges": ranges, "jobs": jobs, "parallel": parallel})
    request = request_of(wanted)
    check_request("CreateHyperParameterTuningJob", request)
    check_ranges(request)
    check_training_job(request["TrainingJobDefinition"])
    assert parse(json.loads(json.dumps(wanted.to_dict())), "other", "ml.other.large") == wanted


def test_ranges_are_of_the_kind_of_their_hyperparameter() -> None:
    found = request_of(asked(tune={"ranges": RANGES}))["HyperParameterTuningJobConfig"]["ParameterRanges"]
    assert found == {
        "IntegerParameterRanges": [
            {"Name": "hidden_dim", "MinValue": "64", "MaxValue": "256", "ScalingType": "Linear"}
        ],
        "ContinuousParameterRanges": [
            {"Name": "learning_rate", "MinValue": "0.0001", "MaxValue": "0.01", "ScalingType": "Logarithmic"}
        ],
        "CategoricalParameterRanges": [
            {"Name": "pooling", "Values": ["max", "mean"]},
            {"Name": "lowercase", "Values": ["true", "false"]},
        ],
    }


def test_all_else_is_as_in_a_plain_request() -> None:
    plain = training_job(asked(epochs=2), "sentiment-dev-t0123456789", "v", "code/x/sourcedir.tar.gz", STAGE)
    tuned = request_of(asked(epochs=2, tune={"ranges": RANGES}))
    definition = tuned["TrainingJobDefinition"]
    static = definition["StaticHyperParameters"]
    assert static == {name: value for name, value in plain["HyperParameters"].items() if name not in RANGES}
    assert static["epochs"] == "2"
    same = definition.keys() - {"StaticHyperParameters", "Environment"}
    assert {key: definition[key] for key in same} == {key: plain[key] for key in same}
    assert plain.keys() - same == {"TrainingJobName", "HyperParameters", "Environment"}


@pytest.mark.parametrize(
    ("tune", "sentence"),
    [
        (5, "of the form"),
        ({"jobs": 3}, "of the form"),
        ({"ranges": {}}, "1 to 30"),
        ({"ranges": RANGES, "jobs": 51}, "from 1 to 50"),
        ({"ranges": RANGES, "parallel": 5}, "from 1 to 4"),
        ({"ranges": RANGES, "strategy": "Grid"}, "“strategy” is not known"),
        ({"ranges": {"data": ["a", "b"]}}, "“data” cannot be tuned"),
        ({"ranges": {"seed": [1, 5]}}, "“seed” cannot be tuned"),
        ({"ranges": {"hidden_dim": [64]}}, "two values or more"),
        ({"ranges": {"hidden_dim": 64}}, "two values or more"),
        ({"ranges": {"hidden_dim": [64, 128, 256]}}, "least and the most"),
        ({"ranges": {"hidden_dim": [256, 64]}}, "least and the most"),
        ({"ranges": {"hidden_dim": [0, 64]}}, "from 1 to 4096"),
        ({"ranges": {"dropout": [0.1, float("nan")]}}, "from 0 to 0.95"),
        ({"ranges": {"pooling": ["max", "max"]}}, "names a value twice"),
        ({"ranges": {"pooling": ["max", "sum"]}}, "one of max-mean"),
        ({"ranges": {"epochs": [1, 5]}}, "given twice"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_sentence(tune: Any, sentence: str) -> None:
    with pytest.raises(JobError, match=sentence):
        asked(epochs=3, tune=tune)


def test_its_machines_may_run_as_long_as_those_of_all_its_jobs() -> None:
    assert asked(max_minutes=10).seconds == 600
    assert asked(max_minutes=10, tune={"ranges": RANGES, "jobs": 8, "parallel": 2}).seconds == 4800
