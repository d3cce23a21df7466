"""A release, step by step: endpoint, golden texts, a first share of the requests, then all of them, or back.

Every step starts from what the serving pointer says and ends by writing it, and may be repeated.
"""

import time
from dataclasses import asdict, replace

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import alarms, pointer, verdicts
from handlers.common.endpoint import EndpointRefuses, invoke
from handlers.common.errors import ApiError
from handlers.common.hosting import (
    NoRoom,
    Unhostable,
    delete_endpoint,
    endpoint_status,
    ensure_endpoint,
    failure_reason,
    guard,
    hosting,
)
from handlers.common.judging import withdrawn
from handlers.common.log import logger
from handlers.common.notify import tell
from handlers.common.planning import start
from handlers.common.pointer import Deployment, Pointer, Rollout
from handlers.common.settings import number
from handlers.common.store import read_json

GOLDEN_TOLERANCE = 1e-3
START_SECONDS = 30 * 60  # after which an endpoint that is still Creating is given up
PATIENCE = 60.0  # seconds of baking that this function waits for itself; longer ones it leaves to the next


def step() -> None:
    """Take the release that is under way as far as it goes now."""
    serving = pointer.read()
    if serving.rollout is None:
        return
    verdict = verdicts.read(serving.rollout.version)
    if serving.rollout.by == "gate" and verdict and not verdict.approved:
        abort(serving, verdict.reasons[-1])
        return
    take = _starting if serving.rollout.phase == "starting" else _baking
    try:
        take(serving, serving.rollout)
    except (ApiError, BotoCoreError, ClientError) as error:
        patience = START_SECONDS + (number("BAKE_SECONDS") if take is _baking else 0)
        if pointer.age(serving.rollout.since) <= patience:
            raise  # nothing is known yet: the next run tries again
        abort(serving, _obstacle(error))


def bake() -> None:
    """Wait for the end of a short bake, looking at the alarms every second."""
    while (rollout := pointer.read().rollout) and rollout.phase == "canary":
        left = number("BAKE_SECONDS") - pointer.age(rollout.since)
        if left > PATIENCE:
            return
        time.sleep(min(1.0, max(0.0, left)))
        step()


def finish(serving: Pointer) -> None:
    """All requests to what was rolled out."""
    outcome = pointer.write(serving.released()).history[0]
    logger.info("released", extra=asdict(outcome))
    tell(f"{outcome.version} serves", asdict(outcome))


def abort(serving: Pointer, reason: str) -> None:
    """Back to what served before, at once."""
    rollout = serving.rollout
    assert rollout is not None
    ended = "rolled back" if rollout.phase == "canary" else "failed"
    # The pointer first: whoever loses here to one that finishes the release must not have rejected what serves then.
    outcome = pointer.write(serving.abandoned(ended, reason)).history[0]
    if verdict := verdicts.read(rollout.version):
        withdrawn(verdict, outcome)
    logger.warning("release ended", extra=asdict(outcome))
    tell(f"{outcome.version}: {ended}", asdict(outcome))


def golden_fault(rollout: Rollout, vocabulary: str) -> str | None:
    """What is wrong with the endpoint's scores of the golden texts; None when they are those of training.

    Raises ApiError when the endpoint cannot be asked at all.
    """
    golden = read_json(f"models/{rollout.version}.golden.json")
    try:
        scores = invoke(rollout.endpoint, vocabulary, [g["ids"] for g in golden])
    except EndpointRefuses as error:
        logger.warning("golden texts refused", extra={"version": rollout.version, "cause": repr(error.__cause__)})
        return "Its endpoint cannot score its golden texts."
    worst = max(abs(score - g["score"]) for score, g in zip(scores, golden, strict=True))
    return f"Its endpoint scores golden texts up to {worst:.4f} off." if worst > GOLDEN_TOLERANCE else None


