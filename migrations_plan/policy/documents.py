"""Policy documents, compiled once: what is a list or not in JSON, is one here.

Errors: PolicyError names the policy and the statement. AWS accepts no such document, so one comes
from a file or a hand. An operator that we do not know is no error: its condition stays undecided.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migrations_plan.policy.arns import ArnPattern, parse_arn_pattern
from migrations_plan.policy.conditions import Condition, parse_conditions
from migrations_plan.policy.principals import parse_principals
from migrations_plan.policy.templates import VARIABLES_SINCE
from migrations_plan.policy.wildcards import Wildcard, wildcard

# A policy of AWS has hundreds of statements at most; this bounds what a hostile file costs.
MOST_STATEMENTS = 10_000
MOST_REMEMBERED_ACTIONS = 4096


class PolicyError(ValueError):
    """A document that is no policy. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class Actions:
    """Action or NotAction, in lower case: AWS ignores the case of actions.

    by_service: patterns that name their service; patterns: those with a wildcard before the colon.
    """

    exact: frozenset[str]
    by_service: Mapping[str, tuple[Wildcard, ...]]
    patterns: tuple[Wildcard, ...]
    excepted: bool

    def cover(self, action: str) -> bool:
        """action: in lower case."""
        return self._name(action) is not self.excepted

    def _name(self, action: str) -> bool:
        if action in self.exact:
            return True
        own = self.by_service.get(action.partition(":")[0], ())
        return any(one.matches(action) for one in (*own, *self.patterns))


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement. principals: None without the element; resources excepted: NotResource."""

    index: int
    sid: str | None
    allows: bool
    actions: Actions
    resources: tuple[ArnPattern, ...]
    resources_excepted: bool
    conditions: tuple[Condition, ...]
    principals: tuple[str, ...] | None
    principals_excepted: bool

    @property
    def effect(self) -> str:
        return "Allow" if self.allows else "Deny"


@dataclass(frozen=True, slots=True)
class ForAction:
    """The statements of one policy that are about one action."""

    allows: tuple[Statement, ...]
    denies: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A compiled document. name: what sentences call it."""

    name: str
    statements: tuple[Statement, ...]
    _by_action: dict[str, ForAction] = field(default_factory=dict)

    def about(self, action: str) -> ForAction:
        """What the policy says of an action in lower case, remembered for the next request."""
        known = self._by_action.get(action)
        if known is None:
            covering = [one for one in self.statements if one.actions.cover(action)]
            known = ForAction(
                tuple(one for one in covering if one.allows),
                tuple(one for one in covering if not one.allows),
            )
            if len(self._by_action) >= MOST_REMEMBERED_ACTIONS:
                self._by_action.clear()
            self._by_action[action] = known
        return known


def parse_policy(document: object, *, name: str) -> Policy:
    """Compiles a policy document, as JSON gives it."""
    if not isinstance(document, Mapping):
        raise PolicyError(f"{name} is not a policy: it is not a JSON object")
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    if listed is None or len(statements) > MOST_STATEMENTS:
        raise PolicyError(f"{name} has no statement, or more than {MOST_STATEMENTS}")
    variables = str(document.get("Version", "")) >= VARIABLES_SINCE
    try:
        return Policy(name, tuple(_statement(i, s, variables) for i, s in enumerate(statements)))
    except ValueError as problem:
        raise PolicyError(f"{name}: {problem}") from None


def _statement(index: int, raw: Any, variables: bool) -> Statement:
    if not isinstance(raw, Mapping):
        raise ValueError(f"statement {index} is not an object")
    try:
        effect, sid = raw.get("Effect"), raw.get("Sid")
        if effect not in ("Allow", "Deny"):
            raise ValueError("Effect is neither Allow nor Deny")
        actions, actions_excepted = _one_of(raw, "Action")
        resources, resources_excepted = _one_of(raw, "Resource")
        principals, principals_excepted = _principals(raw)
        return Statement(
            index,
            str(sid) if sid is not None else None,
            effect == "Allow",
            _actions(actions, actions_excepted),
            tuple(parse_arn_pattern(text, variables=variables) for text in resources),
            resources_excepted,
            parse_conditions(raw.get("Condition"), variables=variables),
            principals,
            principals_excepted,
        )
    except ValueError as problem:
        raise ValueError(f"statement {index}: {problem}") from None


def _one_of(raw: Mapping[str, Any], element: str) -> tuple[list[str], bool]:
    """The texts of Action or NotAction (or of Resource), and whether it is the Not form."""
    excepted = f"Not{element}" in raw
    if excepted is (element in raw):
        raise ValueError(f"it needs either {element} or Not{element}")
    value = raw[f"Not{element}" if excepted else element]
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in listed):
        raise ValueError(f"{element} holds something that is no text")
    return listed, excepted


def _actions(texts: list[str], excepted: bool) -> Actions:
    lowered = [text.lower() for text in texts]
    exact: set[str] = set()
    general: list[Wildcard] = []
    by_service: dict[str, tuple[Wildcard, ...]] = {}
    for text in lowered:
        service, colon, _name = text.partition(":")
        if not _has_wildcard(text):
            exact.add(text)
        elif not colon or _has_wildcard(service):
            general.append(wildcard(text))
        else:
            by_service[service] = (*by_service.get(service, ()), wildcard(text))
    return Actions(frozenset(exact), by_service, tuple(general), excepted)


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _principals(raw: Mapping[str, Any]) -> tuple[tuple[str, ...] | None, bool]:
    if "NotPrincipal" in raw:
        return parse_principals(raw["NotPrincipal"]), True
    if "Principal" in raw:
        return parse_principals(raw["Principal"]), False
    return None, False
