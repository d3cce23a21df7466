"""Messages to whoever has subscribed to the stage's topic: verdicts, releases, roll-backs."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.clients import sns
from handlers.common.log import logger
from handlers.common.settings import required

SUBJECT_LENGTH = 99  # SNS takes fewer than 100 characters


def tell(subject: str, content: dict[str, Any]) -> None:
    """Publish `content` as JSON under a subject of one line.

    A message that cannot be sent is logged, and is no reason to leave half done what it tells of.
    """
    message = {"Subject": subject[:SUBJECT_LENGTH], "Message": json.dumps(content, indent=1)}
    try:
        sns().publish(TopicArn=required("TOPIC_ARN"), **message)
    except (BotoCoreError, ClientError):
        logger.exception("not told", extra={"subject": subject})
