"""The one family of errors that reach a client, as RFC 9457 problem details.

ApiError
├── Malformed 400          ├── NoWords 422
├── NotFound 404           ├── Unavailable 503 (Retry-After)
├── Busy 409               └── TimedOut 504
├── TooLarge 413           ├── NoVerdict 422
├── NotJson 415
"""

import re

ARN = re.compile(r"\b(arn:\S+|s3://\S+|[0-9]{12})")
PLAIN_LENGTH = 300


class ApiError(Exception):
    """An answer other than success. The message says what was wrong with this input and what to do."""

    status = 500
    code = "internal"
    title = "Internal Server Error"
    retry_after: int | None = None
    cause = ""  # for the log, where no error of AWS's tells it

    def problem(self) -> dict:
        """The body of the answer: type, title, status, detail."""
        return {
            "type": f"urn:sentiment:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
        }


class Malformed(ApiError):
    """The request is not of the form that the route takes."""

    status, code, title = 400, "malformed", "Bad Request"


class NotFound(ApiError):
    """Nothing has this name."""

    status, code, title = 404, "not-found", "Not Found"


class Busy(ApiError):
    """Something that runs once at a time is running."""

    status, code, title = 409, "busy", "Conflict"


class TooLarge(ApiError):
    """The body, or one text, is longer than a request may be."""

    status, code, title = 413, "too-large", "Content Too Large"


class NotJson(ApiError):
    """The body is not said to be JSON."""

    status, code, title = 415, "not-json", "Unsupported Media Type"


class NoWords(ApiError):
    """After cleaning, no word is left to judge."""

    status, code, title = 422, "no-words", "Unprocessable Content"


class NoVerdict(ApiError):
    """The text has words, and the model cannot judge them: they are in another language, or all unknown to it."""

    status, code, title = 422, "no-verdict", "Unprocessable Content"


class Unavailable(ApiError):
    """The model is starting, busy or away; asking again later helps."""

    status, code, title = 503, "unavailable", "Service Unavailable"

    def __init__(self, message: str, retry_after: int = 5):
        """`retry_after` is in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class TimedOut(ApiError):
    """No answer came within the time that the API has."""

    status, code, title = 504, "timed-out", "Gateway Timeout"


def plain(message: str) -> str:
    """AWS's own words as they may be told to anybody: one line, without what names the account."""
    lines = message.strip().splitlines() or [""]
    return ARN.sub("…", lines[0])[:PLAIN_LENGTH]
