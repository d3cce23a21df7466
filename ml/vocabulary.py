"""The lookup table from words to integers: the one contract between the Lambda and the model.

Its id is a hash of the words and of the preprocessing: two sides that hold the same id give a text the same
ids.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ml.errors import VocabularyError
from ml.notation import MARKS
from ml.text import Preprocessing, tokenise

PADDING, UNKNOWN = 0, 1
FIRST_WORD = 2
Item = TypeVar("Item")
COMMON = 10_000  # ids, below which a word is taken for what a misspelt one was meant to be
RESPELLED = range(5, 21)  # letters of a word in which a mistake can be told from another word
_DOUBLED = re.compile(r"(.)\1")


@dataclass(frozen=True)
class Encoding:
    """A text as the model takes it."""

    ids: list[int]  # at most `preprocessing.length` of them (`read_of`), not padded
    tokens: int  # words after cleaning, before cutting; marks such as "!" are none
    unknown: float  # share of those words that the vocabulary lacks; 0 when there are none
    truncated: bool


@dataclass(frozen=True)
class Vocabulary:
    words: tuple[str, ...]  # words[i] has the id i + 2
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    # Words that share the id of one, such as first names: so none of them can move a score otherwise than the others.
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def build(
        cls, token_lists: Iterable[list[str]], preprocessing: Preprocessing, size: int, min_count: int
    ) -> "Vocabulary":
        """The most frequent words, equal counts by alphabet. `size` counts padding and unknown too."""
        return cls.of_counts(count(token_lists), preprocessing, size, min_count)

    @classmethod
    def of_counts(
        cls,
        counts: Mapping[str, int],
        preprocessing: Preprocessing,
        size: int,
        min_count: int,
        groups: Mapping[str, tuple[str, ...]] | None = None,
    ) -> "Vocabulary":
        """As `build`, of words that are counted already. A group counts as often as its words do together."""
        groups = groups or {}
        name_of = {word: name for name, members in groups.items() for word in members}
        together: Counter[str] = Counter()
        for word, times in counts.items():
            together[name_of.get(word, word)] += times
        ranked = sorted(together.items(), key=lambda item: (-item[1], item[0]))
        words = tuple(word for word, count in ranked if count >= min_count)[: max(0, size - FIRST_WORD)]
        return cls(words, preprocessing, {name: members for name, members in groups.items() if name in words})

    def __len__(self) -> int:
        """The number of ids, padding and unknown included: rows of the embedding."""
        return len(self.words) + FIRST_WORD

    @cached_property
    def id(self) -> str:
        content = {"preprocessing": self.preprocessing.to_dict(), "words": self.words, **self._groups}
        return hashlib.sha256(_canonical(content)).hexdigest()[:16]

    def encode(self, text: str) -> Encoding:
        """The text's ids, for any str. Lambda, training and serving all come through here or `look_up`."""
        return self.look_up(tokenise(text, self.preprocessing))

    def look_up(self, tokens: list[str]) -> Encoding:
        """The second half of `encode`, for tokens that are at hand already."""
        words, ids = len(tokens), [self._ids.get(token, UNKNOWN) for token in tokens]
        unknown = ids.count(UNKNOWN)
        if self.preprocessing.symbols:
            words -= sum(map(MARKS.__contains__, tokens))
            if not words:
                ids = []
            elif unknown:
                meant = {token: self._respelled(token) for token in set(tokens) - self._ids.keys()}
                ids = [meant.get(token, id) for token, id in zip(tokens, ids, strict=True)]
                unknown = sum(meant.get(token) == UNKNOWN for token in tokens if token not in MARKS)
        share = unknown / words if words else 0.0
        return Encoding(self.read_of(ids), words, share, len(ids) > self.preprocessing.length)

    def read_of(self, words: list[Item]) -> list[Item]:
        """Those of a text's words that the model reads: the first, or the first and the last, where there are more."""
        length = self.preprocessing.length
        if len(words) <= length or not self.preprocessing.ends:
            return words[:length]
        return words[: length - length // 2] + words[len(words) - length // 2 :]

    def _respelled(self, token: str) -> int:
        """The id of the common word that an unknown one was probably meant to be, as "loove", "trerible", "horible"."""
        meant = {self._ids.get(_DOUBLED.sub(r"\1", token), UNKNOWN)}
        if len(token) in RESPELLED and token.isalpha():
            meant |= {self._ids.get(spelling, UNKNOWN) for spelling in _spellings(token)}
        return min((id for id in meant if UNKNOWN < id < COMMON), default=UNKNOWN)

    def to_bytes(self) -> bytes:
        content = {"preprocessing": self.preprocessing.to_dict(), "words": self.words, **self._groups}
        return _canonical({"id": self.id, **content})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Vocabulary":
        """The inverse of `to_bytes`. Raises VocabularyError if it is damaged, or its id is not its hash."""
        try:
            document = json.loads(data)
            stated, words = document["id"], document["words"]
            preprocessing = Preprocessing.from_dict(document["preprocessing"])
            groups = {name: tuple(members) for name, members in document.get("groups", {}).items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise VocabularyError(f"not a vocabulary document: {type(error).__name__}: {error}") from error
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise VocabularyError("not a vocabulary document: 'words' must be a list of strings")
        if len(set(words)) != len(words):
            raise VocabularyError("not a vocabulary document: 'words' holds a word twice")
        if not all(isinstance(word, str) for members in groups.values() for word in members):
            raise VocabularyError("not a vocabulary document: 'groups' must hold lists of strings")
        if missing := groups.keys() - set(words):
            raise VocabularyError(f"not a vocabulary document: the group {min(missing)!r:.80} is no word of it")
        vocabulary = cls(tuple(words), preprocessing, groups)
        if vocabulary.id != stated:
            raise VocabularyError(
                f"the vocabulary calls itself {stated!r} but its content is {vocabulary.id!r}: "
                "it was changed or damaged; fetch it again from the model's artifact"
            )
        return vocabulary

    @cached_property
    def _ids(self) -> dict[str, int]:
        ids = {word: index for index, word in enumerate(self.words, start=FIRST_WORD)}
        return ids | {word: ids[name] for name, members in self.groups.items() for word in members}

    @property
    def _groups(self) -> dict[str, Any]:
        """What the document says of groups: nothing where there are none, as before there were any."""
        return {"groups": dict(self.groups)} if self.groups else {}


def _spellings(word: str) -> Iterator[str]:
    """The word with two neighbouring letters swapped, one left out, or one doubled; the first letter is kept."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
        yield word[:place] + word[place - 1] + word[place:]
        if place + 1 < len(word):
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def read_groups() -> dict[str, tuple[str, ...]]:
    """Words that a model is to treat alike: first names, places, and what groups of people are called."""
    groups = json.loads(Path(__file__).with_name("groups.json").read_text("utf-8"))
    return {name: tuple(members) for name, members in groups.items()}


def count(token_lists: Iterable[list[str]]) -> Counter[str]:
    """How often each word occurs."""
    return Counter(token for tokens in token_lists for token in tokens)


def pad(rows: list[list[int]]) -> list[list[int]]:
    """The rows, each filled with PADDING on the right up to the longest of them."""
    longest = max(map(len, rows), default=0)
    return [row + [PADDING] * (longest - len(row)) for row in rows]


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
