"""The one logger: structured JSON lines, never a user's text."""

from aws_lambda_powertools import Logger

# The service's name and the level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL.
logger = Logger(use_rfc3339=True)
