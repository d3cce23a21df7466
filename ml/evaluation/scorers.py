"""What scores texts for the suite: a service, or a model's folder.

A scorer takes texts and gives P(positive) of each, in order; NaN where the text is refused.
"""

import http.client
import json
import math
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from ml.errors import DataError
from ml.refusals import no_verdict
from ml.vocabulary import Vocabulary

if TYPE_CHECKING:
    from ml.artifact import Model

Score = Callable[[list[str]], list[float]]

BATCH = 25  # texts, of which POST /sentiment takes no more
ATTEMPTS = 10  # at one batch, where the service asks to wait
TIMEOUT = 60  # seconds without a byte
LONGEST_WAIT = 60.0  # seconds


def of_service(url: str, api_key: str | None = None) -> Score:
    """Ask POST {url}/sentiment, as often as it takes. The scorer raises DataError where there is no answer."""

    def score(texts: list[str]) -> list[float]:
        scores: list[float] = []
        with tqdm(total=len(texts), desc="Asking", unit=" texts", disable=None) as bar:
            for start in range(0, len(texts), BATCH):
                batch = texts[start : start + BATCH]
                scores += _scores(url, _ask(url, api_key, batch), len(batch))
                bar.update(len(batch))
        return scores

    return score


def of_model(path: Path) -> Score:
    """Score with the model in `path`, as an endpoint would. Raises ArtifactError or VocabularyError."""
    # Here, so that neither the suite nor a service's scorer needs torch.
    from ml import champion

    return of_loaded(champion.read(path))


def of_loaded(model: "Model") -> Score:
    """Score with a model that is at hand, as an endpoint would."""
    from ml.predict import score_rows

    def score(texts: list[str]) -> list[float]:
        rows = [_row(text, model.vocabulary) for text in tqdm(texts, "Cleaning", disable=None)]
        scores = iter(score_rows([row for row in rows if row], model))
        return [next(scores) if row else math.nan for row in rows]

    return score


def _row(text: str, vocabulary: Vocabulary) -> list[int]:
    """The text's ids; none where a service would refuse it."""
    encoding = vocabulary.encode(text)
    return [] if no_verdict(text, encoding, vocabulary) else encoding.ids


def _ask(url: str, api_key: str | None, texts: list[str]) -> Any:
    """The answer's JSON. Raises DataError."""
    address = url.rstrip("/") + "/sentiment"
    if not address.startswith(("http://", "https://")):
        raise DataError(f"{url!r} is no address of a service: it has to begin with http:// or https://")
    headers = {"Content-Type": "application/json"} | ({"x-api-key": api_key} if api_key else {})
    body = json.dumps({"texts": texts}).encode()
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            request = urllib.request.Request(address, body, headers)  # noqa: S310
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 429 or not attempts_left:
                raise DataError(f"{address} answers {error.code}: {_detail(error.read())}") from None
            sleep(_wait(error.headers.get("Retry-After")))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DataError(f"{address} does not answer as a service should: {error}") from error
    raise AssertionError


def _scores(url: str, answer: Any, count: int) -> list[float]:
    """Of each text of a batch, in the order they were sent, for an answer names them by index. Raises DataError."""
    try:
        by_index = {int(result["index"]): float(result["score"]) for result in answer["results"]}
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{url} answers something else than results: {type(error).__name__}: {error}") from error
    return [by_index.get(index, math.nan) for index in range(count)]


def _wait(retry_after: str | None) -> float:
    """Seconds. A date, which the header may hold as well (RFC 9110, 10.2.3), counts as one second."""
    try:
        seconds = float(retry_after or 1)
    except ValueError:
        return 1.0
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return body[:300].decode(errors="replace") or "nothing more"
