"""The one way in which models come to serve: look at how things stand, and take whatever steps are due.

It does not matter whether an event, the schedule or a person woke it, nor how often.
"""

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import alarms, pointer, queue, registry
from handlers.common.hosting import (
    NoRoom,
    StageGone,
    Unhostable,
    delete_endpoint,
    ensure_endpoint,
    guard,
    hosting,
)
from handlers.common.judging import judge_all
from handlers.common.log import logger
from handlers.common.planning import begin
from handlers.common.pointer import PointerConflict
from handlers.common.retirement import delete_orphans, forget_old, retire_drained
from handlers.common.rollout import bake, step
from handlers.common.verdicts import VerdictConflict


def advance() -> None:
    """Look after what serves, take the release under way further, judge what is new, begin what is due.

    A stage without a serving pointer is being removed, or not there yet: nothing is started in it.
    """
    if pointer.read().etag is None:
        return
    try:
        # First what people use: nothing that is wrong with a candidate may keep a bad release from being undone.
        keep_serving()
        step()
        retire_drained()  # before anything is started, which may need the room
        known = registry.synchronise(judge_all(pointer.read()))
        begin(known)
        step()
        bake()
        forget_old(known)
    except (PointerConflict, VerdictConflict, StageGone) as error:
        logger.info("left to whoever was faster", extra={"reason": str(error)})
    finally:
        delete_orphans()
        wake_queue()


def wake_queue() -> None:
    """Have the next job started that waits, once it is clear which model it will be compared with."""
    serving = pointer.read()
    if serving.etag and not serving.rollout:
        queue.wake()


def keep_serving() -> None:
    """See that what serves has its endpoint, in case somebody deleted it."""
    for deployment in pointer.read().serving:
        try:
            status = ensure_endpoint(deployment.endpoint, hosting())
            if status == "Failed":
                logger.error("what serves has failed and is started anew", extra={"endpoint": deployment.endpoint})
                delete_endpoint(deployment.endpoint)
            elif status == "InService" and deployment.endpoint not in alarms.guarded():
                guard(deployment.endpoint, hosting())  # it was made anew, and what belongs to it went with the old one
        except (NoRoom, Unhostable, BotoCoreError, ClientError) as error:
            logger.error(
                "what serves has no endpoint, and gets none", extra={"endpoint": deployment.endpoint, "why": str(error)}
            )
