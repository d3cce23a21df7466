"""Metrics in the embedded metric format, taken out of what Lambdas log.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from typing import Any

from ministack.services import cloudwatch, lambda_svc


def log_and_measure(function: dict[str, Any], request: str, text: str, *more: Any, **named: Any) -> None:
    """Record the metrics of each line, and keep the lines as before."""
    log(function, request, text, *more, **named)
    for line in (text or "").splitlines():
        if line.startswith("{") and '"_aws"' in line:
            record(line)


def record(line: str) -> None:
    """Record what a line says in this format; any other is none of it."""
    try:
        told = json.loads(line)
        for directive in told["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = {name: str(told[name]) for name in names}
                for metric in directive["Metrics"]:
                    values = told[metric["Name"]]
                    for value in values if isinstance(values, list) else [values]:
                        unit = metric.get("Unit", "None")
                        cloudwatch.record_metric(directive["Namespace"], metric["Name"], value, unit, dimensions)
    except (ValueError, KeyError, TypeError) as error:
        print(f"a Lambda's metrics are not in the embedded metric format ({error!r}): {line[:200]}", flush=True)


log = lambda_svc._emit_lambda_logs
lambda_svc._emit_lambda_logs = log_and_measure
