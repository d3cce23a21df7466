"""What a function is told through its environment, read once and typed."""

import os
import re
from dataclasses import dataclass
from functools import cache

# What tunes has a short name, for SageMaker takes 32 characters. It names its jobs after it: “<name>-003-0a1b2c3d”.
TUNING = "t[0-9a-f]{10}"
JOB_OF_TUNING = re.compile(f"{TUNING}-[0-9]{{3}}-[0-9a-f]{{8}}")
# A version as handlers/retrain.py or SageMaker makes it; in an endpoint's name the hash of its settings follows.
VERSION = re.compile(
    rf"(?P<version>[0-9]{{8}}-[0-9]{{6}}-[0-9a-f]{{4}}|key-[0-9a-f]{{16}}|{TUNING}|{JOB_OF_TUNING.pattern})(-[0-9a-f]{{6}})?"
)


class SettingsError(Exception):
    """An environment variable is missing or is not what it has to be."""


def required(name: str) -> str:
    """The variable's value; SettingsError with its name when it is missing or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise SettingsError(f"The environment variable {name} is not set; serverless.yml sets it for this function.")
    return value


def number(name: str) -> float:
    """The variable as a number; SettingsError with its name and value when it is none."""
    value = required(name)
    try:
        return float(value)
    except ValueError:
        raise SettingsError(f"The environment variable {name} is {value!r}, but has to be a number.") from None


def share_or_none(name: str) -> float | None:
    """The variable as a share from 0 to 1, None where it is not set; SettingsError with its name when it is none."""
    if not os.environ.get(name):
        return None
    value = number(name)
    if not 0 <= value <= 1:
        raise SettingsError(f"The environment variable {name} is {value:g}, but has to be from 0 to 1: 0.05 means 5 %.")
    return value


def whole_number(name: str) -> int:
    """The variable as a whole number; SettingsError with its name and value when it is none."""
    value = number(name)
    if not value.is_integer():
        raise SettingsError(f"The environment variable {name} is {value}, but has to be a whole number.")
    return int(value)


@dataclass(frozen=True)
class Settings:
    """What every function of one deployed stage shares."""

    prefix: str  # "<service>-<stage>-", which every name of this stage begins with
    bucket: str

    @property
    def tags(self) -> list[dict[str, str]]:
        """What bills by time and is made outside the template carries the tag that the stack puts on all the rest."""
        return [{"Key": "application", "Value": self.prefix.removesuffix("-")}]

    def name_of(self, version: str) -> str:
        """The name of the version's training job, which those of its endpoints begin with."""
        return self.prefix + version

    def owns(self, name: str) -> bool:
        """Whether the name is a job's or an endpoint's of this stage: “sentiment-dev-anna-…” is none of “dev”."""
        return name.startswith(self.prefix) and VERSION.fullmatch(name.removeprefix(self.prefix)) is not None

    def tunes(self, name: str) -> bool:
        """Whether the name is that of a tuning job of this stage."""
        return name.startswith(self.prefix) and re.fullmatch(TUNING, name.removeprefix(self.prefix)) is not None

    def is_tried(self, name: str) -> bool:
        """Whether the name is that of a job that a tuning job of this stage has started."""
        version = name.removeprefix(self.prefix)
        return name.startswith(self.prefix) and JOB_OF_TUNING.fullmatch(version) is not None

    def version_of(self, name: str) -> str:
        """The version that a job or an endpoint of this stage is of."""
        match = VERSION.fullmatch(name.removeprefix(self.prefix))
        return match["version"] if match else name.removeprefix(self.prefix)


@cache
def settings() -> Settings:
    """The settings of this stage, read from the environment on first use."""
    return Settings(prefix=required("NAME_PREFIX"), bucket=required("BUCKET"))
