"""Where the words and the sentences of a text stand in it, as it was sent.

`ml.text.tokenise` forgets this, for it has no use for it; an explanation has. Here the same steps are taken with a
note, for every character, of the part of the text that it comes from.
"""

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from ml import notation
from ml import text as cleaning
from ml.text import STOP_LISTS, Preprocessing

_MARKUP = re.compile(
    r"""</?[a-zA-Z] (?: [^<>"'] | "[^"<]*" | '[^'<]*' )*+ >"""
    r"| (?P<entity> & (?: \#[0-9]+ | \#[xX][0-9a-fA-F]+ | [a-zA-Z][-.a-zA-Z0-9]* ) ;? )",
    re.VERBOSE,
)
_NUMBER = re.compile(r"&\#(?:(?P<decimal>[0-9]{6,7})|[xX](?P<hexadecimal>[0-9a-fA-F]{5,6}))\b;?")
# Private characters of planes 15 and 16: each stands for the place of one that a parser of HTML takes as plain text.
_PLANE = 0xFFFE  # characters of a plane: its last two are none
_MARKS = 2 * _PLANE
_FIRST, _SECOND = 0xF0000, 0x100000
_LEAST = chr(_FIRST)  # no character that is no mark lies beyond it
HIDDEN = 100  # entities in a row that a script may hide; looking at all would take quadratic time
# A run of stops is looked at from its beginning only, once and in one go: so the search is linear.
_SENTENCE_END = re.compile(
    r"""(?: (?<! [.!?…] ) (?<! \b [A-Z] ) (?<! \b(?:Mr|Ms|Dr|St|Jr|Sr|vs) ) (?<! \bMrs ) [.!?…]++ ["'”’)\]]*+ (?=\s) )
    | (?: <br\s*+/?> | </?(?:p|div|li|h[1-6])> | \n )+""",
    re.VERBOSE | re.IGNORECASE,
)


Replacement = Callable[[re.Match[str]], str | None]
Places = list[tuple[int, int]]


