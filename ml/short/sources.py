"""The labelled short texts of others that a model may learn from: where they are at home, under which licence.

Each is read from a file `<name>.jsonl.gz` of lines `{"text": …, "label": 0 | 1 | null, …}`, null for texts without an
opinion, in which a `rating` says more than the label where there is one. Only sets whose licence lets weights that were
trained on them be passed on stand here.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.data import Example, json_object, lines
from ml.errors import DataError

Row = Mapping[str, Any]
STARS = {1: 0.03, 2: 0.1, 3: 0.5, 4: 0.87, 5: 0.97}
STEEPNESS = 1.6  # of P(positive) by a mean rating from -4 to 4, as raters' votes are split


def _of_rating(row: Row) -> float:
    return 1 / (1 + math.exp(-STEEPNESS * row["rating"]))


def _of_stars(row: Row) -> float:
    return STARS[row["rating"]]


def _of_label(sure: float) -> Callable[[Row], float]:
    """`sure` is how often such labels are right."""
    return lambda row: 0.5 if row["label"] is None else sure if row["label"] else 1 - sure


@dataclass(frozen=True)
class Source:
    name: str
    title: str
    home: str
    licence: str
    target: Callable[[Row], float]  # P(positive) of a row
    neutral: int | None = None  # texts without an opinion that are taken at most; None: all
    texts: int = 0  # that are used, for docs/data.md
    sha256: str = ""  # of its lines, unpacked: those that the shipped model learnt from


_VADER = "https://pypi.org/project/vaderSentiment/3.3.2/ (source archive)"
_NLTK = "https://github.com/nltk/nltk_data/tree/gh-pages/packages/corpora"
_EMOTIONS = "https://github.com/google-research/google-research/tree/master/goemotions"
_TWEETS = "https://github.com/cardiffnlp/tweeteval"
_KAGGLE = "https://www.kaggle.com/datasets/nicapotato/womens-ecommerce-clothing-reviews"
TRAINING = (
    Source(
        "vader-movies",
        "film sentences, 20 raters each (Hutto and Gilbert 2014)",
        _VADER,
        "MIT",
        _of_rating,
        texts=8_188,
        sha256="b9d94ac554c8dd6c7aa0942b9f6836d8228d234f0b44031127953b3860ad26f3",
    ),
    Source(
        "vader-products",
        "sentences on products, 20 raters each (the same)",
        _VADER,
        "MIT",
        _of_rating,
        texts=3_653,
        sha256="383b65d06dd874032009f0d05e4e8c43c5ec34273f845bb4bb231f18ef6f508f",
    ),
    Source(
        "vader-tweets",
        "tweets, 20 raters each (the same)",
        _VADER,
        "MIT",
        _of_rating,
        texts=4_044,
        sha256="07c2abffb853990f1a249bdfb88bd3953d2aa87a17fc92bc2f10055e4617134b",
    ),
    Source(
        "vader-nyt",
        "sentences of editorials, 20 raters each (the same)",
        _VADER,
        "MIT",
        _of_rating,
        texts=5_115,
        sha256="f77d6b860ca867a1fb0b1d7f820e26ca117fc0c4f66cb04d248b186f4d9872c6",
    ),
    Source(
        "vader-lexicon",
        "rated words (the same)",
        _VADER,
        "MIT",
        _of_rating,
        texts=7_209,
        sha256="f45927d33011b7c5ad3c7f7636827c610f5f00099cbd6b8924536a6a4cc0d8bd",
    ),
    Source(
        "vader-lexicon-emoticons",
        "rated emoticons (the same)",
        _VADER,
        "MIT",
        _of_rating,
        texts=77,
        sha256="cb51e3d709df205200bf20717fa424bdd772ee61a07c943b62e97cb3d1c758c3",
    ),
    Source(
        "opinion-lexicon",
        "opinion words (Hu and Liu 2004)",
        _NLTK,
        "CC BY 4.0",
        _of_label(0.95),
        texts=6_785,
        sha256="97473d6513a85d5865918ff7f1b3c82cff8351539fe20586e9a1b9ff3d4e4399",
    ),
    Source(
        "pros-cons",
        "lines of pros and cons (Ganapathibhotla and Liu 2008)",
        _NLTK,
        "CC BY 4.0",
        _of_label(0.96),
        texts=32_737,
        sha256="a6d8b70165313d1f4ba0b25b0c6eb251c98543867a53ccfe6757f6f8feee4092",
    ),
    Source(
        "goemotions",
        "comments with emotions (Demszky et al. 2020)",
        _EMOTIONS,
        "Apache 2.0",
        _of_label(0.93),
        5_000,
        texts=33_268,
        sha256="fe7df4a1cc74a27f017944d521b473a565bc9ee0abdcba948662c1306999b506",
    ),
    Source(
        "semeval-tweets",
        "tweets (Rosenthal, Farra and Nakov 2017; Barbieri et al. 2020)",
        _TWEETS,
        "CC BY 3.0",
        _of_label(0.93),
        6_000,
        texts=33_198,
        sha256="de64d0eab98eac9349d539e8e0285c07993640c13405bbf9fbf12aff10bfc3ed",
    ),
    Source(
        "womens-clothing",
        "reviews of clothes",
        _KAGGLE,
        "CC0",
        _of_stars,
        1_500,
        texts=21_310,
        sha256="1b444a3c4533610c25617db28e11f56f4dbc0ae13c5fcd366172cc72b919e7eb",
    ),
    Source(
        "womens-clothing-titles",
        "their titles",
        _KAGGLE,
        "CC0",
        _of_stars,
        1_500,
        texts=12_535,
        sha256="63767ede8624792c152a511e6bbcbc668777d3548917b6496f809ed90f674147",
    ),
)
VALIDATION = (
    Source(
        "vader-movies-held-out",
        "film sentences, held out",
        _VADER,
        "MIT",
        _of_rating,
        texts=1_917,
        sha256="d0b0d11a4e467547a5b6ddea6d60cfe517eff7b871d50e03ec23832bcc3670e2",
    ),
    Source(
        "semeval-2017-test",
        "tweets, the test set of 2017",
        _TWEETS,
        "CC BY 3.0",
        _of_label(1),
        texts=6_342,
        sha256="e70302d8bfaff4b36e782ea56cd37023b4cb3e070687011dff50af279627acd4",
    ),
    Source(
        "goemotions-test",
        "comments, the test set",
        _EMOTIONS,
        "Apache 2.0",
        _of_label(1),
        texts=3_195,
        sha256="fb0af48cd554a417812f15d40e3b70a7bd8b60287a2a2990656b3968290cc6fe",
    ),
    Source(
        "pros-cons",
        "lines of pros and cons, held out",
        _NLTK,
        "CC BY 4.0",
        _of_label(1),
        texts=3_000,
        sha256="0cb3fdb3df5b285379ed7691a5dca041546bc645299d750124919c35efc7544f",
    ),
)


def read(source: Source, path: Path, learnt: bool = True) -> list[Example]:
    """The source's examples; without an opinion as many as it says, the same ones each time. Raises DataError.

    Where they are not `learnt` but judged by, those without an opinion are left out, and so are targets.
    """
    found, neutral = [], []
    for where, row in _rows(path):
        try:
            target = source.target(row)
        except KeyError:
            raise DataError(f"{where}: “{source.name}” needs a 'rating', and stars are 1 to 5") from None
        example = Example(row["text"], int(target >= 0.5), set=source.name, target=round(target, 4))
        if row["label"] is None or target == 0.5:
            neutral.append(example)
        else:
            found.append(example if learnt else Example(row["text"], row["label"], set=source.name))
    if not learnt:
        return found
    neutral.sort(key=lambda example: hashlib.sha256(example.text.encode(errors="surrogatepass")).digest())
    return found + neutral[: source.neutral]


def is_known(source: Source, path: Path) -> bool:
    """Whether the file holds the very lines that the shipped model learnt from. Raises DataError."""
    digest = hashlib.sha256()
    for _, line in lines(path):
        digest.update(line.encode(errors="surrogatepass"))
    return digest.hexdigest() == source.sha256


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    for where, line in lines(path):
        row = json_object(line, where)
        text, label, rating = row.get("text"), row.get("label", ""), row.get("rating", 0)
        if not isinstance(text, str) or not text.strip() or label not in (0, 1, None):
            raise DataError(f"{where}: expected an object with a 'text' and a 'label' of 0, 1 or null")
        if type(rating) not in (int, float):
            raise DataError(f"{where}: 'rating' has to be a number, not {rating!r:.80}")
        yield where, row
