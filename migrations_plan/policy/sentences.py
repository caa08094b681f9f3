"""Decisions told in one sentence, with the statement and what is missing in it."""

from migrations_plan.policy.evaluate import BOUNDARY, SCPS, Decision, Found, Layer, Outcome
from migrations_plan.policy.statements import Request, undecided_by

KINDS = {
    SCPS: "service control policy",
    BOUNDARY: "permissions boundary",
    "identity": "identity policy",
}


def reason(decision: Decision, asked: Request) -> str:
    """Why it was decided so."""
    target = f"{asked.action} on {asked.resource or 'an unknown resource'}"
    found = decision.found
    if decision.outcome is Outcome.DENIED and found is not None:
        return f"Explicit deny of {target} by {statement_words(found)}."
    if decision.lacking is not None:
        return f"Implicit deny: nothing in {layer_words(decision.lacking)} allows {target}."
    if decision.outcome is Outcome.UNKNOWN and found is not None:
        open_points = " and ".join(undecided_by(found.statement, asked)) or "what AWS leaves open"
        words = statement_words(found)
        effect = "allows" if found.statement.allows else "denies"
        return f"Unknown: whether {words} {effect} {target} hangs on {open_points}."
    if found is None:
        return f"Allowed: the account's root may do {target}, as no guardrail denies it."
    return f"Allowed: {statement_words(found)} allows {target} and nothing denies it."


def statement_words(found: Found) -> str:
    """A statement and where it stands: statement 0 (DenyIAM) of service control policy NAME."""
    sid = f" ({found.statement.sid})" if found.statement.sid else ""
    level = "" if found.layer.level is None else f" at level {found.layer.level}"
    policy = f"{KINDS[found.layer.name]} {found.policy_name}"
    return f"statement {found.statement.index}{sid} of {policy}{level}"


def layer_words(layer: Layer) -> str:
    """A layer as a place in which something is allowed or not."""
    if layer.name == SCPS:
        return f"the service control policies of level {layer.level}"
    return "the permissions boundary" if layer.name == BOUNDARY else "the identity policies"
