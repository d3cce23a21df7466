"""A data set as a training run sees it: which texts teach, which choose, which only judge; and all of them as ids.

Where several processes train together, each holds the texts of its share of the lines, and cleans those alone. The ids,
at four bytes a word, all of them get whole: which rows a process needs is drawn anew for each epoch.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import torch

from ml import shards
from ml.data import LABELLED, UNLABELLED, Example, divide, require_both_classes
from ml.encoded import Encoded, cut, flat
from ml.errors import DataError
from ml.hyperparameters import Hyperparameters
from ml.progress import say
from ml.shards import Line
from ml.spans import sentences
from ml.tokens import tokenise_all
from ml.vocabulary import Vocabulary, count, read_groups
from ml.workers import Workers

ALONE = Workers()


@dataclass(frozen=True)
class Corpus:
    training: list[Line]
    validation: list[Line]  # chooses the epoch, calibrates
    test: list[Line]
    unlabelled: list[Line]
    sha256: str  # of all but the test set
    pieces: int = 0  # how many of the unlabelled texts, the last ones, are parts of others

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
            **({"unlabelled": len(self.unlabelled) - self.pieces} if self.unlabelled else {}),
            "sha256": self.sha256,
        }


@dataclass
class _Parts:
    """What the files of one data set, or of several, hold."""

    training: list[Line] = field(default_factory=list)
    validation: list[Line] = field(default_factory=list)
    test: list[Line] = field(default_factory=list)
    extra: list[Line] = field(default_factory=list)
    unlabelled: list[Line] = field(default_factory=list)


def load(
    folders: Path | Sequence[Path],
    hyper: Hyperparameters,
    workers: Workers = ALONE,
    name: str = "",
    as_before: bool = False,
) -> Corpus:
    """Read the sets in `folders` as one, splitting the train file of each without a validation file. Raises DataError.

    extra.jsonl.gz, where there is one, is trained on and nothing is judged by it. A text of any set's test set
    validates nothing, one that is tested or validated on teaches nothing, and no unlabelled text is read twice.
    With `as_before` such texts of train stay, as they did for models from before `symbols`.
    """
    folders = [folders] if isinstance(folders, Path) else folders
    # In a training job a folder has its channel's name.
    names = name.split("+") if name.count("+") == len(folders) - 1 and name else [folder.name for folder in folders]
    parts = _Parts()
    for folder, set_name in zip(folders, names, strict=True):
        _read(folder, set_name, hyper, workers, parts)
    if len(folders) > 1:
        # Twice the same text would count twice in the gate's test of significance.
        parts.training = _first_of_each(parts.training, "train", workers)
        parts.validation = _first_of_each(parts.validation, "validation", workers)
        parts.test = _first_of_each(parts.test, "test", workers)
    test, found = parts.test, parts.unlabelled
    taken = set(shards.keys(test, workers))
    training, validation = parts.training, parts.validation
    if not as_before:
        validation = _not_in(taken, validation, "validation", workers)
    taken |= set(shards.keys(validation, workers))
    if not as_before:
        training = _not_in(taken, training, "train", workers)
    training = training + _not_in(taken, parts.extra, "extra", workers)
    require_both_classes(validation, "what is left of validation")
    require_both_classes(training, "what is left of train")
    say(f"{len(training)} texts to train on, {len(validation)} to choose the epoch, {len(test)} held out")
    unlabelled = _without(found, shards.keys(found, workers), taken)
    if found:
        say(f"{len(unlabelled)} texts without labels; {len(found) - len(unlabelled)} left out that occur elsewhere")
    sha256 = shards.set_hash(training + validation + unlabelled)
    pieces = pieces_of(unlabelled, hyper.pieces, hyper.seed) if hyper.self_training_epochs else []
    return Corpus(training, validation, test, unlabelled + pieces, sha256, len(pieces))


def _read(folder: Path, name: str, hyper: Hyperparameters, workers: Workers, parts: _Parts) -> None:
    """Add what the files in `folder`, the set `name`, hold to `parts`."""
    first = workers.rank == 0  # which alone judges, and so needs each text of the test set
    paths = {part: folder / f"{part}.jsonl.gz" for part in (*LABELLED, UNLABELLED)}
    everything = _labelled(paths["train"], name, hyper, workers)
    parts.test += _labelled(paths["test"], name, hyper, workers, whole=first)
    if paths["validation"].exists():
        parts.training += everything
        parts.validation += _labelled(paths["validation"], name, hyper, workers)
    else:
        training, validation = divide(everything, [line.draw for line in everything], hyper.validation_share)
        parts.training += training
        parts.validation += validation
    if paths["extra"].exists():
        parts.extra += _labelled(paths["extra"], name, hyper, workers)
    path = paths[UNLABELLED]
    if path.exists() and (hyper.word_vectors or hyper.self_training_epochs):
        found = shards.read(path, workers, labelled=False, name=name)
        if not found:
            raise DataError(f"{path} is empty")
        parts.unlabelled += found


def _first_of_each(lines: list[Line], what: str, workers: Workers) -> list[Line]:
    """The lines without those whose text an earlier line has."""
    kept = _distinct(lines, shards.keys(lines, workers))
    if len(kept) < len(lines):
        say(f"{len(lines) - len(kept)} texts left out of {what}, because another set, or line, has them")
    return kept


def _not_in(taken: set[str], lines: list[Line], what: str, workers: Workers) -> list[Line]:
    """The lines whose texts are not among those `taken`."""
    kept = [line for line, key in zip(lines, shards.keys(lines, workers), strict=True) if key not in taken]
    if len(kept) < len(lines):
        say(f"{len(lines) - len(kept)} texts left out of {what}, because they are validated or tested on")
    return kept


def pieces_of(lines: Sequence[Line], count: int, seed: int) -> list[Line]:
    """For each text `count` pieces of it, of one to three sentences: what people type is shorter than a review.

    Which ones depends on the text and the seed alone, so that all processes agree on their number.
    """
    found = []
    for line in lines:
        for number in range(count):
            piece = (
                replace(line.example, text=_piece(line.example.text, f"{seed} {line.digest} {number}"))
                if line.example
                else None
            )
            found.append(line._replace(digest=f"{line.digest} {number}", example=piece))
    return found


def _piece(text: str, name: str) -> str:
    drawn = Random(name)  # noqa: S311
    places = sentences(text)
    length = drawn.randint(1, 3)
    if not places:
        return text
    first = drawn.randrange(max(1, len(places) - length + 1))
    return text[places[first][0] : places[min(first + length, len(places)) - 1][1]]


def _labelled(path: Path, name: str, hyper: Hyperparameters, workers: Workers, whole: bool = False) -> list[Line]:
    lines = shards.read(path, workers, hyper.seed, whole=whole, name=name)
    require_both_classes(lines, str(path))
    return lines


def _without(lines: Sequence[Line], keys: Sequence[str], taken: set[str]) -> list[Line]:
    left = [(line, key) for line, key in zip(lines, keys, strict=True) if key not in taken]
    return _distinct([line for line, _ in left], [key for _, key in left])


def _distinct(lines: Sequence[Line], keys: Sequence[str]) -> list[Line]:
    """The first line of each key."""
    first: dict[str, Line] = {}
    for line, key in zip(lines, keys, strict=True):
        first.setdefault(key, line)
    return list(first.values())


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
    whole = len(words[3]) - len(shards.texts(corpus.unlabelled[len(corpus.unlabelled) - corpus.pieces :], workers))
    for each in workers.gather_json(count(words[0] + words[3][:whole])):
        counts.update(each)
    groups = read_groups() if hyper.groups else None
    vocabulary = Vocabulary.of_counts(counts, preprocessing, hyper.vocabulary_size, hyper.min_count, groups)
    found = [
        _together(part, [vocabulary.look_up(tokens).ids for tokens in texts], workers, learnt=part is corpus.training)
        for part, texts in zip(parts, words, strict=True)
    ]
    say(f"vocabulary {vocabulary.id} of {len(vocabulary)} ids")
    if empty := sum(part.empty for part in found):
        say(f"{empty} texts have no word left after cleaning; each counts as one unknown word")
    return EncodedCorpus(vocabulary, *found)


def _together(part: Sequence[Line], own: list[list[int]], workers: Workers, learnt: bool) -> Encoded:
    """The ids of all texts of a part, of which this process has found its `own`.

    Targets and repetitions are for what is `learnt`; what is judged by has its labels, and each text once.
    """
    rows = flat(own)
    lengths = workers.gather(torch.tensor([len(row) for row in rows], dtype=torch.int32))
    whole = workers.gather(torch.cat(rows) if rows else torch.empty(0, dtype=torch.int32))
    shares = [cut(ids, each.tolist()) for ids, each in zip(whole, lengths, strict=True)]
    empty = sum(workers.gather_json(sum(not row for row in own)))
    rows = list(shards.deal(shares, shards.owners(part)))
    pairs = list(zip(rows, part, strict=True))
    if learnt:
        pairs = [pair for pair in pairs for _ in range(pair[1].times)]
    targets = [line.target if learnt and line.target is not None else line.label for _, line in pairs]
    return Encoded.of_rows([row for row, _ in pairs], targets, empty, [line.set for _, line in pairs])
