"""No key, token or password stands in the repository's files, or in what a deployment sends to CloudFormation."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase, digits

import pytest

from local.settings import ROOT
from tests.slow.conftest import STAGES, template
from tests.slow.test_template import check, linters, run  # noqa: F401 (a fixture)

# Built here from halves: whole, they would be found in this file.
SECRETS = {
    "aws.py": 'key = "AKIA' + 'QWERTYUIOPASDFGH"',
    "token.py": 'slack = "xoxb-' + "-".join([*[f"{digits}12"] * 2, ascii_lowercase[:24]]) + '"',
    "key.pem": "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEpAIBAAKCAQEA\n",
}
HASHES = (
    "package-lock.json",
    "requirements/*.txt",
    "*/requirements.txt",
)  # nothing but hashes, of which there are 10,000


def test_nobody_s_key_or_token_is_in_a_file_of_the_repository_or_in_a_template(
    tmp_path: Path,
    packaged: Path,
    linters: Path,  # noqa: F811
) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ":!" + HASHES[0]]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, done.stdout.split("\0")):
        path = Path(name)
        if (ROOT / path).is_file() and not any(path.match(pattern) for pattern in HASHES):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    for stage in STAGES:
        shutil.copy(template(packaged, stage), tmp_path / f"template-of-{stage}.json")
    check("secrets", {"files": set(secrets(linters, tmp_path))})


@pytest.mark.parametrize("name", SECRETS)
def test_one_would_have_been_found(tmp_path: Path, linters: Path, name: str) -> None:  # noqa: F811
    (tmp_path / name).write_text(SECRETS[name])
    assert [found.split()[1] for found in secrets(linters, tmp_path)] == [name]


def secrets(linters: Path, folder: Path) -> Iterator[str]:  # noqa: F811
    """ "RULE file kind" of everything in the folder that looks like a secret."""
    options = ["--framework", "secrets", "--enable-secret-scan-all-files", "--skip-download", "--compact", "--quiet"]
    report = run([str(linters / "checkov"), "--directory", str(folder), *options, "--output", "json"])
    for found in report.get("results", {}).get("failed_checks", []):
        yield f"{found['check_id']} {found['file_path'].lstrip('/')} {found['check_name']}"
