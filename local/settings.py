"""Where one copy of the local application keeps its state and listens, and the environment of its processes."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.problem import Problem

ROOT = Path(__file__).resolve().parent.parent
INSTALLS = ROOT / ".local"
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
LAMBDA_PYTHON = INSTALLS / "lambda-venv" / "bin" / "python"
SERVING_PYTHON = INSTALLS / "serving-venv" / "bin" / "python"
SDK_PYTHON = INSTALLS / "sdk-venv" / "bin" / "python"
LINT_PYTHON = INSTALLS / "lint-venv" / "bin" / "python"
AUDIT_PYTHON = INSTALLS / "audit-venv" / "bin" / "python"
LOAD_PYTHON = INSTALLS / "load-venv" / "bin" / "python"
ALTERNATIVES_PYTHON = INSTALLS / "alternatives-venv" / "bin" / "python"
SERVERLESS = ROOT / "node_modules" / ".bin" / "serverless"
DEFAULT_STATE = INSTALLS / "state"

SERVICE = "sentiment"
STAGE = "local"
PREFIX = f"{SERVICE}-{STAGE}-"
REGION = "us-east-1"
ACCOUNT = "000000000000"  # no AWS account has this number
BUCKET = f"{PREFIX}{ACCOUNT}-{REGION}"

# What the processes of the application get of the user's environment: no AWS_*, no proxy, no PYTHONPATH.
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ")

# Keeps an SDK from finding a user's profiles, or a cloud machine's role.
NO_AWS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class Settings:
    """One copy of the local application. Two with different state folders and ports run side by side."""

    state: Path = DEFAULT_STATE
    aws_port: int = 4566
    sagemaker_port: int = 4567
    rights: Path | None = None  # folder in which it is recorded which rights the roles use, for the tests

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read LOCAL_STATE, LOCAL_AWS_PORT and LOCAL_SAGEMAKER_PORT. Raises Problem on what is no port."""
        settings = cls(
            state=Path(environ.get("LOCAL_STATE") or DEFAULT_STATE).absolute(),
            aws_port=_port(environ, "LOCAL_AWS_PORT", cls.aws_port),
            sagemaker_port=_port(environ, "LOCAL_SAGEMAKER_PORT", cls.sagemaker_port),
        )
        if settings.aws_port == settings.sagemaker_port:
            raise Problem(f"LOCAL_AWS_PORT and LOCAL_SAGEMAKER_PORT are both {settings.aws_port}; choose two ports.")
        return settings

    @property
    def aws_url(self) -> str:
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def sagemaker_url(self) -> str:
        return f"http://127.0.0.1:{self.sagemaker_port}"

    @property
    def base_url(self) -> str:
        """The deployed API, without a slash at its end."""
        return f"{self.aws_url}/_aws/execute-api/{SERVICE}-{STAGE}/{STAGE}"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    def aws_environment(self) -> dict[str, str]:
        """The variables that make any AWS SDK or tool talk to this copy, and to nothing else.

        The access key is the one that the local AWS takes for its account's root.
        """
        return {
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ENDPOINT_URL_SAGEMAKER": self.sagemaker_url,
            "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": self.sagemaker_url,
            "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING": self.sagemaker_url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **NO_AWS,
            "LOCAL_ARCHITECTURE": "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64",
            "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
            "SLS_AWS_MONITORING_FREQUENCY": "300",  # milliseconds between two looks at a deployment's progress
            "SLS_DEPRECATION_DISABLE": "*",
        }

    def environment(self) -> dict[str, str]:
        """The whole environment of a process of this copy."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**inherited, **self.aws_environment()}


def without_aws(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The user's environment, for a process that needs the network: without AWS's and Python's variables and files."""
    kept = {name: value for name, value in environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    return {**kept, **NO_AWS}


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise Problem(f"{name} is “{value}”; it has to be a port number from 1 to 65535, such as {default}.")
    return int(value)
