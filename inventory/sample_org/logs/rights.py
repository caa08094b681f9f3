"""Whether a user or a permission set of the world may make a call, by its policies' documents.

Written apart from the portal's own evaluation, so that each can be held against the other. AWS's
managed policies are those that moto brings. Resources are left aside, for the world's policies name
none where it matters here; a condition never withholds an Allow and always withholds a Deny.
"""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from inventory.sample_org.spec import PermissionSet, User, World

# Needs no permission: AWS answers it to anybody whom it can identify.
_FREE = ("sts:GetCallerIdentity", "sts:GetSessionToken")
ALLOW, DENY = "Allow", "Deny"
Document = Any


@cache
def _aws_managed() -> dict[str, Any]:
    """By name; every one of them has a name of its own."""
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found


@cache
def _of_aws(name: str, effect: str, action: str) -> bool:
    """What one of AWS's policies says: asked again and again, of a thousand patterns."""
    return _says(_aws_managed()[name]["Document"], effect, action)


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _fits(patterns: Iterable[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _says(document: Document, effect: str, action: str) -> bool:
    return any(_applies(one, action) for one in _many(document["Statement"]) if _is(one, effect))


def _is(statement: Any, effect: str) -> bool:
    return statement["Effect"] == effect and not (effect == DENY and "Condition" in statement)


def _applies(statement: Any, action: str) -> bool:
    if "NotAction" in statement:
        return not _fits(_many(statement["NotAction"]), action)
    return _fits(_many(statement["Action"]), action)


class Rights:
    """Judges calls by the policies of one world."""

    def __init__(self, world: World) -> None:
        self._own = {
            (policy.account, policy.name): policy.versions[(policy.default or 0) - 1]
            for policy in world.policies
        }
        self._groups = {(group.account, group.name): group for group in world.groups}

    def _managed(self, account: str, name: str, effect: str, action: str) -> bool:
        if (account, name) in self._own:
            return _says(self._own[(account, name)], effect, action)
        short = name.rsplit("/", 1)[-1]
        return short in _aws_managed() and _of_aws(short, effect, action)

    def _may(
        self, account: str, names: Iterable[str], documents: Iterable[Document], action: str
    ) -> bool:
        """Of policies by name and of inline documents: one allows it and none denies it."""
        listed, inline = list(names), list(documents)

        def says(effect: str) -> bool:
            return any(self._managed(account, name, effect, action) for name in listed) or any(
                _says(document, effect, action) for document in inline
            )

        return says(ALLOW) and not says(DENY)

    def user_may(self, user: User, action: str) -> bool:
        """For an IAM user: its policies and its groups', within its boundary."""
        if action in _FREE:
            return True
        groups = [self._groups[(user.account, name)] for name in user.groups]
        names = [*user.policies, *(one for group in groups for one in group.policies)]
        inline = [*user.inline, *(one for group in groups for one in group.inline)]
        documents = [document for _name, document in inline]
        if user.boundary and not self._may(user.account, [user.boundary], (), action):
            return False
        return self._may(user.account, names, documents, action)

    def set_may(self, spec: PermissionSet, account: str, action: str) -> bool:
        """For a session of a permission set, within its boundary."""
        if action in _FREE:
            return True
        boundary = (spec.boundary or {}).get("ManagedPolicyArn")
        if isinstance(boundary, str) and not self._may(account, [boundary], (), action):
            return False
        names = [*spec.policies, *(name for name, _path in spec.customer)]
        return self._may(account, names, [spec.inline] if spec.inline else [], action)
