"""Evaluation by hand: one JSON object with a request and policies in, one with the decision out.

Documents are compiled once for as long as the same text comes again, which it does line by line.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import Policy, PolicyError, parse_policy
from migrations_plan.policy.evaluate import SCPS, Found, Policies, evaluate
from migrations_plan.policy.sentences import reason
from migrations_plan.policy.statements import request

Row = dict[str, Any]
REMEMBERED_DOCUMENTS = 4096


class Line(msgspec.Struct):
    """One line of input. identity, boundary and scps hold policy documents; null scps: none apply.

    context_complete: a condition key that context lacks is absent; false: it is not known.
    """

    action: str
    id: Any = None
    resource: str | None = "*"
    principal: str | None = None
    context: dict[str, Any] | None = None
    identity: list[msgspec.Raw] | None = None
    boundary: list[msgspec.Raw] | None = None
    scps: list[list[msgspec.Raw]] | None = None
    context_complete: bool = True


class LineError(ValueError):
    """A line that is no request. str() is one sentence."""


_decoder = msgspec.json.Decoder(Line)


def explain(text: bytes) -> Row:
    """The answer to one line. Raises LineError."""
    try:
        line = _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise LineError(f"not a request: {problem}") from None
    try:
        policies = Policies(
            _policies("identity", line.identity or []),
            _policies("boundary", line.boundary) if line.boundary is not None else None,
            _levels(line.scps) if line.scps is not None else None,
        )
    except (msgspec.DecodeError, RecursionError) as problem:
        raise LineError(f"not a request: {problem}") from None
    asked = request(
        line.action,
        line.resource,
        context=request_context(
            _plain(line.context or {}), principal=line.principal, complete=line.context_complete
        ),
        principal=line.principal,
    )
    decision = evaluate(asked, policies)
    return {
        "id": line.id,
        "decision": decision.outcome.value,
        "explicit": decision.explicit,
        "statement": _place(decision.found, policies) if decision.found else None,
        "reason": reason(decision, asked),
    }


@lru_cache(maxsize=REMEMBERED_DOCUMENTS)
def _compiled(raw: bytes, name: str) -> Policy:
    return parse_policy(msgspec.json.decode(raw), name=name)


def _policies(kind: str, documents: list[msgspec.Raw], prefix: str = "") -> tuple[Policy, ...]:
    try:
        return tuple(_compiled(bytes(raw), f"{prefix}{at}") for at, raw in enumerate(documents))
    except PolicyError as problem:
        raise LineError(f"{kind} policy {problem}") from None


def _levels(levels: list[list[msgspec.Raw]]) -> tuple[tuple[Policy, ...], ...]:
    return tuple(_policies(SCPS, level, f"{at}.") for at, level in enumerate(levels))


def _place(found: Found, policies: Policies) -> Row:
    """policy: the document's position; those of SCPs are counted through all levels."""
    before = 0
    if found.layer.name == SCPS and found.layer.level:
        before = sum(len(level) for level in (policies.scps or ())[: found.layer.level])
    return {
        "layer": found.layer.name,
        "policy": before + found.policy,
        "index": found.statement.index,
        "sid": found.statement.sid,
    }


def _plain(context: Mapping[str, Any]) -> Mapping[str, Any]:
    for key, value in context.items():
        listed = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict | list) for item in listed):
            raise LineError(f"the context key {key!a} holds something that is no text or number")
    return context
