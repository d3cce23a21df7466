"""From a review as people write it to the words that a model counts.

The same code runs in the Lambda, in training and in the serving container, so it knows neither torch nor AWS.
BeautifulSoup and nltk are imported when a text first needs them: most do not, and nltk imports all of itself, which
takes longer than the rest of a Lambda's start.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from ml import notation
from ml.records import from_mapping

_STOPWORDS = json.loads(Path(__file__).with_name("stopwords.json").read_text("utf-8"))
STOP_LISTS: dict[str, frozenset[str]] = {
    "none": frozenset(),
    "keep-negations": frozenset(_STOPWORDS["words"]),
    "all": frozenset(_STOPWORDS["words"] + _STOPWORDS["negations"]),
}

SURROGATE = re.compile("[\ud800-\udfff]")
NOT_ALPHANUMERIC = re.compile(r"[^\w']|_")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
DECLARATION = re.compile(r"<[!?][^<>]*>")
_ENTITY_NAME = r"(?: \#[0-9]{1,7}\b | \#[xX][0-9a-fA-F]{1,6}\b | [a-zA-Z][a-zA-Z0-9]{1,31}\b )"
_ENTITY = re.compile("&" + _ENTITY_NAME, re.VERBOSE)
# A "<" or "&" that starts no tag or entity. No alternative looks past the next "<", so the search is linear.
STRAY = re.compile(
    r"""<(?! /?[a-zA-Z] (?: [^<>"'] | "[^"<]*" | '[^'<]*' )*+ > )""" f"| &(?! {_ENTITY_NAME} )", re.VERBOSE
)
TAGS = 500

# Tags that put a space into the text, wherever they stand. "</br>" does not: BeautifulSoup drops it after "<br>".
_SIMPLE_TAG = re.compile(r"<(?:br ?/?|/?(?:b|i|p|em|strong))>")
# What NOT_ALPHANUMERIC makes of ASCII, and that lowercased: tables for bytes.translate.
_KEPT = bytes(code if chr(code).isalnum() or chr(code) == "'" else ord(" ") for code in range(256))
_KEPT_LOWERED = _KEPT.lower()
# The words without an apostrophe that nltk splits; and those with one or two whose parts it finds by simple rules.
_JOINED = re.compile("cannot|gimme|gonna|gotta|lemme|wanna", re.IGNORECASE)
_USUAL = re.compile(
    r"""(?: ' (?! (?i:re|ve|ll|m|t|s|d|n)\b ) )?  ([^']+?)  ( '[sSmMdD]? | '(?:ll|LL|re|RE|ve|VE) | n't | N'T )?""",
    re.VERBOSE,
)


_ADDED = {"symbols": False, "ends": False}


@dataclass(frozen=True)
class Preprocessing:
    """The cleaning steps; a model's artifact records them, and they are part of its vocabulary's id."""

    strip_html: bool = True
    alphanumeric: bool = True  # keep letters, digits and apostrophes only
    lowercase: bool = True
    stop_words: str = "keep-negations"  # what to drop: "keep-negations", "all" or "none"
    length: int = 500  # words beyond it are cut
    # Later than the first artifacts, which lack them: at these values they are left out of `to_dict`, and of the hash.
    symbols: bool = False  # emoji, emoticons, ratings and punctuation become words, apostrophes one (ml/notation.py)
    ends: bool = False  # of a text that is too long the end is read as well as the beginning

    def __post_init__(self) -> None:
        if self.stop_words not in STOP_LISTS:
            choices = ", ".join(STOP_LISTS)
            raise ValueError(f"preprocessing: 'stop_words' must be one of {choices}, not {self.stop_words!r}")
        if self.length < 1:
            raise ValueError(f"preprocessing: 'length' must be at least 1, not {self.length}")

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self)
        return {name: value for name, value in values.items() if name not in _ADDED or value != _ADDED[name]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Preprocessing":
        """The inverse of `to_dict`. A missing, unknown or ill-typed key raises ValueError."""
        return from_mapping(cls, {**_ADDED, **values} if isinstance(values, Mapping) else values, "preprocessing")


class _ManyUnusual(Exception):
    """The text has so many words of which nltk has to be asked that asking once for all of it is quicker."""


class _Words(dict[str, tuple[str, ...]]):
    """What nltk makes of a word between two spaces, stop words left out; filled as words turn up."""

    SIZE = 65_536  # words: an estimated 12 MB, of a Lambda's 512
    LONGEST = 40  # characters: a word beyond it is hardly met twice
    UNUSUAL = 50  # words of a text that nltk is asked about one by one; each costs as much as 130 characters in a row

    def __init__(self, stop: frozenset[str]) -> None:
        self.stop = stop
        self.unusual = 0

    def of(self, words: Iterable[str]) -> list[str]:
        """The tokens of the words of a text. Raises _ManyUnusual."""
        self.unusual = 0
        return list(chain.from_iterable(map(self.__getitem__, words)))

    def __missing__(self, word: str) -> tuple[str, ...]:
        usual = _USUAL.fullmatch(word)
        if usual and not _JOINED.fullmatch(usual[1]):
            tokens = tuple(_keep(filter(None, usual.groups()), self.stop))
        else:
            self.unusual += 1
            if self.unusual > self.UNUSUAL:
                raise _ManyUnusual
            tokens = tuple(_keep(_tokeniser().tokenize(f" {word} "), self.stop))
        if len(word) <= self.LONGEST:
            if len(self) >= self.SIZE:
                self.clear()  # the common words are back within a few texts
            self[word] = tokens
        return tokens


_WORDS = {name: _Words(stop) for name, stop in STOP_LISTS.items()}


def tokenise(text: str, preprocessing: Preprocessing) -> list[str]:
    """All words of `text` after cleaning, in order. Takes any str, in time linear to its length.

    Gives what `tokenise_plainly` gives, some ten times as fast where the text is plain and
    `preprocessing.alphanumeric`.
    """
    if preprocessing.alphanumeric:
        cleaned = _clean(text, preprocessing)
        if not cleaned.rstrip().endswith("'"):  # what nltk makes of it depends on the space after it
            return split(cleaned, preprocessing)
    return tokenise_plainly(text, preprocessing)


def tokenise_plainly(text: str, preprocessing: Preprocessing) -> list[str]:
    """The definition of `tokenise`: BeautifulSoup, a regular expression, nltk, stop words."""
    if preprocessing.symbols:
        text = notation.apply(text, notation.BEFORE_HTML)
    if preprocessing.strip_html and ("<" in text or "&" in text):
        text = _strip_html(text)
    return _keep(_tokeniser().tokenize(_normalise(text, preprocessing)), STOP_LISTS[preprocessing.stop_words])


def preload() -> None:
    """Import now what is imported when a text first needs it."""
    import bs4  # noqa: F401

    _tokeniser()


def split(cleaned: str, preprocessing: Preprocessing) -> list[str]:
    """The words of a text that is cleaned already."""
    # Where only letters, digits and apostrophes are left, nltk's rules for a word look no further than the spaces
    # around it. One asks for the space after a closing quote, which the text's last word may lack.
    if preprocessing.alphanumeric and not cleaned.rstrip().endswith("'"):
        with suppress(_ManyUnusual):
            return _WORDS[preprocessing.stop_words].of(cleaned.split())
    return _keep(_tokeniser().tokenize(cleaned), STOP_LISTS[preprocessing.stop_words])


@cache
def _tokeniser() -> Any:
    """nltk's NLTKWordTokenizer."""
    from nltk.tokenize import NLTKWordTokenizer

    return NLTKWordTokenizer()


def _keep(tokens: Iterable[str], stop: frozenset[str]) -> list[str]:
    return [token for token in tokens if token.lower() not in stop and any(character.isalnum() for character in token)]


def _clean(text: str, preprocessing: Preprocessing) -> str:
    """What nltk is given when `preprocessing.alphanumeric`, but for the number of spaces between words."""
    if preprocessing.symbols and "<" in text:
        text = notation.apply(text, notation.BEFORE_HTML)
    if preprocessing.strip_html and ("<" in text or "&" in text):
        simple = _SIMPLE_TAG.sub(" ", text)
        # An "&" that begins no entity is a space, as `_strip_html` has it.
        text = _strip_html(text) if "<" in simple or _ENTITY.search(simple) else simple.replace("&", " ")
    if preprocessing.symbols:
        text = notation.apply(text, notation.steps_for(text))
    if text.isascii():
        return text.encode().translate(_KEPT_LOWERED if preprocessing.lowercase else _KEPT).decode()
    return _letters(text, preprocessing)


def _normalise(text: str, preprocessing: Preprocessing) -> str:
    if preprocessing.symbols:
        text = notation.apply(text, notation.AFTER_HTML)
    return _letters(text, preprocessing)


def _letters(text: str, preprocessing: Preprocessing) -> str:
    text = SURROGATE.sub("", text).replace("’", "'")
    if preprocessing.lowercase:
        text = text.lower()
    return NOT_ALPHANUMERIC.sub(" ", text) if preprocessing.alphanumeric else text


def _strip_html(text: str) -> str:
    """The text that a browser would show, a space between elements.

    html.parser takes quadratic time, or gives up, on comments, tags and entities that never end, and reads
    them otherwise from one Python version to the next. So it is given none: comments and declarations go
    first, and what only looks like markup becomes a space.
    """
    last_comment_end = text.rfind("-->") + 3
    text = COMMENT.sub(" ", text[:last_comment_end]) + text[last_comment_end:]
    return show(STRAY.sub(" ", DECLARATION.sub(" ", text)))


def show(html: str) -> str:
    """BeautifulSoup's text of HTML in which every `<` and `&` begins what it should.

    For each text and end tag BeautifulSoup goes through the elements that are open, or were: quadratic time, where they
    are nested deeply. So HTML of more than TAGS tags, which no review has, is read in pieces.
    """
    cuts = [match.start() for match in re.finditer("<", html)][TAGS::TAGS]
    pieces = [html[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(html)], strict=True)]
    # An entity without its semicolon may be another one where nothing follows.
    return " ".join(map(_show, [*(piece + " " for piece in pieces[:-1]), pieces[-1]]))


def _show(html: str) -> str:
    from bs4 import BeautifulSoup

    # The leading tag keeps BeautifulSoup from warning that a text of one word looks like a URL or a file.
    return BeautifulSoup("<p>" + html, "html.parser").get_text(" ")
