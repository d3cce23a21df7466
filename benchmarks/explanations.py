"""Do the words that an explanation names carry the verdict? And what does it cost? Ways side by side.

python -m benchmarks.explanations --data data/imdb --model ml/baseline --split train    # to choose by
python -m benchmarks.explanations --data data/imdb --model ml/baseline                  # on test reviews: 4 minutes
python -m benchmarks.explanations --data data/imdb --model ml/baseline --left-out    # and word by word: 10 more

From each review a fifth of its words is deleted: those of the largest weight for its verdict, or as many at random. The
more the score moves, the more the words were what it rested on (a deletion test, as in Samek et al., 2017,
https://arxiv.org/abs/1509.06321). The cost is of reviews of 250 words, on one thread.
"""

import argparse
import gzip
import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from benchmarks import _common as common
from ml import artifact, inference
from ml.attribution import STEPS, word_weights

Row = list[int]
Weigh = Callable[[Row], list[float]]
SHARE = 5  # one word in so many is deleted
WORDS, SENTENCE = 250, 20
WHOLE = "score, weights (4 steps) and scores of sentences"


def gradients(row: Row, model: artifact.Model) -> list[float]:
    """The gradient of the logit by each word's embedding, times that embedding."""
    ids = torch.tensor([row])
    embedded = model.network.embedding(ids).detach().requires_grad_()
    (found,) = torch.autograd.grad(model.network.judge(embedded, ids).sum(), embedded)
    weights: list[float] = (embedded.detach() * found).sum(dim=-1)[0].tolist()
    return weights


def integrated(row: Row, model: artifact.Model, steps: int) -> list[float]:
    """What the endpoint answers, with as many points on the way."""
    weights: list[float] = word_weights(model.network, torch.tensor(row), steps=steps).tolist()
    return weights


def left_out(row: Row, model: artifact.Model) -> list[float]:
    """What the score loses without each word in turn."""
    without = [row[:place] + row[place + 1 :] for place in range(len(row))]
    (score,), scores = inference.score_rows([row], model), inference.score_rows(without, model)
    return [score - each for each in scores]


def ways(model: artifact.Model, one_by_one: bool) -> dict[str, Weigh]:
    numbers = random.Random(1)
    found: dict[str, Weigh] = {
        "words at random": lambda row: [numbers.uniform(-1, 1) for _ in row],
        "gradient times embedding": partial(gradients, model=model),
        **{f"integrated gradients, {n} steps": partial(integrated, model=model, steps=n) for n in (2, STEPS, 16)},
    }
    return found | ({"each word left out in turn": partial(left_out, model=model)} if one_by_one else {})


def answer(row: Row, model: artifact.Model) -> None:
    """All that the endpoint does for one explained review: its score, its weights, and the scores of its sentences."""
    inference.score_rows([row], model)
    inference.explain_row(row, model)
    inference.score_rows([row[begin : begin + SENTENCE] for begin in range(0, len(row), SENTENCE)], model)


def shortened(row: Row, weights: list[float], positive: bool) -> Row:
    """The row without the fifth of its words that speak most for the verdict."""
    order = sorted(range(len(row)), key=weights.__getitem__, reverse=positive)
    gone = set(order[: max(1, len(row) // SHARE)])
    return [word for place, word in enumerate(row) if place not in gone]


def effect(weigh: Weigh, rows: list[Row], scores: list[float], model: artifact.Model) -> tuple[float, float]:
    """How far P(verdict) falls on average, and the share of verdicts that turn."""
    cut = [shortened(row, weigh(row), score >= 0.5) for row, score in zip(rows, scores, strict=True)]
    after = inference.score_rows(cut, model)
    falls = [(a - b) * (1 if a >= 0.5 else -1) for a, b in zip(scores, after, strict=True)]
    turned = [(a >= 0.5) != (b >= 0.5) for a, b in zip(scores, after, strict=True)]
    return sum(falls) / len(falls), sum(turned) / len(turned)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of a trained model")
    parser.add_argument("--data", type=Path, required=True, help="folder of a data set")
    parser.add_argument("--split", choices=["train", "test"], default="test")
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--left-out", action="store_true", help="also leave out each word in turn")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = artifact.read(options.model)
    with gzip.open(options.data / f"{options.split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in random.Random(1).sample(list(lines), options.texts)]
    encoded = [model.vocabulary.encode(text).ids for text in texts]
    rows = [row for row in encoded if len(row) > 1]
    scores = inference.score_rows(rows, model)
    timed = [row[:WORDS] for row in rows if len(row) >= WORDS][:20]
    print(common.machine())
    print(f"{len(rows)} {options.split} reviews of {sum(map(len, rows)) / len(rows):.0f} words on average")
    print(f"{'a fifth of the words deleted':32}  P falls by  verdicts turn  ms for {WORDS} words  of a prediction")
    found = ways(model, options.left_out)
    runs = {name: lambda weigh=weigh: [weigh(row) for row in timed] for name, weigh in found.items()}
    runs[WHOLE] = lambda: [answer(row, model) for row in timed]
    runs["prediction"] = lambda: [inference.score_rows([row], model) for row in timed]
    times = {name: min(each) / len(timed) for name, each in common.interleaved(runs, 3).items()}
    for name, weigh in found.items():
        falls, turned = effect(weigh, rows, scores, model)
        cost = f"{1000 * times[name]:16.1f}  {times[name] / times['prediction']:15.1f}"
        print(f"{name:32}  {falls:10.3f}  {turned:13.3f}  {cost}", flush=True)
    print(f"{WHOLE:57}  {1000 * times[WHOLE]:16.1f}  {times[WHOLE] / times['prediction']:15.1f}")


if __name__ == "__main__":
    main()
