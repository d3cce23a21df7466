"""The one logger: structured JSON lines, never a user's text."""

from typing import Any

from aws_lambda_powertools import Logger

# The service's name and the level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL.
logger = Logger(use_rfc3339=True)


def correlate(event: dict[str, Any], context: Any) -> None:
    """Give all lines until the next event one id: that of API Gateway's request, of an EventBridge event, or of the
    invocation, whichever comes first. What earlier lines were told besides is forgotten."""
    request = event.get("requestContext") or {}
    own = request.get("requestId") or event.get("id") or getattr(context, "aws_request_id", None)
    logger.structure_logs(correlation_id=own)
