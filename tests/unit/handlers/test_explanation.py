"""POST /sentiment with “explain”: the words that carried the verdict, and each sentence's own score."""

import json
from typing import Any

import pytest

from handlers import sentiment
from handlers.common import limits
from tests.unit.handlers.stage import V1, VOCABULARY, Stage, event


def explain(text: Any) -> tuple[int, dict[str, Any]]:
    body = {"texts" if isinstance(text, list) else "text": text, "explain": True}
    answer = sentiment.handler(event("POST", "/sentiment", body), None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture
def serving(stage: Stage) -> Stage:
    stage.serve(V1)
    return stage


def test_each_word_has_its_place_in_the_text_as_sent_and_its_weight(serving: Stage) -> None:
    text = "Not <b>GOOD</b> &amp; film!"
    status, answer = explain(text)
    assert (status, answer["score"], answer["tokens"]) == (200, 0.9, 3)
    assert answer["words"] == [
        {"text": "Not", "start": 0, "end": 3, "weight": -0.5},
        {"text": "GOOD", "start": 7, "end": 11, "weight": 2.5},
        {"text": "film", "start": 22, "end": 26, "weight": -0.5},
    ]
    assert answer["sentences"] == [{"start": 0, "end": 27, "score": 0.9}]
    assert len(serving.endpoints.calls) == 1


def test_each_sentence_has_the_score_that_it_gets_alone(serving: Stage) -> None:
    text = "A good film. Unlike the other! … Bad<br>and good"
    _, answer = explain(text)
    told = [(text[each["start"] : each["end"]], each["score"]) for each in answer["sentences"]]
    assert told == [("A good film.", 0.9), ("Unlike the other!", 0.2), ("Bad<br>", 0.2), ("and good", 0.9)]
    (_, whole), (_, parts) = serving.endpoints.calls
    assert (whole["explain"], parts["explain"]) == (True, False)
    assert parts["inputs"][0][:2] == VOCABULARY.encode("good film").ids


def test_of_several_texts_each_has_its_own_reasons(serving: Stage) -> None:
    _, answer = explain(["good", "", "bad film"])
    assert [[word["text"] for word in each["words"]] for each in answer["results"]] == [["good"], ["bad", "film"]]
    assert [error["index"] for error in answer["errors"]] == [1]


def test_sentences_beyond_the_limit_are_scored_together_with_their_neighbours(serving: Stage) -> None:
    _, answer = explain("Good film. " * (limits.SENTENCES * 2 + 1))
    assert len(answer["sentences"]) == limits.SENTENCES * 2 // 3 + 1
    assert answer["sentences"][-1]["end"] == len("Good film. ") * (limits.SENTENCES * 2 + 1) - 1


def test_words_beyond_what_the_model_reads_have_no_weight_and_their_sentences_have_a_score(serving: Stage) -> None:
    length = VOCABULARY.preprocessing.length
    _, answer = explain("film " * length + "bad. Good film.")
    assert answer["truncated"]
    assert len(answer["words"]) == length
    assert answer["sentences"][-1]["score"] == 0.9


@pytest.mark.parametrize("weights", [None, [], [[0.5]], [["a", "b"]], [[float("nan"), 1]], [[1, 2, 3]]])
def test_weights_that_are_not_as_agreed_are_an_endpoint_that_is_away(serving: Stage, weights: Any) -> None:
    serving.endpoints.answer = lambda request: json.dumps({"scores": [0.9], "weights": weights}).encode()
    assert explain("good film")[0] == 503
