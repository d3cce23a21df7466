"""One alternative at work, in an environment that has it. Prints JSON.

python _alternatives.py measure vader|textblob|linear DATA TIMED    # on reviews
python _alternatives.py score vader|textblob|linear [FOLDER ...]    # texts, a JSON list on standard input

`measure` finds `seconds` for the first TIMED texts of the training set on one core, `accuracy` on the test set and,
where something is learnt, `training` in seconds and `bytes` of the model. `score` gives P(positive) of each text; what
has to learn first learns from the training sets in the folders.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Polarity = Callable[[str], float]  # of a text, from -1 to 1


def read(path: Path) -> tuple[list[str], list[int]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["label"] for row in rows]


def read_opinions(folders: list[Path]) -> tuple[list[str], list[int], list[int]]:
    """(texts, labels, how often each is to be learnt) of the training sets; texts without an opinion are left out."""
    rows = []
    for folder in folders:
        with gzip.open(folder / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    rows = [row for row in rows if row.get("target") != 0.5]  # whose label says nothing
    return [row["text"] for row in rows], [row["label"] for row in rows], [row.get("times", 1) for row in rows]


def timed(judge: Any, texts: list[str]) -> float:
    judge(texts[:100])
    began = time.perf_counter()
    judge(texts)
    return time.perf_counter() - began


def vader() -> Polarity:
    """A lexicon and rules, nothing to learn."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def textblob() -> Polarity:
    """The same, with another lexicon: that of its default analyzer, which needs none of nltk's corpora."""
    from textblob import TextBlob

    return lambda text: float(TextBlob(text).sentiment.polarity)


LEXICONS: dict[str, Callable[[], Polarity]] = {"vader": vader, "textblob": textblob}


def fitted(texts: list[str], labels: list[int], times: list[int] | None = None) -> Any:
    """scikit-learn's usual pipeline for texts, with its defaults but for bigrams: TF-IDF and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(max_iter=200))
    return pipeline.fit(texts, labels, logisticregression__sample_weight=times)


def measure_lexicon(way: str, data: Path, count: int) -> dict[str, float]:
    """A text is positive where its polarity is not below zero."""
    polarity = LEXICONS[way]()

    def judge(texts: list[str]) -> list[bool]:
        return [polarity(text) >= 0 for text in texts]

    texts, labels = read(data / "test.jsonl.gz")
    seconds = timed(judge, read(data / "train.jsonl.gz")[0][:count])
    right = sum(positive == (label == 1) for positive, label in zip(judge(texts), labels, strict=True))
    return {"seconds": seconds, "accuracy": right / len(labels)}


def measure_linear(data: Path, count: int) -> dict[str, float]:
    texts, labels = read(data / "train.jsonl.gz")
    began = time.perf_counter()
    pipeline = fitted(texts, labels)
    training = time.perf_counter() - began
    vectorizer, regression = (step for _, step in pipeline.steps)
    # The least that has to be kept: each n-gram, and two numbers for it.
    size = sum(len(term.encode()) + 16 for term in vectorizer.vocabulary_)
    seconds = timed(pipeline.predict, texts[:count])
    accuracy = float(pipeline.score(*read(data / "test.jsonl.gz")))
    assert regression.coef_.shape[1] == len(vectorizer.vocabulary_)
    return {"seconds": seconds, "accuracy": accuracy, "training": training, "bytes": size}


def scores(way: str, folders: list[Path], texts: list[str]) -> list[float]:
    """P(positive) of each text; of a lexicon its polarity, brought from -1 … 1 to 0 … 1."""
    if way in LEXICONS:
        polarity = LEXICONS[way]()
        return [(polarity(text) + 1) / 2 for text in texts]
    positive: list[float] = fitted(*read_opinions(folders)).predict_proba(texts)[:, 1].tolist()
    return positive


if __name__ == "__main__":
    task, name, *rest = sys.argv[1:]
    if task == "score":
        print(json.dumps(scores(name, [Path(each) for each in rest], json.load(sys.stdin))))
    else:
        where, number = Path(rest[0]), int(rest[1])
        found = measure_lexicon(name, where, number) if name in LEXICONS else measure_linear(where, number)
        print(json.dumps(found))
