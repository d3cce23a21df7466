"""The four serving functions."""

import json
import traceback
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import artifact, inference, predict
from ml.errors import ArtifactError, VocabularyError
from ml.model import Architecture, SentimentLSTM
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary

VOCABULARY = Vocabulary.build([["good", "bad", "film"]], Preprocessing(length=6), size=100, min_count=1)
GOOD, BAD = VOCABULARY.encode("good").ids[0], VOCABULARY.encode("bad").ids[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(3)
    network = SentimentLSTM(Architecture(len(VOCABULARY), 4, 5, True, "max-mean", 0.0))
    description = {
        "version": "20260101-000000-abcd",
        "architecture": Architecture(len(VOCABULARY), 4, 5, True, "max-mean", 0.0).to_dict(),
        "vocabulary": {"id": VOCABULARY.id, "size": len(VOCABULARY)},
    }
    artifact.write(folder, network, VOCABULARY, description, {"calibration": {"temperature": 2.0}})
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> artifact.Model:
    return inference.model_fn(str(folder))


def ask(model: artifact.Model, body: Any, content_type: str = "application/json", accept: str = "*/*") -> str:
    text = body if isinstance(body, str) else json.dumps(body)
    request = inference.input_fn(text.encode(), content_type)
    return inference.output_fn(inference.predict_fn(request, model), accept)


def document(inputs: Any, **change: Any) -> dict[str, Any]:
    return {"vocabulary": VOCABULARY.id, "inputs": inputs, "explain": False} | change


def test_scores_come_in_order_with_the_version(model: artifact.Model) -> None:
    answer = json.loads(ask(model, document([[GOOD, BAD], [BAD, 0]])))
    assert answer["model"] == "20260101-000000-abcd"
    expected = [model.network.predict(torch.tensor([row]), 2.0).item() for row in ([GOOD, BAD], [BAD])]
    assert answer["scores"] == pytest.approx(expected, abs=1e-6)


def test_each_word_is_given_its_weight_where_that_is_asked_for(model: artifact.Model) -> None:
    rows = [[GOOD, BAD, GOOD], [BAD, 0, 0]]
    answer = json.loads(ask(model, document(rows, explain=True)))
    assert answer["scores"] == json.loads(ask(model, document(rows)))["scores"]
    assert [len(weights) for weights in answer["weights"]] == [3, 1]
    assert answer["weights"][1] == inference.explain_row([BAD], model)
    assert "weights" not in json.loads(ask(model, document(rows)))


def test_where_there_is_a_gpu_the_model_and_what_it_reads_are_on_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    to = SentimentLSTM.to

    def to_meta(network: SentimentLSTM, device: str) -> SentimentLSTM:
        """This machine's GPU is the device that holds no data."""
        asked.append(device)
        return to(network, "meta")

    monkeypatch.setattr(SentimentLSTM, "to", to_meta)

    def predict(network: SentimentLSTM, ids: torch.Tensor, temperature: float) -> torch.Tensor:
        assert ids.device == next(network.parameters()).device == torch.device("meta")
        return torch.full((len(ids),), 0.5)

    monkeypatch.setattr(SentimentLSTM, "predict", predict)
    scored = json.loads(ask(inference.model_fn(str(folder)), document([[GOOD], [BAD]])))
    assert (asked, scored["scores"]) == (["cuda"], [0.5, 0.5])
    assert torch.backends.cudnn.allow_tf32 is False


def test_the_temperature_of_the_artifact_is_applied(model: artifact.Model) -> None:
    score = json.loads(ask(model, document([[GOOD]])))["scores"][0]
    assert score == pytest.approx(torch.sigmoid(model.network(torch.tensor([[GOOD]])) / 2).item(), abs=1e-6)


def test_more_rows_than_a_batch_keep_their_order(model: artifact.Model) -> None:
    rows = [[GOOD] * (number % 6 + 1) + [0] * (5 - number % 6) for number in range(200)]
    scores = json.loads(ask(model, document(rows)))["scores"]
    assert scores == pytest.approx(scores[:6] * 33 + scores[:2], abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=80), st.randoms())
def test_a_row_scores_the_same_whatever_rows_come_with_it(
    model: artifact.Model, lengths: list[int], random: Random
) -> None:
    rows = [[random.choice([GOOD, BAD]) for _ in range(length)] for length in lengths]
    together = inference.score_rows(rows, model)
    assert together == pytest.approx([inference.score_rows([row], model)[0] for row in rows], abs=1e-6)


