"""How the cost of each stage grows: with the number of reviews, with the vocabulary, with the length of a review.

python -m benchmarks.growth --data data/imdb                          # tables, and docs/images/growth.png
python -m benchmarks.growth --data data/imdb --most 10000 --out growth.png

One core, one run after another, the best of as many as fit into half a second. The reviews are those of train and
unlabelled, over and over where more are asked for, so that beyond 75,000 of them no new words come.
"""

import argparse
import gzip
import itertools
import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks._common import all_lines, machine, made_up_rows
from ml import artifact, ngrams, predict
from ml.bundle import BASELINE
from ml.model import Architecture, SentimentLSTM
from ml.plots import new_figure
from ml.spans import locate
from ml.text import Preprocessing, tokenise
from ml.vectors import word_vectors
from ml.vocabulary import Vocabulary

REVIEWS = (100, 1_000, 10_000, 100_000, 1_000_000)
VOCABULARIES = (5_000, 20_000, 50_000, 100_000, 200_000)
WORDS = (10, 100, 1_000, 10_000, 100_000)
ENOUGH = 0.5  # seconds of runs
MOST = {"word vectors": 100_000, "n-gram model": 10_000, "score": 10_000}  # reviews; more take minutes, or all memory
PLOT = Path(__file__).resolve().parent.parent / "docs" / "images" / "growth.png"

Stage = Callable[[int], Callable[[], Any]]  # from a size to the work of that size
Times = dict[str, dict[int, float]]  # of a stage, seconds by size


def grow(stages: dict[str, Stage], sizes: Sequence[int], most: dict[str, int] | None = None) -> Times:
    """Seconds of each stage at each size, up to the most that it can be brought to."""
    times: Times = {name: {} for name in stages}
    for stage in stages.values():
        stage(sizes[0])()  # what a first run alone does, imports above all
    for size in sizes:
        for name, stage in stages.items():
            if size <= (most or {}).get(name, size):
                times[name][size] = best(stage(size))
                print(f"{name}, {size:,}: {times[name][size]:.3g} s", flush=True)
    return times


def best(work: Callable[[], Any]) -> float:
    """The shortest of as many runs as fit into ENOUGH seconds, one at least."""
    spent, shortest = 0.0, math.inf
    while spent < ENOUGH:
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        spent, shortest = spent + seconds, min(shortest, seconds)
    return shortest


def exponents(times: dict[int, float]) -> list[float]:
    """Between each two neighbouring sizes: 1 where twice the size takes twice the time."""
    return [
        math.log(times[larger] / times[smaller]) / math.log(larger / smaller)
        for smaller, larger in itertools.pairwise(sorted(times))
    ]


