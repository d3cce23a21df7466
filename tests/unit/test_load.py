"""What the load benchmark makes of what it saw."""

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from benchmarks._load_processes import MEBIBYTE, Growth, Sample, growth, name_of, sample_of
from benchmarks.load import Phase, Request, is_past_knee, percentile, settled, table_of_times

SOAK = (100.0, 500.0)


def phase(milliseconds: Sequence[float], status: int | str = 200, rate: float = 10) -> Phase:
    requests = [Request(number / rate, "one text", status, each) for number, each in enumerate(milliseconds)]
    return Phase("steady", rate, 0.0, len(milliseconds) / rate, requests)


def samples(memory: Sequence[float]) -> list[Sample]:
    """One sample every ten seconds of the soak, in mebibytes."""
    times = [SOAK[0] + 10 * number for number in range(41)]
    return [Sample(at, round(each * MEBIBYTE), 0, 5, 1) for at, each in zip(times, memory, strict=True)]


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 51), (0.99, 100), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, expected: float) -> None:
    assert percentile(range(100, 0, -1), share) == expected


@pytest.mark.parametrize("status", [0, 400, 429, 500, 504, "wrong"])
def test_every_answer_but_a_good_one_is_an_error(status: int | str) -> None:
    assert phase([10, 10]).errors() == []
    assert phase([10, 10], status).errors() == [f"steady: 2 × {status} to “one text”"]


def test_429_is_no_error_above_the_throttle() -> None:
    assert replace(phase([10, 10], 429), allowed=(200, 429)).errors() == []


def test_a_phase_in_which_nothing_was_asked_is_an_error() -> None:
    assert phase([]).errors() == ["steady: nothing was asked"]


def test_who_is_refused_at_the_door_does_not_make_answers_look_fast() -> None:
    mixed = phase([1] * 9 + [50])
    requests = [replace(each, status=429) if each.milliseconds == 1 else each for each in mixed.requests]

    row = table_of_times([replace(mixed, requests=requests)])[-1]

    assert row == "| steady, 10 | one text | 10 | 1 × 200, 9 × 429 | 50 | 50 | 50 |"


def test_the_knee_is_where_the_slowest_answers_take_twice_as_long() -> None:
    assert not is_past_knee([phase([10] * 100), phase([19] * 100)])
    assert is_past_knee([phase([10] * 100), phase([21] * 100)])


def test_the_knee_is_where_users_wait_instead_of_asking() -> None:
    slow = phase([10] * 100)

    assert not is_past_knee([replace(slow, ended=slow.ended * 1.05)])
    assert is_past_knee([replace(slow, ended=slow.ended * 1.2)])


def test_the_first_third_of_a_rate_is_left_out_of_its_times() -> None:
    late = settled(phase([1000] * 10 + [10] * 20))

    assert {each.milliseconds for each in late.requests} == {10}
    assert late.ended - late.began == pytest.approx(2.0)


def test_what_rises_only_at_first_does_not_grow() -> None:
    grown = growth(samples([40 + min(number, 10) for number in range(41)]), *SOAK)

    assert grown is not None
    assert grown.is_noise(50 * MEBIBYTE)


def test_what_rises_all_the_time_grows() -> None:
    grown = growth(samples([40 + 0.25 * number for number in range(41)]), *SOAK)

    assert grown is not None
    assert not grown.is_noise(50 * MEBIBYTE)
    assert grown.memory / MEBIBYTE == pytest.approx(5, abs=0.3)


@pytest.mark.parametrize("grown", [Growth(0, 3, 0), Growth(0, 0, 3)])
def test_files_and_threads_that_stay_open_are_growth_too(grown: Growth) -> None:
    assert not grown.is_noise(1000 * MEBIBYTE)


def test_a_process_that_came_late_or_left_early_is_not_judged() -> None:
    every = samples([40.0] * 41)

    assert growth(every[11:], *SOAK) is None
    assert growth(every[:-3], *SOAK) is None
    assert growth([], *SOAK) is None


def test_a_process_tells_what_it_holds() -> None:
    """Its share of memory is some of it, at most what it maps; an open file more is seen."""
    before = sample_of(os.getpid())
    reading, writing = os.pipe()
    after = sample_of(os.getpid())
    os.close(reading)
    os.close(writing)

    assert 0 < before.memory <= before.rss
    assert after.files == before.files + 2
    assert before.threads >= 1


def test_a_process_that_is_no_part_of_the_application_has_no_name() -> None:
    assert name_of(os.getpid()) is None
