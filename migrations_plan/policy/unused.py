"""What a permission set grants by name and nobody called: candidates to take away, never a proof.

A pattern of an Allow is used when one of the called actions fits it. What is granted by exception
(NotAction) or whole (*) names no service, so nothing can be said of it but how much was used.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrations_plan.policy.access import Paper, why_unread
from migrations_plan.policy.wildcards import wildcard

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Granted:
    """One service as the policies of a set grant it by name. patterns: as written, in lower case.

    used: how many different actions of it were called.
    """

    service: str
    patterns: tuple[str, ...]
    unused: tuple[str, ...]
    used: int


@dataclass(frozen=True, slots=True)
class Grants:
    """services: those granted by name; whole: some policy allows everything, or everything but
    some; unread: policies of which nobody knows what they grant."""

    services: tuple[Granted, ...]
    whole: tuple[str, ...]
    unread: tuple[str, ...]


def granted(papers: Iterable[Paper], called: Collection[str]) -> Grants:
    """called: IAM actions that anybody with the set called in the time looked at."""
    names: dict[str, set[str]] = defaultdict(set)
    whole: set[str] = set()
    unread: set[str] = set()
    for paper in papers:
        if why_unread(paper):
            unread.add(paper.name)
            continue
        for statement in _listed(json.loads(paper.text or "{}").get("Statement")):
            if statement.get("Effect") == "Allow":
                _add(statement, paper.name, names, whole)
    lowered = {action.lower() for action in called}
    services = tuple(_service(name, found, lowered) for name, found in sorted(names.items()))
    return Grants(services, tuple(sorted(whole)), tuple(sorted(unread)))


def _add(
    statement: Mapping[str, Any], name: str, names: dict[str, set[str]], whole: set[str]
) -> None:
    if "NotAction" in statement:
        whole.add(name)
    for pattern in map(str.lower, _listed(statement.get("Action", []))):
        service, _, rest = pattern.partition(":")
        if not rest or EVERYTHING in service or "?" in service:
            whole.add(name)
        else:
            names[service].add(pattern)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _service(service: str, patterns: Collection[str], called: Collection[str]) -> Granted:
    mine = [action for action in called if action.startswith(f"{service}:")]
    unused = [
        pattern
        for pattern in sorted(patterns)
        if not any(wildcard(pattern).matches(action) for action in mine)
    ]
    return Granted(service, tuple(sorted(patterns)), tuple(unused), len(mine))
