"""What the first use of Identity Center was, in the console and on the command line."""

from collections.abc import Iterable
from datetime import datetime

CONSOLE, COMMAND_LINE, OTHER = "console", "command line", "other tools"
KINDS = (CONSOLE, COMMAND_LINE, OTHER)
CONSOLE_FAMILIES = frozenset({"console", "browser"})
# What AWS does for somebody, and tools that say nothing of themselves, prove no way of working.
NO_EVIDENCE = frozenset({"", "aws-internal"})


def kind_of(agent_family: str) -> str | None:
    """By a user agent's family; None when it shows nothing."""
    if agent_family in NO_EVIDENCE:
        return None
    if agent_family in CONSOLE_FAMILIES:
        return CONSOLE
    return COMMAND_LINE if agent_family.startswith("aws-cli") else OTHER


def first_use(uses: Iterable[tuple[str, datetime]]) -> dict[str, datetime | None]:
    """The first of each kind, from (user agent family, first time); None: not seen."""
    found: dict[str, datetime | None] = dict.fromkeys(KINDS)
    for family, at in uses:
        kind = kind_of(family)
        if kind:
            before = found[kind]
            found[kind] = min(before, at) if before else at
    return found
