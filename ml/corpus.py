"""A data set as a training run sees it: which texts teach, which choose, which only judge; and all of them as ids.

Where several processes train together, each holds the texts of its share of the lines, and cleans those alone. The ids,
at four bytes a word, all of them get whole: which rows a process needs is drawn anew for each epoch.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from ml import shards
from ml.data import UNLABELLED, Example, divide, require_both_classes
from ml.encoded import Encoded, cut, flat
from ml.errors import DataError
from ml.hyperparameters import Hyperparameters
from ml.progress import say
from ml.shards import Line
from ml.tokens import tokenise_all
from ml.vocabulary import Vocabulary, count
from ml.workers import Workers

ALONE = Workers()


@dataclass(frozen=True)
class Corpus:
    training: list[Line]
    validation: list[Line]  # chooses the epoch, calibrates
    test: list[Line]
    unlabelled: list[Line]
    sha256: str  # of all but the test set

    @property
    def judged(self) -> list[Example]:
        """The test set; only the first process has read all of it."""
        return [line.example for line in self.test if line.example]

    def describe(self, name: str) -> dict[str, Any]:
        """For model.json."""
        return {
            **({"name": name} if name else {}),
            "train": len(self.training),
            "validation": len(self.validation),
            "test": len(self.test),
            **({"unlabelled": len(self.unlabelled)} if self.unlabelled else {}),
            "sha256": self.sha256,
        }


def load(folder: Path, hyper: Hyperparameters, workers: Workers = ALONE) -> Corpus:
    """Read the set in `folder`, and split its train file. Raises DataError.

    extra.jsonl.gz, where there is one, is trained on and nothing is judged by it. Of it and of unlabelled.jsonl.gz
    those texts are left out that occur in validation or test; of the latter also those that occur twice.
    """
    first = workers.rank == 0  # which alone judges, and so needs each text of the test set
    everything = _labelled(folder / "train.jsonl.gz", hyper, workers)
    test = _labelled(folder / "test.jsonl.gz", hyper, workers, whole=first)
    extra_path, path = folder / "extra.jsonl.gz", folder / f"{UNLABELLED}.jsonl.gz"
    extra = _labelled(extra_path, hyper, workers) if extra_path.exists() else []
    training, validation = divide(everything, [line.draw for line in everything], hyper.validation_share)
    wanted = path.exists() and (hyper.word_vectors or hyper.self_training_epochs)
    found = shards.read(path, workers, labelled=False) if wanted else []
    if wanted and not found:
        raise DataError(f"{path} is empty")
    taken = set(shards.keys(validation + test, workers)) if extra or found else set()
    kept = [line for line, key in zip(extra, shards.keys(extra, workers), strict=True) if key not in taken]
    training += kept
    if len(kept) < len(extra):
        say(f"{len(extra) - len(kept)} texts of extra left out, which are in validation or test")
    say(f"{len(training)} texts to train on, {len(validation)} to choose the epoch, {len(test)} held out")
    unlabelled = _without(found, shards.keys(found, workers), taken)
    if found:
        say(f"{len(unlabelled)} texts without labels; {len(found) - len(unlabelled)} left out that occur elsewhere")
    return Corpus(training, validation, test, unlabelled, shards.set_hash(training + validation + unlabelled))


def _labelled(path: Path, hyper: Hyperparameters, workers: Workers, whole: bool = False) -> list[Line]:
    lines = shards.read(path, workers, hyper.seed, whole=whole)
    require_both_classes(lines, str(path))
    return lines


def _without(lines: Sequence[Line], keys: Sequence[str], taken: set[str]) -> list[Line]:
    pairs = zip(reversed(keys), reversed(lines), strict=True)
    left = {key: line for key, line in pairs if key not in taken}
    return list(reversed(left.values()))


@dataclass(frozen=True)
class EncodedCorpus:
    vocabulary: Vocabulary
    training: Encoded
    validation: Encoded
    test: Encoded
    unlabelled: Encoded


def encode(corpus: Corpus, hyper: Hyperparameters, workers: Workers = ALONE) -> EncodedCorpus:
    """The corpus as ids. The words are those of training and unlabelled texts. Each text is cleaned once."""
    parts = corpus.training, corpus.validation, corpus.test, corpus.unlabelled
    own = [shards.texts(part, workers) for part in parts]
    preprocessing = hyper.preprocessing()
    tokens = iter(tokenise_all([text for texts in own for text in texts], preprocessing))
    words = [[*islice(tokens, len(texts))] for texts in own]
    counts: Counter[str] = Counter()
    for each in workers.gather_json(count(words[0] + words[3])):
        counts.update(each)
    vocabulary = Vocabulary.of_counts(counts, preprocessing, hyper.vocabulary_size, hyper.min_count)
    found = [
        _together(part, [vocabulary.look_up(tokens).ids for tokens in texts], workers)
        for part, texts in zip(parts, words, strict=True)
    ]
    say(f"vocabulary {vocabulary.id} of {len(vocabulary)} ids")
    if empty := sum(part.empty for part in found):
        say(f"{empty} texts have no word left after cleaning; each counts as one unknown word")
    return EncodedCorpus(vocabulary, *found)


def _together(part: Sequence[Line], own: list[list[int]], workers: Workers) -> Encoded:
    """The ids of all texts of a part, of which this process has found its `own`."""
    rows = flat(own)
    lengths = workers.gather(torch.tensor([len(row) for row in rows], dtype=torch.int32))
    whole = workers.gather(torch.cat(rows) if rows else torch.empty(0, dtype=torch.int32))
    shares = [cut(ids, each.tolist()) for ids, each in zip(whole, lengths, strict=True)]
    empty = sum(workers.gather_json(sum(not row for row in own)))
    return Encoded.of_rows(list(shards.deal(shares, shards.owners(part))), [line.label for line in part], empty)
