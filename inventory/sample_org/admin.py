"""Whether an IAM user is an administrator in effect, and through what: the world's own answer.

Written from the definition, not from the portal's code: some identity policy allows every action on
every resource without a condition, and none denies every action on every resource.
"""

import json
from collections.abc import Iterator
from typing import Any


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def covers_everything(document: str, effect: str) -> bool:
    """True when one statement has this effect on all actions and resources, unconditionally."""
    for statement in _many(json.loads(document)["Statement"]):
        if statement["Effect"] != effect or statement.get("Condition"):
            continue
        actions = _many(statement.get("Action", []))
        resources = _many(statement.get("Resource", []))
        if ("*" in actions or "*:*" in actions) and "*" in resources:
            return True
    return False


def _default_document(policy: Any) -> str:
    for version in policy.versions:
        if version.version_id == policy.default_version_id:
            return str(version.document)
    raise LookupError(f"policy {policy.arn} has no default version")


def ways(backend: Any, user: Any) -> Iterator[tuple[str, str]]:
    """Every identity policy of the user: how it arrives, and its document."""
    for arn, policy in user.managed_policies.items():
        yield f"direct:{arn}", _default_document(policy)
    for name, document in user.policies.items():
        yield f"inline:{name}", document
    for group in backend.groups.values():
        if not any(member.name == user.name for member in group.users):
            continue
        for arn, policy in group.managed_policies.items():
            yield f"group:{group.name}:{arn}", _default_document(policy)
        for name, document in group.policies.items():
            yield f"group:{group.name}:inline:{name}", document


def admin_ways(backend: Any, user: Any) -> list[str]:
    """How the user is an administrator; empty when it is none or everything is denied to it."""
    policies = list(ways(backend, user))
    if any(covers_everything(document, "Deny") for _, document in policies):
        return []
    return sorted(how for how, document in policies if covers_everything(document, "Allow"))


def is_effective_admin(backend: Any, user: Any) -> bool:
    return bool(admin_ways(backend, user))
