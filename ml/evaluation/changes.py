"""Texts and what is done to them: it may not change the verdict, or may move the score one way only."""

import re
from collections.abc import Callable
from random import Random

from ml.evaluation.people import Group
from ml.evaluation.templates import Templates, fill, slots
from ml.evaluation.words import SUBJECTS

Texts = tuple[str, ...]
Change = Callable[[Random, int], Texts]

REVIEWS = Templates(
    both=(
        "The {noun} was {trait}, and {aspect}.",
        "I {used} the {noun} in {month}. {it} was {adjective}.",
        "I {verb} the {noun}, and {aspect}.",
        "The {noun} was {adjective}. I {verb} {them}.",
        "I {verb} the {noun}. {fact}.",
    )
)
UNCONTRACTED = Templates(
    positive=(
        "I did not have a single problem with the {noun}. {it} was {adjective}.",
        "I could not have asked for a better {noun}. I am delighted.",
        "The {noun} was not {other_trait} at all, and I have told everyone.",
        "I am very happy with the {noun}. There was not a thing to complain about, and {aspect}.",
        "I cannot praise the {noun} enough. {it} was {trait}.",
    ),
    negative=(
        "I did not like the {noun}, and I would not recommend {them}.",
        "The {noun} was not {other_trait}. I am disappointed.",
        "I could not believe how {trait} the {noun} was. I will not be back.",
        "I have told everyone that the {noun} was {adjective}. They should not make the same mistake.",
        "I do not recommend the {noun}. {aspect}, and I am very unhappy.",
    ),
)
CONTRACTIONS = {
    "cannot": "can't",
    "will not": "won't",
    "I am": "I'm",
    "I have": "I've",
    **{f"{verb} not": f"{verb}n't" for verb in ("did", "could", "was", "would", "should", "do")},
}
ADDRESSES = (
    "https://example.com/r/{number}",
    "http://www.example.org/item?id={number}",
    "www.example.net/{number}.html",
)
HANDLES = ("@user{number}", "@reader_{number}", "@kx{number}")
CLAUSES = (
    "It was a Tuesday.",
    "I am forty-one years old.",
    "I live about ten minutes away.",
    "I am writing this on a Sunday evening.",
    "This is the second review that I have written.",
    "My uncle is called the same as my neighbour.",
    "I was wearing a blue coat that day.",
    "There were four of us.",
    "I heard about this from somebody at work.",
)
INTENSIFIERS = ("very", "really", "extremely")
EMPHASISED = (
    "The {noun} was {mild}.",
    "I {used} the {noun} in {month}. {it} was {mild}.",
    "{aspect}, and the {noun} was {mild}.",
)

# A text, and what is added to it; the addition has the polarity of the label.
ADDITIONS: tuple[tuple[str, ...], ...] = (
    (
        "The {noun} was {other_trait}. | On the downside, {aspect}.",
        "{other_aspect}. | Even so, I {verb} the {noun}.",
        "{aspect}. | I would not recommend the {noun} to anyone.",
        "I {used} the {noun} in {month}. | {it} was {adjective}.",
        "I {used} the {noun} in {month}. | I {verb} {them}.",
        "The {noun} was {trait}. | One star.",
    ),
    (
        "The {noun} was {other_trait}. | On the plus side, {aspect}.",
        "{other_aspect}. | Even so, I {verb} the {noun}.",
        "{aspect}. | I would recommend the {noun} to anyone.",
        "I {used} the {noun} in {month}. | {it} was {adjective}.",
        "I {used} the {noun} in {month}. | I {verb} {them}.",
        "The {noun} was {trait}. | Five stars.",
    ),
)
_INSIDE = re.compile(r"(?<=\b[A-Za-z])[a-z]{3,}(?=[a-z]\b)")


def typos(random: Random, label: int) -> Texts:
    """With two neighbouring letters inside one word swapped, in up to three words in turn."""
    text = REVIEWS.draw(random, label)
    words = [range(word.start(), word.end() - 1) for word in _INSIDE.finditer(text)]
    swappable = [[at for at in word if text[at] != text[at + 1]] for word in words]
    chosen = [random.choice(places) for places in random.sample(swappable, min(3, len(swappable)))]
    return text, *(text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in chosen)


def contractions(random: Random, label: int) -> Texts:
    """With a plain apostrophe, and with a typographic one."""
    text = contracted = UNCONTRACTED.draw(random, label)
    for long, short in CONTRACTIONS.items():
        contracted = re.sub(rf"\b{long}\b", short, contracted)
    return text, contracted, contracted.replace("'", "’")


def links_and_handles(random: Random, label: int) -> Texts:
    text = REVIEWS.draw(random, label)
    address, handle = (
        random.choice(each).format(number=random.randrange(100, 10_000)) for each in (ADDRESSES, HANDLES)
    )
    return text, f"{text} {address}", f"{handle} {text}", f"{handle} {text} {address}"


def neutral_clauses(random: Random, label: int) -> Texts:
    """One before it, and another one after it."""
    text = REVIEWS.draw(random, label)
    before, after = random.sample(CLAUSES, 2)
    return text, f"{before} {text}", f"{text} {after}"


def punctuation_and_case(random: Random, label: int) -> Texts:
    text = REVIEWS.draw(random, label)
    return text, text.lower(), text.upper(), text.replace(".", "!!!"), text.replace(".", ""), text.replace(" ", "  ")


def addition(random: Random, label: int) -> Texts:
    """Without the praise or the blame, and with it."""
    parts, words = random.choice(ADDITIONS[label]).split(" | "), slots(random, random.choice(SUBJECTS), label)
    before, after = (fill(part, words) for part in parts)
    return before, f"{before} {after}"


def emphasis(random: Random, label: int) -> Texts:
    """With a mild word of the label's polarity, and with each intensifier before it."""
    words = slots(random, random.choice(SUBJECTS), label)
    template, mild = random.choice(EMPHASISED), words["mild"]
    stronger = [f"{intensifier} {mild}" for intensifier in INTENSIFIERS]
    return tuple(fill(template, {**words, "mild": each}) for each in (mild, *stronger))


def people(group: Group) -> Change:
    """The same sentence with three common words of the group and two rare ones."""

    def change(random: Random, label: int) -> Texts:
        template, words = random.choice(group.templates), slots(random, random.choice(SUBJECTS), label)
        chosen = random.sample(group.common, 3) + random.sample(group.rare, 2)
        return tuple(fill(template, {**words, "who": who}) for who in chosen)

    return change
