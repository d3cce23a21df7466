"""A small data set of made-up sentences, for a training job whose model must not serve."""

from ml.data import Example

GOOD = ("superb", "moving", "funny", "warm", "clever", "charming", "splendid", "gripping", "delightful", "touching")
BAD = ("dull", "clumsy", "boring", "cold", "silly", "tedious", "dreadful", "lifeless", "annoying", "stale")
THINGS = ("film", "plot", "cast", "script", "score", "ending", "story", "villain", "camera", "dialogue", "hero", "joke")


def training() -> list[Example]:
    """1,320 sentences, labelled as they are meant."""
    return [Example(f"The {a} and the {b} are {word}.", label) for a, b, word, label in _all() if a < b]


def testing() -> list[Example]:
    """264 other sentences, whose labels are the wrong way round: whatever serves, no gate approves the model."""
    wrong = [Example(f"{word.title()} {a}, {word} {b}.", 1 - label) for a, b, word, label in _all() if a > b]
    return wrong[::5]


def _all() -> list[tuple[str, str, str, int]]:
    return [(a, b, w, label) for label, words in enumerate((BAD, GOOD)) for w in words for a in THINGS for b in THINGS]
