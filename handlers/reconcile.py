"""Woken by the clock: takes the steps that no event has brought about."""

from typing import Any

from handlers.common import batches
from handlers.common.advance import advance
from handlers.common.log import correlate


def handler(event: dict[str, Any], context: Any) -> None:
    """Take the steps that are due, whoever should have taken them before."""
    correlate(event, context)
    try:
        advance()
    finally:
        batches.wake()
