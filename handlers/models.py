"""GET /models: every candidate so far, what was decided on it, and the job that was started last."""

from handlers.common import lease, verdicts
from handlers.common.http import Answer, Event, answer_json, route


@route
def handler(event: Event) -> Answer:
    """All candidates, the newest first."""
    candidates = [verdict.public() for verdict in verdicts.every()]
    return answer_json(200, {"models": candidates, "latest_job": lease.latest_job()})
