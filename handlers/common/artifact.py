"""What a training job left: reading model.tar.gz without trusting it."""

import json
import math
import tarfile
import zlib
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError

from handlers.common.clients import s3
from ml.vocabulary import Vocabulary, VocabularyError

ARCHIVE_BYTES = 500_000_000
CONTENTS_BYTES = 2_000_000_000
DOCUMENT_BYTES = 50_000_000
DOCUMENTS = {"model.json", "vocabulary.json", "evaluation.json", "golden.json"}


class ArtifactError(Exception):
    """The artifact cannot be released; the message says why."""


@dataclass(frozen=True)
class Artifact:
    """The documents of an artifact; the weights stay where they are."""

    model: dict[str, Any]
    evaluation: dict[str, Any]
    golden: list[dict[str, Any]]
    vocabulary: Vocabulary

    @property
    def accuracy(self) -> float:
        """Accuracy on the held-out set."""
        return float(self.evaluation["metrics"]["accuracy"])


def read_artifact(bucket: str, key: str) -> Artifact:
    """The artifact at the key, checked: its form, its sizes, and that this code encodes its golden texts as it did.

    Raises ArtifactError.
    """
    try:
        answer = s3().get_object(Bucket=bucket, Key=key)
    except s3().exceptions.NoSuchKey:
        raise ArtifactError("The job left no model.tar.gz.") from None
    if answer["ContentLength"] > ARCHIVE_BYTES:
        raise ArtifactError(f"model.tar.gz has {answer['ContentLength']:,} bytes, more than {ARCHIVE_BYTES:,}.")
    try:
        documents = _documents(answer["Body"])
    except BotoCoreError:
        raise  # S3 was slow, which says nothing about the archive; some of these are OSErrors, too
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ArtifactError(f"model.tar.gz cannot be read: {error}.") from error
    if missing := sorted(DOCUMENTS - documents.keys()):
        raise ArtifactError(f"model.tar.gz lacks {', '.join(missing)}.")
    return _checked(documents)


def _documents(stream: Any) -> dict[str, bytes]:
    """The small JSON files of the archive, read as it streams by: it is never unpacked, nor held whole."""
    documents: dict[str, bytes] = {}
    total = 0
    with tarfile.open(fileobj=stream, mode="r|gz") as tar:
        for member in tar:
            path = member.name.removeprefix("./")
            if not (member.isfile() or member.isdir()) or path.startswith("/") or ".." in path.split("/"):
                raise ArtifactError(f"model.tar.gz holds {member.name!r}, which is no plain file inside it.")
            total += member.size
            if total > CONTENTS_BYTES or (path in DOCUMENTS and member.size > DOCUMENT_BYTES):
                raise ArtifactError(f"model.tar.gz is too large once unpacked, at {member.name!r}.")
            if path in DOCUMENTS and (file := tar.extractfile(member)):
                documents[path] = file.read()
    return documents


def _checked(documents: dict[str, bytes]) -> Artifact:
    try:
        vocabulary = Vocabulary.from_bytes(documents["vocabulary.json"])
        artifact = Artifact(
            model=json.loads(documents["model.json"]),
            evaluation=json.loads(documents["evaluation.json"]),
            golden=json.loads(documents["golden.json"]),
            vocabulary=vocabulary,
        )
        if not math.isfinite(artifact.accuracy):
            raise ArtifactError("evaluation.json's accuracy is not a finite number.")
        _require(artifact)
        if not all(0 <= g["score"] <= 1 for g in artifact.golden):  # a NaN is not, either
            raise ArtifactError("golden.json holds scores that are no probabilities.")
        different = [g["text"] for g in artifact.golden if vocabulary.encode(g["text"]).ids != g["ids"]]
        expected = artifact.model["vocabulary"]["id"]
    except (ValueError, KeyError, TypeError, AttributeError, VocabularyError) as error:
        raise ArtifactError(f"The artifact's documents are not of the agreed form: {error!r}.") from error
    if expected != vocabulary.id:
        raise ArtifactError(f"model.json names vocabulary {expected}, but vocabulary.json is {vocabulary.id}.")
    if different or not artifact.golden:
        raise ArtifactError(f"{len(different)} of {len(artifact.golden)} golden texts are encoded differently here.")
    return artifact


def _require(artifact: Artifact) -> None:
    """Raises KeyError, TypeError or ValueError where something is not as it is read of an artifact later."""
    for key in ("hyperparameters", "preprocessing", "data"):
        dict(artifact.model[key].items())
    artifact.model["trained_at"], artifact.model["data"]["sha256"]
    texts = artifact.evaluation["set"]
    numbers = [artifact.evaluation["majority"], texts["size"]]
    if champion := artifact.evaluation.get("champion"):
        champion["version"]
        if "error" not in champion:
            numbers += [champion["metrics"]["accuracy"], champion["mcnemar"]["p_value"]]
    if not all(math.isfinite(number) for number in numbers) or not isinstance(texts["sha256"], str):
        raise ValueError("evaluation.json holds figures that are no numbers")
