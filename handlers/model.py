"""GET /model: the model that serves."""

from typing import Any

from handlers.common import pointer
from handlers.common.capacity import kind_of
from handlers.common.errors import Unavailable
from handlers.common.hosting import describe_endpoint
from handlers.common.http import Answer, Event, answer_json, route
from handlers.common.limits import DECIDED
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
    endpoint = describe_endpoint(first.endpoint) or {"EndpointStatus": "Deleted"}
    return {
        **read_json(f"models/{first.version}.json"),
        "decided_from": DECIDED,
        "endpoint": {"kind": kind_of(endpoint), "status": endpoint["EndpointStatus"]},
        "rollout": [{"version": d.version, "weight": d.weight} for d in serving],
    }
