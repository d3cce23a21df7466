"""Installs what the application runs on, each part once: it is done again when what it is made from changes.

A part carries a stamp, written last, so that one whose installation was interrupted is made anew.
Standard library only: this runs before there is any virtual environment.
"""

import hashlib
import json
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

from layers import build
from local import check
from local.problem import Problem
from local.screen import run, say
from local.settings import (
    ALTERNATIVES_PYTHON,
    AUDIT_PYTHON,
    INSTALLS,
    LAMBDA_PYTHON,
    LINT_PYTHON,
    LOAD_PYTHON,
    ROOT,
    SDK_PYTHON,
    SERVING_PYTHON,
    VENV_PYTHON,
    without_aws,
)
from local.supervise import Command

LOGS = INSTALLS / "logs"
REQUIREMENTS = ROOT / "requirements"
TORCH_FOR_CPUS = "https://download.pytorch.org/whl/cpu"
PYTHON = [sys.version, sys.base_prefix, str(ROOT)]  # scripts in an environment name its path


def application() -> None:
    """Install all that `npm start` needs. Raises Problem."""
    node_tools()
    if not _current(_venv_stamp(), _venv_sources()) or not LAMBDA_PYTHON.exists():
        check.machine()
        check.disk(installed=False)
    check.disk(installed=True)
    python_environment()
    lambda_environment()
    layer("local")


def node_tools() -> None:
    """node_modules, to the letter of package-lock.json."""
    stamp, sources = ROOT / "node_modules" / ".installed", [_text(ROOT / "package-lock.json"), str(ROOT)]
    if not _current(stamp, sources):
        # npm's own pauses between tries add up to more than a minute without a network.
        patience = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
        run(
            "Node tools",
            ["npm", "ci", "--no-audit", "--no-fund", *patience],
            LOGS / "npm.log",
            cwd=ROOT,
            env=without_aws(),
            fetches=True,
        )
        _finish(stamp, sources)


def python_environment() -> None:
    """.venv: training, the stand-in for SageMaker, the local application itself."""
    stamp, sources = _venv_stamp(), _venv_sources()
    if _current(stamp, sources):
        return
    _make_venv("Python environment", VENV_PYTHON)
    _pip("Python packages", VENV_PYTHON, "--require-hashes", "-r", REQUIREMENTS / "app.txt")
    _torch(VENV_PYTHON)
    _finish(stamp, sources)


def development_tools() -> None:
    """What the tests need, into .venv."""
    stamp, sources = VENV_PYTHON.parent.parent / ".installed-dev", [*_venv_sources(), _text(REQUIREMENTS / "dev.txt")]
    if not _current(stamp, sources):
        _pip("Test tools", VENV_PYTHON, "--require-hashes", "-r", REQUIREMENTS / "dev.txt")
        _finish(stamp, sources)


def lambda_environment() -> None:
    """The emulator's own environment, with nothing that a Lambda on AWS would not find."""
    stamp = LAMBDA_PYTHON.parent.parent / ".installed"
    sources = [_text(REQUIREMENTS / "lambda.txt"), *PYTHON]
    if not _current(stamp, sources):
        _make_venv("Lambda environment", LAMBDA_PYTHON)
        _pip("Lambda packages", LAMBDA_PYTHON, "--require-hashes", "-r", REQUIREMENTS / "lambda.txt")
        _finish(stamp, sources)


def serving_environment() -> None:
    """What AWS's serving image runs, and nothing that the image would not have, for the slow tests."""
    stamp = SERVING_PYTHON.parent.parent / ".installed"
    sources = [_text(REQUIREMENTS / "serving.txt"), _text(REQUIREMENTS / "torch.txt"), *PYTHON]
    if not _current(stamp, sources):
        _make_venv("Serving environment", SERVING_PYTHON)
        # --no-deps: the lock leaves out some of what the toolkit asks for (serving.excluded).
        locked = REQUIREMENTS / "serving.txt"
        _pip("Serving packages", SERVING_PYTHON, "--no-deps", "--require-hashes", "-r", locked)
        _torch(SERVING_PYTHON)
        _finish(stamp, sources)


