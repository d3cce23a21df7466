"""How long the request at hand may still take.

API Gateway gives up 29 s after a request has come, Lambda ends the function at its 28th second. What is answered later
is lost, and the process with it: so an answer, be it a problem, leaves within 27 s, and a cold start has a second more.
Seconds, of the worst that each call comes to (handlers/common/clients.py has the limits of one attempt):

    serving pointer      7.2    two attempts of 3 s that S3 does not answer, a pause of 1 s at most between them
    vocabulary           7.2    only where a process has none of this id yet
    endpoint            12      one attempt; another, of it or of another endpoint, where there is time for all of it
    fallback             3.5    only where the stage wants one, a process has none yet, and the endpoint's time stays
                        26.4, without the fallback

No attempt begins that could not end in time. What that leaves, an answer that trickles in or a text that takes long to
clean, is broken off by an alarm of the process at the 27th second.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from types import SimpleNamespace
from typing import Any

from handlers.common.errors import TimedOut

LAMBDA = 28.0  # seconds that a function behind the API has, as serverless.yml says
MARGIN = 1.0  # to write the answer, and the line that tells of it
FETCH = 7.2  # for an object of S3, with its pause and second attempt
ENDPOINT = 12.0  # for one attempt at an endpoint

clock = time.monotonic
_request = SimpleNamespace(ends=inf)  # by the clock; a process has one request at a time, whose threads share its time


class Over(BaseException):
    """The time of the request is over. No Exception, for botocore takes each of those for a fault of the network."""


def left() -> float:
    """Seconds that are left of the request, or of the part of it that `within` gives; inf outside of requests."""
    return float(_request.ends - clock())


def is_set() -> bool:
    """Whether this is a request, which somebody waits for: the functions behind no API have more patience."""
    return bool(_request.ends < inf)


@contextmanager
def of_request(context: Any) -> Iterator[None]:
    """The time of a request, from Lambda's context where there is one. What goes on beyond it raises TimedOut."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    seconds = (remaining() / 1000 if remaining else LAMBDA) - MARGIN
    try:
        with within(seconds), _alarm(seconds):
            yield
    except Over:
        late = TimedOut("There was no time left for an answer. Please try again, with fewer or shorter texts.")
        late.cause = f"Over: {seconds:.0f} s"
        raise late from None


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """At most so much of the time that is left."""
    before = _request.ends
    _request.ends = min(before, clock() + seconds)
    try:
        yield
    finally:
        _request.ends = before


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    others = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *others)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)


def _ring(number: int, frame: Any) -> None:
    raise Over
