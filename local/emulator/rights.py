"""Who asks, and for what: as IAM would tell it."""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import iam, sts


def access_key_last_used(parameters: Any) -> Any:
    """Whose an access key is, those of roles' sessions too, of which IAM does not tell: local SageMaker has to know."""
    session = sts._sessions.get(iam._p(parameters, "AccessKeyId"))
    if session is None:
        return last_used(parameters)
    owner = session["Arn"].rpartition(":")[2]
    use = "<AccessKeyLastUsed><Region>N/A</Region><ServiceName>N/A</ServiceName></AccessKeyLastUsed>"
    result = f"<GetAccessKeyLastUsedResult><UserName>{owner}</UserName>{use}</GetAccessKeyLastUsedResult>"
    return iam._xml(200, "GetAccessKeyLastUsedResponse", result, ns="iam")


last_used = iam._IAM_HANDLERS["GetAccessKeyLastUsed"]
iam._IAM_HANDLERS["GetAccessKeyLastUsed"] = access_key_last_used


def alarm_parameter(body: bytes, query: dict[str, Any], *fields: str) -> str:
    """DeleteAlarms takes several names; a role is asked for its right to the first."""
    found = parameter(body, query, *fields)
    if found or fields != ("AlarmName",):
        return str(found)
    try:
        names = json.loads(body or b"{}").get("AlarmNames")
    except ValueError:
        return ""
    return str(names[0]) if names else ""


parameter = iam_actions._param
iam_actions._param = alarm_parameter
