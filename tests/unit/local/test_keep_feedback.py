"""A stage that keeps its feedback is not removed while it holds some."""

import json
import subprocess
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[3] / "resources" / "keep-feedback.js"
REMOVE = """
const [plugin, keepFeedback, answer] = JSON.parse(process.argv[1]);
const KeepFeedback = require(plugin);
const request = async (service, operation, { Bucket, Prefix }) => {
  if (Bucket !== "the-bucket" || Prefix !== "feedback/") throw new Error("asked for something else");
  if (typeof answer === "string") throw new Error(answer);
  return { Contents: answer };
};
const serverless = {
  service: { custom: { settings: { keepFeedback }, bucket: "the-bucket" } },
  getProvider: () => ({ request }),
  classes: { Error },
};
new KeepFeedback(serverless).hooks["before:remove:remove"]().then(
  () => console.log("removed"),
  (error) => console.log(error.message),
);
"""


@pytest.mark.parametrize(
    ("keep", "answer", "said"),
    [
        (True, [{"Key": "feedback/quarantine/1.json"}], "Nothing was removed"),
        (True, None, "removed"),
        (True, "The specified bucket does not exist", "removed"),
        (True, "Access Denied", "Access Denied"),
        (False, [{"Key": "feedback/quarantine/1.json"}], "removed"),
    ],
)
def test_removal_stops_at_feedback_where_the_stage_keeps_it(keep: bool, answer: object, said: str) -> None:
    arguments = json.dumps([str(PLUGIN), keep, answer])
    done = subprocess.run(["node", "-e", REMOVE, arguments], capture_output=True, text=True, check=True, timeout=60)
    assert said in done.stdout
