"""What a stage has only where its settings ask for it."""

import json
import subprocess
from typing import Any

from local.settings import ROOT

NOTHING = {"alarmEmail": "", "monthlyBudgetUsd": 0, "kmsKey": ""}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
RESOLVE = """
const known = JSON.parse(process.argv[1]);
require("./resources/optional.js")({ resolveVariable: async (name) => known[name] }).then(
  (found) => console.log(JSON.stringify(found)),
);
"""


def optional(**settings: Any) -> Any:
    known = {"self:custom.settings": {**NOTHING, **settings}, "self:custom.application": "sentiment-test"}
    done = subprocess.run(
        ["node", "-e", RESOLVE, json.dumps(known)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_without_settings_there_is_nothing_but_s3_s_own_encryption() -> None:
    assert optional() == {
        "encryption": {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}},
        "keyRights": "",
        "resources": {"Resources": {}},
    }


def test_an_address_is_subscribed_to_what_the_stage_tells() -> None:
    subscription = optional(alarmEmail="me@example.com")["resources"]["Resources"]["AlarmEmail"]["Properties"]
    assert subscription == {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "me@example.com"}


def test_a_budget_counts_what_carries_the_stage_s_tag_and_tells_the_topic_before_and_when_it_is_spent() -> None:
    budget = optional(monthlyBudgetUsd=50)["resources"]["Resources"]["Budget"]["Properties"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:application$sentiment-test"]}
    told = [each["Notification"] for each in budget["NotificationsWithSubscribers"]]
    assert [(each["NotificationType"], each["Threshold"]) for each in told] == [("ACTUAL", 80), ("FORECASTED", 100)]


def test_a_key_encrypts_the_bucket_and_may_be_used_by_whoever_uses_the_bucket_and_by_no_one_else() -> None:
    found = optional(kmsKey=KEY)
    assert found["encryption"]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == KEY
    assert found["keyRights"] == {"Ref": "KeyRights"}
    rights = found["resources"]["Resources"]["KeyRights"]["Properties"]
    (statement,) = rights["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [KEY]
    assert statement["Action"] == ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    roles = {role["Ref"] for role in rights["Roles"]}
    files = {path: path.read_text() for path in (ROOT / "resources" / "roles").glob("*.yml")}
    using = {path for path, text in files.items() if "Bucket.Arn" in text}
    assert roles == {
        line.strip().rstrip(":")
        for path in using
        for line in files[path].splitlines()
        if line.startswith("  ") and line.strip().endswith("Role:") and not line.startswith("   ")
    }
