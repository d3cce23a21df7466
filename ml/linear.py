"""The linear model of n-grams as a Lambda reads and asks it: plain Python, which knows neither torch nor AWS.

ml/fallback.py makes it; it answers while a model's endpoint cannot (handlers/common/fallback.py). The file: the hash of
what follows, a line of JSON, and, compressed, for each n-gram how far its code lies behind the one before, and what it
weighs. The bytes of equal rank stand together, of which the higher are nearly all 0.
"""

import hashlib
import json
import math
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ml.errors import ArtifactError

LONGEST = 3  # words of an n-gram
MOST_BYTES = 2_000_000
MOST_NGRAMS = 1_000_000
TOLERANCE = 1e-6
_CODE_BYTES = 8
_WRAP = 1 << 8 * _CODE_BYTES
_ALTERED = "it was cut short or altered; take it from the model's artifact again"


@dataclass(frozen=True)
class Linear:
    """Logits that are calibrated already: `bias`, and `scale` times the weights of the n-grams that a text has."""

    vocabulary: str  # the id of the one whose ids it takes
    vocabulary_size: int
    weights: dict[int, int]  # of the n-grams that it knows, by their codes; -127 … 127
    scale: float
    bias: float
    golden: tuple[float, ...] = ()  # P(positive) of the texts in golden.json

    def logit(self, ids: Sequence[int]) -> float:
        """Of the text of these ids, however often it says the same."""
        known = self.weights.get
        return self.bias + self.scale * sum(known(code, 0) for code in {c for g in self._ngrams(ids) for c in g})

    def score(self, ids: Sequence[int]) -> float:
        """P(positive) of the text of these ids."""
        return 0.5 + 0.5 * math.tanh(self.logit(ids) / 2)  # the logistic function, without its overflows

    def added(self, ids: Sequence[int]) -> list[float]:
        """What each word adds to the logit: with the bias, these make the logit.

        An n-gram's weight is shared evenly by its words, wherever it stands.
        """
        shares = [0.0] * len(ids)
        for length, codes in enumerate(self._ngrams(ids), start=1):
            times = Counter(codes)
            for place, code in enumerate(codes):
                if weight := self.weights.get(code):
                    for word in range(place, place + length):
                        shares[word] += self.scale * weight / length / times[code]
        return shares

    def fault(self, golden: Sequence[Sequence[int]]) -> str | None:
        """What is wrong with its scores of the golden texts, given as ids; None where they are those of training."""
        if len(golden) != len(self.golden):
            return f"it has scores of {len(self.golden)} golden texts, and there are {len(golden)}"
        worst = max((abs(self.score(ids) - told) for ids, told in zip(golden, self.golden, strict=True)), default=0.0)
        return f"it scores golden texts up to {worst:.4f} off" if worst > TOLERANCE else None

    def to_bytes(self) -> bytes:
        """The file. Equal models give equal bytes."""
        codes = sorted(self.weights)
        gaps = [code - before for before, code in zip([0, *codes], codes, strict=False)]
        packed = struct.pack(f"<{len(gaps)}Q", *gaps)
        planes = b"".join(packed[rank::_CODE_BYTES] for rank in range(_CODE_BYTES))
        header = {
            "vocabulary": self.vocabulary,
            "vocabulary_size": self.vocabulary_size,
            "ngrams": len(codes),
            "scale": self.scale,
            "bias": self.bias,
            "golden": self.golden,
        }
        weights = struct.pack(f"{len(codes)}b", *map(self.weights.__getitem__, codes))
        content = json.dumps(header).encode() + b"\n" + zlib.compress(planes + weights, 9)
        return hashlib.sha256(content).hexdigest().encode() + b"\n" + content

    @classmethod
    def from_bytes(cls, data: bytes) -> "Linear":
        """The inverse of `to_bytes`. Raises ArtifactError where it is too large, cut short or altered."""
        if len(data) > MOST_BYTES:
            raise ArtifactError(f"a fallback of {len(data):,} bytes is too large; it may have {MOST_BYTES:,}")
        stated, _, content = data.partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != stated:
            raise ArtifactError(f"the fallback does not have the hash that it begins with: {_ALTERED}")
        line, _, compressed = content.partition(b"\n")
        try:
            header = json.loads(line)
            count, size = header["ngrams"], header["vocabulary_size"]
            numbers = header["scale"], header["bias"], *header["golden"]
            if not 0 <= count <= MOST_NGRAMS or not size > 0 or not all(math.isfinite(each) for each in numbers):
                raise ValueError("it has numbers that are out of range")
            weights = dict(zip(*_unpacked(compressed, count), strict=True))
            vocabulary = str(header["vocabulary"])
            return cls(vocabulary, size, weights, numbers[0], numbers[1], tuple(numbers[2:]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error, zlib.error) as error:
            raise ArtifactError(f"the fallback is not of the agreed form: {type(error).__name__}: {error}") from error

    def _ngrams(self, ids: Sequence[int]) -> list[list[int]]:
        """The codes of the words, the pairs, the triples, in order, as ml.ngrams.find makes them: wrapped to 64 bits,
        as they are there of more than two million words."""
        base, found = self.vocabulary_size + 1, [list(ids)]
        for length in range(1, LONGEST):
            found.append(
                [(code * base + word + 1) % _WRAP for code, word in zip(found[-1], ids[length:], strict=False)]
            )
        return found


def _unpacked(compressed: bytes, count: int) -> tuple[list[int], tuple[int, ...]]:
    """Codes, ascending, and weights of `count` n-grams; never more than that is held of what claims to be them."""
    expected = count * (_CODE_BYTES + 1)
    content = zlib.decompressobj().decompress(compressed, expected + 1)
    if len(content) != expected:
        raise ValueError(f"{count} n-grams take {expected} bytes, not {len(content)}")
    packed = bytearray(count * _CODE_BYTES)
    for rank in range(_CODE_BYTES):
        packed[rank::_CODE_BYTES] = content[rank * count : (rank + 1) * count]
    weights = struct.unpack(f"{count}b", content[count * _CODE_BYTES :])
    return list(accumulate(struct.unpack(f"<{count}Q", packed))), weights
