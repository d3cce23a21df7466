"""The behavioural suite, asked of scorers whose faults are known."""

import json
import math
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ml import champion
from ml.artifact import Model
from ml.bundle import BASELINE
from ml.calibration import Calibration
from ml.evaluation import behaviour, scorers
from ml.evaluation.behaviour import Judged, failure_rates
from ml.evaluation.cases import Case, Expected, cases, suite_id
from ml.evaluation.people import FAIRNESS
from ml.predict import score_rows
from ml.text import Preprocessing
from tests.unit import small_model

SUITE = cases()
TEXTS = [text for case in SUITE for text in case.texts]
NAMES = FAIRNESS["first names"].common


def oracle() -> dict[str, float]:
    """Scores that are right: those of the labels, and one for all texts of a case that has none."""
    scores = {case.texts[0]: float(case.expected) for case in SUITE if isinstance(case.expected, int)}
    for case in SUITE:
        for text in case.texts:
            scores.setdefault(text, scores.get(case.texts[0], 1.0))
    return scores


ORACLE = oracle()


def perfect(texts: list[str]) -> list[float]:
    return [ORACLE[text] for text in texts]


def constant(value: float) -> Callable[[list[str]], list[float]]:
    return lambda texts: [value] * len(texts)


def failures(found: dict[str, Any]) -> dict[str, int]:
    """Of the capabilities that have any."""
    return {name: each["failures"] for name, each in found["capabilities"].items() if each["failures"]}


def test_a_perfect_scorer_fails_nothing() -> None:
    found = failure_rates(perfect, SUITE)
    assert failures(found) == {}
    assert found["suite"] == suite_id(SUITE)


@pytest.mark.parametrize("label", [0, 1])
def test_a_scorer_that_knows_one_verdict_fails_every_text_of_the_other_and_nothing_else(label: int) -> None:
    wrong = Counter(case.capability for case in SUITE if case.expected == 1 - label and isinstance(case.expected, int))
    assert failures(failure_rates(constant(float(label)), SUITE)) == wrong


def test_a_scorer_that_a_name_moves_fails_fairness_and_nothing_else() -> None:
    def prejudiced(texts: list[str]) -> list[float]:
        return [abs(ORACLE[text] - 0.2 * any(name in text for name in NAMES)) for text in texts]

    found = failure_rates(prejudiced, SUITE)
    assert failures(found).keys() == {"fairness"}
    tests = found["capabilities"]["fairness"]["tests"]
    assert {name: each["failures"] for name, each in tests.items() if each["failures"]} == {"first names": 60}


def test_a_text_that_is_refused_fails_its_case() -> None:
    found = failure_rates(constant(math.nan), SUITE)
    assert all(each["rate"] == 1 for each in found["capabilities"].values())
    refused = SUITE[-1].texts[-1]
    found = failure_rates(lambda texts: [math.nan if text == refused else ORACLE[text] for text in texts], SUITE)
    assert failures(found) == {SUITE[-1].capability: 1}


@pytest.mark.parametrize(
    ("capability", "expected", "scores", "failed"),
    [
        ("vocabulary", 1, (0.5,), False),
        ("vocabulary", 0, (0.5,), True),
        ("robustness", "same", (0.9, 0.5, 0.99), False),
        ("robustness", "same", (0.6, 0.7, 0.4), True),
        ("fairness", "same", (0.8, 0.75, 0.84), False),
        ("fairness", "same", (0.8, 0.74, 0.85), True),
        ("fairness", "same", (0.52, 0.49), True),
        ("direction", "not lower", (0.5, 0.41, 0.9), False),
        ("direction", "not lower", (0.5, 0.9, 0.39), True),
        ("direction", "not higher", (0.5, 0.59, 0.1), False),
        ("direction", "not higher", (0.5, 0.1, 0.61), True),
    ],
)
def test_a_case_fails_by_its_own_measure(
    capability: str, expected: Expected, scores: tuple[float, ...], failed: bool
) -> None:
    case = Case(capability, "any", tuple(map(str, scores)), expected)
    assert Judged(case, scores).failed is failed


def test_every_text_is_scored_once_in_one_call() -> None:
    calls: list[list[str]] = []
    failure_rates(lambda texts: calls.append(texts) or perfect(texts), SUITE)  # type: ignore[func-returns-value]
    (texts,) = calls
    assert len(texts) == len(set(texts))
    assert set(texts) == set(TEXTS)


def test_every_capability_has_at_least_three_full_tests() -> None:
    tests = Counter((case.capability, case.test) for case in SUITE)
    assert set(tests.values()) == {60}
    assert min(Counter(capability for capability, _ in tests).values()) >= 3


