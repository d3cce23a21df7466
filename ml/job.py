"""What a training job is: its hyperparameters, machine, image, code and data. Plain dictionaries, no AWS calls."""

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ml import tuning
from ml.asked import HYPERPARAMETERS as HYPERPARAMETERS
from ml.asked import JobError as JobError
from ml.asked import boolean, hyperparameter, matching, number
from ml.bundle import pack
from ml.instances import INSTANCE_TYPE, has_gpu, has_several_gpus, is_retired
from ml.presets import PRESETS
from ml.tuning import Tune

HERE = Path(__file__).parent

# Always sent, so that a job's description tells them.
DEFAULTS: dict[str, int | float | bool | str] = {"epochs": 4, "hidden_dim": 160}

# What a run prints, each on its own line.
METRICS = (
    "train_loss",
    "self_training_loss",
    "validation_loss",
    "validation_accuracy",
    "tokens_per_second",
    "test_accuracy",
)

NOT_TRAINED_WITH = ("baseline", "short")
SETTINGS = ("data", "instance_type", "instance_count", "max_minutes", "spot", "key", "preset", "tune")
INSTANCES = 8  # at most
# Makes the toolkit start train.py with torchrun on every machine, one process a GPU, where there is none just one.
TORCHRUN = {
    "sagemaker_torch_distributed_enabled": "true",
    "sagemaker_distribution_instance_groups": '["homogeneousCluster"]',
}
DATA_SETS = 8  # at most; a job may have 20 channels
DATA_SET = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEY = re.compile(r"[A-Za-z0-9_:.-]{1,64}")


@dataclass(frozen=True)
class JobRequest:
    """A checked request for a training job."""

    data: tuple[str, ...]  # the data sets that it learns from together
    instance_type: str
    instance_count: int
    max_minutes: int
    spot: bool
    key: str | None
    tune: Tune | None = None  # many jobs, in place of one
    hyperparameters: dict[str, int | float | bool | str] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """How long its machines may run at most, that of all its jobs together."""
        return self.max_minutes * 60 * (self.tune.jobs if self.tune else 1)

    @property
    def distributed(self) -> bool:
        """Whether several processes train together: one a GPU, and at least one a machine."""
        return self.instance_count > 1 or has_several_gpus(self.instance_type)

    def to_dict(self) -> dict[str, Any]:
        """The request as JSON, with nothing left to defaults; `parse` makes the same request of it."""
        settings = {name: value for name, value in asdict(self).items() if name != "hyperparameters"}
        data = self.data[0] if len(self.data) == 1 else list(self.data)
        return {**settings, "data": data, **self.hyperparameters}


def parse(request: dict[str, Any], data: str, instance_type: str) -> JobRequest:
    """The request, checked, with the stage's data set and instance type where it names none.

    Raises JobError with a sentence on the first thing that is wrong.
    """
    request = dict(request)
    tune = tuning.parse(request.pop("tune", None), request)
    preset = hyperparameter("preset", request.pop("preset", "default"), tuple(PRESETS))
    parsed = JobRequest(
        data=_data_sets(request.pop("data", data)),
        instance_type=_instance_type(request.pop("instance_type", instance_type)),
        instance_count=int(number("instance_count", request.pop("instance_count", 1), int, 1, INSTANCES)),
        max_minutes=int(number("max_minutes", request.pop("max_minutes", 60), int, 1, 1440)),
        spot=boolean("spot", request.pop("spot", True)),
        key=_key(request.pop("key", None)),
        tune=tune,
        hyperparameters=DEFAULTS | PRESETS[str(preset)],
    )
    for name, value in request.items():
        if name not in HYPERPARAMETERS:
            known = ", ".join([*SETTINGS, *HYPERPARAMETERS])
            raise JobError(f"“{name[:40]}” is not known here; what can be set is: {known}.")
        parsed.hyperparameters[name] = hyperparameter(name, value, HYPERPARAMETERS[name])
    for name in tune.ranges if tune else ():
        parsed.hyperparameters.pop(name, None)
    return parsed


