"""Tuning: many training jobs that differ in some hyperparameters, of which SageMaker looks for the best.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from ml.asked import HYPERPARAMETERS, JobError, hyperparameter, number

OBJECTIVE = "validation_accuracy"
JOBS, PARALLEL, RANGES = 50, 4, 30  # at most
# From a range of that many times its least value on, steps are even in its logarithm.
WIDE = 100
# They decide which texts validate: on other texts, one job's accuracy says nothing about another's.
FIXED = ("seed", "validation_share")

Values = list[int | float | bool | str]


@dataclass(frozen=True)
class Tune:
    """What is tried: of numbers any between the two given, of all else those that are listed."""

    ranges: dict[str, Values]
    jobs: int
    parallel: int


def parse(value: Any, beside: Container[str]) -> Tune | None:
    """The request's “tune”, checked, where there is one; `beside` are the names of what else it sets.

    Raises JobError with a sentence on the first thing that is wrong.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("ranges"), dict):
        raise JobError("“tune” has to be of the form {“ranges”: {“hidden_dim”: [64, 256]}, “jobs”: 8, “parallel”: 2}.")
    for name in value.keys() - {"ranges", "jobs", "parallel"}:
        raise JobError(f"“{name[:40]}” is not known in “tune”, which takes ranges, jobs and parallel.")
    ranges = value["ranges"]
    if not 1 <= len(ranges) <= RANGES:
        raise JobError(f"“ranges” has to name 1 to {RANGES} hyperparameters.")
    jobs = int(number("jobs", value.get("jobs", 8), int, 1, JOBS))
    parallel = int(number("parallel", value.get("parallel", 1), int, 1, PARALLEL))
    return Tune({name: _range(name, each, beside) for name, each in ranges.items()}, jobs, min(jobs, parallel))


def tuning_job(job: dict[str, Any], tune: Tune, prefix: str) -> dict[str, Any]:
    """The arguments of CreateHyperParameterTuningJob that make such jobs as `job`, those of CreateTrainingJob, does.

    SageMaker names the jobs after the tuning job; what follows `prefix` in a name is the version of its model.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
    """
    kinds: dict[str, list[dict[str, Any]]] = {"Integer": [], "Continuous": [], "Categorical": []}
    for name, values in tune.ranges.items():
        kind, found = _as_range(name, values)
        kinds[kind].append(found)
    definition = {key: value for key, value in job.items() if key not in ("TrainingJobName", "HyperParameters")}
    static = {name: value for name, value in job["HyperParameters"].items() if name not in tune.ranges}
    return {
        "HyperParameterTuningJobName": job["TrainingJobName"],
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": OBJECTIVE},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": tune.jobs,
                "MaxParallelTrainingJobs": tune.parallel,
            },
            "ParameterRanges": {f"{kind}ParameterRanges": found for kind, found in kinds.items() if found},
            "TrainingJobEarlyStoppingType": "Auto",
        },
        "TrainingJobDefinition": {
            **definition,
            "StaticHyperParameters": static,
            "Environment": {"MODEL_PREFIX": prefix},
        },
    }


def _range(name: str, values: Any, beside: Container[str]) -> Values:
    kind = HYPERPARAMETERS.get(name)
    if kind is None or name in FIXED:
        known = ", ".join(each for each in HYPERPARAMETERS if each not in FIXED)
        raise JobError(f"“{name[:40]}” cannot be tuned; what can be is: {known}.")
    if name in beside:
        raise JobError(f"“{name}” is given twice: as a value, and as a range in “tune”.")
    if not isinstance(values, list) or len(values) < 2:
        raise JobError(f"The range of “{name}” has to be a list of two values or more.")
    found = [hyperparameter(name, value, kind) for value in values]
    if _is_number(name) and not (len(found) == 2 and found[0] < found[1]):  # type: ignore[operator]
        raise JobError(f"The range of “{name}” has to be two numbers, the least and the most.")
    if len(set(found)) < len(found):
        raise JobError(f"The range of “{name}” names a value twice.")
    return found


def _as_range(name: str, values: Values) -> tuple[str, dict[str, Any]]:
    if not _is_number(name):
        return "Categorical", {"Name": name, "Values": [str(value).lower() for value in values]}
    least, most = (float(value) for value in values)
    scaling = "Logarithmic" if least > 0 and most / least >= WIDE else "Linear"
    kind = "Integer" if isinstance(values[0], int) else "Continuous"
    return kind, {"Name": name, "MinValue": str(values[0]), "MaxValue": str(values[1]), "ScalingType": scaling}


def _is_number(name: str) -> bool:
    kind = HYPERPARAMETERS[name]
    return isinstance(kind, tuple) and isinstance(kind[0], type)
