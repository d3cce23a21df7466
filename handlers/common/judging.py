"""Which models may serve: the verdict on the baseline, and on what each training job left."""

import gzip
import json
from typing import Any

from handlers.common.artifact import Artifact, ArtifactError, read_artifact
from handlers.common.clients import sagemaker
from handlers.common.log import logger
from handlers.common.pointer import Pointer
from handlers.common.settings import number, settings
from handlers.common.store import artifact_key, baselines, put, put_new, read_json, verdict_key

RECENT_JOBS = 10

Verdict = dict[str, Any]


def newest_approved(serving: Pointer) -> str | None:
    """The version of the newest model that may serve. What is not yet judged is judged, all of it.

    A baseline counts as older than any model that was trained here, and replaces none: only another baseline.
    """
    brought = baselines()
    candidates = _finished_jobs()
    if all(deployment.version in brought for deployment in serving.serving):
        candidates += [settings().name_of(version) for version in brought[:1]]
    verdicts = {name: read_json(verdict_key(name)) or judge(name) for name in candidates}
    approved = (settings().version_of(job) for job, verdict in verdicts.items() if verdict["approved"])
    return next(approved, None)


def judge(job: str) -> Verdict:
    """The verdict on a model, by its job's name, recorded beside its artifact. An approved one is published first."""
    version = settings().version_of(job)
    try:
        artifact = read_artifact(settings().bucket, artifact_key(version))
    except ArtifactError as error:
        return record(job, False, str(error))
    floor = number("ACCURACY_FLOOR")
    measured = f"Accuracy {artifact.accuracy:.4f} on {artifact.evaluation['set']['size']:,} held-out texts"
    if artifact.accuracy < floor:
        return record(job, False, f"{measured} is below the floor of {floor:g}.")
    publish(version, artifact)
    return record(job, True, f"{measured} reaches the floor of {floor:g}.")


def publish(version: str, artifact: Artifact) -> None:
    """Put the vocabulary and the description where the functions that serve read them."""
    vocabulary = gzip.compress(artifact.vocabulary.to_bytes(), mtime=0)
    put(f"vocabularies/{artifact.vocabulary.id}.json.gz", vocabulary)
    described = {key: artifact.model[key] for key in ("trained_at", "data", "hyperparameters", "preprocessing")}
    description = {
        "version": version,
        **described,
        "metrics": artifact.evaluation["metrics"] | {"majority": artifact.evaluation["majority"]},
        "vocabulary": {"id": artifact.vocabulary.id, "size": len(artifact.vocabulary)},
    }
    put(f"models/{version}.json", json.dumps(description).encode())
    put(f"models/{version}.golden.json", json.dumps(artifact.golden).encode())


def record(job: str, approved: bool, reason: str) -> Verdict:
    """Write the verdict on a job's model, unless somebody else has judged it meanwhile: the first verdict stands."""
    verdict = _verdict(approved, reason)
    if not put_new(verdict_key(job), json.dumps(verdict).encode()):
        return read_json(verdict_key(job))
    logger.info("verdict", extra={"job": job, "approved": approved, "reason": reason})
    return verdict


def withdraw(job: str, reason: str) -> None:
    """Replace the approval of a model that turned out not to serve."""
    put(verdict_key(job), json.dumps(_verdict(False, reason)).encode())
    logger.warning("approval withdrawn", extra={"job": job, "reason": reason})


def _verdict(approved: bool, reason: str) -> Verdict:
    return {"approved": approved, "reasons": [reason]}


def _finished_jobs() -> list[str]:
    answer = sagemaker().list_training_jobs(
        NameContains=settings().prefix,
        StatusEquals="Completed",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=RECENT_JOBS,
    )
    names = (job["TrainingJobName"] for job in answer["TrainingJobSummaries"])
    return [name for name in names if settings().owns(name)]
