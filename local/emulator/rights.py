"""Who asks, and for what: as IAM would tell it.

With `--rights FILE`, the file gets a line for each action and resource that a role has been allowed.
"""

import json
import sys
from pathlib import Path
from typing import Any

from ministack.core import iam_actions, iam_evaluator
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


def requested_resource(service: str, *request: Any) -> str:
    """Of log groups that are listed AWS asks for all: a group of no name, as its refusals put it. Of alarms, too."""
    found, (region, account) = resource(service, *request), request[-2:]
    if (service, found) == ("logs", "*"):
        return f"arn:aws:logs:{region}:{account}:log-group::log-stream:"
    if (service, found) == ("monitoring", "*"):
        return f"arn:aws:cloudwatch:{region}:{account}:alarm:*"
    return str(found)


resource = iam_actions.extract_resource_arn
iam_actions.extract_resource_arn = requested_resource


def enforce_and_note(
    access_key: str, action: str, service: str, region: str, resource_arn: str = "*", **more: Any
) -> Any:
    """Whether the request is refused, as ministack has it; what is allowed is noted."""
    refusal = enforce(access_key, action, service, region, resource_arn=resource_arn, **more)
    session = sts._sessions.get(access_key)
    if refusal is None and session is not None:
        line = json.dumps([session["Arn"].split("/")[1], action, resource_arn]) + "\n"
        if line not in noted:
            noted.add(line)
            with used.open("a") as file:
                file.write(line)
    return refusal


if "--rights" in sys.argv:
    at = sys.argv.index("--rights")
    used, noted = Path(sys.argv[at + 1]), set[str]()
    del sys.argv[at : at + 2]  # ministack takes no such option
    enforce, iam_evaluator.enforce = iam_evaluator.enforce, enforce_and_note
