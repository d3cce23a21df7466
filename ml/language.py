"""Whether a text is in English, so that a model that has read nothing else may judge it.

Own code, because what PyPI has brings a model that a Lambda's zip has no room for (lingua-language-detector 96 MB,
lingua-slim 15 MB, eld 5.4 MB, py3langid 4.6 MB, langid 1.9 MB, lexilang 1.6 MB, langdetect 1.0 MB), or is an
unmaintained list of a few stop words (langpeek, messandei).

A text is English until another language shows more than English does: words of its list, letters and endings that
English does without, another script. What is short or unknown, a name, slang or an emoji, is therefore English.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

# languages.json. `english`: words that show English, none of which is international, as "film" and "hotel" are.
# `common`: words of other languages that English has too, or is full of as names, slang and misspellings: no evidence.
# `rare`: those that English has now and then, mostly in names and titles: half the evidence.
# `foreign`: of each language the closed-class words, and of the others those that reviews are made of. Those that are
# English words as well are here too, so that they are not taken for English in a text that is not.
_WORDS = json.loads(Path(__file__).with_name("languages.json").read_text("utf-8"))

# Foreign phrases that are English by now.
_PHRASES = r"""(?ix)\b(?: c'est\ la\ vie | que\ sera,?\ sera | hasta\ la\ vista | (?:la\ )?dolce\ vita | ciao\ bella
    | mi\ casa\ (?:es\ )?su\ casa | je\ ne\ sais\ quoi | raison\ d'[eê]tre | d[eé]j[aà]\ vu | vis[ -][aà][ -]vis
    | faux\ pas | au\ contraire | et\ al | bon\ (?:app[eé]tit|voyage) | mon\ dieu | o+h?\ la\ la | mamma\ mia
    | no\ bueno | joie\ de\ vivre | coup\ de\ \w+ | tour\ de\ force | pi[eè]ce\ de\ r[eé]sistance
    | cr[eè]me\ de\ la\ cr[eè]me | [aà]\ la\ (?:carte|mode) | danke\ sch(?:ö|oe?)n | merci\ beaucoup
    | muchas\ gracias | non- )\b"""
# Words of English that kept their foreign letters.
_LOANS = """
    appliqué attaché blasé brûlée café cafés château cliché clichéd clichés coupé crème crêpe crêpes divorcée
    doppelgänger décor déjà entrée entrées exposé façade façades fiancé fiancée flambé jalapeño jalapeños mañana matinée
    mâché ménage naïve naïveté passé piñata première protégé purée pâté risqué rosé résumé sautéed sauté señor señora
    señorita smörgåsbord soirée soufflé touché tête voilà éclair éclairs émigré über köfte börek
"""
_LETTERS = frozenset("ßäöüãõåæøăąćčďđěęĩğıłńňœőřśşșšťțũůűýźżžơư").union(map(chr, range(0x1EA0, 0x1EFA)))
_LOAN_LETTERS = frozenset("àáâçèéêëìíîïñòóôùúû")
# How words begin, go on and end in other languages, but hardly ever in English; and how they end in English.
_BEGINNINGS = ("meng", "meny", "naka", "pinak", "nili", "nime", "wame")
_MIDDLES = ("kj", "gj", "sj", "fj", "tj", "vg", "vt", "hv", "kk", "sz", "prz", "krz", "trz", "czy", "dzi")
_ENDINGS = """
    zione zioni issimo issima issime issimi mente amento ieron aban ciones avam aram inho inha inhos inhas lho lha lhos
    lhas keit heit heid lijk lijke lich liche lichen licher liches isch ische ischen ischer isches ungen iert ssa iin
    taan nya kan iyor yordu yorum leri lari eux euse euses aient ych ego ligt igt orna arna heten heden ningen ningar
    ningene erne ului elsen ij
