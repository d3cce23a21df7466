"""How long feedback is kept, as the bucket is told."""

import json
import subprocess
from typing import Any

import pytest

from local.settings import ROOT

RESOLVE = """
const settings = JSON.parse(process.argv[1]);
require("./resources/retention.js")({ resolveVariable: async () => settings }).then(
  (found) => console.log(JSON.stringify(found)),
);
"""


def rule(days: int) -> Any:
    command = ["node", "-e", RESOLVE, json.dumps({"feedbackDays": days})]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)["feedback"]


@pytest.mark.parametrize(("days", "status"), [(1, "Enabled"), (365, "Enabled"), (0, "Disabled")])
def test_feedback_goes_after_as_many_days_as_the_stage_says_and_of_0_days_never(days: int, status: str) -> None:
    assert rule(days) == {
        "Id": "feedback",
        "Status": status,
        "Prefix": "feedback/",
        "ExpirationInDays": days or 365,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }
