"""What is pinned: the same versions wherever the same code runs, all of it hashed, and no machine's own addresses."""

import json
import re

import pytest

from local.settings import ROOT

LOCKS = [
    *(f"requirements/{name}.txt" for name in ("app", "lambda", "dev", "serving", "sdk", "audit", "load")),
    "layers/text/requirements.txt",
]


def pins(lock: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9-]+==)", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]

    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_lambdas_have_the_versions_that_training_has() -> None:
    assert pins("layers/text/requirements.txt") - pins("requirements/app.txt") == set()


def test_what_a_training_job_installs_is_installed_here_already() -> None:
    assert pins("ml/requirements.txt") - pins("requirements/app.txt") == set()


def test_the_boto3_that_the_emulator_wants_is_everywhere_the_same() -> None:
    for package in ("boto3", "botocore"):
        versions = {version for lock in LOCKS[:2] for name, version in pins(lock) if name == package}
        assert len(versions) == 1


@pytest.mark.parametrize("lock", [*LOCKS, "requirements/torch.txt"])
def test_no_lock_names_an_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_the_node_lock_has_integrity_and_no_machines_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {path: package for path, package in packages.items() if path}

    assert [path for path, package in installed.items() if "integrity" not in package] == []
    addresses = {package["resolved"] for package in installed.values() if "resolved" in package}
    assert all(address.startswith("https://registry.npmjs.org/") for address in addresses)
