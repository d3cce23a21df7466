"""The Large Movie Review Dataset: 25,000 reviews to train on, 25,000 to test, 50,000 without labels.

A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng and C. Potts, "Learning Word Vectors for Sentiment Analysis",
ACL 2011, https://ai.stanford.edu/~amaas/data/sentiment/
"""

import argparse
import gzip
import re
import tarfile
from itertools import repeat
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ml.archive import BROKEN, Header
from ml.data import LONGEST_LINE, UNLABELLED, Example, save
from ml.download import fetch
from ml.duplicates import shared
from ml.errors import DataError

HOME = "https://ai.stanford.edu/~amaas/data/sentiment/"
ARCHIVE = "aclImdb_v1.tar.gz"
SIZE = 84_125_825  # bytes
SHA256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"
COUNTS = {"train/neg": 12_500, "train/pos": 12_500, "test/neg": 12_500, "test/pos": 12_500, "train/unsup": 50_000}
FILMS = {"aclImdb/train/urls_neg.txt": "train/neg", "aclImdb/train/urls_pos.txt": "train/pos"}
_FILM = re.compile(r"/title/(tt\d+)/")
_REVIEW = re.compile(r"aclImdb/((?:train|test)/(?:neg|pos|unsup))/(\d+)_(\d+)\.txt")
README = f"""The Large Movie Review Dataset (Maas et al., ACL 2011), {HOME}.
The reviews are their authors', from imdb.com. The split into train and test is the official one, by films.
In train, `group` is the film.
"""


def add_command(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("imdb", help="100,000 movie reviews, 84 MB to download")
    parser.add_argument("--out", type=Path, required=True, help="folder for train, test and unlabelled .jsonl.gz")
    parser.add_argument("--archive", type=Path, help=f"{ARCHIVE}, if at hand already")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Download the archive to `options.out` unless `options.archive` is given, and write the set. Raises DataError."""
    archive = options.archive
    if archive is None:
        archive = options.out / ARCHIVE
        try:
            fetch(HOME + ARCHIVE, archive, SIZE, SHA256)
        except DataError as error:
            raise DataError(f"{error}\nIf you have the file already, name it with --archive.") from error
    reviews, films = read_archive(archive)
    sets: dict[str, list[Example | str]] = {
        part: [
            Example(text, label, film)
            for label, kind in enumerate((f"{part}/neg", f"{part}/pos"))
            for text, film in zip(reviews[kind], films.get(kind) or repeat(None), strict=False)
        ]
        for part in ("train", "test")
    }
    sets[UNLABELLED] = list(reviews["train/unsup"])
    test = reviews["test/neg"] + reviews["test/pos"]
    in_train = shared(test, reviews["train/neg"] + reviews["train/pos"])
    in_unlabelled = shared(test, reviews["train/unsup"])
    report = (
        f"Of the {len(test):,} test reviews, {in_train} are in train as well, word for word, and {in_unlabelled} "
        f"in {UNLABELLED}; the official sets are left as they are.\n"
    )
    save(options.out, sets, README + report)
    print(report, end="")


def read_archive(path: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The texts of each kind that COUNTS names, in the order of their numbers; the films of those that FILMS names.

    Read in one pass, and nothing is unpacked to disk. Raises DataError if not all are there.
    """
    found: dict[str, dict[tuple[int, int], str]] = {kind: {} for kind in COUNTS}
    films: dict[str, list[str]] = {kind: [] for kind in FILMS.values()}
    name = ""
    try:
        with gzip.open(path) as file, tqdm(total=sum(COUNTS.values()), unit=" reviews", disable=None) as bar:
            with tarfile.open(fileobj=file, mode="r|", tarinfo=Header) as archive:
                for member in archive:
                    name = member.name
                    content = archive.extractfile(member) if member.isfile() and member.size <= LONGEST_LINE else None
                    if (review := _REVIEW.fullmatch(name)) and review[1] in found and content:
                        found[review[1]][int(review[2]), int(review[3])] = content.read().decode()
                        bar.update()
                    elif name in FILMS and content:
                        films[FILMS[name]] = _FILM.findall(content.read().decode())
            while file.read(1 << 20):  # to its end, where gzip's checksum is
                pass
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}, {name}: not UTF-8 text: {error}") from error
    except BROKEN as error:
        raise DataError(f"{path} is not a whole .tar.gz: {error}; delete it and download it again") from error
    for kind, expected in COUNTS.items():
        if len(found[kind]) != expected:
            raise DataError(f"{path} is not {ARCHIVE}: it holds {len(found[kind]):,} of {expected:,} texts in {kind}")
    for name, kind in FILMS.items():
        if len(films[kind]) != COUNTS[kind]:
            count = f"{len(films[kind]):,} of {COUNTS[kind]:,}"
            raise DataError(f"{path} is not {ARCHIVE}: it names {count} films in {name}")
    return {kind: [text for _, text in sorted(texts.items())] for kind, texts in found.items()}, films
