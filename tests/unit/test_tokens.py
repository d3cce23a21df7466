"""Cleaning many texts at once."""

from pathlib import Path

import pytest

from ml import tokens
from ml.text import Preprocessing, tokenise
from ml.tokens import tokenise_all

TEXTS = [f"It isn't <b>text</b> {number}\n— “quoted” \ud800 Très\u2028bon & {number % 7}" for number in range(2_345)]


@pytest.fixture(autouse=True)
def soon_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take workers for a few texts already."""
    monkeypatch.setattr(tokens, "ENOUGH", 1_000)
    monkeypatch.setattr(tokens, "ENOUGH_PLAIN", 10)


@pytest.mark.parametrize("preprocessing", [Preprocessing(), Preprocessing(alphanumeric=False, stop_words="none")])
def test_several_cores_give_what_one_gives_in_the_same_order(preprocessing: Preprocessing) -> None:
    expected = [tokenise(text, preprocessing) for text in TEXTS]
    assert tokenise_all([*TEXTS, ""], preprocessing, cores=2) == [*expected, []]
    assert tokenise_all(TEXTS, preprocessing, cores=1) == expected


def test_few_texts_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "Popen", None)
    assert tokenise_all(["A good film"], Preprocessing(), cores=2) == [["good", "film"]]
    assert tokenise_all([], Preprocessing()) == []


def test_a_worker_that_dies_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nread line\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(tokens.sys, "executable", str(killed))
    with pytest.raises(RuntimeError, match="ended with status -9"):
        tokenise_all(TEXTS, Preprocessing(), cores=2)
