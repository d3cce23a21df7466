"""Reviews as JSON lines in, sentiments as JSON lines out: one answer a line, in order, whatever a line holds.

    {"id": 7, "text": "Loved it."}  →  {"id": 7, "model": "…", "sentiment": "positive", "score": 0.9}
    {"id": 8}                       →  {"id": 8, "error": "expected an object with a string 'text'"}

Notebooks, batch transform jobs and `python -m ml.batch` share it. The artifact holds it, so it knows no AWS.
"""

import json
from collections.abc import Sequence
from typing import Any

from ml.artifact import Model
from ml.predict import score_rows
from ml.refusals import no_verdict

LINE_BYTES = 6_000_000  # at most: what a batch transform job hands to a container at once
ID_LENGTH = 200  # characters


def split(body: bytes) -> list[bytes]:
    """The lines of a body; what follows its last line break is a line only if it holds something."""
    lines = body.split(b"\n")
    return lines if lines[-1].strip() else lines[:-1]


def answer_lines(lines: Sequence[bytes], model: Model) -> list[dict[str, Any]]:
    """The answer to each line; a line that cannot be judged spoils no other."""
    answers: list[dict[str, Any]] = []
    rows: list[list[int]] = []
    judged: list[dict[str, Any]] = []
    for line in lines:
        answer: dict[str, Any] = {}
        answers.append(answer)
        try:
            rows.append(_encode(_read(line, answer), model))
            judged.append(answer)
        except ValueError as error:
            answer["error"] = str(error)
    for answer, score in zip(judged, score_rows(rows, model), strict=True):
        answer |= {"model": model.version, "sentiment": "positive" if score >= 0.5 else "negative", "score": score}
    return answers


def _read(line: bytes, answer: dict[str, Any]) -> str:
    """The text that the line holds; its id goes into `answer`. Raises ValueError."""
    if len(line) > LINE_BYTES:
        raise ValueError(f"a line may have {LINE_BYTES:,} bytes, and this one has more")
    try:
        document = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    except json.JSONDecodeError as error:  # whose own text goes no further: it may quote the line
        raise ValueError(f"not JSON: {error.msg}, at character {error.pos}") from None
    except (ValueError, RecursionError):
        raise ValueError("not JSON that can be read: it is nested too deeply, or holds too long a number") from None
    name = document.get("id") if isinstance(document, dict) else None
    if name is not None:
        if type(name) not in (int, str) or len(str(name)) > ID_LENGTH:
            raise ValueError(f"'id' has to be a string or a whole number of at most {ID_LENGTH} characters")
        answer["id"] = name
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise ValueError("expected an object with a string 'text'")
    return str(document["text"])


def _encode(text: str, model: Model) -> list[int]:
    encoding = model.vocabulary.encode(text)
    if reason := no_verdict(text, encoding, model.vocabulary):
        raise ValueError(reason)
    return encoding.ids
