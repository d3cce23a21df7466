"""What a run shows while it trains: metrics as lines, one a line, and on a terminal a bar for the whole run."""

import sys
from types import TracebackType

from tqdm import tqdm

from ml.workers import is_first

OFTEN = 20  # steps between two looks at the figures: each look waits for the device


def say(line: str) -> None:
    """One fact a line, at once: whoever follows the job reads the lines as they come. One process of several speaks."""
    if is_first():
        tqdm.write(line)
        sys.stdout.flush()


class Bar:
    """Tokens done of all that the run will read, with their rate and the time left; nothing where no one watches."""

    def __init__(self, total: int, done: int) -> None:
        shown = sys.stdout.isatty() and is_first()
        self._bar = tqdm(total=total, initial=done, unit="token", unit_scale=True, leave=False, disable=not shown)
        self._steps = 0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    def advance(self, tokens: int) -> bool:
        """By one step; whether `show` would be seen now."""
        self._bar.update(tokens)
        self._steps += 1
        return not self._bar.disable and self._steps % OFTEN == 0

    def show(self, where: str, loss: float, accuracy: float) -> None:
        """Means over the epoch so far."""
        self._bar.set_description(where, refresh=False)
        self._bar.set_postfix(loss=f"{loss:.3f}", accuracy=f"{accuracy:.3f}", refresh=False)
