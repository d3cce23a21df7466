"""resources/images.json is what SageMaker's own SDK says, where that is installed (`npm run images` installs it)."""

import subprocess

import pytest

from local.images import IMAGES_FILE
from local.settings import ROOT, SDK_PYTHON
from local.supervise import Command


@pytest.mark.skipif(not SDK_PYTHON.exists(), reason="SageMaker's SDK is not installed; `npm run images` does that")
def test_the_images_of_every_region_are_those_that_the_sdk_names_today() -> None:
    command: Command = [SDK_PYTHON, "-c", "from local.images import text; print(text(), end='')"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    assert IMAGES_FILE.read_text() == said, "stale; run `npm run images`"
