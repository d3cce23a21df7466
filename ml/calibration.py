"""How sure a model's logits are: a temperature that depends on how long a text is. No torch is needed to read it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

USUAL = 50  # words, at which the temperature is the stated one
LONGEST = 1000  # words, beyond which it stays constant


@dataclass(frozen=True)
class Calibration:
    """Logits are divided by temperature · (words / 50) ^ exponent (Guo et al., 2017, for one length)."""

    temperature: float = 1.0
    exponent: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"the temperature {self.temperature!r} is no positive number")
        if not -1 <= self.exponent <= 1:
            raise ValueError(f"the temperature's exponent {self.exponent!r} is no number from -1 to 1")

    def of(self, words: int) -> float:
        """The temperature for a text of so many words."""
        return self.temperature * (min(max(words, 1), LONGEST) / USUAL) ** self.exponent

    def to_dict(self) -> dict[str, float]:
        return {"temperature": self.temperature, "exponent": self.exponent}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Calibration":
        """Of an evaluation's `calibration`. Artifacts from before lengths mattered name no exponent."""
        return cls(values["temperature"], values.get("exponent", 0.0))