@pytest.mark.parametrize(
    ("lengths", "batches"),
    [
        ([], []),
        ([7], [[7]]),
        ([100, 101, 102], [[100, 101, 102]]),  # alike: one batch
        ([10, 20, 500], [[10, 20], [500]]),  # nobody is padded from 20 to 500
        ([50] * 40, [[50] * 8, [50] * 32]),  # no batch above BATCH
    ],
)
def test_rows_share_a_batch_where_that_costs_less_than_their_padding(
    lengths: list[int], batches: list[list[int]]
) -> None:
    assert sorted(lengths[part] for part in predict.cheapest_batches(lengths)) == batches


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html, application/json;q=0.9"])
def test_json_is_accepted_however_it_is_asked_for(model: artifact.Model, accept: str) -> None:
    assert "scores" in ask(model, document([[GOOD]]), "application/json; charset=utf-8", accept)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([], "must be an object"),
        (document([[GOOD]], vocabulary="other"), "not said to be of vocabulary '.*', which model 20260101"),
        ({"inputs": [[GOOD]]}, "name it in 'vocabulary'"),
        (document([[GOOD]], explain="yes"), "'explain' must be true or false, not a string"),
        (document([]), "at least one list"),
        (document("text"), "at least one list"),
        (document([GOOD]), "at least one list"),
        (document([[GOOD], [GOOD, BAD]]), "lists of one length"),
        (document([[]]), r"inputs\[0\] holds no word"),
        (document([[GOOD], [0]]), r"inputs\[1\] holds no word"),
        (document([[0, GOOD]]), "pad on the right only"),
        (document([[len(VOCABULARY)]]), "an id is an integer from 0 to 4"),
        (document([[-1]]), "an id is an integer"),
        (document([[1.0]]), "an id is an integer"),
        (document([[True]]), "an id is an integer"),
        (document([[GOOD] * 7]), "has 7 ids; this model reads 6"),
    ],
)
def test_a_wrong_request_is_refused_with_a_sentence(model: artifact.Model, body: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask(model, body)


def test_other_content_types_are_refused(model: artifact.Model) -> None:
    with pytest.raises(ValueError, match="content type is not taken"):
        ask(model, "1,2", "text/csv")
    with pytest.raises(ValueError, match="form of answer is not offered"):
        ask(model, document([[GOOD]]), accept="text/csv")
    with pytest.raises(ValueError, match="not UTF-8"):
        inference.input_fn(b"\xff", "application/json")


@pytest.mark.parametrize("content_type", ["application/json", "application/jsonlines"])
@pytest.mark.parametrize(
    "body",
    [
        document([["zanzibar"]]),
        document("zanzibar"),
        document([[{"zanzibar": 1}]]),
        document([[GOOD]], vocabulary="zanzibar"),
        document([[GOOD]], explain="zanzibar"),
        {"text": ["zanzibar"]},
        '{"text": "zanzibar',
        '{"text": "zanzibar \\x"}',
        '{"zanzibar": zanzibar}',
    ],
)
def test_no_refusal_repeats_what_was_sent_for_the_container_logs_it(
    model: artifact.Model, body: Any, content_type: str
) -> None:
    try:
        told = ask(model, body, content_type)
    except ValueError as error:
        told = "".join(traceback.format_exception(error))
    assert told
    assert "zanzibar" not in told


def test_no_refusal_repeats_a_content_type_or_what_is_accepted(model: artifact.Model) -> None:
    for kinds in ({"content_type": "zanzibar/1"}, {"accept": "zanzibar/1"}):
        with pytest.raises(ValueError, match="is not") as refusal:
            ask(model, document([[GOOD]]), **kinds)
        assert "zanzibar" not in str(refusal.value)


def test_json_lines_are_answered_one_by_one(model: artifact.Model) -> None:
    lines = ['{"id": 7, "text": "Good film"}', '{"text": "<b>bad</b>"}']
    first, second = (json.loads(line) for line in ask(model, "\n".join(lines), "application/jsonlines").splitlines())
    scores = json.loads(ask(model, document([VOCABULARY.encode("good film").ids, [BAD, 0]])))["scores"]
    assert (first["id"], sorted(second)) == (7, ["model", "score", "sentiment"])
    assert [first["score"], second["score"]] == pytest.approx(scores, abs=1e-6)


def test_another_vocabulary_beside_the_weights_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    other = Vocabulary(VOCABULARY.words[:1], VOCABULARY.preprocessing)
    (tmp_path / artifact.VOCABULARY).write_bytes(other.to_bytes())
    with pytest.raises(ArtifactError, match="was trained with vocabulary"):
        inference.model_fn(str(tmp_path))
    (tmp_path / artifact.VOCABULARY).write_bytes(b"{}")
    with pytest.raises(VocabularyError):
        inference.model_fn(str(tmp_path))


def test_a_missing_or_damaged_file_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"model\.json"):
        inference.model_fn(str(tmp_path))
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / artifact.WEIGHTS).write_bytes(b"damaged")
    with pytest.raises(ArtifactError, match="holds no whole model: SafetensorError"):
        inference.model_fn(str(tmp_path))