@dataclass(frozen=True)
class Span:
    """A word as the vocabulary knows it, and the characters start … end - 1 of the text that it was made of."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class _Traced:
    """Characters, and for each the part starts[i] … ends[i] - 1 of the original that it comes from."""

    text: str
    starts: list[int]
    ends: list[int]

    def replaced(self, pattern: re.Pattern[str], by: str | Replacement, until: int | None = None) -> "_Traced":
        """With every match, up to there, replaced by what `by` says; one of which it makes None stays."""
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text, 0, len(self.text) if until is None else until):
            begin, end = match.span()
            replacement = match.expand(by) if isinstance(by, str) else by(match)
            if replacement is None:
                continue
            chars.append(self.text[done:begin] + replacement)
            starts += self.starts[done:begin]
            ends += self.ends[done:begin]
            for first, last in _origins(match[0], replacement):
                starts.append(self.starts[begin + first])
                ends.append(self.ends[begin + last])
            done = end
        chars.append(self.text[done:])
        return _Traced("".join(chars), starts + self.starts[done:], ends + self.ends[done:])

    def lower(self) -> "_Traced":
        """In lower case, where some letters become two."""
        lengths = [len(char.lower()) for char in self.text]
        return _Traced(self.text.lower(), _repeated(self.starts, lengths), _repeated(self.ends, lengths))


def locate(text: str, preprocessing: Preprocessing) -> list[Span]:
    """The words of `tokenise(text, preprocessing)`, in order, each with its place. Takes any str."""
    traced = _Traced(text, list(range(len(text))), list(range(1, len(text) + 1)))
    if preprocessing.symbols:
        traced = _after(traced, notation.BEFORE_HTML)
    if preprocessing.strip_html and ("<" in text or "&" in text):
        traced = _visible(traced)
    if preprocessing.symbols:
        traced = _after(traced, notation.steps_for(traced.text))
    traced = traced.replaced(cleaning.SURROGATE, "").replaced(re.compile("’"), "'")
    if preprocessing.lowercase:
        traced = traced.lower()
    if preprocessing.alphanumeric:
        traced = traced.replaced(cleaning.NOT_ALPHANUMERIC, " ")
    stop, place, spans = STOP_LISTS[preprocessing.stop_words], 0, []
    for token in cleaning.split(traced.text, replace(preprocessing, stop_words="none")):
        # Every letter and digit is in one token or another, so none can be found too early.
        place = traced.text.index(token, place)
        if token.lower() not in stop:
            spans.append(Span(token, traced.starts[place], traced.ends[place + len(token) - 1]))
        place += len(token)
    return spans


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, or line, that holds a letter or digit; the space between them is in none."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    found = []
    for begin, end in zip([0, *ends], [*ends, len(text)], strict=True):
        part = text[begin:end]
        if any(char.isalnum() for char in part):
            start = begin + len(part) - len(part.lstrip())
            found.append((start, start + len(part.strip())))
    return found


def _after(traced: _Traced, steps: tuple[notation.Step, ...]) -> _Traced:
    for step in steps:
        if step.concerns(traced.text):
            traced = traced.replaced(step.pattern, step.replacement)
    return traced


def _origins(match: str, replacement: str) -> Places:
    """For each character of a replacement the first and the last of the match that it comes from.

    Where the letters of the replacement are the match's in the same order, each comes from its own; else all come from
    the whole match.
    """
    whole = (0, len(match) - 1)
    places, place = [], 0
    for char in replacement:
        if not char.isalnum():
            here = min(place, len(match) - 1)
            places.append((here, here))
            continue
        place = match.find(char, place)
        if place < 0:
            return [whole] * len(replacement)
        places.append((place, place))
        place += 1
    if places and replacement[-1].isalnum():  # what is left out behind it, as in "sooo", is its own
        places[-1] = (places[-1][0], len(match) - 1)
    return places


def _visible(traced: _Traced) -> _Traced:
    """What a browser would show: ml.text.strip_html, of characters that are marked with their places."""
    last_comment_end = traced.text.rfind("-->") + 3  # beyond it the search for another takes quadratic time
    prepared = traced.replaced(cleaning.COMMENT, " ", last_comment_end)
    prepared = prepared.replaced(cleaning.DECLARATION, " ").replaced(cleaning.STRAY, " ").replaced(_NUMBER, _private)
    markup = list(_MARKUP.finditer(prepared.text))
    marked: list[str] = []
    done = 0
    for match in markup:
        marked += map(_mark, range(done, match.start()))
        marked.append(match[0])
        done = match.end()
    marked += map(_mark, range(done, len(prepared.text)))
    shown = cleaning.show("".join(marked))
    entities = [match for match in markup if match["entity"]]
    last = len(prepared.text) - 1
    places = [(min(begin, last), min(end - 1, last)) for begin, end in _places(shown, entities)]
    return _Traced(
        "".join(
            prepared.text[first] if char >= _LEAST else char for char, (first, _) in zip(shown, places, strict=True)
        ),
        [prepared.starts[first] for first, _ in places],
        [prepared.ends[final] for _, final in places],
    )


def _places(shown: str, entities: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """For each character shown the part of the marked text that it comes from.

    A mark tells its place. What is shown between two marks is either the space that parts two elements or what the
    entities between them stand for, of which a script may have hidden some.
    """
    begins, place = [match.start() for match in entities], 0
    span, rest, following = (0, 1), "", 0
    for char in shown:
        if char >= _LEAST:  # no other character is private: every one of the text's own was marked
            place += (_number(char) - place) % _MARKS
            span, rest, following = (place, place + 1), "", bisect_left(begins, place)
            place += 1
        elif char.isspace():
            span = (place, place + 1)
        elif rest.startswith(char):
            rest = rest[1:]
        else:
            for number in range(following, min(following + HIDDEN, len(entities))):
                if (meaning := _meaning(entities[number])).startswith(char):
                    span, rest, following = entities[number].span(), meaning[1:], number + 1
                    break
        yield span


def _meaning(entity: re.Match[str]) -> str:
    """What BeautifulSoup shows an entity as, which may depend on whether anything follows."""
    return _shown(entity[0], _LEAST if entity.end() < len(entity.string) else "")


@lru_cache(maxsize=1000)
def _shown(entity: str, after: str) -> str:
    return cleaning.show(entity + after).removesuffix(after)


def _private(entity: re.Match[str]) -> str | None:
    """The character that a numeric entity stands for, if it could be taken for a mark."""
    if entity.end() == len(entity.string) and not entity[0].endswith(";"):
        return None  # is shown as it stands
    number = int(entity["decimal"]) if entity["decimal"] else int(entity["hexadecimal"], 16)
    return chr(number) if _FIRST <= number <= sys.maxunicode else None


def _mark(place: int) -> str:
    number = place % _MARKS
    return chr(_FIRST + number if number < _PLANE else _SECOND + number - _PLANE)


def _number(mark: str) -> int:
    code = ord(mark)
    return code - _FIRST if code < _SECOND else code - _SECOND + _PLANE


def _repeated(values: list[int], lengths: list[int]) -> list[int]:
    return [value for value, length in zip(values, lengths, strict=True) for _ in range(length)]