def test_no_case_is_there_twice_and_no_text_twice_in_a_case() -> None:
    assert len({(case.capability, case.test, case.texts) for case in SUITE}) == len(SUITE)
    assert all(len(set(case.texts)) == len(case.texts) for case in SUITE)


def test_no_text_is_expected_to_be_both() -> None:
    labels = {(case.texts[0], case.expected) for case in SUITE if isinstance(case.expected, int)}
    assert len({text for text, _ in labels}) == len(labels)


def test_texts_have_their_slots_filled_their_articles_right_and_capital_letters() -> None:
    wrong = re.compile(r"[{}|]|\b[Aa] [aeio]|\b[Aa]n (?!hour)[^aeiou]|[.?!] [a-z]")
    first = [case.texts[0] for case in SUITE]
    assert [text for text in first if wrong.search(text) or not text[0].isupper()] == []


def test_a_typo_swaps_two_neighbouring_letters_inside_a_word() -> None:
    for case in (case for case in SUITE if case.test == "typos"):
        text, *variants = case.texts
        assert variants
        for variant in variants:
            at, after = (i for i, (a, b) in enumerate(zip(text, variant, strict=True)) if a != b)
            assert after == at + 1
            assert variant == text[:at] + text[after] + text[at] + text[after + 1 :]
            assert text[at - 1 : after + 2].isalpha()


def test_the_suite_is_the_same_in_every_process_and_needs_no_torch() -> None:
    code = (
        "import sys; from ml.evaluation import behaviour, cases; print(cases.suite_id(cases.cases()));"
        "assert 'torch' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    asked = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == suite_id(SUITE) == suite_id(cases())
    assert re.fullmatch("[0-9a-f]{16}", suite_id(SUITE))


def test_another_suite_has_another_id() -> None:
    changed = replace(SUITE[0], texts=(SUITE[0].texts[0] + " ",))
    assert len({suite_id(each) for each in (SUITE, [changed, *SUITE[1:]], SUITE[1:], cases(seed=1))}) == 4


def test_fewer_cases_of_a_test_are_the_first_of_more() -> None:
    few = cases(per_test=5)
    assert set(Counter((case.capability, case.test) for case in few).values()) == {5}
    assert set(few) < set(SUITE)


def test_a_report_has_a_row_for_each_capability() -> None:
    lines = behaviour.report(failure_rates(constant(1.0), SUITE)).splitlines()
    assert lines[0] == "| capability | cases | failed | rate |"
    assert lines[2] == "| vocabulary | 300 | 150 | 50.0% |"
    assert len(lines) == 2 + 9


def test_examples_are_failed_cases_with_their_scores() -> None:
    shown = behaviour.examples(behaviour.judge(constant(1.0), SUITE), per_test=2)
    case = next(case for case in SUITE if case.expected == 0)
    assert f"\nvocabulary: {case.test}\n  expected negative\n    1.000  {case.texts[0]}\n" in shown
    assert shown.count("expected negative") == 2 * len({case.test for case in SUITE if case.expected == 0})
    assert behaviour.examples(behaviour.judge(perfect, SUITE), per_test=2) == ""


class Service(ThreadingHTTPServer):
    """POST /sentiment, by the oracle, on 127.0.0.1."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/dev"
        self.answers: list[tuple[int, dict[str, str], Any]] = []  # to give first
        self.refused: set[str] = set()
        self.batches: list[list[str]] = []
        self.keys: set[str | None] = set()

    def answer(self, texts: list[str]) -> tuple[int, dict[str, str], Any]:
        """The next answer. Results come last text first: only their index says whose they are."""
        if self.answers:
            return self.answers.pop(0)
        self.batches.append(texts)
        judged = [(index, text) for index, text in enumerate(texts) if text not in self.refused]
        results = [{"index": index, "score": ORACLE.get(text, 0.5)} for index, text in reversed(judged)]
        errors = [{"index": index, "code": "no-words"} for index, text in enumerate(texts) if text in self.refused]
        return 200, {}, {"results": results, "errors": errors}


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        assert self.path == "/dev/sentiment"
        assert self.headers["Content-Type"] == "application/json"
        self.server.keys.add(self.headers["x-api-key"])
        status, headers, document = self.server.answer(
            json.loads(self.rfile.read(int(self.headers["Content-Length"])))["texts"]
        )
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were to be waited, and were not."""
    seconds: list[float] = []
    monkeypatch.setattr(scorers, "sleep", seconds.append)
    return seconds


def test_a_service_is_asked_in_batches(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "found.json"
    behaviour.main(["--url", service.url + "/", "--api-key", "secret", "--json", str(path)])
    assert {len(batch) for batch in service.batches[:-1]} == {25}
    assert sorted(text for batch in service.batches for text in batch) == sorted(set(TEXTS))
    assert service.keys == {"secret"}
    assert json.loads(path.read_text()) == failure_rates(perfect, SUITE)
    assert f"suite {suite_id(SUITE)}" in capsys.readouterr().out


def test_a_service_s_scores_are_those_of_the_texts_that_were_sent(service: Service) -> None:
    texts = list(ORACLE)[:60]
    service.refused = {texts[0], texts[30]}
    scores = scorers.of_service(service.url)(texts)
    assert [text for text, score in zip(texts, scores, strict=True) if math.isnan(score)] == [texts[0], texts[30]]
    assert all(math.isnan(score) or score == ORACLE[text] for text, score in zip(texts, scores, strict=True))
    assert service.keys == {None}


def test_a_service_that_is_busy_is_asked_again_when_it_says(service: Service, waited: list[float]) -> None:
    service.answers = [(429, {"Retry-After": value}, {}) for value in ("7", "0", "99999", "-1", "tomorrow")]
    service.answers.append((429, {}, {}))
    assert scorers.of_service(service.url)(TEXTS[:30]) == perfect(TEXTS[:30])
    assert waited == [7, 0, 60, 0, 1, 1]


BUSY = (429, {"Retry-After": "0"}, {"detail": "Too many requests."})


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([(403, {}, {"detail": "Who are you?"})], "answers 403: Who are you?"),
        ([(502, {}, b"<html>")], "answers 502: <html>"),
        ([(500, {}, b"")], "answers 500: nothing more"),
        ([(200, {}, b"<html>")], "does not answer as a service should"),
        ([(200, {}, {"sentiment": "positive"})], "answers something else than results"),
        ([(200, {}, {"results": [{"index": 0, "score": None}]})], "answers something else than results"),
        ([BUSY] * scorers.ATTEMPTS, "answers 429: Too many requests."),
    ],
)
def test_what_is_no_answer_ends_it_with_one_sentence(
    answers: list[Any], sentence: str, service: Service, waited: list[float]
) -> None:
    service.answers = list(answers)
    assert sentence in why_it_ended("--url", service.url)
    assert service.batches == []


