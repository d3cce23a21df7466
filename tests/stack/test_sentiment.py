"""The route as people use it."""

from typing import Any

import pytest

from tests.stack.client import Client

RAVE = "A wonderful, moving film with superb performances; one of the best of the year."
SLATING = "A dull, badly written and boring mess; the worst film I have seen."


def test_a_rave_is_positive_and_a_slating_negative(client: Client) -> None:
    for text, sentiment in ((RAVE, "positive"), (SLATING, "negative")):
        status, answer = client.sentiment({"text": text})
        assert status == 200
        assert answer["sentiment"] == sentiment
        assert answer["confidence"] == max(answer["score"], round(1 - answer["score"], 6)) >= 0.5
        assert answer["tokens"] > 5
        assert not answer["truncated"]


def test_html_and_entities_do_not_count(client: Client) -> None:
    plain = client.sentiment({"text": "Superb & moving"})[1]
    marked_up = client.sentiment({"text": "<p>Superb &amp;<br/>moving</p><!-- dull -->"})[1]
    assert marked_up == plain


def test_the_words_that_carry_a_verdict_are_named_where_they_stand(client: Client) -> None:
    text = "It begins <i>superbly</i>: moving, wonderful! But then: caf&eacute; talk, dull, badly written &amp; boring."
    status, answer = client.sentiment({"text": text, "explain": True})
    assert status == 200
    assert {**client.sentiment({"text": text})[1], "words": answer["words"], "sentences": answer["sentences"]} == answer
    weights = {word["text"]: word["weight"] for word in answer["words"]}
    assert all(text[word["start"] : word["end"]] == word["text"] for word in answer["words"])
    assert len(answer["words"]) == answer["tokens"]
    assert "caf&eacute;" in weights
    assert weights["wonderful"] > 0.1 > -0.1 > max(weights["dull"], weights["badly"], weights["boring"])
    first, second = answer["sentences"]
    assert text[first["start"] : first["end"]].endswith("wonderful!")
    assert first["score"] > 0.8 > 0.2 > second["score"]


def test_a_review_of_1500_words_is_judged_and_said_to_be_cut(client: Client) -> None:
    status, answer = client.sentiment({"text": "superb moving film " * 500})
    assert status == 200
    assert answer["tokens"] == 1500
    assert answer["truncated"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "🎬🍿"}, 422),
        ({"text": "Der Film war viel zu lang und die Handlung ist nicht gut."}, 422),
        ({"text": "g" * 2_000_000}, 413),
        ('{"text": "good', 400),
        ({"text": 42}, 400),
        ("[]", 400),
        (b"\xff\xfe", 400),
        ("", 400),
    ],
)
def test_a_bad_request_gets_a_problem_with_its_status(client: Client, body: Any, status: int) -> None:
    got, answer = client.sentiment(body)
    assert (got, answer["status"]) == (status, status)
    assert answer["detail"]


def test_a_form_is_refused(client: Client) -> None:
    assert client.sentiment("text=good", "application/x-www-form-urlencoded")[0] == 415


def test_of_eight_texts_three_bad_ones_spoil_no_other(client: Client) -> None:
    texts = [RAVE, SLATING, "", "Not good at all.", "<b>Superb</b>", 7, "A fine film.", "Très mauvais film."]
    status, answer = client.sentiment({"texts": texts})
    assert status == 200
    assert [r["index"] for r in answer["results"]] == [0, 1, 3, 4, 6]
    errors = [(2, "no-words"), (5, "malformed"), (7, "no-verdict")]
    assert [(e["index"], e["code"]) for e in answer["errors"]] == errors


def test_a_text_gets_the_same_score_alone_and_in_company(client: Client) -> None:
    alone = client.sentiment({"text": RAVE})[1]
    (_, first, _) = client.sentiment({"texts": ["Good.", RAVE, SLATING * 5]})[1]["results"]
    assert first["score"] == pytest.approx(alone["score"], abs=1e-5)
    assert first["model"] == alone["model"]


def test_negation_reaches_the_model(client: Client) -> None:
    good = client.sentiment({"text": "good"})[1]
    not_good = client.sentiment({"text": "not good at all"})[1]
    assert not_good["tokens"] > good["tokens"]
    assert not_good["score"] < good["score"]
