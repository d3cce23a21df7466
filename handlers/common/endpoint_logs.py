"""The log group of an endpoint, /aws/sagemaker/Endpoints/<endpoint>.

SageMaker would make it with the first line, to be kept for ever, and leave it behind. So it is made here, before the
endpoint is, and deleted with it; SageMaker's role has no right to make another.
https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

from botocore.exceptions import ClientError

from handlers.common.clients import is_absent, logs
from handlers.common.settings import number, settings

FOLDER = "/aws/sagemaker/Endpoints/"


def ensure(endpoint: str) -> None:
    """Create the endpoint's log group, or see to it that the one that is there is kept no longer than this stage's."""
    try:
        logs().create_log_group(logGroupName=FOLDER + endpoint)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
    logs().put_retention_policy(logGroupName=FOLDER + endpoint, retentionInDays=int(number("LOG_RETENTION_DAYS")))


def remove(endpoint: str) -> None:
    """Delete the endpoint's log group; none is no error."""
    try:
        logs().delete_log_group(logGroupName=FOLDER + endpoint)
    except ClientError as error:
        if not is_absent(error):
            raise


def kept() -> list[str]:
    """The endpoints of which this stage has log groups."""
    pages = logs().get_paginator("describe_log_groups").paginate(logGroupNamePrefix=FOLDER + settings().prefix)
    return [group["logGroupName"].removeprefix(FOLDER) for page in pages for group in page["logGroups"]]
