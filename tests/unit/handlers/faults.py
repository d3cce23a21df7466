"""AWS calls that fail in turn or for good, and what has to be true of a stage that has come to rest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from handlers import reconcile
from handlers.common.errors import ApiError
from tests.unit.handlers.stage import BUCKET, PREFIX, Endpoints, Stage, failure

Send = Callable[[], Any]
Fault = Callable[[Send], Any]
READS = ("Get", "List", "Describe", "Head", "Invoke")


class Killed(BaseException):
    """The function's time is over, or its machine is gone: no handler of an exception sees it."""


def unavailable(send: Send) -> Any:
    """AWS does not do it, and says so."""
    raise failure("InternalFailure", 500)


def answer_lost(send: Send) -> Any:
    """AWS does it, and nobody hears of it."""
    send()
    raise ReadTimeoutError(endpoint_url="https://aws.example")


def killed(send: Send) -> Any:
    """AWS does it, and the function lives no longer."""
    send()
    raise Killed


@contextmanager
def intercepted(meet: Callable[[str, Send], Any]) -> Iterator[None]:
    """Have every AWS call pass through `meet(operation, send)`."""
    call, invoke = BaseClient._make_api_call, Endpoints.invoke_endpoint

    def calling(client: Any, operation: str, arguments: Any) -> Any:
        return meet(operation, lambda: call(client, operation, arguments))

    def invoking(endpoints: Endpoints, **arguments: Any) -> Any:
        return meet("InvokeEndpoint", lambda: invoke(endpoints, **arguments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", calling)
        patch.setattr(Endpoints, "invoke_endpoint", invoking)
        yield


def crashing() -> suppress:
    """Goes on after what ends a function whose call to AWS failed; an error of its own making is none of these."""
    return suppress(ApiError, BotoCoreError, ClientError, Killed)


def fails_at(number: int, fault: Fault, function: Callable[[], Any]) -> bool:
    """Run the function while its AWS call of that number, counted from 0, fails; whether it came to that call.

    Of faults after the call took effect, only calls that change something are counted.
    """
    made = 0

    def meet(operation: str, send: Send) -> Any:
        nonlocal made
        if made > number and fault is killed:
            raise Killed
        if fault is not unavailable and operation.startswith(READS):
            return send()
        made += 1
        return fault(send) if made == number + 1 else send()

    with intercepted(meet), crashing():
        function()
    return made > number


def fails_for_good(operation: str, code: str = "InternalFailure", status: int = 500) -> Any:
    """A context in which that operation never succeeds."""

    def meet(called: str, send: Send) -> Any:
        if called == operation:
            raise ClientError(failure(code, status).response, operation)
        return send()

    return intercepted(meet)


def operations(function: Callable[[], Any]) -> list[str]:
    """The AWS operations that the function calls, in turn."""
    called: list[str] = []

    def meet(operation: str, send: Send) -> Any:
        called.append(operation)
        return send()

    with intercepted(meet):
        function()
    return called


def settle(stage: Stage) -> None:
    """Reconcile until it changes nothing more."""
    seen: list[str] = []
    for _ in range(6):
        reconcile.handler({}, None)
        seen.append(stage.s3.head_object(Bucket=BUCKET, Key="serving.json")["ETag"])
        if seen[-2:-1] == seen[-1:]:
            return
    raise AssertionError("It does not come to rest.")


def assert_whole(stage: Stage, endpoint: str) -> None:
    """Of the stage there is this one endpoint, with all that belongs to it, and it gets all requests; no release is
    under way; the registry says of every candidate what its verdict says."""
    serving = stage.get("serving.json")
    shares = {each["endpoint"]: each["weight"] for each in serving["deployments"]}
    stage.hosted()  # which sees to it that endpoints, configs and models are of the same names
    belonging = [
        endpoint,
        *(f"{endpoint}-{what}" for what in ("4xx", "5xx", "failures", "latency")),
        f"endpoint/{endpoint}/variant/main",
    ]
    found = (shares, serving["rollout"], remains(stage), registered(stage))
    assert found == ({endpoint: 1.0}, None, sorted(belonging), decided(stage)), found


def remains(stage: Stage) -> list[str]:
    """The names of the stage's endpoints, alarms and scalable targets."""
    targets = boto3.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    return sorted(
        [each["EndpointName"] for each in stage.sagemaker.list_endpoints()["Endpoints"]]
        + [each["AlarmName"] for each in boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]]
        + [each["ResourceId"] for each in targets["ScalableTargets"]]
    )


def registered(stage: Stage) -> list[tuple[str, str, str]]:
    """(version, status, ARN) of every model package."""
    pages = stage.sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=f"{PREFIX}models")
    return sorted(
        (each["ModelPackageDescription"], each["ModelApprovalStatus"], each["ModelPackageArn"])
        for page in pages
        for each in page["ModelPackageSummaryList"]
    )


def decided(stage: Stage) -> list[tuple[str, str, str]]:
    """(version, status, ARN) of every verdict on a model that is kept."""
    found = [stage.get(each["Key"]) for each in stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="verdicts/")["Contents"]]
    return sorted(
        (each["version"], each["status"], each["package"]) for each in found if each["kept"] and each["metrics"]
    )


def sound_alarm(state: str, what: str = "errors") -> None:
    """Have the alarm on the sentiment function's errors, or mistakes, be in that state: OK or ALARM."""
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{PREFIX}sentiment-{what}",
        MetricName="Errors",
        Namespace="AWS/Lambda",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Sum",
    )
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=f"{PREFIX}sentiment-{what}", StateValue=state, StateReason="A test."
    )
