"""The Principal element, which only policies on resources have; others may hold one by mistake.

Source: IAM user guide, "AWS JSON policy elements: Principal".
"""

from collections.abc import Mapping

EVERYONE = "*"


def parse_principals(element: object) -> tuple[str, ...]:
    """The AWS principals that an element names. Raises ValueError where its shape is none."""
    if element == EVERYONE:
        return (EVERYONE,)
    if not isinstance(element, Mapping):
        raise ValueError("Principal is neither * nor an object")
    named = element.get("AWS", [])
    listed = named if isinstance(named, list) else [named]
    if not all(isinstance(name, str) for name in listed):
        raise ValueError("Principal names somebody by no text")
    return tuple(listed)


def names(principals: tuple[str, ...], caller: str | None) -> bool | None:
    """Whether the caller is one of them; None where the caller is not known.

    A role's ARN names its sessions too; a session's ARN gives it, but for the path.
    """
    if EVERYONE in principals:
        return True
    if not principals:
        return False
    if caller is None:
        return None
    parts = caller.split(":", 5)
    if len(parts) < 6:
        return caller in principals
    partition, account, resource = parts[1], parts[4], parts[5]
    known = {caller, account, f"arn:{partition}:iam::{account}:root"}
    if resource.startswith("assumed-role/"):
        role = resource.split("/")[1]
        known.add(f"arn:{partition}:iam::{account}:role/{role}")
    return not known.isdisjoint(principals)
