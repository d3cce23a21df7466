"""Woken by SageMaker's events: a job ended, or an endpoint came up or failed."""

from typing import Any

from handlers.common.log import logger
from handlers.common.rollout import advance


def handler(event: dict[str, Any], context: Any) -> None:
    """Take the steps that are due. The event is only a reason to look: it may repeat, come late, or mean nothing."""
    detail = event.get("detail", {})
    logger.info(
        "woken",
        extra={
            "by": event.get("detail-type"),
            "subject": detail.get("TrainingJobName") or detail.get("EndpointName"),
            "status": detail.get("TrainingJobStatus") or detail.get("EndpointStatus"),
        },
    )
    advance()
