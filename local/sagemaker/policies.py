"""Whether IAM policies allow an action. Permissions boundaries and session policies are not looked at.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from local.sagemaker.aws import as_list


class Right(NamedTuple):
    """What a caller needs: an action on a resource, and what conditions may look at."""

    action: str
    resource: str = "*"
    context: tuple[tuple[str, str], ...] = ()  # condition keys, in small letters, with their values


def allows(documents: Iterable[dict[str, Any]], right: Right) -> bool:
    """Whether policies allow it: one says so, and none denies it."""
    effects = [
        statement["Effect"]
        for document in documents
        for statement in as_list(document["Statement"])
        if _applies(statement, right)
    ]
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: dict[str, Any], right: Right) -> bool:
    conditions, context = statement.get("Condition", {}), dict(right.context)
    return (
        _named(statement, "Action", right.action.lower(), lower=True)
        and _named(statement, "Resource", right.resource)
        and all(_holds(operator, keys, context) for operator, keys in conditions.items())
    )


def _named(statement: dict[str, Any], field: str, value: str, lower: bool = False) -> bool:
    patterns = as_list(statement.get(field) or statement.get(f"Not{field}", []))
    named = any(fnmatchcase(value, pattern.lower() if lower else pattern) for pattern in patterns)
    return named if field in statement else not named


def _holds(operator: str, keys: dict[str, Any], context: Mapping[str, str]) -> bool:
    """Whether a condition holds: of those that compare strings, and only where what they ask for is known."""
    return operator in ("StringEquals", "StringLike") and all(
        any(fnmatchcase(context.get(key.lower(), ""), value) for value in as_list(values))
        for key, values in keys.items()
    )
