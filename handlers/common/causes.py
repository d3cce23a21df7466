"""What an error of AWS's means for a request, and what the log says of it.

Imported by http.py when there is such an error only: the page's function does without botocore.
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)

from handlers.common.errors import ApiError

# What AWS says when it has too much to do, beside answers of 429 and of 5XX.
THROTTLED = {
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


class OutOfTime(BotoCoreError):
    """The request at hand has no time left for this call, which was therefore not made."""

    fmt = "no time is left for {operation_name}"


PASSING = (ConnectionError, HTTPClientError, IncompleteReadError, FlexibleChecksumError, OutOfTime)


def is_away(error: BaseException) -> bool:
    """Whether AWS cannot be reached, does not answer in time or has no room: what passes, and is no mistake of ours."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or status == 429 or error.response["Error"]["Code"] in THROTTLED
    return isinstance(error, PASSING)


def cause_of(error: BaseException) -> str:
    """What an error comes from, in names, codes and addresses: words of AWS's or of a model's may repeat a text."""
    if isinstance(error, ApiError):
        return error.cause or (cause_of(error.__cause__) if error.__cause__ else type(error).__name__)
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        container = error.response.get("OriginalStatusCode")
        said = f"{error.operation_name}: {error.response['Error'].get('Code')}, {status}"
        return f"{said}, the container {container}" if container else said
    told = error.kwargs if isinstance(error, BotoCoreError) else {}
    where = told.get("endpoint_url") or told.get("operation_name") or type(told.get("error")).__name__
    return type(error).__name__ if where == "NoneType" else f"{type(error).__name__}: {where}"
