"""Tuning jobs: each is a thread that starts training jobs with values from the ranges, and keeps count of them.

AWS chooses values by what earlier ones came to, and stops jobs that promise little. Here values are random, each job
runs to its end, and the same tuning job's name gives the same values.
"""

import copy
import logging
import math
import random
import threading
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.models import FakeTrainingJob, SageMakerModelBackend

from local.sagemaker import tuned
from local.sagemaker.records import FINAL, Records
from local.sagemaker.training import TrainingJobs
from local.sagemaker.tuned import Tuning, started

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
PASSED_ON = ("AlgorithmSpecification", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition")
OPTIONAL = ("CheckpointConfig", "EnableManagedSpotTraining", "Environment")


class TuningJobs:
    """Starts and stops tuning jobs, whose training jobs `jobs` runs."""

    def __init__(self, records: Records, jobs: TrainingJobs) -> None:
        self._records = records
        self._jobs = jobs
        self._closing = threading.Event()

    @property
    def _known(self) -> dict[str, Any]:
        known: dict[str, Any] = self._records.backend.hyper_parameter_tuning_jobs
        return known

    def fail_interrupted(self) -> None:
        """Those that were running when the process ended are over, as their training jobs are."""
        for tuning in self._known.values():
            if tuning.status not in FINAL:
                reason = "InternalServerError: the machine that trained was restarted. Start the tuning job again."
                self._finish(tuning, "Failed", reason)

    def start(self, request: dict[str, Any]) -> str:
        """Begin to run a tuning job; its ARN. The records' lock is held."""
        tuning = tuned.create(self._records.backend, request)
        self._records.set_tuning(tuning)
        threading.Thread(target=self._to_the_end, args=(tuning,), name=tuning.name, daemon=True).start()
        return tuning.arn

    def stop(self, name: str) -> None:
        """StopHyperParameterTuningJob: returns at once; it is Stopping until its training jobs have ended."""
        tuning = tuned.stop(self._records.backend, name)
        self._records.set_tuning(tuning)
        for job in self._running(tuning):
            if job.training_job_status == "InProgress":
                self._jobs.stop(job.training_job_name)

    def close(self) -> None:
        """Start nothing more."""
        self._closing.set()

    def _running(self, tuning: Tuning) -> list[FakeTrainingJob]:
        return [job for job in started(self._records.backend, tuning) if job.training_job_status not in FINAL]

    def _to_the_end(self, tuning: Tuning) -> None:
        """Run the tuning job; whatever happens, it ends in a final state, with its reason."""
        try:
            self._run(tuning)
        except Exception as error:
            log.exception("tuning job %s", tuning.name)
            with self._records.lock:
                self._finish(tuning, "Failed", f"InternalServerError: {type(error).__name__}: {error}")

    def _run(self, tuning: Tuning) -> None:
        limits, numbers = tuning.config["ResourceLimits"], random.Random(tuning.name)  # noqa: S311
        while not self._closing.wait(POLL_SECONDS):
            with self._records.lock:
                running = self._running(tuning)
                wanted = tuning.status == "InProgress" and len(tuning.tried) < limits["MaxNumberOfTrainingJobs"]
                if wanted and len(running) < limits["MaxParallelTrainingJobs"]:
                    self._start_child(tuning, numbers)
                elif not wanted and not running:
                    return self._end(tuning)

    def _start_child(self, tuning: Tuning, numbers: random.Random) -> None:
        name = f"{tuning.name}-{len(tuning.tried) + 1:03}-{numbers.getrandbits(32):08x}"
        values = drawn(tuning.config["ParameterRanges"], numbers)
        request = training_request(tuning, name, values)
        job = record(self._records.backend, request)
        vars(job).update(tuning_job_arn=tuning.arn)
        tuning.tried[name] = values
        self._jobs.start(job, request)

    def _end(self, tuning: Tuning) -> None:
        if tuning.status == "Stopping":
            return self._finish(tuning, "Stopped")
        if all(job.training_job_status == "Failed" for job in started(self._records.backend, tuning)):
            return self._finish(tuning, "Failed", "All training jobs failed. Please look at their FailureReason.")
        return self._finish(tuning, "Completed")

    def _finish(self, tuning: Tuning, status: str, reason: str | None = None) -> None:
        tuning.status, tuning.failure_reason, tuning.end_time = status, reason, utcnow()
        self._records.set_tuning(tuning)


def training_request(tuning: Tuning, name: str, values: dict[str, str]) -> dict[str, Any]:
    """The arguments of CreateTrainingJob for one set of values."""
    definition = copy.deepcopy(tuning.definition)
    objective = tuning.config["HyperParameterTuningJobObjective"]["MetricName"]
    return {
        "TrainingJobName": name,
        "RoleArn": definition["RoleArn"],
        **{key: definition[key] for key in PASSED_ON},
        **{key: definition[key] for key in OPTIONAL if key in definition},
        # The last one AWS adds by itself, for the training toolkit to see.
        "HyperParameters": {**definition["StaticHyperParameters"], **values, "_tuning_objective_metric": objective},
        "Tags": tuning.tags,
    }


def drawn(ranges: dict[str, Any], numbers: random.Random) -> dict[str, str]:
    """One value of each range."""
    values = {}
    for each in ranges.get("IntegerParameterRanges", []):
        values[each["Name"]] = str(round(_number(each, numbers)))
    for each in ranges.get("ContinuousParameterRanges", []):
        values[each["Name"]] = str(_number(each, numbers))
    for each in ranges.get("CategoricalParameterRanges", []):
        values[each["Name"]] = numbers.choice(each["Values"])
    return values


def _number(each: dict[str, str], numbers: random.Random) -> float:
    least, most = float(each["MinValue"]), float(each["MaxValue"])
    if each.get("ScalingType") == "Logarithmic":
        return min(most, max(least, math.exp(numbers.uniform(math.log(least), math.log(most)))))
    return numbers.uniform(least, most)


def record(backend: SageMakerModelBackend, request: dict[str, Any]) -> FakeTrainingJob:
    """moto's record of a training job that nobody has asked it for."""
    request = copy.deepcopy(request)  # of which moto changes a part
    return backend.create_training_job(
        training_job_name=request["TrainingJobName"],
        hyper_parameters=request["HyperParameters"],
        algorithm_specification=request["AlgorithmSpecification"],
        role_arn=request["RoleArn"],
        input_data_config=request["InputDataConfig"],
        output_data_config=request["OutputDataConfig"],
        resource_config=request["ResourceConfig"],
        vpc_config={},
        stopping_condition=request["StoppingCondition"],
        tags=request["Tags"],
        enable_network_isolation=False,
        enable_inter_container_traffic_encryption=False,
        enable_managed_spot_training=request.get("EnableManagedSpotTraining", False),
        checkpoint_config=request.get("CheckpointConfig", {}),
        debug_hook_config={},
        debug_rule_configurations=[],
        tensor_board_output_config={},
        experiment_config={},
    )
