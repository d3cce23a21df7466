"""What people write that is no word, made into words, and one spelling for what has several.

Emoticons, emoji, stars, ratings and marks of a sentence become words of their own ("zzhappy"), which the cleaning then
keeps; apostrophes of all kinds, control characters, styled letters and elongations get one form. Each step is a pattern
and what its matches become, so that ml/spans.py can follow every character through it.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

Replacement = str | Callable[[re.Match[str]], str]


class Step(NamedTuple):
    pattern: re.Pattern[str]
    replacement: Replacement
    needs: tuple[str, ...] = ()  # a text that holds none of these has no match; checking for them costs a tenth as much

    def concerns(self, text: str) -> bool:
        return not self.needs or any(each in text for each in self.needs)


def _step(pattern: str | re.Pattern[str], replacement: Replacement, *needs: str) -> Step:
    return Step(re.compile(pattern), replacement, needs)


EMOJI = {
    "zzhappy": "😀😃😄😁😊☺🙂😇😌😎🤗🤩🥳😺😸🎉🎊🥂",
    "zzlaugh": "😆😅🤣😂😹",
    "zzwink": "😉😜😛😝🤪😏",
    "zzlove": "😍🥰😘😚💕💖💗💓💞❤💘💝💙💚💛💜🧡🤎🤍🖤💟♥😻💋",
    "zzbroken": "💔",
    "zzyum": "😋🤤",
    "zzsad": "☹🙁😞😔😟😢😭😥😓😩😫🥺😿😕😣😖",
    "zzangry": "😠😡🤬👿💢😤🖕",
    "zzsick": "🤢🤮🤒😷🤧💩🤕",
    "zzfear": "😱😨😰😧😦🤯",
    "zzmeh": "😐😑😒🙄😬🤨🤔🤷😴🥱",
    "zzup": "👍👌👏🙌💪💯🔥✨🏆🥇✅✔",
    "zzdown": "👎❌🚫🗑",
    "zzthanks": "🙏",
}
# Marks that mean something next to words, but nothing on their own.
MARKS = frozenset({"zzwow", "zzask", "zzdots", "zzcomma", "zzstop", "zzlink", "zzuser"})
_UNITS = (
    r"(?:(?:h|hrs?|hours?|mins?|minutes?|secs?|seconds?|days?|weeks?|months?|years?|stars?|miles?|kms?|kg|gb|mb)\b|%)"
)
_VERBS = ("do", "does", "did", "is", "was", "were", "would", "could", "should", "ca", "wo", "have", "has", "had", "are")
_CONTRACTED = "|".join(rf"(?<=\b{verb}n)" for verb in (*_VERBS, "ai", "must", "need"))
_APOSTROPHES = "’‘´`′ʼʹ＇‛\u0092\u0091"
# What "nine out of ten" counts when it is no rating.
_COUNTED = (
    r"(?:people|persons?|times|customers|users|patients|students|dentists|doctors|reviewers|cases|days|nights|questions|"
    r"women|men|children|kids|adults|phones|units|pieces|pages|episodes|tests|games|matches|rooms|guests|orders|of)\b"
)
_IN_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_IN_WORDS)}
_RATING = re.compile(
    rf"(?<![\w/.$£€])(\d{{1,3}}(?:\.\d)?|{'|'.join(_NUMBERS)})(?:\s?/\s?|\s+out\s+of\s+(?:a\s+)?)(5|10|100|five|ten)"
    rf"(?:\s+stars?)?(?![\w/]|\.\d|\s+{_COUNTED})",
    re.IGNORECASE,
)


def apply(text: str, steps: tuple[Step, ...]) -> str:
    """The text after all steps, in order."""
    for step in steps:
        if step.concerns(text):
            text = step.pattern.sub(step.replacement, text)
    return text


def _rating(share: float) -> str:
    """A word for a rating of 0 to 1: in fifths, halves upwards."""
    return f" zzrate{int(share * 5 + 0.5)} "


def _fraction(match: re.Match[str]) -> str:
    given, most = (_NUMBERS.get(part.lower()) for part in match.groups())
    number, limit = float(match[1]) if given is None else given, float(match[2]) if most is None else most
    return _rating(number / limit) if number <= limit else match[0]


def _stars(match: re.Match[str]) -> str:
    filled = len(re.findall("[★⭐🌟*]", match[0]))
    return _rating(filled / max(5, filled + match[0].count("☆")))


def _windows(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252", "replace").replace("\ufffd", " ")


def _plain(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _hashtag(match: re.Match[str]) -> str:
    return " " + re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", match[1])


def _marks(match: re.Match[str]) -> str:
    return " zzask " * ("?" in match[0]) + " zzwow " * ("!" in match[0])


def _emoji(match: re.Match[str]) -> str:
    meaning = _meanings().get(match[0])
    return f" {meaning} " if meaning else match[0]


@cache
def _meanings() -> dict[str, str]:
    return {char: word for word, chars in EMOJI.items() for char in chars}


# Before HTML is removed, for "<" begins a heart as well as a tag.
BEFORE_HTML: tuple[Step, ...] = (
    _step(r"</3+(?![.,]?\d)", " zzbroken ", "</3"),
    _step(rf"<3+(?![.,]?\d|\s?{_UNITS})", " zzlove ", "<3"),
)
_ANY: tuple[Step, ...] = (
    _step("`", "'", "`"),
    _step(r"\\(?=['\"])", "", "\\"),
    _step(r"(?:\\[nrt])+", " ", "\\"),
    _step(r"(?:https?://|www\.)\S+|(?<!\S)\S+@\w[\w-]*\.\S+", " zzlink ", "://", "www.", "@"),
    _step(r"(?<!\w)@\w+", " zzuser ", "@"),
    _step(r"#(\w+)", _hashtag, "#"),
    _step(_RATING, _fraction, "/", "out", "OUT", "Out"),
    _step(r"(?<![\w*])\*{2,5}(?![\w*])", _stars, "**"),
    _step(r"[:;]'-?\(+", " zzsad ", "'(", "'-("),
    _step(r"[:;]'-?\)+|(?<!\w)(?:[:;=]-?|[xX])D+(?!\w)", " zzlaugh ", "D", "')", "'-)"),
    _step(r">:-?\(+", " zzangry ", ">:"),
    _step(r":-?\)+|(?<!\w)=\)+|(?<!\w)\(-?:(?!\w)|(?<!\w):-?\]|\^_*\^", " zzhappy ", ":", "=", "^"),
    _step(r";-?\)+|(?<!\w)[:;=]-?[pP](?!\w)", " zzwink ", ";", ":", "="),
    _step(
        r":-?\(+(?!\w)|(?<!\w)=\(+(?!\w)|(?<!\w):-?\[(?!\w)|(?<!\w)[tT]_+[tT](?!\w)", " zzsad ", ":", "=", "T_", "t_"
    ),
    _step(r"(?<!\w):-?[/\\|](?!\S)", " zzmeh ", ":"),
    _step(r"(?<=[^\W\d_]n) '(?=t\b)", "'", "n 't"),
    _step(rf"(?i:n(?= ?t\b)(?:{_CONTRACTED})) ?", lambda match: match[0][0] + "'", "nt", "n t", "NT", "N T", "Nt"),
    _step(r"([A-Za-z])\1\1+", r"\1\1"),
    _step(r"[!?]+", _marks, "!", "?"),
    _step(r"\.{2,}", " zzdots ", ".."),
    _step(r",(?!\d)", " zzcomma ", ","),
    _step(r"[.;:](?=[\"')\]]*\s+\S)", " zzstop ", ".", ";", ":"),
)
# What only a text that is not ASCII can hold.
_NOT_ASCII: tuple[Step, ...] = (
    _step("â€[™˜]", "'"),
    _step("â€[œ\x9d“”–—¦]?", " "),
    _step("[\x80-\x9f]", _windows),
    _step(f"[{_APOSTROPHES}]", "'"),
    _step(r"(?<=[^\W\d_])\ufffd(?=(?:t|s|re|ve|ll|d|m)\b)", "'", "\ufffd"),
    _step("[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]", ""),
    _step("[★⭐🌟]{2,}☆*|[★⭐🌟]☆+", _stars, "★", "⭐", "🌟"),
    _step("[\u2190-\U0001faff]", _emoji),
    # Of a long row of marks NFKC takes quadratic time.
    _step("[^\x00-\x7f][\u0300-\u036f]{0,30}|[a-zA-Z][\u0300-\u036f]{1,30}", _plain),
)
_HEARTS: tuple[Step, ...] = BEFORE_HTML  # "&lt;3" is one only now
AFTER_HTML: tuple[Step, ...] = (*_HEARTS, *_NOT_ASCII, *_ANY)
AFTER_HTML_ASCII: tuple[Step, ...] = (*_HEARTS, *_ANY)


def steps_for(text: str) -> tuple[Step, ...]:
    """The steps after HTML is removed that can change anything in the text."""
    return AFTER_HTML_ASCII if text.isascii() else AFTER_HTML
