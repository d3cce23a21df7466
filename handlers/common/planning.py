"""What is to be released next: what the gate or a person approved, what a person asks for, what has new settings."""

from dataclasses import asdict

from handlers.common import pointer, verdicts
from handlers.common.gate import APPROVED, PENDING
from handlers.common.hosting import hosting
from handlers.common.log import logger
from handlers.common.pointer import FAILED, Outcome, Pointer, Rollout
from handlers.common.verdicts import Verdict


class Refused(Exception):
    """What a person asked to be released cannot be; the message says why."""


def begin(known: list[Verdict]) -> None:
    """Begin the release of the approved candidate that waits, or of what serves under changed settings."""
    serving = pointer.read()
    if serving.rollout:
        return
    baselines = {verdict.version for verdict in known if verdict.job is None}
    due = [verdict for verdict in known if _due(verdict, serving, baselines) and not _put_off(verdict, serving)]
    if due:
        newest = max(due, key=lambda verdict: (verdict.job is not None, verdict.at))
        overtaken = [_superseded(verdict, newest) for verdict in due if verdict is not newest]
        start(serving.remembering(*overtaken), newest.version, "gate")
    elif _settings_changed(serving):
        assert serving.champion is not None
        start(serving, serving.champion.version, "settings")


def request(version: str) -> Pointer:
    """Begin the release of a version that a person asks for, in place of any release under way.

    Raises Refused, and PointerConflict or VerdictConflict when somebody else was faster.
    """
    serving = pointer.read()
    if serving.etag is None:
        raise Refused("This stage is being removed, or not deployed yet.")
    verdict = verdicts.read(version)
    if verdict is None or verdict.metrics is None or not verdict.kept:
        raise Refused(f"There is no model of version “{version}” to release; GET /models lists those that are kept.")
    if [d.endpoint for d in serving.serving] == [hosting().endpoint_of(version)] and not serving.rollout:
        return serving
    if verdict.status != APPROVED:
        verdicts.change(verdicts.decided(verdict, APPROVED, "A person had it released.", by="person"))
    return start(serving.abandoned("superseded", f"by {version}"), version, "person")


def start(serving: Pointer, version: str, by: str) -> Pointer:
    """Note in the pointer that the version's release is under way; before anything is created for it."""
    rollout = Rollout(version, hosting().endpoint_of(version), by, "starting", pointer.now())
    logger.info("release begins", extra=asdict(rollout))
    return pointer.write(serving.rolling_out(rollout))


def _due(verdict: Verdict, serving: Pointer, baselines: set[str]) -> bool:
    """Whether an approved model still has to be released. A baseline replaces nothing but a baseline."""
    versions = {deployment.version for deployment in serving.serving}
    if not verdict.approved or not verdict.kept or verdict.version in versions:
        return False
    if verdict.job is None and not versions <= baselines:
        return False
    last = serving.last_outcome(verdict.version)
    return last is None or last.at < verdict.at


def _put_off(verdict: Verdict, serving: Pointer) -> bool:
    """Whether it waits for a person instead: the gate compared it with another model than serves now."""
    champion = serving.champion
    if verdict.by != "gate" or champion is None or verdict.beside == champion.version:
        return False
    reason = f"{champion.version} went live since, which it was not judged beside."
    verdicts.change(verdicts.decided(verdict, PENDING, reason))
    return True


def _settings_changed(serving: Pointer) -> bool:
    """Whether what serves has an endpoint of other settings; those that failed already are not tried again."""
    if serving.champion is None:
        return False
    wanted = hosting().endpoint_of(serving.champion.version)
    failed = {outcome.endpoint for outcome in serving.history if outcome.outcome in FAILED}
    return wanted not in {deployment.endpoint for deployment in serving.serving} | failed


def _superseded(verdict: Verdict, newest: Verdict) -> Outcome:
    endpoint = hosting().endpoint_of(verdict.version)
    return Outcome(verdict.version, endpoint, "superseded", f"by {newest.version}", pointer.now())
