"""The artifact of a training job under AWS's own serving stack, and under the local one, which should not differ."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local import install
from local.serving_stack import Invoke, aws_serving_image, java
from local.settings import ROOT, SERVING_PYTHON
from local.supervise import Command
from ml import artifact
from ml.data import Example, write
from ml.vocabulary import pad
from tests.slow.serving import Answer, ask, local_container

pytestmark = [
    pytest.mark.skipif(java() is None, reason="needs Java 17: sudo apt-get install openjdk-17-jre-headless"),
    pytest.mark.timeout(1800),  # the first time, the environment of the serving stack is installed
]

JSON, LINES = "application/json", "application/jsonlines"


# A request that is refused, and what the refusal says. A document is sent with the model's vocabulary if it names none.
REFUSED: dict[str, tuple[Any, str | None, str, str]] = {
    "another vocabulary": ({"vocabulary": "another", "inputs": [[2]]}, JSON, JSON, "not said to be of vocabulary"),
    "rows of two lengths": ({"inputs": [[2, 3], [2]]}, JSON, JSON, "lists of one length"),
    "an id that no word has": ({"inputs": [[1_000_000]]}, JSON, JSON, "an id is an integer from 0 to"),
    "an id that is no number": ({"inputs": [["2"]]}, JSON, JSON, "holds a string that is no id; an id is an integer"),
    "padding alone": ({"inputs": [[0, 0]]}, JSON, JSON, "holds no word"),
    "no inputs": ({}, JSON, JSON, "'inputs' must be a list"),
    "half a document": (b'{"vocabulary": ', JSON, JSON, "not JSON"),
    "no document": (b"", JSON, JSON, "not JSON"),
    "a list": (b"[]", JSON, JSON, "must be an object"),
    "JSON that is not UTF-8": (b'"\xff"', JSON, JSON, "can't decode byte 0xff"),
    "another content type": (b"<text/>", "application/xml", JSON, "is not taken"),
    "text for tables": (b"text\ngood\n", "text/csv", JSON, "is not taken"),
    "no content type": (b"{}", None, JSON, "is not taken"),
    "another form of answer": ({"inputs": [[2]]}, JSON, "text/csv", "is not offered"),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as a training job leaves it, after an epoch over made-up reviews."""
    folder = tmp_path_factory.mktemp("training")
    for name, count in (("train", 60), ("test", 20)):
        write(folder / "data" / f"{name}.jsonl.gz", map(review, range(count)))
    size = ["--epochs", "1", "--hidden_dim", "8", "--embedding_dim", "8"]
    command: Command = [sys.executable, "-m", "ml.train", "--data", folder / "data", "--out", folder / "model", *size]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "model"


@pytest.fixture(scope="module")
def installed() -> None:
    """The environment of AWS's serving stack, installed on first use."""
    install.serving_environment()


@pytest.fixture(scope="module")
def servers(installed: None, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Invoke, Invoke]]:
    """AWS's serving stack and the local one, each over its copy of the model."""
    with serving(*copies(model, tmp_path_factory.mktemp("serving"))) as both_of_them:
        yield both_of_them


@pytest.fixture(scope="module")
def golden(model: Path) -> list[dict[str, Any]]:
    """Texts, their ids, and the scores that training recorded for them."""
    entries: list[dict[str, Any]] = artifact.read_json(model / artifact.GOLDEN)
    assert len(entries) > 5
    return entries


def test_golden_ids_score_as_in_training(
    servers: tuple[Invoke, Invoke], model: Path, golden: list[dict[str, Any]]
) -> None:
    body = document(model, {"inputs": pad([entry["ids"] for entry in golden])})

    for answer in both(servers, body):
        assert (answer.status, answer.content_type) == (200, JSON)
        assert answer.body["scores"] == pytest.approx([entry["score"] for entry in golden], abs=1e-5)


def test_golden_texts_score_as_in_training_beside_lines_that_cannot_be_judged(
    servers: tuple[Invoke, Invoke], golden: list[dict[str, Any]]
) -> None:
    lines = [json.dumps({"text": entry["text"]}) for entry in golden]
    lines[1:1] = ["no JSON", '{"text": 5}', '{"text": "…"}']

    aws, local = both(servers, "\n".join(lines).encode(), LINES, LINES)

    assert aws == local
    assert (aws.status, aws.content_type) == (200, LINES)
    assert ["error" in line for line in aws.body[1:4]] == [True, True, True]
    answers = [aws.body[0], *aws.body[4:]]
    # Of some texts this small model knows no word, and so has no verdict.
    judged = [
        (answer["score"], entry["score"]) for answer, entry in zip(answers, golden, strict=True) if "score" in answer
    ]
    assert len(judged) > 10
    assert [score for score, _ in judged] == pytest.approx([recorded for _, recorded in judged], abs=1e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_the_same_sentence_under_both(name: str, servers: tuple[Invoke, Invoke], model: Path) -> None:
    content, content_type, accept, sentence = REFUSED[name]
    body = content if isinstance(content, bytes) else document(model, content)

    aws, local = both(servers, body, content_type, accept)

    assert (aws.status, aws.content_type) == (400, JSON)
    assert sentence in aws.body["message"]
    assert aws == local


def test_a_client_that_names_no_form_of_answer_gets_one(servers: tuple[Invoke, Invoke], model: Path) -> None:
    aws, local = both(servers, document(model, {"inputs": [[2]]}), JSON, "*/*")

    assert aws == local
    assert (aws.status, aws.content_type) == (200, JSON)


def test_a_model_that_cannot_be_loaded_refuses_every_request(installed: None, model: Path, tmp_path: Path) -> None:
    folders = copies(model, tmp_path)
    for folder in folders:
        (folder / "model" / "model.safetensors").unlink()

    with serving(*folders) as servers:
        aws, local = both(servers, document(model, {"inputs": [[2]]}))

    for answer in (aws, local):
        assert answer.status == 400
        assert "model.safetensors" in answer.body["message"]


def test_what_an_artifact_brings_along_is_not_in_the_serving_environment(installed: None, model: Path) -> None:
    packages = [path.parent.name for path in (model / "code").glob("*/__init__.py")]
    find = "import sys, importlib.util as u; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    found = subprocess.run([SERVING_PYTHON, "-I", "-c", find, *packages], capture_output=True, text=True, check=True)

    assert {"ml", "nltk", "bs4"} <= set(packages)
    assert found.stdout.strip() == "[]"


def review(number: int) -> Example:
    words = "A wonderful, warm film" if number % 2 else "Not good at all, a dull film"
    return Example(f"{words}, number {number}. " * (1 + number % 7), number % 2)


def document(model: Path, content: dict[str, Any]) -> bytes:
    return json.dumps({"vocabulary": artifact.read(model).vocabulary.id, **content}).encode()


def both(
    servers: tuple[Invoke, Invoke], body: bytes, content_type: str | None = JSON, accept: str = JSON
) -> list[Answer]:
    return [ask(invoke, body, content_type, accept) for invoke in servers]


def copies(model: Path, folder: Path) -> tuple[Path, Path]:
    """Two folders with the model in them, for AWS's serving stack and for the local one."""
    aws, local = folder / "aws", folder / "local"
    for each in (aws, local):
        shutil.copytree(model, each / "model")
    return aws, local


@contextmanager
def serving(aws: Path, local: Path) -> Iterator[tuple[Invoke, Invoke]]:
    with aws_serving_image(aws) as ask_aws, local_container(local) as ask_local:
        yield ask_aws, ask_local
