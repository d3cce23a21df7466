"""One alternative at work, in an environment that has it: python _alternatives.py vader|linear DATA TIMED.

Prints JSON: `seconds` for the first TIMED texts of the training set on one core, `accuracy` on the test set and, where
something is learnt, `training` in seconds and `bytes` of the model.
"""

import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any


def read(path: Path) -> tuple[list[str], list[int]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["label"] for row in rows]


def timed(judge: Any, texts: list[str]) -> float:
    judge(texts[:100])
    began = time.perf_counter()
    judge(texts)
    return time.perf_counter() - began


def vader(data: Path, count: int) -> dict[str, float]:
    """A lexicon and rules, nothing to learn: positive where its compound score is not below zero."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()

    def judge(texts: list[str]) -> list[bool]:
        return [analyzer.polarity_scores(text)["compound"] >= 0 for text in texts]

    texts, labels = read(data / "test.jsonl.gz")
    seconds = timed(judge, read(data / "train.jsonl.gz")[0][:count])
    right = sum(positive == (label == 1) for positive, label in zip(judge(texts), labels, strict=True))
    return {"seconds": seconds, "accuracy": right / len(labels)}


def linear(data: Path, count: int) -> dict[str, float]:
    """scikit-learn's usual pipeline for texts, with its defaults but for bigrams: TF-IDF and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, labels = read(data / "train.jsonl.gz")
    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(max_iter=200))
    began = time.perf_counter()
    pipeline.fit(texts, labels)
    training = time.perf_counter() - began
    vectorizer, regression = (step for _, step in pipeline.steps)
    # The least that has to be kept: each n-gram, and two numbers for it.
    size = sum(len(term.encode()) + 16 for term in vectorizer.vocabulary_)
    seconds = timed(pipeline.predict, texts[:count])
    accuracy = float(pipeline.score(*read(data / "test.jsonl.gz")))
    assert regression.coef_.shape[1] == len(vectorizer.vocabulary_)
    return {"seconds": seconds, "accuracy": accuracy, "training": training, "bytes": size}


if __name__ == "__main__":
    way, folder, number = sys.argv[1:]
    print(json.dumps({"vader": vader, "linear": linear}[way](Path(folder), int(number))))
