"""Texts, requests and files that were made to do harm, or look as if they were."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

LONG = 100_000  # characters: the longest text that a request may hold
DEEP = 100_000  # levels of nesting


def filled(unit: str, length: int = LONG) -> str:
    """The unit again and again, up to the length."""
    return (unit * (length // len(unit) + 1))[:length]


# Each holds a word, so that it is one to judge.
TEXTS = {
    "control characters": "good \x00\x01\x07\x08\x0b\x1b[31m\x7f\x85 film",
    "direction of writing": "good \u202emlif\u202c \u2066\u2067\u2068\u2069\u200f film",
    "zero width": "g\u200bo\u200co\u200dd\ufeff \u2060film",
    "half a pair": "good \ud800 film \udc00, go\ud83dod",
    "pair the wrong way round": "good \udc00\ud800",
    "marks on a letter": "goo" + "\u0301" * 1000 + "d",
    "letters that grow": "good " + filled("İ", LONG - 5),
    "letters beyond the first plane": filled("𝐠𝐨𝐨𝐝 "),
    "private characters": "good \ue000\U000f0000\U000ffffd\U0010fffd\uffff\U0001ffff film",
    "line ends of all kinds": "good\r\n\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85film",
    "one word": filled("g"),
    "one word of quotes": filled("g'"),
    "as many words": filled("g "),
    "words of quotes": " ".join(f"{number:x}'{number:x}'s" for number in range(LONG))[:LONG],
    "quotes": "good " + filled("'", LONG - 5),
    "stops": "good" + filled(".", LONG - 4),
    "sentences": filled("g. "),
    "nested tags": "<b>" * (LONG // 8) + "good</b>" + "x</b>" * (LONG // 8 - 8),
    "nested tags that hide": "<template>" * 4_000 + "x</template>" * 4_000 + "good",
    "nested tags, not closed": "good " + filled("<i><b>", LONG - 5),
    "tags without an end": "good " + filled("<b ", LONG - 5),
    "tags closed, not opened": "good " + filled("</b>", LONG - 5),
    "empty elements": "<br>" * (LONG // 8) + "</i>" * (LONG // 8 - 1) + "good",
    "attributes": "<a " + " ".join(f"a{number}=1" for number in range(9_000)) + ">good",
    "quote in a tag": "good <a title='" + filled("x", 90_000),
    "comments": "good " + filled("<!--", LONG - 5),
    "declarations": "good " + filled("<!", LONG - 5),
    "marked sections": "good " + filled("<![CDATA[", LONG - 5),
    "entities": filled("&amp;", LONG - 5) + " good",
    "entities without an end": "good " + filled("&#", LONG - 5),
    "entities of no character": "good &#0; &#xD800; &#1114112; &#99999999999999999999; &#x110000; &#-1; &nosuch;",
    "entities that expand": '<!DOCTYPE x [<!ENTITY a "good"><!ENTITY b "&a;&a;&a;">]><x>&b;&b; good</x>',
    "a file from elsewhere": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a; good</x>',
    "a script": "good <script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "what templates and shells read": "good {{7*7}} ${7*7} %s %n $(id) `id` '; DROP TABLE x; -- ../../etc/passwd",
}

# Bodies that are no request, whatever the route.
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "nested lists": b"[" * DEEP,
    "nested lists, closed": b'{"text":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "nested objects": b'{"text":' * DEEP,
    "a name given twice": b'{"text":"good","text":"bad"}',
    "a name given twice, once as escapes": rb'{"text":"good","te\u0078t":"bad"}',
    "a name given twice, further in": b'{"text":{"a":1,"a":2}}',
    "a number beyond all": b'{"text":1e999}',
    "a number of 5,000 digits": b'{"text":' + b"9" * 5_000 + b"}",
    "a number of 4,000 digits": b'{"text":' + b"9" * 4_000 + b"}",
    "a number of 900,000 digits": b'{"text":' + b"9" * 900_000 + b"}",
    "a number of a long exponent": b'{"text":1e' + b"9" * 900_000 + b"}",
    "no number": b'{"text":NaN}',
    "no number, among texts": b'{"texts":["good",NaN]}',
    "infinity": b'{"text":-Infinity}',
    "many names": b"{" + b",".join(b'"%d":0' % number for number in range(90_000)) + b"}",
    "a long name": b'{"' + b"n" * 900_000 + b'":0}',
    "a name of half a pair": rb'{"\ud800":"good"}',
    "many lists": b'{"text":[' + b"[]," * 300_000 + b"[]]}",
    "half an escape": rb'{"text":"\ud8',
    "a raw control character": b'{"text":"good\x00film"}',
    "Latin-1": '{"text":"très"}'.encode("latin-1"),
    "UTF-16, cut short": '{"text":"good"}'.encode("utf-16")[:-1],
    "a byte order mark alone": b"\xef\xbb\xbf",
    "bytes": bytes(range(256)),
    "a packed body": gzip.compress(b'{"text":"good"}'),
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    "text after the end": b'{"text":"good"}{"text":"bad"}',
}

# As json.loads gives them, and further: any that Python's own reading and writing of JSON knows.
any_text = st.text(st.characters(exclude_categories=[]), max_size=50) | st.sampled_from(
    sorted(TEXTS.values(), key=len)[:9]
)
any_number = st.integers() | st.integers(10**300, 10**4000) | st.floats()
any_json = st.recursive(
    st.none() | st.booleans() | any_number | any_text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(any_text, inner, max_size=5),
    max_leaves=20,
)


def archive(*members: tuple[str, int], kind: bytes = tarfile.REGTYPE) -> bytes:
    """A .tar.gz of zeros: of each member's name and size, of which only the header tells where it is beyond 2 GB."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        for name, size in members:
            member = tarfile.TarInfo(name)
            member.size, member.type = size, kind
            tar.addfile(member, Zeros(size))
    return packed.getvalue()


class Zeros(io.RawIOBase):
    """So many of them, none of which takes memory."""

    def __init__(self, count: int) -> None:
        self.left = count

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        given = self.left if size < 0 else min(size, self.left)
        self.left -= given
        return bytes(given)


def as_json(value: Any) -> str:
    """JSON in which half a pair is an escape, NaN is NaN, and a number is as long as it is."""
    return json.dumps(value)


HUNDRED_MB = 100_000_000
# Each a .tar.gz of which little is on the disk.
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "a long document": lambda: archive(("evaluation.json", HUNDRED_MB)),
    "a long name": lambda: archive(("././@LongLink", HUNDRED_MB), kind=tarfile.GNUTYPE_LONGNAME),
    "long attributes": lambda: archive(("PaxHeaders/x", HUNDRED_MB), kind=tarfile.XHDTYPE),
    "long attributes for all": lambda: archive(("PaxHeaders/x", HUNDRED_MB), kind=tarfile.XGLTYPE),
    "very many files": lambda: archive(*((f"{number}", 0) for number in range(11_000))),
    "very many names in a row": lambda: archive(*([("././@LongLink", 512)] * 3_000), kind=tarfile.GNUTYPE_LONGNAME),
}
