"""The model that serves, scored on the candidate's held-out set: which is better, and by more than chance?"""

import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml import artifact
from ml.archive import BROKEN, MEMBERS, Header
from ml.data import Example
from ml.encoded import Encoded
from ml.errors import ArtifactError, SentimentError
from ml.evaluate import mcnemar, metrics, temperatures
from ml.evaluation import behaviour
from ml.scoring import logits_of
from ml.tokens import tokenise_all
from ml.workers import DEVICE

NEEDED = (artifact.WEIGHTS, artifact.MODEL, artifact.VOCABULARY, artifact.EVALUATION)
CONTENTS_BYTES = 2_000_000_000
DOCUMENT_BYTES = 50_000_000


def compare(path: Path, test: Sequence[Example], right: Tensor) -> dict[str, Any]:
    """The champion's version, its figures on `test` and on the behavioural suite, and how it differs from a candidate
    that judged `right` (N,).

    A champion that cannot be judged has no version, but an `error` that says why: it hinders no candidate. The same is
    its `behaviour` where that cannot be measured.
    """
    try:
        champion = read(path)
        probabilities = _probabilities(champion, test)
    except SentimentError as error:
        return {"version": None, "error": str(error)}
    labels = torch.tensor([example.label for example in test])
    return {
        "version": champion.version,
        "metrics": metrics(labels, probabilities),
        "mcnemar": mcnemar(right, (probabilities >= 0.5) == (labels == 1)),
        "behaviour": _behaviour(champion),
    }


def sentence(report: dict[str, Any]) -> str:
    """What `compare` found, for the log."""
    if "error" in report:
        return f"the champion was not judged: {report['error']}"
    test, found = report["mcnemar"], report["behaviour"]
    behaved = f"its behaviour was not measured: {found['error']}" if "error" in found else behaviour.summary(found)
    return (
        f"champion {report['version']}: {report['metrics']['accuracy']:.4f} right; {test['candidate_only']} texts "
        f"right by the candidate alone, {test['champion_only']} by it alone (McNemar's p: {test['p_value']:.2g}); "
        f"{behaved}"
    )


def read(path: Path) -> artifact.Model:
    """The model of an artifact: its folder, its model.tar.gz, or a folder that holds one .tar.gz and nothing else.

    Only weights and documents are read of an archive, never its code. Raises ArtifactError or VocabularyError.
    """
    if (path / artifact.MODEL).exists():
        return artifact.read(path)
    archives = sorted(path.glob("*.tar.gz")) if path.is_dir() else [path]
    if len(archives) != 1:
        raise ArtifactError(f"{path} holds {len(archives)} archives; give a model's folder or its model.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        _unpack(archives[0], Path(folder))
        try:
            return artifact.read(Path(folder))
        except SentimentError as error:
            raise type(error)(str(error).replace(folder, str(archives[0]))) from error


def _unpack(archive: Path, folder: Path) -> None:
    """Write the files of NEEDED, under these names and no others, so that no member can choose where it lands."""
    total = 0
    try:
        with tarfile.open(archive, "r|gz", tarinfo=Header) as tar:
            for count, member in enumerate(tar):
                name = member.name.removeprefix("./")
                total += member.size
                limit = DOCUMENT_BYTES if name in NEEDED[1:] else CONTENTS_BYTES
                if member.size > limit or total > CONTENTS_BYTES or count >= MEMBERS:
                    raise ArtifactError(f"{archive}: {member.name!r:.80} is too large to be part of a model")
                content = tar.extractfile(member) if name in NEEDED and member.isfile() else None
                if content:
                    with open(folder / name, "wb") as file:
                        shutil.copyfileobj(content, file)
    except ArtifactError:
        raise
    except BROKEN as error:
        raise ArtifactError(f"{archive} is not a whole .tar.gz: {type(error).__name__}: {error}") from error


def _behaviour(champion: artifact.Model) -> dict[str, Any]:
    """Its failure rates; an `error` where they cannot be measured, even if its network fails on one of the cases."""
    try:
        return behaviour.measure(champion)
    except (SentimentError, RuntimeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _probabilities(champion: artifact.Model, test: Sequence[Example]) -> Tensor:
    """P(positive) (N,) of the texts, cleaned, looked up and calibrated as the champion would."""
    tokens = tokenise_all([example.text for example in test], champion.vocabulary.preprocessing)
    encoded = Encoded([champion.vocabulary.look_up(words).ids for words in tokens], test)
    logits = logits_of(champion.network.to(DEVICE), encoded)
    if not logits.isfinite().all():
        raise ArtifactError(f"model {champion.version} gives texts scores that are no numbers: its weights are damaged")
    return torch.sigmoid(logits / temperatures(champion.calibration, encoded.lengths))
