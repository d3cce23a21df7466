"""GET /models: every candidate so far, and what was decided on it."""

from handlers.common import verdicts
from handlers.common.http import Answer, Event, answer_json, route


@route
def handler(event: Event) -> Answer:
    """All candidates, the newest first."""
    return answer_json(200, {"models": [verdict.public() for verdict in verdicts.every()]})
