"""POST /sentiment: is a review positive or negative?"""

import os
from typing import Any

from handlers.common.errors import ApiError, Malformed, TooLarge
from handlers.common.http import Answer, Event, answer_json, json_object, route
from handlers.common.limits import EXPLAINED, TEXT_CHARACTERS, TEXTS
from handlers.common.scoring import score_texts
from ml.text import preload

# A snapshot holds what is imported, and no start waits for it.
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    preload()


@route
def handler(event: Event) -> Answer:
    """Judge one `text`, or up to 25 `texts` of which bad ones spoil no other."""
    request = json_object(event)
    check(request)
    explain = request.get("explain", False)
    if "text" in request:
        (result,) = score_texts([request["text"]], explain)
        if isinstance(result, ApiError):
            raise result
        return answer_json(200, result)
    return answer_json(200, collect(score_texts(request["texts"], explain)))


def check(request: dict[str, Any]) -> None:
    """Raises ApiError unless the request has one of `text` and `texts`, and nothing that this route cannot do."""
    if ("text" in request) == ("texts" in request):
        raise Malformed("Send either “text”, a string, or “texts”, a list of strings.")
    if unknown := sorted(request.keys() - {"text", "texts", "explain"}):
        raise Malformed(f"This route does not know “{unknown[0][:40]}”; it takes text or texts, and explain.")
    if not isinstance(request.get("explain", False), bool):
        raise Malformed("“explain” has to be true or false.")
    if "texts" in request:
        texts = request["texts"]
        if not isinstance(texts, list) or not 1 <= len(texts) <= TEXTS:
            raise Malformed(f"“texts” has to be a list of 1 to {TEXTS} strings.")
        if request.get("explain"):
            check_explained(texts)


def check_explained(texts: list[Any]) -> None:
    """Raises Malformed or TooLarge where there are too many to be explained in the time that a request has."""
    if len(texts) > EXPLAINED:
        raise Malformed(f"At most {EXPLAINED} texts are explained at once, and these are {len(texts)}.")
    length = sum(len(text) for text in texts if isinstance(text, str))
    if length > TEXT_CHARACTERS:
        raise TooLarge(f"At most {TEXT_CHARACTERS:,} characters are explained at once, and these are {length:,}.")


def collect(results: list[dict[str, Any] | ApiError]) -> dict[str, Any]:
    """The answer to `texts`: results and errors, each with the index of its text."""
    return {
        "results": [{"index": i, **result} for i, result in enumerate(results) if not isinstance(result, ApiError)],
        "errors": [
            {"index": i, "code": error.code, "message": str(error)}
            for i, error in enumerate(results)
            if isinstance(error, ApiError)
        ],
    }
