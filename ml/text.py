"""From a review as people write it to the words that a model counts.

The same code runs in the Lambda, in training and in the serving container, so it knows neither torch nor AWS.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from nltk.tokenize import NLTKWordTokenizer

from ml.records import from_mapping

_STOPWORDS = json.loads(Path(__file__).with_name("stopwords.json").read_text("utf-8"))
STOP_LISTS: dict[str, frozenset[str]] = {
    "none": frozenset(),
    "keep-negations": frozenset(_STOPWORDS["words"]),
    "all": frozenset(_STOPWORDS["words"] + _STOPWORDS["negations"]),
}

_TOKENISER = NLTKWordTokenizer()
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_ALPHANUMERIC = re.compile(r"[^\w']|_")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^<>]*>")
# A "<" or "&" that starts no tag or entity. No alternative looks past the next "<", so the search is linear.
_STRAY = re.compile(
    r"""<(?! /?[a-zA-Z] (?: [^<>"'] | "[^"<]*" | '[^'<]*' )*+ > )"""
    r"""| &(?! \#[0-9]{1,7}\b | \#[xX][0-9a-fA-F]{1,6}\b | [a-zA-Z][a-zA-Z0-9]{1,31}\b )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Preprocessing:
    """The cleaning steps; a model's artifact records them, and they are part of its vocabulary's id."""

    strip_html: bool = True
    alphanumeric: bool = True  # keep letters, digits and apostrophes only
    lowercase: bool = True
    stop_words: str = "keep-negations"  # what to drop: "keep-negations", "all" or "none"
    length: int = 500  # words beyond it are cut

    def __post_init__(self) -> None:
        if self.stop_words not in STOP_LISTS:
            choices = ", ".join(STOP_LISTS)
            raise ValueError(f"preprocessing: 'stop_words' must be one of {choices}, not {self.stop_words!r}")
        if self.length < 1:
            raise ValueError(f"preprocessing: 'length' must be at least 1, not {self.length}")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Preprocessing":
        """The inverse of `to_dict`. A missing, unknown or ill-typed key raises ValueError."""
        return from_mapping(cls, values, "preprocessing")


def tokenise(text: str, preprocessing: Preprocessing) -> list[str]:
    """All words of `text` after cleaning, in order. Takes any str, in time linear to its length."""
    if preprocessing.strip_html and ("<" in text or "&" in text):
        text = _strip_html(text)
    text = _SURROGATE.sub("", text).replace("’", "'")
    if preprocessing.lowercase:
        text = text.lower()
    if preprocessing.alphanumeric:
        text = _NOT_ALPHANUMERIC.sub(" ", text)
    stop = STOP_LISTS[preprocessing.stop_words]
    return [
        token
        for token in _TOKENISER.tokenize(text)
        if token.lower() not in stop and any(character.isalnum() for character in token)
    ]


def _strip_html(text: str) -> str:
    """The text that a browser would show, a space between elements.

    html.parser takes quadratic time, or gives up, on comments, tags and entities that never end, and reads
    them otherwise from one Python version to the next. So it is given none: comments and declarations go
    first, and what only looks like markup becomes a space.
    """
    last_comment_end = text.rfind("-->") + 3
    text = _COMMENT.sub(" ", text[:last_comment_end]) + text[last_comment_end:]
    text = _STRAY.sub(" ", _DECLARATION.sub(" ", text))
    # The leading tag keeps BeautifulSoup from warning that a text of one word looks like a URL or a file.
    return BeautifulSoup("<p>" + text, "html.parser").get_text(" ")