"""
_ENGLISH_ENDINGS = ("ly", "ness", "ity", "able", "ful", "less", "ish", "ed")

# Characters, 500 words or so: a text's language shows in its beginning.
_ENOUGH = 3_000
_LONG = 200  # characters: too many for a phrase to decide
_LETTERS_ONLY = bytes(
    code if code > 127 or chr(code).isalpha() or chr(code) == "'" else ord(" ") for code in range(256)
)
# What goes before an apostrophe in French and Italian; and after it in "c'mon", "d'you" and "y'all".
_ELIDED = {"c", "d", "j", "l", "m", "n", "qu", "s", "t", "dell", "nell", "dall", "all", "un"}
_UNELIDED = {"mon", "you", "all"}
# Two or more characters in a row that are neither Latin nor signs; one alone is part of a kaomoji, as are the Tibetan
# and Japanese ones that the ranges leave out.
_OTHER_SCRIPT = (
    "[\u0370-\u0f39\u0f3e-\u1cff\u1f00-\u1fff\u2c80-\u2ddf\u2e80-\u2fdf\u3005\u3041-\u3096\u309d-\u30fa\u30fc-\ua71f"
    "\ua800-\uab2f\uabc0-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufefc\uff66-\uff9d\U00010000-\U0001bfff"
    "\U00020000-\U0003ffff]{2,}"
)
_KAOMOJI = "ಠಥ益彡"
# Many leave the marks out on a phone.
_UNMARKED = str.maketrans(
    "áàâãäăåąéèêëęěíìîïóòôõöőúùûüűůýçćčñńňśšşșťțţźżžłđďřı", "aaaaaaaaeeeeeeiiiioooooouuuuuuycccnnnsssstttzzzlddri"
)

_ENGLISH_WORDS = frozenset(_WORDS["english"])
_NO_EVIDENCE = _ENGLISH_WORDS.union(_WORDS["common"])
_LISTED = [frozenset(words) for words in _WORDS["foreign"].values()]
_ALL_LISTED = frozenset().union(*_LISTED)
_WITHOUT_MARKS = {
    word: unmarked
    for word in _ALL_LISTED
    if not word.isascii() and len(word) > 2 and (unmarked := word.translate(_UNMARKED)) not in _ENGLISH_WORDS
}
_EVIDENCE = _ALL_LISTED.union(_WITHOUT_MARKS.values()) - _NO_EVIDENCE
_ONLY_ENGLISH = _ENGLISH_WORDS - _ALL_LISTED
_LOAN_WORDS = frozenset(_LOANS.split())
_FOREIGN_ENDINGS = tuple(_ENDINGS.split())


class _Language(NamedTuple):
    words: frozenset[str]
    sure: frozenset[str]  # of these, the ones that English texts do without
    doubtful: frozenset[str]  # those that they have now and then, or that are too short to tell
    shared: frozenset[str]  # and those that would otherwise show English


class _Signs(NamedTuple):
    words: set[str]  # in lower case
    cased: set[str]  # as they are spelled, unless all is in capitals
    evidence: set[str]  # of `words`
    english: set[str]  # of `words`
    strange: dict[str, float]  # words that do not look English, with how much that tells


@cache
def _languages() -> list[_Language]:
    doubtful = frozenset(_WORDS["rare"]).union(word for word in _ALL_LISTED if len(word) < 3 and word.isascii())
    languages = []
    for listed in _LISTED:
        words = listed.union(map(_WITHOUT_MARKS.__getitem__, listed & _WITHOUT_MARKS.keys()))
        foreign = words - _NO_EVIDENCE
        languages.append(_Language(words, foreign - doubtful, foreign & doubtful, words & _ENGLISH_WORDS))
    return languages


def is_english(text: str) -> bool:
    """Whether a model of English may judge `text`: False only where another language shows. Takes any str."""
    text = text[:_ENOUGH]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("´", "'").replace("İ", "I"))
        for apostrophe in "’‘`ʼ":
            text = text.replace(apostrophe, "'")
    text = _without_noise(text)
    if not text.isascii() and any(character >= "\u0370" and character.isalpha() for character in set(text)):
        for character in _KAOMOJI:
            text = text.replace(character, " ")
        runs = re.findall(_OTHER_SCRIPT, text)
        if runs:
            text = re.sub(_OTHER_SCRIPT, " ", text)
            if _outweigh(runs, _split(text.lower())):
                return False
    if _seems_english(text):
        return True
    if len(text) > _LONG:
        return False
    without_phrases = re.sub(_PHRASES, " ", text)
    return without_phrases != text and _seems_english(without_phrases)


def _without_noise(text: str) -> str:
    """The text without tags, entities, addresses, and what follows "@" and "#"."""
    if "<" in text:
        text = re.sub(r"<[^<>]*>", " ", text)
    if "&" in text:
        text = re.sub(r"&#?\w{1,31};", " ", text)
    if "http" in text or "www." in text:
        text = re.sub(r"https?:\S+|www\.\S+", " ", text)
    if "@" in text or "#" in text:
        text = re.sub(r"[@#]\w+", " ", text)
    return text


def _split(text: str) -> list[str]:
    """The text's words, in order. "l'hotel" is two, "isn't" is one."""
    if not text.isascii():
        words = text.split()
        text = " ".join(
            [word if word.isascii() or word.isalpha() else re.sub(r"[^\w']|[\d_]", " ", word) for word in words]
        )
    words = text.encode(errors="ignore").translate(_LETTERS_ONLY).decode().split()
    if "'" not in text:
        return words
    split = []
    for word in words:
        if "'" not in word:
            split.append(word)
            continue
        head, apostrophe, tail = word.strip("'").partition("'")
        if len(tail) > 1 and head.lower() in _ELIDED and tail.lower() not in _UNELIDED:
            split += [head + apostrophe, tail]
        elif head:
            split.append(head + apostrophe + tail)
    return split


