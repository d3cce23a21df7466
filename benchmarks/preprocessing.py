"""How fast reviews become words, on one core, over IMDb's 100,000; and that the quick path changes no word.

python -m benchmarks.preprocessing --archive aclImdb_v1.tar.gz            # 1 minute
python -m benchmarks.preprocessing --archive aclImdb_v1.tar.gz --check    # and 2 more: both paths on every review
python -m benchmarks.preprocessing --archive aclImdb_v1.tar.gz --cores    # and on all cores, as training does
"""

import argparse
import re
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import nltk
from bs4 import BeautifulSoup
from nltk.corpus.reader import WordListCorpusReader
from nltk.tokenize import NLTKWordTokenizer
from tqdm import tqdm

from ml.text import STOP_LISTS, Preprocessing, tokenise, tokenise_plainly
from ml.tokens import available_cores, tokenise_all

REVIEW = re.compile(r"aclImdb/(train|test)/(pos|neg|unsup)/\d+_\d+\.txt")
WORDS = re.compile("[a-z0-9']+")
PREPROCESSING = Preprocessing()
PLAIN_SAMPLE, NOTEBOOK_SAMPLE, TRAINING = 5_000, 200, 25_000


def notebook(stop_list: WordListCorpusReader) -> Callable[[str], list[str]]:
    """The steps as notebooks write them down, `word not in stopwords.words("english")`: the list read for each word."""

    def clean(text: str) -> list[str]:
        letters = re.sub(r"[^a-zA-Z0-9']", " ", BeautifulSoup(text, "html.parser").get_text()).lower()
        return [word for word in NLTKWordTokenizer().tokenize(letters) if word not in stop_list.words("english")]

    return clean


def read(archive: Path) -> list[str]:
    """All reviews of the official aclImdb_v1.tar.gz, in its order."""
    texts = []
    with tarfile.open(archive) as tar:
        for member in tar:
            if REVIEW.fullmatch(member.name) and (file := tar.extractfile(member)):
                texts.append(file.read().decode())
    return texts


def speed(clean: Callable[[str], list[str]], texts: list[str]) -> float:
    """Texts a second of this process's CPU time."""
    started = time.process_time()
    for text in texts:
        clean(text)
    return len(texts) / (time.process_time() - started)


def measure(texts: list[str], folder: Path) -> None:
    (folder / "english").write_text("\n".join(sorted(STOP_LISTS["all"])), "utf-8")
    nltk.data.path.append(str(folder))  # nltk reads nothing elsewhere
    stop_list = WordListCorpusReader(str(folder), ["english"])
    ways: list[tuple[str, Callable[[str], list[str]], list[str]]] = [
        ("regular expression alone", lambda text: WORDS.findall(text.lower()), texts),
        ("tokenise", lambda text: tokenise(text, PREPROCESSING), texts),
        ("tokenise_plainly", lambda text: tokenise_plainly(text, PREPROCESSING), texts[:: len(texts) // PLAIN_SAMPLE]),
        ("as in the notebook", notebook(stop_list), texts[:: len(texts) // NOTEBOOK_SAMPLE]),
    ]
    speeds = {name: speed(clean, sample) for name, clean, sample in ways}
    print(f"{'one core':26}  reviews  reviews/s  of tokenise")
    for name, _, sample in ways:
        print(f"{name:26}  {len(sample):7}  {speeds[name]:9,.0f}  {speeds[name] / speeds['tokenise']:11.4f}")


def check(texts: list[str]) -> None:
    differing = sum(
        tokenise(text, PREPROCESSING) != tokenise_plainly(text, PREPROCESSING) for text in tqdm(texts, disable=None)
    )
    print(f"{differing} of {len(texts)} reviews give other words on the quick path")


def measure_cores(texts: list[str]) -> None:
    print("tokenise_all    reviews  seconds")
    for count in (TRAINING, len(texts)):
        for cores in sorted({1, available_cores()}):
            started = time.perf_counter()
            tokenise_all(texts[:count], PREPROCESSING, cores)
            print(f"on {cores:3} cores     {count:7}  {time.perf_counter() - started:7.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True, help="aclImdb_v1.tar.gz")
    parser.add_argument("--check", action="store_true", help="compare both paths on every review")
    parser.add_argument("--cores", action="store_true", help="compare one core with all")
    options = parser.parse_args()
    texts = read(options.archive)
    with TemporaryDirectory() as folder:
        measure(texts, Path(folder))
    if options.cores:
        measure_cores(texts)
    if options.check:
        check(texts)


if __name__ == "__main__":
    main()
