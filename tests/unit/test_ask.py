"""`npm run try`: what a model is shown to have read of a text, and why it judged as it did."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ml import artifact, ask
from ml.bundle import BASELINE
from ml.calibration import Calibration
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary
from tests.unit import small_model

BLANK = "Once the text is cleaned, no word is left to judge. Send at least one word of prose."


@pytest.fixture(scope="module")
def baseline() -> artifact.Model:
    return artifact.read(BASELINE)


def small(vocabulary: Vocabulary = small_model.VOCABULARY) -> artifact.Model:
    return artifact.Model("small", small_model.network(), vocabulary, Calibration())


def line(described: str, name: str) -> str:
    """What stands behind a name in the description of a text."""
    return next(line for line in described.splitlines() if line.startswith(f"  {name}: ")).partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("What a wonderful film, I loved it.", "positive", "wonderful +"),
        ("A terrible waste.", "negative", "terrible -"),
    ],
)
def test_the_verdict_the_score_and_the_words_that_weighed_most_are_told(
    baseline: artifact.Model, text: str, verdict: str, reason: str
) -> None:
    described = ask.describe(text, baseline)
    first, judged = described.splitlines()[:2]
    assert first == text
    assert re.fullmatch(rf"  {verdict}, P\(positive\) [01]\.\d\d\d", judged)
    assert reason in line(described, "reasons")


def test_a_word_that_the_model_does_not_know_is_marked() -> None:
    assert line(ask.describe("A good Xqzv, film", small()), "read as") == "good xqzv=? film"


def test_a_word_that_is_read_as_another_stands_beside_it() -> None:
    vocabulary = replace(small_model.VOCABULARY, preprocessing=Preprocessing(symbols=True), groups={"film": ("movie",)})
    assert line(ask.describe("goood movie", small(vocabulary)), "read as") == "good movie=film"
    assert line(ask.describe("acttor", small(vocabulary)), "read as") == "acttor=actor"


def test_reasons_are_words_as_they_stand_in_the_text_heaviest_first_and_eight_at_most() -> None:
    described = ask.describe("GOOD plot! Bad <b>film</b>, actor; " + "good bad film plot actor", small())
    reasons = [reason.rsplit(" ", 1) for reason in line(described, "reasons").split(", ")]
    weights = [abs(float(weight)) for _, weight in reasons]
    assert len(reasons) == ask.WEIGHTS
    assert weights == sorted(weights, reverse=True)
    assert {word.lower() for word, _ in reasons} <= set(small_model.WORDS)


@pytest.mark.parametrize(
    ("ends", "read", "left_out"), [(False, "good bad film", "plot actor"), (True, "good bad actor", "film plot")]
)
def test_words_beyond_those_that_are_read_are_left_out(ends: bool, read: str, left_out: str) -> None:
    vocabulary = replace(small_model.VOCABULARY, preprocessing=Preprocessing(length=3, ends=ends))
    described = ask.describe("good bad film plot actor", small(vocabulary))
    assert line(described, "read as") == read
    assert not any(word in line(described, "reasons") for word in left_out.split())


@pytest.mark.parametrize("text", ["", "  ", "...", "<br />"])
def test_of_a_text_without_words_it_is_said_that_nothing_is_left(text: str) -> None:
    assert ask.describe(text, small()) == f"{text}\n  {BLANK}"


def test_each_text_that_is_given_is_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = small_model.write(tmp_path / "model")
    capsys.readouterr()
    ask.main(["good film", "bad plot", "--model", str(model)])
    said = capsys.readouterr().out.splitlines()
    assert [text for text in said if not text.startswith(" ")] == ["good film", "bad plot"]


def test_without_a_text_the_lines_of_standard_input_are_described(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("I loved it.  \n\nDull.\n"))
    ask.main([])
    said = capsys.readouterr().out.splitlines()
    assert [text for text in said if not text.startswith("  ")] == ["I loved it.", "", "Dull."]
    assert said.count(f"  {BLANK}") == 1


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"{tmp_path} holds no whole model")):
        ask.main(["good", "--model", str(tmp_path)])