def _starting(serving: Pointer, rollout: Rollout) -> None:
    if rollout.endpoint != hosting().endpoint_of(rollout.version):  # the settings were changed meanwhile
        start(serving, rollout.version, rollout.by)
        return
    if rollout.endpoint in serving.going:
        logger.info("waiting until the old one is gone", extra={"endpoint": rollout.endpoint})
        return
    try:
        status = ensure_endpoint(rollout.endpoint, hosting())
    except NoRoom as error:
        # While nothing serves there is nothing to fall back on; while something drains there will be room.
        if serving.serving and all(deployment.weight for deployment in serving.deployments) and not serving.going:
            abort(serving, str(error))
        else:
            logger.warning("waiting for room", extra={"endpoint": rollout.endpoint, "why": str(error)})
        return
    except Unhostable as error:
        abort(serving, str(error))
        return
    if status == "InService":
        if rollout.endpoint not in {deployment.endpoint for deployment in serving.deployments}:
            guard(rollout.endpoint, hosting())  # one that is there has served: going back to it waits for nothing
        vocabulary = read_json(f"models/{rollout.version}.json")["vocabulary"]["id"]
        if fault := golden_fault(rollout, vocabulary):
            abort(serving, fault)
        else:
            _first_share(serving, rollout, vocabulary)
    elif status == "Failed" and (serving.serving or pointer.age(rollout.since) > START_SECONDS):
        abort(serving, f"Its endpoint did not start: {failure_reason(rollout.endpoint)}")
    elif status == "Failed":  # with nothing to fall back on it is tried again
        logger.warning("starting again", extra={"why": failure_reason(rollout.endpoint)})
        delete_endpoint(rollout.endpoint)
    elif pointer.age(rollout.since) > START_SECONDS:
        abort(serving, f"Its endpoint was still {status} after {START_SECONDS // 60} minutes.")


def _obstacle(error: Exception) -> str:
    """Why the release came no further for START_SECONDS, without AWS's own words, which may hold ARNs."""
    if isinstance(error, ApiError):
        return f"Its endpoint did not answer for {START_SECONDS // 60} minutes: {error}"
    what = type(error).__name__
    if isinstance(error, ClientError):
        what = f"{error.operation_name} answers {error.response['Error']['Code']}"
    return f"AWS has let the release come no further for {START_SECONDS // 60} minutes: {what}."


def _first_share(serving: Pointer, rollout: Rollout, vocabulary: str) -> None:
    """Some requests to a model that is new here; all to one that has served before, or where no other serves."""
    proven = rollout.by == "person" and any(
        outcome.version == rollout.version and outcome.outcome == "released" for outcome in serving.history
    )
    candidate = Deployment(rollout.version, rollout.endpoint, vocabulary, number("CANARY_SHARE"), pointer.now())
    canary = serving.with_canary(candidate)
    if proven or serving.champion is None:
        finish(canary)
        return
    bad = [name for name in alarms.ringing(rollout.endpoint) if not name.startswith(rollout.endpoint)]
    if bad and pointer.age(rollout.since) <= START_SECONDS:
        # What rings before it has had a request is not its fault.
        logger.warning("waiting until the alarms are quiet", extra={"alarms": bad})
        return
    pointer.write(canary.rolling_out(replace(rollout, phase="canary", since=candidate.since)))
    logger.info("canary", extra=asdict(candidate))


def _baking(serving: Pointer, rollout: Rollout) -> None:
    if bad := alarms.ringing(rollout.endpoint):
        abort(serving, f"While it had its first share of the requests, {', '.join(bad)} went off.")
    elif (status := endpoint_status(rollout.endpoint)) in (None, "Failed", "OutOfService", "Deleting"):
        # What is being updated, because it scales or SageMaker maintains it, goes on serving.
        abort(serving, f"While it had its first share of the requests, its endpoint became {status or 'absent'}.")
    elif pointer.age(rollout.since) >= number("BAKE_SECONDS"):
        finish(serving)
