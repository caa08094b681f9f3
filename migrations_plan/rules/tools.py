"""From which version on a tool keeps an Identity Center session alive by itself.

The versions of the command line and the SDKs are AWS's own list ("Session duration considerations",
IAM Identity Center user guide). Programs write what they like into a user agent, so this tells who
would stumble and proves nothing. Left out, because the family does not tell its generations apart:
the SDK for Go.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from migrations_plan.rules.person_facts import ToolUse
from migrations_plan.rules.sso_use import CONSOLE_FAMILIES, NO_EVIDENCE
from migrations_plan.rules.verdict import Fact

Version = tuple[int, ...]
FINE, OLD, UNCLEAR, NO_TOOL, NOT_LISTED = "fine", "old", "unclear", "no tool", "not listed"


@dataclass(frozen=True, slots=True)
class Minimum:
    """The first good version of a family, for one generation of it (major) or for all (None)."""

    family: str
    version: str
    reason: str
    major: int | None = None


SDK = "older ones read no sso-session and do not refresh its token"
MINIMUMS = (
    Minimum("aws-cli-v1", "2.9.0", "version 1 has no `aws sso login`; version 2 has"),
    Minimum("aws-cli-v2", "2.9.0", "older ones know no sso-session and ask for a new login"),
    Minimum("terraform", "1.6.0", "the S3 backend of older ones reads no sso-session"),
    Minimum("boto3", "1.26.10", SDK),
    Minimum("botocore", "1.29.10", SDK),
    Minimum("aws-sdk-java", "2.18.13", SDK),
    Minimum("aws-sdk-js", "2.1253.0", SDK, major=2),
    Minimum("aws-sdk-js", "3.210.0", SDK),
    Minimum("aws-sdk-ruby", "3.167.0", SDK),
    Minimum("aws-sdk-php", "3.245.0", SDK),
    Minimum("aws-sdk-cpp", "1.9.372", SDK),
    Minimum("aws-sdk-dotnet", "3.7.400.0", SDK),
)


def parsed(version: str) -> Version | None:
    """'2.15.30' as numbers; None when it does not begin with one."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part[:9]) for part in found[0].split(".")) if found else None


def minimum_of(use: ToolUse) -> Minimum | None:
    """What holds for this tool; None when nothing is known of its family."""
    version = parsed(use.version)
    major = version[0] if version else None
    rows = [one for one in MINIMUMS if one.family == use.family]
    exact = next((one for one in rows if one.major is not None and one.major == major), None)
    return exact or next((one for one in rows if one.major is None), None)


def state_of(use: ToolUse) -> str:
    """fine, old, or unclear without a version; no tool: the console and AWS itself; not listed: a
    family of which no minimum is known."""
    if use.family in CONSOLE_FAMILIES or use.family in NO_EVIDENCE:
        return NO_TOOL
    least, version = minimum_of(use), parsed(use.version)
    if least is None:
        return NOT_LISTED
    if version is None:
        return UNCLEAR
    return FINE if version >= (parsed(least.version) or ()) else OLD


def tool_facts(uses: Iterable[ToolUse]) -> tuple[Fact, ...]:
    """Each tool, and whether it is new enough."""
    return tuple(Fact(str(use), state_of(use), "CloudTrail logs", use.last_at) for use in uses)


def least_words(use: ToolUse) -> str:
    """'boto3 1.26.10 is needed: older ones ...'."""
    least = minimum_of(use)
    name = least.family.replace("-v1", "-v2") if least else ""
    return f"{name} {least.version} is needed: {least.reason}" if least else ""


def newest(uses: Iterable[ToolUse]) -> list[ToolUse]:
    """Of each family, what was used last: whoever has updated is not held back by last month. Of
    two at the same instant, the older version."""
    found: dict[str, ToolUse] = {}
    for use in sorted(uses, key=lambda one: (one.last_at, _down(one.version)), reverse=True):
        found.setdefault(use.family, use)
    return [found[family] for family in sorted(found)]


def _down(version: str) -> tuple[int, ...]:
    """Sorts the newest version first where `reverse` is asked for, so that the oldest wins."""
    return tuple(-part for part in parsed(version) or (0,))
