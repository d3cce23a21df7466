"""What a stage has only where its settings ask for it."""

import json
import subprocess
from typing import Any

from benchmarks.cost import FIREWALL_RULES
from local.settings import ROOT

NOTHING = {"alarmEmail": "", "monthlyBudgetUsd": 0, "kmsKey": "", "waf": {"enabled": False}}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
RESOLVE = """
const known = JSON.parse(process.argv[1]);
require("./resources/optional.js")({ resolveVariable: async (name) => known[name] }).then(
  (found) => console.log(JSON.stringify(found)),
);
"""


def optional(**settings: Any) -> Any:
    known: dict[str, Any] = {"self:custom.settings": {**NOTHING, **settings}}
    known |= {"self:custom.application": "sentiment-test", "sls:stage": "test"}
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


def test_a_firewall_limits_each_address_and_stands_before_the_stage() -> None:
    found = optional(waf={"enabled": True, "ratePerAddress": 700})["resources"]["Resources"]
    assert found.keys() == {"Firewall", "FirewallOfStage"}
    rate, *managed = found["Firewall"]["Properties"]["Rules"]
    assert 1 + len(managed) == FIREWALL_RULES  # which is what docs/cost.md has the price of
    assert rate["Action"] == {"Block": {}}
    limit = {"AggregateKeyType": "IP", "EvaluationWindowSec": 300, "Limit": 700}
    assert rate["Statement"] == {"RateBasedStatement": limit}
    association = found["FirewallOfStage"]["Properties"]
    assert association["ResourceArn"]["Fn::Sub"].endswith("/restapis/${ApiGatewayRestApi}/stages/test")


def test_no_rule_of_the_firewall_refuses_a_review_for_its_length_or_its_words() -> None:
    firewall = optional(waf={"enabled": True, "ratePerAddress": 700})["resources"]["Resources"]["Firewall"]
    groups = [rule["Statement"].get("ManagedRuleGroupStatement") for rule in firewall["Properties"]["Rules"]]
    counted = {
        override["Name"]: override["ActionToUse"]
        for group in groups
        if group
        for override in group["RuleActionOverrides"]
    }
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY", "Log4JRCE_BODY"} <= counted.keys()
    assert all(name.endswith("_BODY") and action == {"Count": {}} for name, action in counted.items())
