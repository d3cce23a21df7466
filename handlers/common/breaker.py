"""Endpoints that just failed: for some seconds, nobody waits for them who can have an answer from elsewhere."""

from handlers.common import deadline

LEAST = 5.0  # seconds that an endpoint rests
FACTOR = 5  # or so many times as long as the call took that failed: of a process's time, waiting takes a sixth at most


class Breaker:
    """Until when each endpoint rests, as this process knows it."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def failed(self, endpoint: str, seconds: float) -> None:
        """A call that took so many seconds brought no scores."""
        self._until[endpoint] = deadline.clock() + max(LEAST, FACTOR * seconds)

    def answered(self, endpoint: str) -> None:
        """A call brought scores."""
        self._until.pop(endpoint, None)

    def resting(self) -> set[str]:
        """The endpoints that failed so lately that another answer is better; where there is none, ask them."""
        now = deadline.clock()
        return {endpoint for endpoint, until in self._until.items() if now < until}
