"""Which texts get no verdict."""

import json

import pytest

from ml import artifact
from ml.calibration import Calibration
from ml.lines import answer_lines
from ml.refusals import NOT_ENGLISH, UNKNOWN_WORDS, no_verdict
from ml.text import Preprocessing
from ml.vocabulary import Vocabulary
from tests.unit import small_model

OLD = small_model.VOCABULARY
NEW = Vocabulary(OLD.words, Preprocessing(symbols=True))
FRENCH = "Le film était beaucoup trop long et les acteurs jouaient mal, mais good plot."


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a good plot", None), ("quux frobnicate", UNKNOWN_WORDS), (FRENCH, NOT_ENGLISH), ("good", None)],
)
def test_a_text_gets_a_verdict_or_a_sentence(text: str, reason: str | None) -> None:
    assert no_verdict(text, NEW.encode(text), NEW) == reason


def test_a_model_from_before_symbols_judges_as_it_did() -> None:
    assert no_verdict(FRENCH, OLD.encode(FRENCH), OLD) is None


def test_a_line_without_a_verdict_says_why_and_spoils_no_other() -> None:
    model = artifact.Model("v", small_model.network(), NEW, Calibration())
    lines = [json.dumps({"text": text}).encode() for text in ("good film", FRENCH, "quux")]
    first, second, third = answer_lines(lines, model)
    assert "score" in first
    assert (second, third) == ({"error": NOT_ENGLISH}, {"error": UNKNOWN_WORDS})
