"""GET /model: the model that serves."""

from typing import Any

from handlers.common import pointer
from handlers.common.errors import Unavailable
from handlers.common.hosting import endpoint_status
from handlers.common.http import Answer, Event, answer_json, route
from handlers.common.pointer import Deployment
from handlers.common.store import read_json


@route
def handler(event: Event) -> Answer:
    """Describe the version with the largest share, and the shares of all."""
    serving = pointer.read().serving
    if not serving:
        raise Unavailable("No model serves yet; the first one is being started.", retry_after=10)
    return answer_json(200, describe(serving))


def describe(serving: tuple[Deployment, ...]) -> dict[str, Any]:
    """What training recorded of the first deployment, how it is served, and the share of each endpoint."""
    first = serving[0]
    return {
        **read_json(f"models/{first.version}.json"),
        "endpoint": {"kind": "realtime", "status": endpoint_status(first.endpoint) or "Deleted"},
        "rollout": [{"version": d.version, "weight": d.weight} for d in serving],
    }