def by_reviews(data: Path) -> dict[str, Stage]:
    """What is done to many texts."""
    preprocessing = Preprocessing(stop_words="none", length=1000)
    network = artifact.read(BASELINE)

    def lines(count: int) -> list[bytes]:
        return list(itertools.islice(itertools.cycle(all_lines(data)), count))

    def texts(count: int) -> list[str]:
        return [json.loads(line)["text"] for line in lines(count)]

    def tokens(count: int) -> list[list[str]]:
        return [tokenise(text, preprocessing) for text in texts(count)]

    def rows(count: int) -> list[list[int]]:
        return [network.vocabulary.look_up(words).ids for words in tokens(count)]

    def tensors(count: int) -> list[torch.Tensor]:
        return [torch.tensor(row or [1]) for row in rows(count)]

    def read(count: int) -> Callable[[], Any]:
        found = lines(count)
        return lambda: [json.loads(line)["text"] for line in found]

    def clean(count: int) -> Callable[[], Any]:
        found = texts(count)
        return lambda: [tokenise(text, preprocessing) for text in found]

    def count_words(count: int) -> Callable[[], Any]:
        found = tokens(min(count, 100_000))  # a million of them as lists would take 20 GB
        return lambda: Vocabulary.build(
            (words for _ in range(max(1, count // 100_000)) for words in found), preprocessing, 30_000, 2
        )

    def look_up(count: int) -> Callable[[], Any]:
        found = tokens(min(count, 100_000))
        return lambda: [network.vocabulary.look_up(w).ids for _ in range(max(1, count // 100_000)) for w in found]

    def vectors(count: int) -> Callable[[], Any]:
        found = tensors(count)
        return lambda: word_vectors(found, 30_000, 128)

    def linear(count: int) -> Callable[[], Any]:
        found, labels = tensors(count), torch.arange(count) % 2.0
        return lambda: ngrams.fit(found, labels, 30_000)

    def score(count: int) -> Callable[[], Any]:
        found = [row or [1] for row in rows(count)]
        return lambda: [predict.score_rows(found[start : start + 512], network) for start in range(0, count, 512)]

    return {
        "read JSON": read,
        "clean": clean,
        "count words": count_words,
        "look up": look_up,
        "word vectors": vectors,
        "n-gram model": linear,
        "score": score,
    }


def by_vocabulary() -> dict[str, Stage]:
    """What is done with a lookup table and an embedding of that many rows, for 64 reviews where it needs some."""

    def vocabulary(size: int) -> Vocabulary:
        return Vocabulary(tuple(f"word{number}" for number in range(size - 2)))

    def load(size: int) -> Callable[[], Any]:
        data = gzip.compress(vocabulary(size).to_bytes())
        return lambda: Vocabulary.from_bytes(gzip.decompress(data)).look_up(["word1"])

    def look_up(size: int) -> Callable[[], Any]:
        known, words = vocabulary(size), [f"word{row}" for row in made_up_rows(1, size, [500])[0]]
        known.look_up(words)
        return lambda: [known.look_up(words) for _ in range(64)]

    def network(size: int) -> SentimentLSTM:
        return SentimentLSTM(Architecture(size, 128, 160, True, "max-mean", 0.5))

    def score(size: int) -> Callable[[], Any]:
        model, ids = network(size).eval(), torch.tensor(made_up_rows(64, size, [200] * 64))
        return lambda: model.predict(ids, 1.0)

    def train(size: int) -> Callable[[], Any]:
        model, ids = network(size).train(), torch.tensor(made_up_rows(64, size, [200] * 64))
        optimizer = torch.optim.AdamW(model.parameters())

        def step() -> None:
            optimizer.zero_grad(set_to_none=True)
            model(ids).sum().backward()
            optimizer.step()

        return step

    def vectors(size: int) -> Callable[[], Any]:
        rows = [torch.tensor(row) for row in made_up_rows(500, size)]
        return lambda: word_vectors(rows, size, 128)

    return {
        "load vocabulary": load,
        "look up": look_up,
        "score": score,
        "train a step": train,
        "vectors of 500 reviews": vectors,
    }


def by_words(data: Path) -> dict[str, Stage]:
    """What a request does with one review of so many words."""
    network = artifact.read(BASELINE)
    words = [word for line in itertools.islice(all_lines(data), 2000) for word in json.loads(line)["text"].split()]

    def text(count: int) -> str:
        return " ".join(itertools.islice(itertools.cycle(words), count))

    def ids(count: int) -> list[int]:
        return network.vocabulary.encode(text(count)).ids

    def clean(count: int) -> Callable[[], Any]:
        found = text(count)
        return lambda: network.vocabulary.encode(found)

    def places(count: int) -> Callable[[], Any]:
        found = text(count)
        return lambda: locate(found, network.vocabulary.preprocessing)

    def score(count: int) -> Callable[[], Any]:
        row = ids(count)
        return lambda: predict.score_rows([row], network)

    def explain(count: int) -> Callable[[], Any]:
        row = ids(count)
        return lambda: predict.explain_row(row, network)

    return {"clean and look up": clean, "places of words": places, "score": score, "explain": explain}


def table(what: str, times: Times) -> str:
    """Seconds a stage, by size, with the exponents between neighbours."""
    sizes = sorted({size for found in times.values() for size in found})
    head = [what, *(f"{size:,}" for size in sizes), "exponents"]
    lines = [head, ["---"] * len(head)]
    for name, found in times.items():
        cells = [f"{found[size]:.3g}" if size in found else "" for size in sizes]
        lines.append([name, *cells, ", ".join(f"{each:.2f}" for each in exponents(found))])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def plot(axes: dict[str, Times], path: Path) -> None:
    """Seconds against size, both by powers of ten, a panel each."""
    figure = new_figure()
    figure.set_size_inches(13, 4.5)
    for panel, (what, times) in zip(figure.subplots(1, len(axes)), axes.items(), strict=True):
        for name, found in times.items():
            panel.loglog(list(found), list(found.values()), marker="o", label=name)
        panel.set_xlabel(what)
        panel.set_ylabel("seconds")
        panel.legend(fontsize="small")
        panel.grid(alpha=0.3)
    figure.savefig(path, dpi=100, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="IMDb, as `python -m ml.data imdb` writes it")
    parser.add_argument("--most", type=int, default=REVIEWS[-1], help="reviews; default: 1,000,000")
    parser.add_argument("--out", type=Path, default=PLOT, help="default: docs/images/growth.png")
    options = parser.parse_args()
    torch.set_num_threads(1)
    axes = {
        "reviews": grow(by_reviews(options.data), [size for size in REVIEWS if size <= options.most], MOST),
        "vocabulary": grow(by_vocabulary(), VOCABULARIES),
        "words of a review": grow(by_words(options.data), WORDS),
    }
    print(machine())
    for what, times in axes.items():
        print(f"\n{table(f'seconds, by {what}', times)}")
    plot(axes, options.out)


if __name__ == "__main__":
    main()
