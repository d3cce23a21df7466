"""The verdict on the baseline, and on what each training job left."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import fallback, gate, pointer, tuning, verdicts
from handlers.common.artifact import Artifact, ArtifactError, read_artifact
from handlers.common.clients import sagemaker
from handlers.common.errors import plain
from handlers.common.gate import REJECTED, Champion, Thresholds
from handlers.common.log import logger
from handlers.common.notify import tell
from handlers.common.pointer import FAILED, Outcome, Pointer
from handlers.common.settings import number, settings, share_or_none
from handlers.common.store import artifact_key, baselines, delete, put
from handlers.common.verdicts import Verdict

RECENT_JOBS = 100  # of which a tuning job's, which are not judged, may be half
OVER = ("Completed", "Failed", "Stopped")


def judge_all(serving: Pointer) -> list[Verdict]:
    """All verdicts, of the newest candidate first; on candidates that had none it is given now.

    One for which AWS does not answer now is left for the next time, and holds up no other.
    """
    known = verdicts.every()
    judged = {verdict.version for verdict in known}
    new = [
        job for job in _finished_jobs(serving.created_at) if settings().version_of(job["TrainingJobName"]) not in judged
    ]
    brought = [version for version in baselines()[:1] if version not in judged]
    tuned = [
        job
        for job in tuning.finished(serving.created_at)
        if not tuning.is_judged(job["HyperParameterTuningJobName"], judged)
    ]
    for job in reversed(tuned):
        with apart("a tuning job is not judged yet", job["HyperParameterTuningJobName"]):
            judge_tuning(job, serving)
    for job in reversed(new):  # the oldest first, as if each had been judged when it ended
        with apart("a job's model is not judged yet", job["TrainingJobName"]):
            judge_job(job, serving)
    for version in brought:
        with apart("a baseline is not judged yet", version):
            judge_baseline(version)
    known = verdicts.every() if new or tuned or brought else known
    # Done already, unless the function that ended the release was cut off before it could.
    return [withdrawn(verdict, serving.last_outcome(verdict.version)) for verdict in known]


@contextmanager
def apart(what: str, which: str) -> Iterator[None]:
    """AWS that does not answer for one candidate is logged, and holds up no other."""
    try:
        yield
    except (BotoCoreError, ClientError):
        logger.exception(what, extra={"which": which})


def judge_job(summary: dict[str, Any], serving: Pointer) -> Verdict:
    """The verdict on what a job left, by its summary in ListTrainingJobs. An approved model is published first."""
    job, created = summary["TrainingJobName"], summary["CreationTime"].isoformat()
    version = settings().version_of(job)
    verdict = Verdict(version, job, created, pointer.now(), REJECTED, [])
    if summary["TrainingJobStatus"] != "Completed":
        return _record(replace(verdict, reasons=[_why_it_failed(job)]))
    champion = _champion(serving)
    return _judged(replace(verdict, beside=champion.version if champion else None), champion)


def judge_tuning(summary: dict[str, Any], serving: Pointer) -> Verdict:
    """The verdict on the best model that a tuning job's jobs left, by its summary in ListHyperParameterTuningJobs.

    Those of the others, which nobody can release, are deleted first: what fails before the verdict is done again.
    """
    job = summary["HyperParameterTuningJobName"]
    description = sagemaker().describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    best = tuning.best(description) if description["HyperParameterTuningJobStatus"] == "Completed" else None
    if best:
        for child in tuning.children(job):
            if child["TrainingJobName"] != best["TrainingJobName"]:
                delete(artifact_key(settings().version_of(child["TrainingJobName"])))
        return judge_job(best, serving)
    created, version = summary["CreationTime"].isoformat(), settings().version_of(job)
    return _record(Verdict(version, job, created, pointer.now(), REJECTED, [tuning.why_no_model(description)]))


def judge_baseline(version: str) -> Verdict:
    """The verdict on a baseline: whoever deployed it wants it, so that it has only to be sound and above the floor."""
    at = pointer.now()
    return _judged(Verdict(version, None, at, at, REJECTED, [], by="deployment"), None)


def _judged(verdict: Verdict, champion: Champion | None) -> Verdict:
    """The verdict on an artifact. One that can be read is published: a person may release it whatever the gate says."""
    try:
        artifact = read_artifact(settings().bucket, artifact_key(verdict.version))
    except ArtifactError as error:
        return _record(replace(verdict, reasons=[str(error)]))
    publish(verdict.version, artifact)
    status, reasons = gate.judge(artifact.evaluation, champion, _thresholds())
    metrics, facts = _metrics(artifact), _facts(verdict.job, artifact)
    return _record(replace(verdict, status=status, reasons=reasons, metrics=metrics, facts=facts))


def withdrawn(verdict: Verdict, outcome: Outcome | None) -> Verdict:
    """The verdict; a rejection in place of the approval of a model whose release has failed since, by what last became
    of it. Of changed settings that failed the model is innocent."""
    if outcome is None or outcome.outcome not in FAILED or outcome.by == "settings" or outcome.at < verdict.at:
        return verdict
    if verdict.status == REJECTED:
        return verdict
    logger.warning("approval withdrawn", extra={"version": verdict.version, "reason": outcome.reason})
    return verdicts.change(verdicts.decided(verdict, REJECTED, outcome.reason))


def publish(version: str, artifact: Artifact) -> None:
    """Put vocabulary, fallback and description where the functions that serve read them."""
    vocabulary = gzip.compress(artifact.vocabulary.to_bytes(), mtime=0)
    put(f"vocabularies/{artifact.vocabulary.id}.json.gz", vocabulary)
    if artifact.fallback is not None:
        put(fallback.key_of(version), artifact.fallback)
    described = {key: artifact.model[key] for key in ("trained_at", "data", "hyperparameters", "preprocessing")}
    description = {
        "version": version,
        **described,
        "metrics": _metrics(artifact),
        "vocabulary": {"id": artifact.vocabulary.id, "size": len(artifact.vocabulary)},
        **_in_detail(artifact.evaluation),
    }
    put(f"models/{version}.json", json.dumps(description).encode())
    put(f"models/{version}.golden.json", json.dumps(artifact.golden).encode())


def _in_detail(evaluation: dict[str, Any]) -> dict[str, Any]:
    """How often it failed which of the behavioural cases, and its figures by set, as far as its training told."""
    found: dict[str, Any] = {}
    behaviour = evaluation.get("behaviour")
    if behaviour and behaviour.get("suite") is not None:
        rates = {capability: each["rate"] for capability, each in behaviour["capabilities"].items()}
        found["behaviour"] = {"suite": behaviour["suite"], "failure_rates": rates}
    if sets := evaluation.get("by_set"):
        names = ("set", "n", "accuracy", "calibration_error")
        found["by_set"] = [{name: each[name] for name in names} for each in sets]
    return found


def _record(verdict: Verdict) -> Verdict:
    logger.info("verdict", extra={k: getattr(verdict, k) for k in ("version", "status", "reasons")})
    recorded = verdicts.record(verdict)
    if recorded == verdict and verdict.metrics is None:  # of all others the registry's message tells
        tell(f"{verdict.version}: {verdict.status}", verdict.public())
    return recorded


def _metrics(artifact: Artifact) -> dict[str, Any]:
    return {**artifact.evaluation["metrics"], "majority": artifact.evaluation["majority"]}


def _facts(job: str | None, artifact: Artifact) -> dict[str, str]:
    """What the registry is told beside the metrics: of which data, code and hyperparameters the model was made."""
    hyperparameters = artifact.model["hyperparameters"].items()
    facts = {
        "data": str(artifact.model["data"].get("name", "")),
        "data_sha256": str(artifact.model["data"]["sha256"]),
        "test_set_sha256": str(artifact.evaluation["set"]["sha256"]),
        "vocabulary": artifact.vocabulary.id,
        **{f"hyperparameter:{name}": str(value) for name, value in hyperparameters},
    }
    if job:
        description = sagemaker().describe_training_job(TrainingJobName=job)
        code = description["HyperParameters"].get("sagemaker_submit_directory", "").strip('"')
        facts["code_sha256"] = code.rpartition("/code/")[2].partition("/")[0]
    return facts


def _champion(serving: Pointer) -> Champion | None:
    champion = serving.champion
    if champion is None:
        return None
    verdict = verdicts.read(champion.version)
    return Champion(champion.version, verdict.facts.get("test_set_sha256") if verdict else None)


def _thresholds() -> Thresholds:
    return Thresholds(
        floor=number("ACCURACY_FLOOR"),
        gain=number("SMALLEST_GAIN"),
        significance=number("SIGNIFICANCE"),
        behaviour=share_or_none("LARGEST_BEHAVIOUR_LOSS"),
    )


def _why_it_failed(job: str) -> str:
    description = sagemaker().describe_training_job(TrainingJobName=job)
    if reason := description.get("FailureReason"):
        return f"The training job failed: {plain(reason)}"
    if description["SecondaryStatus"] in ("MaxRuntimeExceeded", "MaxWaitTimeExceeded"):
        return "The training job ran out of the time that it was given; allow more with max_minutes."
    return f"The training job ended as {description['SecondaryStatus']}."


def _finished_jobs(since: str) -> list[dict[str, Any]]:
    """Summaries of the latest training jobs that are over, the newest first; none of those that tuning jobs started.

    Those created before `since` are of an earlier deployment of this stage: jobs outlive its removal, artifacts do not.
    """
    answer = sagemaker().list_training_jobs(
        NameContains=settings().prefix,
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=RECENT_JOBS,
    )
    jobs = answer["TrainingJobSummaries"]
    if since:
        jobs = [job for job in jobs if job["CreationTime"] >= datetime.fromisoformat(since)]
    jobs = [job for job in jobs if job["TrainingJobStatus"] in OVER and settings().owns(job["TrainingJobName"])]
    return [job for job in jobs if not settings().is_tried(job["TrainingJobName"])]