def _outweigh(runs: list[str], latin: list[str]) -> bool:
    """Whether the words of another script are more than the text's Latin ones."""
    characters = sum(map(len, runs))
    english = _ENGLISH_WORDS.intersection(latin)
    # Some scripts put no spaces between words; in those a word is two or three characters.
    return characters * 2 >= sum(map(len, latin)) and characters / 3 > len(english)


def _seems_english(text: str) -> bool:
    words = set(_split(text.lower()))
    evidence, english = words & _EVIDENCE, words & _ENGLISH_WORDS
    little_english = len(english) * 6 < len(words)
    marked = len(words) - sum(map(str.isascii, words))
    if not little_english and len(english & _ONLY_ENGLISH) >= len(evidence) + marked:
        return True  # as all the rest would find, which takes longer
    spelled = _split(text.lower() if text.isupper() else text)
    cased = set(spelled)
    strange = _strange(cased - english - evidence, little_english and len(words) < 50)
    if not strange and all(len(word.encode()) < 2 for word in evidence):
        return True  # which "S P O I L E R" is
    cased.update(map(str.lower, spelled[:1]))  # that the first word has a capital makes it no name
    signs = _Signs(words, cased, evidence, english, strange)
    return not any(_shows(language, signs) for language in _languages())


def _strange(words: set[str], parts: bool) -> dict[str, float]:
    """The words that do not look English, with how much that tells; not those with a capital, as names have."""
    found = {}
    for word in words:
        if len(word) < 2 or not word[0].islower():
            continue
        if not word.isascii() and word not in _LOAN_WORDS:
            if not _LETTERS.isdisjoint(word):
                found[word] = 1.0
            elif not _LOAN_LETTERS.isdisjoint(word):
                found[word] = 0.5
        elif parts and len(word) > 4 and word not in _NO_EVIDENCE and _has_foreign_part(word):
            found[word] = 0.5
    return found


def _has_foreign_part(word: str) -> bool:
    return word.endswith(_FOREIGN_ENDINGS) or word.startswith(_BEGINNINGS) or any(part in word for part in _MIDDLES)


def _shows(language: _Language, signs: _Signs) -> bool:
    """Whether there is more evidence for `language` than for English, and enough."""
    sure, doubtful = signs.evidence & language.sure, signs.evidence & language.doubtful
    foreign = sum(map(signs.strange.__getitem__, signs.strange.keys() - language.words))
    # A word that has a capital wherever it stands may be part of a name.
    foreign += len(sure) - len(sure - signs.cased) / 2 + len(doubtful) / 2 - len(doubtful - signs.cased) / 4
    against = len(signs.english) - len(signs.english & language.shared)
    if not foreign or foreign <= against or len(signs.words) < 2:
        return False
    known = signs.words & language.words
    unknown = signs.words - known - signs.strange.keys()
    if not against:  # then words of both languages are rather this one's
        foreign += (len(known) - len(sure) - len(doubtful)) / 4
    if not sure and not signs.strange:  # "La Casa de Papel", "Coq au vin"
        lowered = sum(word[0].islower() for word in signs.cased - signs.evidence)
        return not against and foreign >= _needed(unknown, len(signs.words) > 4) and (not unknown or lowered > 1)
    if foreign < _needed(unknown, len(signs.words) > 3 and not against):
        return False
    return len(signs.words) > 3 or foreign >= 1.5 or not unknown


def _needed(unknown: set[str], likely: bool) -> float:
    """How much evidence of another language there must be."""
    return 0.5 if likely and not any(word.endswith(_ENGLISH_ENDINGS) for word in unknown) else 1.0
