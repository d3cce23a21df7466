"""POST /sentiment with “explain”: the words that carried the verdict, and each sentence's own score."""

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers import sentiment
from handlers.common import limits
from handlers.common.explanation import reasons, take_apart
from ml.text import Preprocessing
from tests.unit.handlers.stage import V1, VOCABULARY, Stage, event, failure


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


def test_all_sentences_of_all_texts_are_scored_in_one_call(serving: Stage) -> None:
    _, answer = explain(["Good film. Bad one.", "good", "Bad. Worse. Good."])
    assert [[each["score"] for each in result["sentences"]] for result in answer["results"]] == [
        [0.9, 0.2],
        [0.9],
        [0.2, 0.2, 0.9],
    ]
    assert [len(request["inputs"]) for _, request in serving.endpoints.calls] == [3, 5]


def test_a_verdict_that_is_known_is_not_lost_with_the_scores_of_its_sentences(serving: Stage) -> None:
    score = serving.endpoints.score

    def answer_once(request: dict[str, Any]) -> bytes:
        if not request["explain"]:
            raise failure("ModelNotReadyException", 429)
        return score(request)

    serving.endpoints.answer = answer_once
    status, answer = explain("Good film. Bad one.")
    assert (status, answer["score"], answer["sentences"]) == (200, 0.9, [])
    assert [word["text"] for word in answer["words"]] == ["Good", "film", "Bad"]


def test_an_endpoint_that_knows_no_explanations_gives_the_verdict_alone(serving: Stage) -> None:
    """Of a model that was made before there were any; nothing has failed, then."""
    score = serving.endpoints.score

    def refuse(request: dict[str, Any]) -> bytes:
        if request["explain"]:
            raise failure("ModelError", 424, OriginalStatusCode=400)
        return score(request)

    serving.endpoints.answer = refuse
    status, answer = explain("Good film. Bad one.")
    assert (status, answer["score"]) == (200, 0.9)
    assert not {"words", "sentences"} & answer.keys()


def test_no_more_characters_are_explained_at_once_than_one_text_may_have(serving: Stage) -> None:
    assert explain(["good " * (limits.TEXT_CHARACTERS // 10), "good " * (limits.TEXT_CHARACTERS // 10)])[0] == 200
    assert explain(["good " * (limits.TEXT_CHARACTERS // 10)] * 3)[0] == 413


@pytest.mark.parametrize("weights", [None, [], [[0.5]], [["a", "b"]], [[float("nan"), 1]], [[1, 2, 3]]])
def test_weights_that_are_not_as_agreed_are_an_endpoint_that_is_away(serving: Stage, weights: Any) -> None:
    serving.endpoints.answer = lambda request: json.dumps({"scores": [0.9], "weights": weights}).encode()
    assert explain("good film")[0] == 503


def test_a_sentence_of_marks_alone_is_scored_by_none() -> None:
    """An endpoint refuses a row without ids, and that would count as its failure."""
    vocabulary = replace(VOCABULARY, preprocessing=Preprocessing(symbols=True))
    parts = take_apart("A good film.\nhttps://example.org/x\nNot bad! @shop.", vocabulary)
    assert all(parts.rows)
    assert len(parts.rows) == len(parts.places) == 2


def test_marks_are_no_words_of_an_explanation() -> None:
    vocabulary = replace(VOCABULARY, preprocessing=Preprocessing(stop_words="none", symbols=True))
    text = "Good, not bad!"
    parts = take_apart(text, vocabulary)
    words = reasons(parts, [1.0] * len(parts.words), [0.9])["words"]
    assert [word["text"] for word in words] == ["Good", "not", "bad"]
    assert len(words) == vocabulary.encode(text).tokens
