"""Lines of reviews in, lines of sentiments out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import artifact
from ml.lines import LINE_BYTES, answer_lines, split
from ml.predict import score_rows
from tests.unit import small_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> artifact.Model:
    return artifact.read(small_model.write(tmp_path_factory.mktemp("model") / "model"))


def answers(body: bytes, model: artifact.Model) -> list[dict[str, Any]]:
    return answer_lines(split(body), model)


def test_each_review_gets_its_score_its_side_and_its_id(model: artifact.Model) -> None:
    found = answers(b'{"id": "a", "text": "good"}\n{"id": 5, "text": "bad film", "more": 1}\n{"text": "plot"}\n', model)
    rows = [model.vocabulary.encode(text).ids for text in ("good", "bad film", "plot")]
    assert [answer.get("id") for answer in found] == ["a", 5, None]
    assert [answer["score"] for answer in found] == pytest.approx(score_rows(rows, model), abs=1e-6)
    assert all((answer["sentiment"] == "positive") == (answer["score"] >= 0.5) for answer in found)
    assert {answer["model"] for answer in found} == {model.version}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "not JSON: Expecting value, at character 0"),
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "too long a number"),
        (b"[]", "expected an object with a string 'text'"),
        (b'{"text": null}', "expected an object with a string 'text'"),
        (b'{"id": [1], "text": "good"}', "'id' has to be a string or a whole number"),
        (b'{"id": true, "text": "good"}', "'id' has to be a string or a whole number"),
        (b'{"id": "%b", "text": "good"}' % (b"x" * 201), "at most 200 characters"),
        (b'{"text": "!!!"}', "no word is left"),
        (b'{"text": "\\ud800"}', "no word is left"),
        (b'{"text": "%b"}' % (b"good " * (LINE_BYTES // 5)), "may have 6,000,000 bytes"),
    ],
)
def test_a_line_that_is_no_review_costs_that_line_alone(line: bytes, says: str, model: artifact.Model) -> None:
    before, wrong, after = answers(b'{"text": "good"}\n%b\n{"text": "good"}' % line, model)
    assert says in wrong["error"]
    assert "score" not in wrong
    assert before == after
    assert "score" in before


def test_what_is_wrong_with_a_line_is_told_under_its_id(model: artifact.Model) -> None:
    assert answers(b'{"id": 5}', model) == [{"id": 5, "error": "expected an object with a string 'text'"}]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_there_is_an_answer_for_every_line_whatever_it_holds(model: artifact.Model, lines: list[bytes]) -> None:
    found = answers(b"".join(line + b"\n" for line in lines), model)
    assert len(found) == len(lines)
    assert all(("error" in answer) != ("score" in answer) for answer in found)
    json.dumps(found).encode()


def test_no_body_has_no_line_and_a_last_line_needs_no_break() -> None:
    assert (split(b""), split(b"a\nb"), split(b"a\n\nb\n")) == ([], [b"a", b"b"], [b"a", b"", b"b"])
