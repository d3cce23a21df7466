"""From an approved model to one that serves, and from one that serves no more to nothing that bills.

`advance` looks at how things stand and takes whatever steps are due. Every step may be repeated, so it does not
matter whether an event or the schedule woke it, nor how often.
"""

from dataclasses import asdict, replace
from datetime import UTC, datetime

from handlers.common import pointer
from handlers.common.endpoint import EndpointRefuses, invoke
from handlers.common.hosting import Hosting, StageGone, delete_endpoint, ensure_endpoint, hosted
from handlers.common.judging import newest_approved, withdraw
from handlers.common.log import logger
from handlers.common.pointer import Deployment, Pointer, PointerConflict
from handlers.common.settings import number, required, settings
from handlers.common.store import artifact_uri, read_json

GOLDEN_TOLERANCE = 1e-3


def advance() -> None:
    """Clear away what serves no more, judge what is new, bring the newest approved model into service.

    A stage without a serving pointer is being removed, or not there yet: nothing is started in it.
    """
    # Listed first: an endpoint that is here already, and that nobody names at the end, is nobody's.
    existing = hosted()
    serving = pointer.read(settings().bucket)
    if serving.etag is None:
        return
    candidate = newest_approved(serving)
    try:
        retire_drained()  # before anything is started, which may need the room
        serve(candidate)
    except (PointerConflict, StageGone) as error:
        logger.info("left to whoever was faster", extra={"reason": str(error)})
        return
    finally:
        delete_orphans(existing, candidate)


def serve(candidate: str | None) -> None:
    """See that the serving versions have their endpoints, and take the candidate one step further."""
    serving = pointer.read(settings().bucket)
    for deployment in serving.serving:
        start(deployment.version)  # in case somebody deleted it
    if candidate and candidate not in {d.version for d in serving.deployments}:
        release(candidate, serving)


def release(version: str, serving: Pointer) -> None:
    """Take the next step towards `version` answering all requests: endpoint, golden texts, pointer."""
    name = settings().name_of(version)
    status = start(version)
    if status == "Failed":
        withdraw(name, "Its endpoint did not start.")
        delete_endpoint(name)
    elif status == "InService":
        vocabulary = read_json(f"models/{version}.json")["vocabulary"]["id"]
        if fault := golden_fault(version, vocabulary):
            withdraw(name, fault)
            delete_endpoint(name)
        else:
            switch(version, vocabulary, serving)


def start(version: str) -> str:
    """The status of the version's endpoint, which is created when it is absent."""
    name = settings().name_of(version)
    hosting = Hosting(
        image=required("SERVING_IMAGE"),
        role_arn=required("SAGEMAKER_ROLE_ARN"),
        instance_type=required("ENDPOINT_INSTANCE_TYPE"),
    )
    return ensure_endpoint(name, artifact_uri(version), hosting)


def golden_fault(version: str, vocabulary: str) -> str | None:
    """What is wrong with the endpoint's scores of the golden texts; None when they are those of training.

    Raises when the endpoint cannot be asked at all: then nothing is known, and the next run asks again.
    """
    golden = read_json(f"models/{version}.golden.json")
    try:
        scores = invoke(settings().name_of(version), vocabulary, [g["ids"] for g in golden])
    except EndpointRefuses as error:
        logger.warning("golden texts refused", extra={"version": version, "cause": repr(error.__cause__)})
        return "Its endpoint cannot score its golden texts."
    worst = max(abs(score - g["score"]) for score, g in zip(scores, golden, strict=True))
    return f"Its endpoint scores golden texts up to {worst:.4f} off." if worst > GOLDEN_TOLERANCE else None


def switch(version: str, vocabulary: str, serving: Pointer) -> None:
    """All requests to the version; the others keep their endpoints until what is under way there has ended."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    drained = tuple(replace(d, weight=0.0, since=now) if d.weight else d for d in serving.deployments)
    deployment = Deployment(version, settings().name_of(version), vocabulary, 1.0, now)
    pointer.write(settings().bucket, serving.having((deployment, *drained)))
    logger.info("released", extra=asdict(deployment))


def retire_drained() -> None:
    """Delete the endpoints that have had no share for DRAIN_SECONDS, and forget them."""
    serving = pointer.read(settings().bucket)
    over = tuple(d for d in serving.deployments if d.weight == 0 and _age(d.since) > number("DRAIN_SECONDS"))
    if not over:
        return
    for deployment in over:
        delete_endpoint(deployment.endpoint)
    pointer.write(settings().bucket, serving.having(tuple(d for d in serving.deployments if d not in over)))
    logger.info("retired", extra={"versions": [d.version for d in over]})


def delete_orphans(existing: list[str], candidate: str | None) -> None:
    """Delete what no deployment names: the endpoints of candidates that a newer one overtook, and remains."""
    serving = pointer.read(settings().bucket)
    named = {d.endpoint for d in serving.deployments}
    orphans = [name for name in existing if name not in named and settings().version_of(name) != candidate]
    if not orphans or serving.etag is None:
        return
    try:
        # Whoever is about to switch to one of them, having seen this same pointer, now fails to.
        pointer.write(settings().bucket, serving)
    except PointerConflict:
        return
    for name in orphans:
        delete_endpoint(name)


def _age(since: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds()
