"""`npm run audit`: are there known vulnerabilities in what the lock files name?

Nothing of what they name has to be installed, and nothing of it is run. Two services are asked, and have to be
reachable: OSV (api.osv.dev) on the Python packages, npm's registry on Node's.
https://google.github.io/osv.dev/post-v1-query/ · https://docs.npmjs.com/cli/commands/npm-audit
"""

import json
import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.problem import Problem
from local.screen import say
from local.settings import AUDIT_PYTHON, ROOT, without_aws
from local.supervise import Command

OSV = "https://api.osv.dev/v1/query"
NPM = "https://registry.npmjs.org"
ACCEPTED = ROOT / "requirements" / "audit.accepted"


def locks() -> list[Path]:
    """The files that pin what is installed anywhere, in this repository's own form of them."""
    return [
        *sorted((ROOT / "requirements").glob("*.txt")),
        ROOT / "layers/text/requirements.txt",
        ROOT / "ml/requirements.txt",
    ]


def audit(osv: str = OSV, npm: str = NPM) -> int:
    """Print what is found in each lock file; 1 where ACCEPTED does not name it all, else 0. Raises Problem."""
    accepted = reasons(ACCEPTED.read_text())
    missing = 0
    for lock in [*locks(), ROOT / "package-lock.json"]:
        found = list(in_node(npm) if lock.suffix == ".json" else in_python(lock, osv))
        say(f"{lock.relative_to(ROOT)}: {len(found) or 'nothing'} known")
        for finding in found:
            reason = next((why for what, why in accepted.items() if fnmatchcase(finding, f"{what} *")), None)
            missing += reason is None
            say(f"  {finding}" + (f"\n    accepted: {reason}" if reason else ""))
    return 1 if missing else 0


def reasons(text: str) -> dict[str, str]:
    """ "PACKAGE ID" → why it may stay, from lines "PACKAGE ID: why". Raises Problem on another line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        if len(line.partition(": ")[0].split()) != 2 or not line.partition(": ")[2].strip():
            raise Problem(f"{ACCEPTED.name} has the line “{line}”; it takes “PACKAGE ID: why it may stay”.")
    return {what: why for what, _, why in (line.partition(": ") for line in lines)}


def in_python(lock: Path, osv: str) -> Iterator[str]:
    """ "PACKAGE ID version, better: …" of each that OSV knows of what a requirements file pins."""
    hashed = ["--require-hashes"] if "--hash=" in lock.read_text() else ["--no-deps"]
    options = ["--disable-pip", "--strict", "--progress-spinner", "off", "--format", "json"]
    service = ["--vulnerability-service", "osv", "--osv-url", osv]
    report = _run([AUDIT_PYTHON, "-I", "-m", "pip_audit", "-r", lock, *hashed, *options, *service], osv)
    for package in report["dependencies"]:
        for each in package["vulns"]:
            better = ", ".join(each["fix_versions"]) or "none yet"
            yield f"{package['name']} {each['id']} in {package['version']}, better: {better}"


def in_node(npm: str) -> Iterator[str]:
    """ "PACKAGE ID in …, severity: title" of each that npm's registry knows of what package-lock.json names."""
    command: Command = ["npm", "audit", "--package-lock-only", "--json", f"--registry={npm}", "--fetch-retries=1"]
    report = _run(command, npm)
    for name, package in report["vulnerabilities"].items():
        for each in package["via"]:
            if isinstance(each, dict):  # a name stands for another package's
                known_as = each["url"].rpartition("/")[2]
                yield f"{name} {known_as} in {package['range']}, {each['severity']}: {each['title']}"


def _run(command: Command, service: str) -> Any:
    """What the command writes as JSON; both exit with 1 alike where they find something and where they cannot ask."""
    done = subprocess.run(command, cwd=ROOT, env=without_aws(os.environ), capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {}
    if not {"dependencies", "vulnerabilities"} & report.keys():
        said = " ".join((done.stderr.strip() or done.stdout.strip()).split())
        raise Problem(f"{service} could not be asked, which the audit needs. It was said: {said[-400:]}")
    return report
