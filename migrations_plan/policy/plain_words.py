"""What policies allow and deny, in words for whoever holds them.

It tells what the documents say and decides nothing: conditions, resources and guardrails may narrow
it, which the words mention. The forecast judges single calls. A document that is not known, or is
no policy, is named as such; what it allows is then not known, never nothing.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from migrations_plan.policy.access import Paper, SetPolicies
from migrations_plan.policy.actions import IAM_DATA

MOST_NAMED = 4
NARROWED = "Some of it only on named resources or under conditions."
# Access levels of the Service Authorization Reference that change nothing.
LOOKING = frozenset({"List", "Read"})
# How names of actions begin that look, for actions that the reference does not list.
READING = re.compile(
    r"(get|list|describe|batchget|batchdescribe|view|search|lookup|query|scan|select|check|read)"
    r"[a-z0-9*?]*",
    re.ASCII | re.IGNORECASE,
)
SERVICE = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SetWords:
    """What one permission set allows: a sentence each. unknown: why not all of it is known; '' when
    it is."""

    allows: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    unknown: str = ""


@dataclass(slots=True)
class _Found:
    everything: bool = False
    somewhere: bool = False
    reads_all: bool = False
    excepted: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    reads: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    some: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    narrowed: bool = False


# Most sets stand the same in every account, and from one request to the next.
@lru_cache(maxsize=256)
def set_words(policies: SetPolicies) -> SetWords:
    """Of a permission set as it stands in one account."""
    allowed, denied, dim = _Found(), _Found(), []
    for paper in policies.papers:
        statements = _statements(paper)
        if statements is None:
            dim.append(f"{paper.name}: {paper.why or 'it cannot be read as a policy'}")
            continue
        for statement in statements:
            _add(statement, allowed if statement.get("Effect") == "Allow" else denied)
    allows = list(_sentences(allowed))
    if not policies.papers:
        allows = ["Nothing: no policy is attached to it."]
    elif not allows and not dim:
        allows = ["Nothing: no statement of its policies allows anything."]
    if policies.boundary is not None:
        allows.append(f"Only within the boundary {policies.boundary.name}.")
    return SetWords(tuple(allows), tuple(_denied(denied)), "; ".join(dim))


def _statements(paper: Paper) -> list[Mapping[str, Any]] | None:
    """None for what is no policy; one wrong statement makes the whole document unknown."""
    try:
        document = json.loads(paper.text) if paper.text is not None else None
    except (ValueError, RecursionError):
        return None
    listed = document.get("Statement") if isinstance(document, dict) else None
    found: list[Any] = listed if isinstance(listed, list) else [listed]
    return found if all(_is_statement(one) for one in found) else None


def _is_statement(raw: object) -> bool:
    if not isinstance(raw, dict) or raw.get("Effect") not in ("Allow", "Deny"):
        return False
    texts = _texts(raw.get("Action", raw.get("NotAction")))
    return bool(texts) and ("Action" in raw) is not ("NotAction" in raw)


def _texts(value: object) -> list[str]:
    listed: list[Any] = value if isinstance(value, list) else [value]
    return listed if all(isinstance(one, str) for one in listed) else []


def _add(statement: Mapping[str, Any], found: _Found) -> None:
    narrowed = bool(statement.get("Condition")) or "*" not in _texts(statement.get("Resource"))
    found.narrowed |= narrowed
    if "NotAction" in statement:
        left_out = {text.partition(":")[0].lower() for text in _texts(statement["NotAction"])}
        found.excepted |= left_out
        return
    for text in _texts(statement["Action"]):
        service, _, name = text.lower().partition(":")
        if text in ("*", "*:*"):
            found.everything |= not narrowed
            found.somewhere |= narrowed
        elif "*" in service or "?" in service:
            found.reads_all |= bool(READING.fullmatch(name))
            found.some[service] |= set() if READING.fullmatch(name) else {name}
        elif name == "*":
            found.whole.add(service)
        elif _looks(service, name):
            found.reads[service].add(name)
        else:
            found.some[service].add(name)


@lru_cache(maxsize=32_768)
def _looks(service: str, name: str) -> bool:
    """Whether all actions of that name or pattern only look."""
    levels = [level for action, level in _levels(service) if fnmatchcase(action, name)]
    if not levels:
        return bool(READING.fullmatch(name))
    return LOOKING.issuperset(levels)


@lru_cache(maxsize=512)
def _levels(service: str) -> tuple[tuple[str, str], ...]:
    """Every action of a service in lower case, with its access level."""
    if not SERVICE.fullmatch(service) or not IAM_DATA.services.service_exists(service):
        return ()
    actions = IAM_DATA.actions
    return tuple(
        (name.lower(), str(actions.get_action_details(service, name)["accessLevel"]))
        for name in actions.get_actions_for_service(service)
    )


def _sentences(found: _Found) -> Iterable[str]:
    if found.everything:
        yield "Everything in the account."
        return
    if found.somewhere:
        yield "Everything, on named resources or under conditions."
    if found.excepted:
        yield f"Everything but parts of {_services(found.excepted)}."
    if found.whole:
        yield f"All of {_services(found.whole)}."
    changes = {service for service, names in found.some.items() if names} - found.whole
    reads = set(found.reads) - found.whole - changes
    told = []
    if found.reads_all:
        told.append((len(changes) + 1, "Reading in every service."))
    elif reads:
        told.append((len(reads), f"Reading in {_services(reads)}."))
    if changes:
        words = f"Some actions that can change something in {_services(changes)}."
        told.append((len(changes), words))
    # What there is most of says what the set is for.
    yield from (words for _, words in sorted(told, key=lambda one: -one[0]))
    if found.narrowed and (found.excepted or found.whole or told):
        yield NARROWED


def _denied(found: _Found) -> Iterable[str]:
    """Denials are told more sparingly: who holds a set wants to know where it ends."""
    end = ", on named resources or under conditions" if found.narrowed else ""
    if found.everything:
        yield "Everything is denied."
    if found.somewhere:
        yield "Everything is denied on named resources or under conditions."
    if found.excepted:
        yield f"Everything is denied but parts of {_services(found.excepted)}{end}."
    if found.whole:
        yield f"All of {_services(found.whole)} is denied{end}."
    parts = {one for one, names in found.some.items() if names} | set(found.reads)
    if parts - found.whole:
        yield f"Some actions of {_services(parts - found.whole)} are denied{end}."


def _services(prefixes: Iterable[str]) -> str:
    """'Amazon S3 and AWS Lambda', '308 services, such as AWS Amplify'; a name that is no service's
    stands as it is."""
    names = sorted(_service(prefix) for prefix in prefixes)
    if len(names) > MOST_NAMED:
        return f"{len(names)} services, such as {' and '.join(names[:2])}"
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]


def _service(prefix: str) -> str:
    known = SERVICE.fullmatch(prefix) and IAM_DATA.services.service_exists(prefix)
    return str(IAM_DATA.services.get_service_name(prefix)) if known else prefix[:64]
