"""What is known of a request besides action and resource: its condition keys.

Source: IAM user guide, "AWS global condition context keys", for what a principal's ARN implies.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# What a lookup answers: the key's values; () for a key that the request does not have or has
# without a value; None where that is not known.
Values = tuple[str, ...] | None
ABSENT: tuple[str, ...] = ()

RESERVED_ROLE = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Context:
    """Condition keys in lower case (AWS ignores their case) with their values.

    complete: a key that is not here is absent from the request; otherwise it is not known.
    """

    values: Mapping[str, Values]
    complete: bool

    def get(self, key: str) -> Values:
        """A key's values. key: in lower case."""
        return self.values.get(key, ABSENT if self.complete else None)


def request_context(
    given: Mapping[str, object], *, principal: str | None = None, complete: bool = True
) -> Context:
    """A context from JSON values. Null and the empty list say that a key is absent.

    principal: the caller's ARN, from which the keys about the caller follow unless they are given.
    """
    values = principal_keys(principal) if principal else {}
    values.update((key.lower(), _texts(value)) for key, value in given.items())
    return Context(values, complete)


def principal_keys(arn: str) -> dict[str, Values]:
    """The condition keys that a caller's ARN implies, in lower case.

    A session's ARN has the role's name but not its path. Roles that people make seldom have a path
    and it is taken as '/'; those of Identity Center always do, with or without a region, so their
    aws:PrincipalArn is not known.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return {}
    account, resource = parts[4], parts[5]
    kind, _, name = resource.partition("/")
    keys: dict[str, Values] = {
        "aws:principalarn": (arn,),
        "aws:principalaccount": (account,),
        "aws:principalisawsservice": ("false",),
    }
    if kind == "user":
        keys |= {"aws:principaltype": ("User",), "aws:username": (name.rsplit("/", 1)[-1],)}
    elif kind in {"assumed-role", "role"}:
        keys["aws:principaltype"] = ("AssumedRole",)
        keys["aws:username"] = ABSENT
    elif kind == "federated-user":
        keys |= {"aws:principaltype": ("FederatedUser",), "aws:username": ABSENT}
    elif resource == "root":
        keys |= {"aws:principaltype": ("Account",), "aws:username": ABSENT}
    if kind == "assumed-role":
        role = name.split("/", 1)[0]
        known = (f"arn:{parts[1]}:iam::{account}:role/{role}",)
        keys["aws:principalarn"] = None if role.startswith(RESERVED_ROLE) else known
    return keys


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ABSENT
    if isinstance(value, list | tuple):
        return tuple(text_of(item) for item in value if item is not None)
    return (text_of(value),)


def text_of(value: object) -> str:
    """A JSON value as IAM compares it: true and false are words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
