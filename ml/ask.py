"""Ask a model about a text, and see how it reads it: the quickest way to look at a mistake.

npm run try -- "The food was cold and the waiter ignored us."
npm run try -- --model model < sentences.txt
"""

import argparse
import sys
from pathlib import Path

from ml import artifact, bundle
from ml.errors import SentimentError
from ml.predict import explain_row, score_rows
from ml.refusals import no_verdict
from ml.spans import locate

WEIGHTS = 8  # words that are named as reasons at most


def describe(text: str, model: artifact.Model) -> str:
    """Verdict and score, the tokens as the model reads them, and the words that weighed most."""
    words = model.vocabulary.read_of(locate(text, model.vocabulary.preprocessing))
    encoding = model.vocabulary.encode(text)
    if reason := no_verdict(text, encoding, model.vocabulary):
        return f"{text}\n  {reason}"
    (score,) = score_rows([encoding.ids], model)
    known = [model.vocabulary.words[id - 2] if id >= 2 else "?" for id in encoding.ids]
    read = " ".join(
        word.word if name == word.word else f"{word.word}={name}" for word, name in zip(words, known, strict=True)
    )
    weighed = sorted(zip(explain_row(encoding.ids, model), words, strict=True), key=lambda each: -abs(each[0]))
    reasons = ", ".join(f"{text[word.start : word.end]} {weight:+.2f}" for weight, word in weighed[:WEIGHTS])
    verdict = "positive" if score >= 0.5 else "negative"
    return f"{text}\n  {verdict}, P(positive) {score:.3f}\n  read as: {read}\n  reasons: {reasons}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="*", metavar="TEXT", help="texts; without any, one a line from standard input")
    parser.add_argument("--model", type=Path, default=bundle.BASELINE, help="folder of a model (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        model = artifact.read(options.model)
    except SentimentError as error:
        sys.exit(str(error))
    for text in options.texts or map(str.rstrip, sys.stdin):
        print(describe(text, model), flush=True)


if __name__ == "__main__":
    main()
