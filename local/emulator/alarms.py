"""Metrics of every invocation, and alarms that see what is theirs."""

import operator
import time
from typing import Any

from ministack.services import cloudwatch, lambda_svc

COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def evaluate_alarm(alarm: dict[str, Any]) -> None:
    """An alarm sees the points of its own dimensions only, and takes silence as it was told to."""
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    since = time.time() - alarm.get("Period", 60) * alarm.get("EvaluationPeriods", 1)
    points = cloudwatch._metrics.get((alarm.get("Namespace"), alarm.get("MetricName"), dimensions)) or []
    points = [point for point in points if point["Timestamp"] >= since]
    before = alarm["StateValue"]
    if points:
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
        value = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
        if value is None:
            return
        after = "ALARM" if COMPARISONS[alarm["ComparisonOperator"]](value, alarm["Threshold"]) else "OK"
        reason = f"Threshold Crossed: {statistic} {value} {alarm['ComparisonOperator']} {alarm['Threshold']}"
    else:
        states = {"notBreaching": "OK", "breaching": "ALARM", "ignore": before}
        after = states.get(alarm.get("TreatMissingData") or "missing", "INSUFFICIENT_DATA")
        reason = "no datapoints were received"
    if after != before:
        alarm.update(StateValue=after, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
        cloudwatch._record_history(alarm["AlarmName"], before, after, reason)
        cloudwatch._dispatch_alarm_actions(alarm, before, after, reason)
        cloudwatch._evaluate_parent_alarms(alarm)


def describe_alarms(*arguments: Any) -> Any:
    """Alarms as they are now: no metric has to come in for one to fall silent."""
    cloudwatch._evaluate_all_alarms()
    return describe(*arguments)


def execute_measured(function: dict[str, Any], event: Any) -> Any:
    """Every invocation has metrics; the emulator has them of the Invoke operation, not of API Gateway's calls."""
    start = time.monotonic()
    result = execute(function, event)
    milliseconds = (time.monotonic() - start) * 1000
    failed, throttled = bool(result.get("error")), bool(result.get("throttle"))
    emit(function["config"]["FunctionName"], milliseconds, failed, throttled)
    return result


describe, execute, emit = cloudwatch._describe_alarms, lambda_svc._execute_function, lambda_svc._emit_lambda_metrics
cloudwatch._evaluate_alarm, cloudwatch._describe_alarms = evaluate_alarm, describe_alarms
lambda_svc._execute_function = execute_measured
lambda_svc._emit_lambda_metrics = lambda *arguments, **named: None
