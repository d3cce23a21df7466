"""What serves no more goes: drained endpoints, endpoints that nobody names, and old models."""

from contextlib import suppress
from dataclasses import replace

from handlers.common import fallback, pointer, registry, verdicts
from handlers.common.gate import PENDING
from handlers.common.hosting import delete_endpoint, hosted
from handlers.common.log import logger
from handlers.common.pointer import Pointer, PointerConflict
from handlers.common.settings import number, settings
from handlers.common.store import artifact_key, delete
from handlers.common.verdicts import Verdict


def retire_drained() -> None:
    """Delete the endpoints that have had no share for DRAIN_SECONDS, and forget them."""
    serving = pointer.read()
    wanted = serving.rollout and serving.rollout.endpoint
    over = tuple(
        d
        for d in serving.deployments
        if d.weight == 0 and d.endpoint != wanted and pointer.age(d.since) > number("DRAIN_SECONDS")
    )
    if not over:
        return
    names = tuple(d.endpoint for d in over)
    _delete(serving.having(tuple(d for d in serving.deployments if d not in over)), (*serving.going, *names))
    logger.info("retired", extra={"endpoints": names})


def delete_orphans() -> None:
    """Delete the endpoints that the pointer does not name, of releases that failed, and what is left of those that are
    being deleted already."""
    # Listed first: a release is named by the pointer before anything is created for it.
    existing = hosted()
    serving = pointer.read()
    kept = _named(serving) - set(serving.going)
    orphans = tuple(name for name in existing if name not in kept)
    if serving.etag and (orphans or serving.going):
        with suppress(PointerConflict):  # whoever was faster sees to them
            _delete(serving, orphans)


def forget_old(known: list[Verdict]) -> None:
    """Delete artifact, fallback and package of the oldest models, beyond the KEEP_VERSIONS newest; their verdicts stay.

    What serves, drains, is being released, waits for a person or was among the last to serve is kept, however old.
    """
    serving = pointer.read()
    wanted = {settings().version_of(name) for name in _named(serving)} | _served_last(serving)
    kept = [verdict for verdict in known if verdict.kept and verdict.metrics is not None]
    for verdict in kept[int(number("KEEP_VERSIONS")) :]:
        if verdict.version in wanted or verdict.status == PENDING:
            continue
        if verdict.package:
            registry.forget(verdict.package)
        delete(artifact_key(verdict.version))
        delete(fallback.key_of(verdict.version))
        verdicts.change(replace(verdict, kept=False))  # last: until then all of it is done again
        logger.info("forgotten", extra={"version": verdict.version})


def _served_last(serving: Pointer) -> set[str]:
    """The versions to go back to: the KEEP_VERSIONS that were released last, however many were rejected since."""
    released = dict.fromkeys(outcome.version for outcome in serving.history if outcome.outcome == "released")
    return set(list(released)[: int(number("KEEP_VERSIONS"))])


def _delete(serving: Pointer, going: tuple[str, ...]) -> None:
    """Delete the endpoints, and have the pointer say so until they are gone.

    The pointer first: who is about to go back to one of them, having seen the pointer before, now fails to; who sees
    it from now on waits.
    """
    pointer.write(replace(serving, going=going))
    for name in going:
        delete_endpoint(name)


def _named(serving: Pointer) -> set[str]:
    names = {deployment.endpoint for deployment in serving.deployments}
    return names | ({serving.rollout.endpoint} if serving.rollout else set())