@dataclass(frozen=True)
class Surroundings:
    """What a stage brings to each of its jobs."""

    bucket: str
    role_arn: str
    cpu_image: str
    gpu_image: str
    champion: str | None = None  # S3 URI of the serving model's model.tar.gz, which the job compares its own with


def training_job(request: JobRequest, name: str, version: str, code_key: str, stage: Surroundings) -> dict[str, Any]:
    """The arguments of CreateTrainingJob for a request.

    `code_key` is the S3 key of `source_archive`. Script mode: AWS's PyTorch image unpacks the archive, installs its
    requirements and runs train.py with the hyperparameters as arguments.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
    """
    seconds = request.max_minutes * 60
    job: dict[str, Any] = {
        "TrainingJobName": name,
        "RoleArn": stage.role_arn,
        "AlgorithmSpecification": {
            "TrainingImage": stage.gpu_image if has_gpu(request.instance_type) else stage.cpu_image,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": metric, "Regex": rf"{metric}=([0-9.eE+-]+)"} for metric in METRICS],
        },
        "InputDataConfig": [
            *(
                _channel(f"data{number or ''}", f"s3://{stage.bucket}/data/{name}/")
                for number, name in enumerate(request.data)
            ),
            *([_channel("champion", stage.champion)] if stage.champion else []),
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{stage.bucket}/jobs"},
        "CheckpointConfig": {
            "S3Uri": f"s3://{stage.bucket}/checkpoints/{name}",
            "LocalPath": "/opt/ml/checkpoints",
        },
        "ResourceConfig": {
            "InstanceType": request.instance_type,
            "InstanceCount": request.instance_count,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": seconds},
        "EnableManagedSpotTraining": request.spot,
        "Environment": {"MODEL_VERSION": version},
        "HyperParameters": {
            **as_sent(request.hyperparameters),
            "data_name": "+".join(request.data),
            # The toolkit reads its own parameters as JSON.
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": f'"s3://{stage.bucket}/{code_key}"',
            "sagemaker_container_log_level": "20",
            **(TORCHRUN if request.distributed else {}),
        },
    }
    if request.spot:
        # How long to wait for spot capacity on top of the training itself.
        job["StoppingCondition"]["MaxWaitTimeInSeconds"] = seconds + 3600
    return job


def as_sent(hyperparameters: dict[str, Any]) -> dict[str, str]:
    """The hyperparameters as SageMaker takes and tells them: as strings."""
    return {name: str(value).lower() for name, value in hyperparameters.items()}


def source_archive() -> bytes:
    """sourcedir.tar.gz: train.py, requirements.txt and the package ml. The same sources give the same bytes."""
    files = {"train.py": b"from ml.train import main\n\nmain()\n"}
    files["requirements.txt"] = (HERE / "requirements.txt").read_bytes()
    for path in sorted(HERE.rglob("*")):
        name = path.relative_to(HERE)
        if path.suffix in (".py", ".json") and name.parts[0] not in NOT_TRAINED_WITH:
            files[f"ml/{name.as_posix()}"] = path.read_bytes()
    return pack(files)


def _channel(name: str, uri: str) -> dict[str, Any]:
    """Everything below the URI, or the one object that it names, in a folder of the job."""
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


def _data_sets(value: Any) -> tuple[str, ...]:
    form = f"a data set's name, such as “imdb”, or a list of up to {DATA_SETS} such names"
    names = value if isinstance(value, list) else [value]
    if not 1 <= len(names) <= DATA_SETS or len(set(map(str, names))) < len(names):
        raise JobError(f"“data” has to be {form}, each of them once.")
    return tuple(matching(name, DATA_SET, "data", form) for name in names)


def _instance_type(value: Any) -> str:
    instance_type = matching(value, INSTANCE_TYPE, "instance_type", "a SageMaker instance type, such as “ml.g5.xlarge”")
    if is_retired(instance_type):
        raise JobError(
            f"{instance_type} has a GPU that today's PyTorch images no longer run on; "
            "take ml.g4dn.xlarge, ml.g5.xlarge or ml.g6.xlarge."
        )
    return instance_type


def _key(value: Any) -> str | None:
    if value is None:
        return None
    return matching(value, KEY, "key", "1 to 64 letters, digits, and any of - _ : .")
