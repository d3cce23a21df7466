"""The lookup table from words to integers: the one contract between the Lambda and the model.

Its id is a hash of the words and of the preprocessing: two sides that hold the same id give a text the same
ids.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ml.errors import VocabularyError
from ml.text import Preprocessing, tokenise

PADDING, UNKNOWN = 0, 1
FIRST_WORD = 2


@dataclass(frozen=True)
class Encoding:
    """A text as the model takes it."""

    ids: list[int]  # at most `preprocessing.length` of them, not padded
    tokens: int  # words after cleaning, before cutting
    unknown: float  # share of those words that the vocabulary lacks; 0 when there are none
    truncated: bool


@dataclass(frozen=True)
class Vocabulary:
    words: tuple[str, ...]  # words[i] has the id i + 2
    preprocessing: Preprocessing = field(default_factory=Preprocessing)

    @classmethod
    def build(
        cls, token_lists: Iterable[list[str]], preprocessing: Preprocessing, size: int, min_count: int
    ) -> "Vocabulary":
        """The most frequent words, equal counts by alphabet. `size` counts padding and unknown too."""
        return cls.of_counts(count(token_lists), preprocessing, size, min_count)

    @classmethod
    def of_counts(
        cls, counts: Mapping[str, int], preprocessing: Preprocessing, size: int, min_count: int
    ) -> "Vocabulary":
        """As `build`, of words that are counted already."""
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        words = tuple(word for word, count in ranked if count >= min_count)
        return cls(words[: max(0, size - FIRST_WORD)], preprocessing)

    def __len__(self) -> int:
        """The number of ids, padding and unknown included: rows of the embedding."""
        return len(self.words) + FIRST_WORD

    @cached_property
    def id(self) -> str:
        content = {"preprocessing": self.preprocessing.to_dict(), "words": self.words}
        return hashlib.sha256(_canonical(content)).hexdigest()[:16]

    def encode(self, text: str) -> Encoding:
        """The text's ids, for any str. Lambda, training and serving all come through here or `look_up`."""
        return self.look_up(tokenise(text, self.preprocessing))

    def look_up(self, tokens: list[str]) -> Encoding:
        """The second half of `encode`, for tokens that are at hand already."""
        ids = [self._ids.get(token, UNKNOWN) for token in tokens]
        unknown = ids.count(UNKNOWN) / len(ids) if ids else 0.0
        length = self.preprocessing.length
        return Encoding(ids[:length], len(ids), unknown, len(ids) > length)

    def to_bytes(self) -> bytes:
        return _canonical({"id": self.id, "preprocessing": self.preprocessing.to_dict(), "words": self.words})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Vocabulary":
        """The inverse of `to_bytes`. Raises VocabularyError if it is damaged, or its id is not its hash."""
        try:
            document = json.loads(data)
            stated, words = document["id"], document["words"]
            preprocessing = Preprocessing.from_dict(document["preprocessing"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise VocabularyError(f"not a vocabulary document: {type(error).__name__}: {error}") from error
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise VocabularyError("not a vocabulary document: 'words' must be a list of strings")
        if len(set(words)) != len(words):
            raise VocabularyError("not a vocabulary document: 'words' holds a word twice")
        vocabulary = cls(tuple(words), preprocessing)
        if vocabulary.id != stated:
            raise VocabularyError(
                f"the vocabulary calls itself {stated!r} but its content is {vocabulary.id!r}: "
                "it was changed or damaged; fetch it again from the model's artifact"
            )
        return vocabulary

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words, start=FIRST_WORD)}


def count(token_lists: Iterable[list[str]]) -> Counter[str]:
    """How often each word occurs."""
    return Counter(token for tokens in token_lists for token in tokens)


def pad(rows: list[list[int]]) -> list[list[int]]:
    """The rows, each filled with PADDING on the right up to the longest of them."""
    longest = max(map(len, rows), default=0)
    return [row + [PADDING] * (longest - len(row)) for row in rows]


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
