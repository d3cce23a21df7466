"""The four functions that SageMaker's serving containers call, in the order in which they are called.

`application/json`: ids made by a client that holds the vocabulary, as the Lambda does.
    {"vocabulary": "<id>", "inputs": [[5, 17, 0], [8, 2, 9]], "explain": false}
    → {"model": "…", "scores": [0.9, 0.2]}; explained, also "weights": [[0.3, 2.1], [-0.5, 0.0, -1.2]], one for each id
    but the padding (ml/attribution.py)
`application/jsonlines`: texts, for batch transform and notebooks; one answer a line, in order (ml/lines.py).
    {"id": 7, "text": "Loved it."} → {"id": 7, "model": "…", "sentiment": "positive", "score": 0.9}

Every refusal is a ValueError with a sentence: the container answers 400 with that sentence, and logs it. So none
repeats what was sent, which may be somebody's text.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ml import artifact
from ml.lines import answer_lines, split
from ml.predict import explain_row, score_rows
from ml.vocabulary import PADDING

JSON, JSON_LINES = "application/json", "application/jsonlines"


@dataclass(frozen=True)
class Request:
    """A body that could be read; whether its content fits the model is for predict_fn to say."""

    document: dict[str, Any] | None = None  # application/json
    lines: list[bytes] | None = None  # application/jsonlines


@dataclass(frozen=True)
class Answer:
    content_type: str
    body: str


def model_fn(model_dir: str) -> artifact.Model:
    threads = os.environ.get("OMP_NUM_THREADS")
    if threads:
        torch.set_num_threads(int(threads))
    model = artifact.read(Path(model_dir))
    if torch.cuda.is_available():
        torch.backends.cudnn.allow_tf32 = False  # whose ten bits would miss the golden scores
        model.network.to("cuda")
    return model


def input_fn(body: str | bytes | bytearray, content_type: str | None) -> Request:
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in (JSON, JSON_LINES):
        raise ValueError(f"this content type is not taken; send {JSON} or {JSON_LINES}")
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
    if kind == JSON_LINES:
        return Request(lines=split(content))
    document = _parse(content)
    if not isinstance(document, dict):
        raise ValueError("the body must be an object with 'vocabulary' and 'inputs'")
    return Request(document=document)


def predict_fn(request: Request, model: artifact.Model) -> Answer:
    if request.lines is not None:
        return Answer(JSON_LINES, "".join(json.dumps(answer) + "\n" for answer in answer_lines(request.lines, model)))
    document = request.document or {}
    rows = _rows(document, model)
    answer: dict[str, Any] = {"model": model.version, "scores": score_rows(rows, model)}
    if document.get("explain"):
        answer["weights"] = [explain_row(row, model) for row in rows]
    return Answer(JSON, json.dumps(answer))


def output_fn(answer: Answer, accept: str) -> str:
    """The answer in the form of the request; `accept` may name it, or leave it open."""
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    # The containers put application/json where a client names nothing.
    if not kinds & {answer.content_type, JSON, "*/*", "application/*", ""}:
        raise ValueError(f"this form of answer is not offered; accept {answer.content_type}")
    return answer.body


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content.decode())
    except UnicodeDecodeError:
        raise ValueError("the body is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error


def _rows(document: dict[str, Any], model: artifact.Model) -> list[list[int]]:
    """The checked inputs, without their padding."""
    if document.get("vocabulary") != model.vocabulary.id:
        raise ValueError(
            f"the ids are not said to be of vocabulary {model.vocabulary.id!r}, which model {model.version} has; "
            "encode the text with that one and name it in 'vocabulary'"
        )
    if not isinstance(document.get("explain", False), bool):
        raise ValueError(f"'explain' must be true or false, not {_kind(document['explain'])}")
    inputs = document.get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(row, list) for row in inputs):
        raise ValueError("'inputs' must be a list of at least one list of ids")
    if len({len(row) for row in inputs}) > 1:
        raise ValueError(f"'inputs' must be lists of one length: fill the shorter ones with {PADDING}")
    return [_row(row, f"inputs[{index}]", model) for index, row in enumerate(inputs)]


def _row(row: list[Any], where: str, model: artifact.Model) -> list[int]:
    size, length = len(model.vocabulary), model.vocabulary.preprocessing.length
    if len(row) > length:
        raise ValueError(f"{where} has {len(row)} ids; this model reads {length}")
    for value in row:
        if type(value) is not int or not 0 <= value < size:
            raise ValueError(f"{where} holds {_kind(value)} that is no id; an id is an integer from 0 to {size - 1}")
    end = len(row)
    while end and row[end - 1] == PADDING:
        end -= 1
    if not end:
        raise ValueError(f"{where} holds no word")
    if PADDING in row[:end]:
        raise ValueError(f"{where} has padding ({PADDING}) before its last word; pad on the right only")
    return row[:end]


def _kind(value: Any) -> str:
    """What the value is, in JSON's words."""
    kinds = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return kinds.get(type(value), "null")
