"""What SageMaker remembers when its machine restarts: moto's records, kept as one JSON file."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.sagemaker.models import (
    FakeEndpoint,
    FakeEndpointConfig,
    FakeTrainingJob,
    FakeTransformJob,
    Model,
    SageMakerModelBackend,
)

from local.sagemaker import packages
from local.sagemaker.tuned import Tuning

COLLECTIONS: dict[str, type] = {
    "training_jobs": FakeTrainingJob,
    "transform_jobs": FakeTransformJob,
    "_models": Model,
    "endpoint_configs": FakeEndpointConfig,
    "endpoints": FakeEndpoint,
    "model_package_groups": packages.Group,
    "model_packages": packages.Package,
    "hyper_parameter_tuning_jobs": Tuning,
}
SCALING = ("targets", "policies")  # of the other backend, each a dictionary that JSON takes as it is


class Store:
    """Writes the records of both backends to `path`, whole and atomically, and reads them back."""

    def __init__(self, path: Path, backend: SageMakerModelBackend, scaling: ApplicationAutoscalingBackend) -> None:
        self._path = path
        self._backend = backend
        self._scaling = scaling

    def save(self) -> None:
        """Write every record, with their lock held; the file is replaced in one step, never half written."""
        records: dict[str, Any] = {
            name: {key: vars(record) for key, record in getattr(self._backend, name).items()} for name in COLLECTIONS
        }
        records["scaling"] = {name: getattr(self._scaling, name) for name in SCALING}
        temporary = self._path.with_suffix(".tmp")
        with temporary.open("w") as file:
            json.dump(records, file, default=_encode, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)

    def load(self) -> None:
        """Put the saved records back into moto; without a file there is nothing to remember."""
        if not self._path.exists():
            return
        try:
            records = json.loads(self._path.read_text(), object_hook=_decode)
        except ValueError as error:
            raise SystemExit(f"{self._path} is damaged ({error}): delete it, and SageMaker starts empty.") from error
        for name, kind in COLLECTIONS.items():
            collection = getattr(self._backend, name)
            for key, attributes in records.get(name, {}).items():
                record: Any = object.__new__(kind)
                vars(record).update(attributes)
                collection[key] = record
        for name, saved in records.get("scaling", {}).items():
            getattr(self._scaling, name).update(saved)


def _encode(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    raise TypeError(f"SageMaker's state holds a {type(value).__name__}, which JSON cannot keep")


def _decode(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value["datetime"]) if value.keys() == {"datetime"} else value