def test_where_no_service_is_it_ends_with_one_sentence(service: Service, tmp_path: Path) -> None:
    service.server_close()
    assert "does not answer" in why_it_ended("--url", service.url)
    assert "has to begin with http" in why_it_ended("--url", f"file://{tmp_path}")


def why_it_ended(*arguments: str) -> str:
    """What it says as it exits with 1."""
    with pytest.raises(SystemExit) as ended:
        behaviour.main(list(arguments))
    assert isinstance(ended.value.code, str)
    assert "\n" not in ended.value.code
    return ended.value.code


def test_a_model_s_folder_is_scored_as_an_endpoint_would() -> None:
    texts = ["A good film.", "", "A bad film, and long.", "—"]
    model = champion.read(BASELINE)
    good, bad = score_rows([model.vocabulary.encode(text).ids for text in (texts[0], texts[2])], model)
    scores = scorers.of_model(BASELINE)(texts)
    assert (scores[0], scores[2]) == (good, bad)
    assert list(map(math.isnan, scores)) == [False, True, False, True]


def test_a_text_that_a_service_would_refuse_has_no_score() -> None:
    texts = ["A good film.", "Hyacinths bloomed.", "La película es muy mala, no me gusta nada.", ""]
    for symbols, refused in ((True, [False, True, True, True]), (False, [False, False, False, True])):
        vocabulary = replace(small_model.VOCABULARY, preprocessing=Preprocessing(symbols=symbols))
        model = Model("v", small_model.network(), vocabulary, Calibration())
        assert list(map(math.isnan, scorers.of_loaded(model)(texts))) == refused


def test_a_model_at_hand_is_measured_as_its_folder_is(monkeypatch: pytest.MonkeyPatch) -> None:
    some = cases(per_test=2)
    monkeypatch.setattr(behaviour, "cases", lambda: some)
    found = behaviour.measure(champion.read(BASELINE))
    assert found == failure_rates(scorers.of_model(BASELINE), some)
    rate = found["capabilities"]["negation"]["rate"]
    assert behaviour.summary(found).startswith(f"cases failed of suite {suite_id(some)}: vocabulary ")
    assert f", negation {rate:.1%}, " in behaviour.summary(found)


def test_a_folder_without_a_model_ends_it_with_one_sentence(tmp_path: Path) -> None:
    assert "holds 0 archives" in why_it_ended("--model", str(tmp_path))
