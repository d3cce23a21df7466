"""A small real corpus: movie-review sentences, each rated −4…4 by about 20 people.

It ships in the source archive of vaderSentiment (MIT) and goes with C. J. Hutto and E. Gilbert, "VADER: A
Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014. The sentences are from
rottentomatoes.com, gathered by B. Pang and L. Lee (2004).
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from ml.data import Example
from ml.errors import DataError
from ml.text import Preprocessing, tokenise

RELEASE = "vaderSentiment==3.3.2"
SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
INNER_ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
RATINGS = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
HELD_OUT_ONE_IN = 5
README = f"""Movie-review sentences with the sentiment that about 20 people each gave them: `{RATINGS}`
in the source archive of {RELEASE} (https://github.com/cjhutto/vaderSentiment, MIT License,
© 2016 C. J. Hutto; Hutto and Gilbert, ICWSM 2014; sentences from rottentomatoes.com).
Kept: mean rating of at least 1 (label 1) or at most -1 (label 0), without duplicates.
"""


def add_command(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("snippets", help="movie-review sentences, 2 MB")
    parser.add_argument("--out", type=Path, required=True, help="folder for train and test .jsonl.gz")
    parser.add_argument("--archive", type=Path, help=f"source archive of {RELEASE}, if at hand already")
    parser.set_defaults(make=make)


def make(options: argparse.Namespace) -> tuple[list[Example], list[Example], str]:
    """(train, test, README). Raises DataError."""
    archive = options.archive.read_bytes() if options.archive else _download()
    train, test = examples(_ratings(archive))
    return train, test, README


def examples(ratings: str) -> tuple[list[Example], list[Example]]:
    """(train, test) of the clearly rated sentences in `ratings`: lines of id, mean rating and text.

    Whether a sentence is held out depends on that sentence alone, so it never moves to the other side.
    """
    train: list[Example] = []
    test: list[Example] = []
    seen: set[str] = set()
    for line in ratings.splitlines():
        _, rating, text = line.strip().split("\t", 2)
        words = " ".join(tokenise(text, Preprocessing(stop_words="none")))
        if abs(float(rating)) < 1 or words in seen:
            continue
        seen.add(words)
        digest = int(hashlib.sha256(text.encode()).hexdigest(), 16)
        side = test if digest % HELD_OUT_ONE_IN == 0 else train
        side.append(Example(text, int(float(rating) > 0)))
    return train, test


def _ratings(archive: bytes) -> str:
    if hashlib.sha256(archive).hexdigest() != SHA256:
        raise DataError(f"the archive is not the source archive of {RELEASE}: its sha256 is not {SHA256}")
    return _member(_member(archive, INNER_ARCHIVE), RATINGS).decode("utf-8-sig")


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