def sdk_environment() -> None:
    """SageMaker's SDK, a gigabyte, for those who ask for what needs it."""
    _environment("SageMaker SDK", SDK_PYTHON, "sdk.txt")


def lint_environment() -> None:
    """What checks the packaged templates, for the slow tests."""
    _environment("cfn-lint and checkov", LINT_PYTHON, "lint.txt")


def audit_environment() -> None:
    """What looks up known vulnerabilities, for `npm run audit`."""
    _environment("pip-audit", AUDIT_PYTHON, "audit.txt")


def load_environment() -> None:
    """What sends many requests at once, for the benchmark `load`."""
    _environment("Locust", LOAD_PYTHON, "load.txt")


def alternatives_environment() -> None:
    """What a user would pick instead, for a benchmark."""
    _environment("scikit-learn, TextBlob and vaderSentiment", ALTERNATIVES_PYTHON, "alternatives.txt")


def _environment(what: str, python: Path, locked: str) -> None:
    """An environment that holds what the lock file says and nothing else."""
    stamp, sources = python.parent.parent / ".installed", [_text(REQUIREMENTS / locked), *PYTHON]
    if not _current(stamp, sources):
        _make_venv(f"Environment of {what}", python)
        _pip(what, python, "--require-hashes", "-r", REQUIREMENTS / locked)
        _finish(stamp, sources)


def layer(target: str) -> None:
    """The Lambda layer, for this machine (`local`) or for AWS (`arm64`); layers/build.py keeps its own stamp."""
    if not build.is_current(target):
        python = LAMBDA_PYTHON if target == "local" else Path(sys.executable)
        command: Command = [python, ROOT / "layers" / "build.py", target]
        run(
            f"Lambda layer ({target})", command, LOGS / f"layer-{target}.log", cwd=ROOT, env=without_aws(), fetches=True
        )


def _make_venv(title: str, python: Path) -> None:
    folder = python.parent.parent
    if folder.exists():
        shutil.rmtree(folder)
    command: Command = [sys.executable, "-I", "-m", "venv", folder]
    run(title, command, LOGS / f"{folder.name.lstrip('.')}.log", cwd=ROOT, env=without_aws(), fetches=True)


def _torch(python: Path) -> None:
    where = ["--extra-index-url", TORCH_FOR_CPUS] if _reachable(TORCH_FOR_CPUS) else []
    _pip("PyTorch", python, "-r", REQUIREMENTS / "torch.txt", *where)


def _pip(title: str, python: Path, *arguments: str | Path) -> None:
    command: Command = [python, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    env = {**without_aws(), "PIP_USER": "false", "PIP_REQUIRE_VIRTUALENV": "false", "PIP_PROGRESS_BAR": "off"}
    run(title, command, LOGS / f"pip-{title.lower().replace(' ', '-')}.log", cwd=ROOT, env=env, fetches=True)


def _reachable(index: str) -> bool:
    """Whether the index of CPU builds answers; where it does not, the configured index has to have torch."""
    try:
        request = urllib.request.Request(f"{index}/torch/", method="HEAD")
        with urllib.request.urlopen(request, timeout=3):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        say(f"  {index} cannot be reached: taking torch from the configured index, whose build may be a large one.")
        return False


def _venv_stamp() -> Path:
    return VENV_PYTHON.parent.parent / ".installed"


def _venv_sources() -> list[str]:
    return [_text(REQUIREMENTS / "app.txt"), _text(REQUIREMENTS / "torch.txt"), *PYTHON]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        raise Problem(f"{path.relative_to(ROOT)} is missing; this checkout is not complete.") from None


def _fingerprint(sources: list[str]) -> str:
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _current(stamp: Path, sources: list[str]) -> bool:
    return stamp.exists() and stamp.read_text() == _fingerprint(sources)


def _finish(stamp: Path, sources: list[str]) -> None:
    temporary = stamp.with_suffix(".new")
    temporary.write_text(_fingerprint(sources))
    temporary.replace(stamp)
