"""Builds the Lambda layer `text` from its pinned and hashed requirements.

    python layers/build.py local     for this machine and the Python that runs this, as the emulator needs it
    python layers/build.py arm64     for Lambda on Graviton (python3.13), from any machine

The result lies in layers/text/build/<target>/python/, as AWS wants a layer laid out.
https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

LAYER = Path(__file__).resolve().parent / "text"
REQUIREMENTS = LAYER / "requirements.txt"
PLATFORMS = {
    "local": [],
    "arm64": ["--platform", "manylinux2014_aarch64", "--platform", "manylinux_2_28_aarch64",
              "--implementation", "cp", "--python-version", "3.13", "--only-binary=:all:"],
}  # fmt: skip
UNNEEDED = ("__pycache__", "tests", "test")


def is_current(target: str) -> bool:
    """Whether the layer for a target is there, complete and made from these requirements."""
    stamp = LAYER / "build" / f"{target}.stamp"
    return stamp.exists() and stamp.read_text() == _fingerprint(target)


def build(target: str) -> Path:
    """Build the layer unless it is current, and return its folder. Raises CalledProcessError when pip fails."""
    folder = LAYER / "build" / target
    if is_current(target):
        return folder
    temporary = LAYER / "build" / f"{target}.new"
    shutil.rmtree(temporary, ignore_errors=True)
    packages = temporary / "python"
    subprocess.run(
        [sys.executable, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile",
         "--require-hashes", "--target", packages, "-r", REQUIREMENTS, *PLATFORMS[target]],
        check=True,
    )  # fmt: skip
    shutil.rmtree(packages / "bin", ignore_errors=True)
    # The .dist-info folders stay: ml/bundle.py packs the baseline's code by what is recorded there.
    for path in [path for path in packages.rglob("*") if path.name in UNNEEDED]:
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)
    (LAYER / "build" / f"{target}.stamp").write_text(_fingerprint(target))  # last: what has it is complete
    return folder


def _fingerprint(target: str) -> str:
    python = f"{sys.version_info.major}.{sys.version_info.minor}" if target == "local" else "3.13"
    recipe = (REQUIREMENTS.read_bytes(), Path(__file__).read_bytes(), python.encode())
    return hashlib.sha256(b"\0".join(recipe)).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PLATFORMS:
        sys.exit(__doc__)
    build(sys.argv[1])
