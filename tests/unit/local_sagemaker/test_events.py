"""State changes reach the targets of the rules that match them, and look as AWS documents them."""

import json
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.aws import LocalAws
from local.sagemaker.events import Events, endpoint_detail, training_job_detail
from tests.local_sagemaker import wait_for

ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/j"


class Aws(LocalAws):
    """A local AWS whose rules match by one word that the event has to hold."""

    def __init__(self, rules: list[dict[str, Any]], broken: str = "") -> None:
        super().__init__("http://127.0.0.1:1", "us-east-1")
        self.rules = rules
        self.broken = broken
        self.invoked: list[tuple[str, str, dict[str, Any]]] = []

    def client(self, service: str, **credentials: str) -> "Aws":
        return self

    def get_paginator(self, operation: str) -> "Aws":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"Rules": [rule]} for rule in self.rules]

    def test_event_pattern(self, EventPattern: str, Event: str) -> dict[str, bool]:
        return {"Result": EventPattern in Event}

    def list_targets_by_rule(self, Rule: str) -> dict[str, Any]:
        return {"Targets": [{"Id": "1", "Arn": f"arn:aws:lambda:us-east-1:123456789012:function:{Rule}"}]}

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> None:
        if self.broken and FunctionName.endswith(self.broken):
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}, "Invoke")
        self.invoked.append((FunctionName.rpartition(":")[2], InvocationType, json.loads(Payload)))


def test_an_event_reaches_the_targets_of_the_enabled_rules_that_match():
    aws = Aws(
        [
            {"Name": "release", "EventPattern": "Training Job State Change"},
            {"Name": "other", "EventPattern": "Endpoint State Change"},
            {"Name": "off", "EventPattern": "Training Job State Change", "State": "DISABLED"},
            {"Name": "schedule", "ScheduleExpression": "rate(1 hour)"},
        ]
    )

    Events(aws, "123456789012").publish("SageMaker Training Job State Change", ARN, {"TrainingJobName": "j"})

    wait_for(lambda: aws.invoked, "the event")
    (function, kind, event), *more = aws.invoked
    assert (function, kind, more) == ("release", "Event", [])
    assert (event["source"], event["account"], event["region"]) == ("aws.sagemaker", "123456789012", "us-east-1")
    assert (event["resources"], event["detail"]) == ([ARN], {"TrainingJobName": "j"})


def test_a_target_that_fails_keeps_no_other_target_and_no_later_event_waiting():
    rules = [{"Name": name, "EventPattern": "Training Job"} for name in ("broken", "release")]
    aws = Aws(rules, broken="broken")
    events = Events(aws, "123456789012")

    for number in (1, 2):
        events.publish("SageMaker Training Job State Change", ARN, {"number": number})

    wait_for(lambda: len(aws.invoked) == 2, "both events")
    assert [event["detail"]["number"] for _, _, event in aws.invoked] == [1, 2]


def test_times_in_an_event_are_milliseconds():
    aws = Aws([{"Name": "release", "EventPattern": "Training Job"}])
    detail = training_job_detail({"TrainingStartTime": datetime(2026, 1, 1), "Tags": [{"Key": "k", "Value": "v"}]})

    Events(aws, "123456789012").publish("SageMaker Training Job State Change", ARN, detail)

    wait_for(lambda: aws.invoked, "the event")
    assert aws.invoked[0][2]["detail"] == {"TrainingStartTime": 1767225600000, "Tags": {"k": "v"}}


@pytest.mark.parametrize(
    ("api", "event"), [("InService", "IN_SERVICE"), ("Creating", "CREATING"), ("SystemUpdating", "SYSTEM_UPDATING")]
)
def test_the_endpoint_event_spells_the_status_in_capitals(api, event):
    assert endpoint_detail({"EndpointStatus": api})["EndpointStatus"] == event
