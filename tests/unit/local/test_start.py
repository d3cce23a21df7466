"""What `npm start` says once a model answers."""

import pytest

from local import start
from local.application import Application
from local.problem import Problem
from local.settings import Settings

MODEL = {"version": "20260101-000000-0001", "metrics": {"accuracy": 0.9, "majority": 0.5}, "data": {"test": 25_000}}


def test_the_greeting_says_how_good_the_model_is_and_how_to_ask_it() -> None:
    text = start.greeting("http://127.0.0.1:1/x", MODEL, 12.3)
    assert "90.0% of 25,000 held-out texts" in text
    assert "Ready in 12 s" in text
    assert "curl -s http://127.0.0.1:1/x/sentiment" in text


def test_with_data_in_the_bucket_the_way_to_retrain_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "seed", lambda application: None)
    assert "invoke -f retrain" in start.next_steps(Application(Settings()))


def test_without_a_network_for_the_data_to_retrain_on_a_sentence_says_so_and_nothing_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(application: Application) -> None:
        raise Problem("The package registry cannot be reached.")

    monkeypatch.setattr(start, "seed", fail)
    text = start.next_steps(Application(Settings()))
    assert "all else works. The package registry cannot be reached." in text
    assert "invoke -f retrain" not in text
    assert text.endswith("kept for the next start.")
