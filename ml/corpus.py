"""A data set as a training run sees it: which texts teach, which choose, which only judge; and all of them as ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ml.data import UNLABELLED, Example, read, read_texts, set_hash, split
from ml.duplicates import key, without
from ml.encoded import Encoded
from ml.hyperparameters import Hyperparameters
from ml.progress import say
from ml.tokens import tokenise_all
from ml.vocabulary import Vocabulary


@dataclass(frozen=True)
class Corpus:
    training: list[Example]
    validation: list[Example]  # chooses the epoch, calibrates
    test: list[Example]
    unlabelled: list[str]
    sha256: str  # of all but the test set

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


def load(folder: Path, hyper: Hyperparameters) -> Corpus:
    """Read the set in `folder`, and split its train file. Raises DataError.

    extra.jsonl.gz, where there is one, is trained on and nothing is judged by it. Of it and of unlabelled.jsonl.gz
    those texts are left out that occur in validation or test; of the latter also those that occur twice.
    """
    everything, test = read(folder / "train.jsonl.gz"), read(folder / "test.jsonl.gz")
    extra = read(folder / "extra.jsonl.gz") if (folder / "extra.jsonl.gz").exists() else []
    training, validation = split(everything, hyper.validation_share, hyper.seed)
    kept = without(extra, validation + test)
    training += kept
    if len(kept) < len(extra):
        say(f"{len(extra) - len(kept)} texts of extra left out, which are in validation or test")
    say(f"{len(training)} texts to train on, {len(validation)} to choose the epoch, {len(test)} held out")
    path = folder / f"{UNLABELLED}.jsonl.gz"
    wanted = path.exists() and (hyper.word_vectors or hyper.self_training_epochs)
    found = read_texts(path) if wanted else []
    unlabelled = _without(found, validation + test)
    if found:
        say(f"{len(unlabelled)} texts without labels; {len(found) - len(unlabelled)} left out that occur elsewhere")
    return Corpus(training, validation, test, unlabelled, set_hash(training + validation, unlabelled))


def _without(texts: Sequence[str], examples: Sequence[Example]) -> list[str]:
    taken = {key(example.text) for example in examples}
    left = {name: text for text in reversed(texts) if (name := key(text)) not in taken}
    return list(reversed(left.values()))


@dataclass(frozen=True)
class EncodedCorpus:
    vocabulary: Vocabulary
    training: Encoded
    validation: Encoded
    test: Encoded
    unlabelled: Encoded


def encode(corpus: Corpus, hyper: Hyperparameters) -> EncodedCorpus:
    """The corpus as ids. The words are those of training and unlabelled texts. Each text is cleaned once."""
    labelled = [corpus.training, corpus.validation, corpus.test]
    parts = [*([example.text for example in part] for part in labelled), corpus.unlabelled]
    preprocessing = hyper.preprocessing()
    tokens = iter(tokenise_all([text for part in parts for text in part], preprocessing))
    training, validation, test, unlabelled = ([*islice(tokens, len(part))] for part in parts)
    vocabulary = Vocabulary.build(training + unlabelled, preprocessing, hyper.vocabulary_size, hyper.min_count)

    def ids(texts: list[list[str]]) -> list[list[int]]:
        return [vocabulary.look_up(words).ids for words in texts]

    encoded = EncodedCorpus(
        vocabulary,
        Encoded(ids(training), corpus.training),
        Encoded(ids(validation), corpus.validation),
        Encoded(ids(test), corpus.test),
        Encoded(ids(unlabelled)),
    )
    say(f"vocabulary {vocabulary.id} of {len(vocabulary)} ids")
    parts_encoded = (encoded.training, encoded.validation, encoded.test, encoded.unlabelled)
    if empty := sum(part.empty for part in parts_encoded):
        say(f"{empty} texts have no word left after cleaning; each counts as one unknown word")
    return encoded
