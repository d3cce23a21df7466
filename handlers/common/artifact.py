"""What a training job left: reading model.tar.gz without trusting it."""

import json
import math
import tarfile
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError

from handlers.common.clients import s3
from ml.archive import BROKEN, MEMBERS, Header
from ml.linear import Linear
from ml.vocabulary import Vocabulary, VocabularyError

ARCHIVE_BYTES = 500_000_000
CONTENTS_BYTES = 2_000_000_000
DOCUMENT_BYTES = 20_000_000
CONTAINERS = 100_000  # lists and objects of a document: twenty times its bytes, once they are Python's
DOCUMENTS = {"model.json", "vocabulary.json", "evaluation.json", "golden.json"}
FALLBACK = "fallback.bin"  # an artifact may lack it: there was none at first
READ = {*DOCUMENTS, FALLBACK}


class ArtifactError(Exception):
    """The artifact cannot be released; the message says why."""


@dataclass(frozen=True)
class Artifact:
    """The documents of an artifact; the weights stay where they are."""

    model: dict[str, Any]
    evaluation: dict[str, Any]
    golden: list[dict[str, Any]]
    vocabulary: Vocabulary
    fallback: bytes | None = None

    @property
    def accuracy(self) -> float:
        """Accuracy on the held-out set."""
        return float(self.evaluation["metrics"]["accuracy"])


def read_artifact(bucket: str, key: str) -> Artifact:
    """The artifact at the key, checked: its form, its sizes, that this code encodes its golden texts as training did,
    and that its fallback gives them the scores that it had there.

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
    except BROKEN as error:
        raise ArtifactError(f"model.tar.gz cannot be read: {error}.") from error
    if missing := sorted(DOCUMENTS - documents.keys()):
        raise ArtifactError(f"model.tar.gz lacks {', '.join(missing)}.")
    return _checked(documents)


def _documents(stream: Any) -> dict[str, bytes]:
    """The small files of the archive, read as it streams by: it is never unpacked, nor held whole."""
    documents: dict[str, bytes] = {}
    total = 0
    with tarfile.open(fileobj=stream, mode="r|gz", tarinfo=Header) as tar:
        for count, member in enumerate(tar):
            path = member.name.removeprefix("./")
            if not (member.isfile() or member.isdir()) or path.startswith("/") or ".." in path.split("/"):
                raise ArtifactError(f"model.tar.gz holds {member.name!r}, which is no plain file inside it.")
            total += member.size
            if total > CONTENTS_BYTES or count >= MEMBERS or (path in READ and member.size > DOCUMENT_BYTES):
                raise ArtifactError(f"model.tar.gz is too large once unpacked, at {member.name!r}.")
            if path in READ and (file := tar.extractfile(member)):
                documents[path] = file.read()
                if documents[path].count(b"[") + documents[path].count(b"{") > CONTAINERS:
                    raise ArtifactError(f"{path} holds more than {CONTAINERS:,} lists and objects; no model's does.")
    return documents


def _checked(documents: dict[str, bytes]) -> Artifact:
    try:
        vocabulary = Vocabulary.from_bytes(documents["vocabulary.json"])
        artifact = Artifact(
            model=json.loads(documents["model.json"]),
            evaluation=json.loads(documents["evaluation.json"]),
            golden=json.loads(documents["golden.json"]),
            vocabulary=vocabulary,
            fallback=documents.get(FALLBACK),
        )
        if not math.isfinite(artifact.accuracy):
            raise ArtifactError("evaluation.json's accuracy is not a finite number.")
        _require(artifact)
        if not all(0 <= g["score"] <= 1 for g in artifact.golden):  # a NaN is not, either
            raise ArtifactError("golden.json holds scores that are no probabilities.")
        different = [g["text"] for g in artifact.golden if vocabulary.encode(g["text"]).ids != g["ids"]]
        expected = artifact.model["vocabulary"]["id"]
        fault = _fault_of_fallback(artifact)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, VocabularyError) as error:
        raise ArtifactError(f"The artifact's documents are not of the agreed form: {error!r}.") from error
    if expected != vocabulary.id:
        raise ArtifactError(f"model.json names vocabulary {expected}, but vocabulary.json is {vocabulary.id}.")
    if different or not artifact.golden:
        raise ArtifactError(f"{len(different)} of {len(artifact.golden)} golden texts are encoded differently here.")
    if fault:
        raise ArtifactError(f"Its fallback cannot answer in its place: {fault}.")
    return artifact


def _fault_of_fallback(artifact: Artifact) -> str | None:
    """Why the small model could not stand in for the large one; None where it could, or there is none."""
    if artifact.fallback is None:
        return None
    linear = Linear.from_bytes(artifact.fallback)
    if linear.vocabulary != artifact.vocabulary.id:
        return f"it is of vocabulary {linear.vocabulary}, the model of {artifact.vocabulary.id}"
    return linear.fault([each["ids"] for each in artifact.golden])


def _require(artifact: Artifact) -> None:
    """Raises KeyError, TypeError or ValueError where something is not as it is read of an artifact later."""
    for key in ("hyperparameters", "preprocessing", "data"):
        dict(artifact.model[key].items())
    artifact.model["trained_at"], artifact.model["data"]["sha256"]
    texts = artifact.evaluation["set"]
    numbers = [artifact.evaluation["majority"], texts["size"]]
    shares = _failure_rates(artifact.evaluation)
    if champion := artifact.evaluation.get("champion"):
        champion["version"]
        shares += _failure_rates(champion)
        if "error" not in champion:
            numbers += [champion["metrics"]["accuracy"], champion["mcnemar"]["p_value"]]
    for each in artifact.evaluation.get("by_set") or []:
        if not isinstance(each["set"], str) or not isinstance(each["n"], int):
            raise ValueError("evaluation.json holds a set without a name or a number of texts")
        shares += [each["accuracy"], each["calibration_error"]]
    if not all(0 <= share <= 1 for share in shares):  # a NaN is not, either
        raise ValueError("evaluation.json holds shares that are none")
    if not all(math.isfinite(number) for number in numbers) or not isinstance(texts["sha256"], str):
        raise ValueError("evaluation.json holds figures that are no numbers")


def _failure_rates(evaluation: dict[str, Any]) -> list[float]:
    """Those of its behaviour, where it was measured; there was no such thing at first."""
    found = evaluation.get("behaviour")
    if not found or found.get("suite") is None:  # the champion's may be an error
        return []
    if not isinstance(found["suite"], str):
        raise ValueError("evaluation.json holds a suite that is no string")
    return [each["rate"] for each in found["capabilities"].values()]
