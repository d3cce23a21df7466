"""The application packaged for AWS, once for all tests that look at what a deployment would send."""

import shutil
import subprocess
from pathlib import Path

import pytest

from local import install
from local.application import Application
from local.settings import ROOT, SERVERLESS, Settings
from tests.stack.conftest import free_port

COPIED = ("handlers", "layers", "local", "ml", "resources", "web", "package.json", "serverless.yml")
# Stages that have what the settings offer and neither dev nor prod turn on.
FULL = {
    "snapStart": "true",
    "monthlyBudgetUsd": "50",
    "alarmEmail": "someone@example.com",
    "kmsKey": "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555",
    "endpoint": "{kind: serverless, memory: 3072, concurrency: 5}",
    "access": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_AbCdEf123",
    "cors": '["https://one.example.com", "https://two.example.com"]',
    "waf": "{enabled: true, ratePerAddress: 1000}",
}
MADE_UP = {"full": FULL, "signed": {"access": "iam", "cors": '["https://one.example.com"]'}}
STAGES = ("dev", "prod", *MADE_UP)


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `serverless package` of each of STAGES: templates and archives."""
    install.layer("arm64")
    folder = tmp_path_factory.mktemp("packaged")
    copy = copy_of_source(folder / "source")
    settings = copy / "serverless.yml"
    settings.write_text(with_more_stages(settings.read_text()))
    emulators = Settings(state=folder / "state", aws_port=free_port(), sagemaker_port=free_port())
    with Application(emulators):  # the command asks it for the account, and of which stacks there are
        for stage in STAGES:
            command = [str(SERVERLESS), "package", "--stage", stage, "--package", str(folder / stage)]
            environment = emulators.environment()
            run = subprocess.run(command, env=environment, cwd=copy, capture_output=True, text=True, check=False)
            assert run.returncode == 0, run.stdout + run.stderr
    return folder


def copy_of_source(copy: Path) -> Path:
    """A folder from which serverless deploys what this checkout would, and whose settings can be changed."""
    copy.mkdir()
    for name in COPIED:
        source, unneeded = ROOT / name, shutil.ignore_patterns("__pycache__", "*.new")
        shutil.copytree(source, copy / name, ignore=unneeded) if source.is_dir() else shutil.copy(source, copy / name)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")  # for the plugins
    return copy


def with_more_stages(text: str) -> str:
    """serverless.yml with the stages MADE_UP, each over what `dev` says."""
    head, prod, tail = text.partition("    prod:\n")
    assert prod
    for stage, settings in MADE_UP.items():
        assert [name for name in settings if f"      {name}: " not in head] == []
        prod = f"    {stage}:\n      <<: *dev\n" + "".join(f"      {k}: {v}\n" for k, v in settings.items()) + prod
    return head + prod + tail


def template(folder: Path, stage: str) -> Path:
    """The CloudFormation template that a deployment of the stage would send."""
    return folder / stage / "cloudformation-template-update-stack.json"
