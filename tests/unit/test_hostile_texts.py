"""Cleaning and taking apart take steps in proportion to the text, whatever it is: counted, so that no clock decides."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from benchmarks.linear_time import KINDS, STEPS
from ml.text import _WORDS, preload

LENGTH = 4_000  # characters: beyond what is parsed in one piece, where they are tags (ml.text.TAGS)


def lines(step: Callable[[str], Any], text: str) -> int:
    """How many lines of Python the step goes through, on words that it meets for the first time."""
    for words in _WORDS.values():
        words.clear()
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        step(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("step", STEPS)
def test_twice_the_text_takes_no_more_than_twice_the_steps(step: str) -> None:
    preload()
    for kind, make in KINDS.items():
        once, twice = (lines(STEPS[step], make(length)[:length] + " good") for length in (LENGTH, 2 * LENGTH))
        assert twice < 2.5 * once + 10_000, kind
