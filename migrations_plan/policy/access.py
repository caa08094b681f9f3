"""What one person may do in one account, as plain values: each assigned permission set is a role of
its own, with its policies and its boundary, under the account's service control policies.

A document that is not known is a policy of which nobody knows what it allows or denies: Kleene's
logic then keeps every decision that does not hang on it, and makes the others unknown.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from migrations_plan.policy.additions import Addition, smallest_addition
from migrations_plan.policy.context import Context, request_context
from migrations_plan.policy.documents import Policy, PolicyError, parse_policy
from migrations_plan.policy.evaluate import (
    BOUNDARY,
    SCPS,
    Decision,
    Found,
    Outcome,
    Policies,
    evaluate,
)
from migrations_plan.policy.sentences import reason, statement_words
from migrations_plan.policy.statements import Request, request

# Neither operator exists, so both statements stay undecided whatever is asked.
_UNDECIDED = {"NotRead": {"NotRead": "NotRead"}}
NOT_KNOWN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": effect, "Action": "*", "Resource": "*", "Condition": _UNDECIDED}
        for effect in ("Allow", "Deny")
    ],
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A policy document as JSON text. name: what sentences call it. text None: not known, and why
    says in one clause why not ('the account does not show it')."""

    name: str
    text: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SetPolicies:
    """One permission set as it stands in one account: a role of its own. boundary None: none."""

    name: str
    papers: tuple[Paper, ...]
    boundary: Paper | None = None


Levels = tuple[tuple[Paper, ...], ...]


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """sets: those assigned to the person in the account. scps: one tuple for each level from the
    organization's root down to the account; None: none apply, as in the management account.
    unread: why it is not known what is assigned; '' when it is."""

    account_id: str
    sets: tuple[SetPolicies, ...] = ()
    scps: Levels | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One action on one resource under one set. statement: in words, '' where none decides.

    changes: what would have to change for a denied one to be allowed, all of it together.
    """

    outcome: Outcome
    permission_set: str
    policy: str
    statement: str
    explicit: bool
    sentence: str
    changes: tuple[Addition, ...] = ()


@dataclass(slots=True)
class Judge:
    """Decides, and remembers: documents are compiled once by content, and people who share a set
    share its decisions. decided: how many were not remembered. Make one for each pass."""

    decided: int = 0
    _compiled: dict[tuple[str, str | None], tuple[Policy, str]] = field(default_factory=dict)
    # Keys are ids of values that are kept here, so no id is ever used again.
    _sets: dict[tuple[int, int], tuple[SetPolicies, Levels | None, Policies]] = field(
        default_factory=dict
    )
    _known: dict[tuple[int, int, str, str | None, str], Judged] = field(default_factory=dict)
    _contexts: dict[tuple[str, str, str], Context] = field(default_factory=dict)

    def under(
        self,
        one: SetPolicies,
        access: AccountAccess,
        action: str,
        resource: str | None,
        region: str,
    ) -> Judged:
        """Of one assigned set. resource None: not known."""
        place = (id(one), id(access.scps))
        key = (*place, action, resource, region)
        known = self._known.get(key)
        if known is None:
            policies = self._policies(one, access.scps)
            asked = request(
                action, resource, context=self._context(access.account_id, one.name, region)
            )
            known = self._known[key] = _judged(one, access.scps, policies, asked, self._why)
            self.decided += 1
        return known

    def _policies(self, one: SetPolicies, scps: Levels | None) -> Policies:
        known = self._sets.get((id(one), id(scps)))
        if known is None:
            boundary = None if one.boundary is None else (self._policy(one.boundary),)
            levels = None if scps is None else tuple(tuple(map(self._policy, lv)) for lv in scps)
            made = Policies(tuple(map(self._policy, one.papers)), boundary, levels)
            known = self._sets[id(one), id(scps)] = (one, scps, made)
        return known[2]

    def _policy(self, paper: Paper) -> Policy:
        return self._read(paper)[0]

    def _why(self, paper: Paper) -> str:
        """Why a paper could not be judged; '' when it could."""
        return self._read(paper)[1]

    def _read(self, paper: Paper) -> tuple[Policy, str]:
        key = (paper.name, paper.text)
        known = self._compiled.get(key)
        if known is None:
            known = self._compiled[key] = _compiled(paper)
        return known

    def _context(self, account_id: str, set_name: str, region: str) -> Context:
        known = self._contexts.get((account_id, set_name, region))
        if known is None:
            role = f"arn:aws:sts::{account_id}:assumed-role/AWSReservedSSO_{set_name}/person"
            # Whatever else a condition asks about is not known of a call in the future.
            given = {"aws:RequestedRegion": region} if region else {}
            known = request_context(given, principal=role, complete=False)
            self._contexts[account_id, set_name, region] = known
        return known


def why_unread(paper: Paper) -> str:
    """Why a paper cannot be judged; '' when it can."""
    return _compiled(paper)[1]


def policy_of(paper: Paper) -> Policy:
    """A paper as a policy; one that cannot be judged, as the policy of which nobody knows."""
    return _compiled(paper)[0]


def _compiled(paper: Paper) -> tuple[Policy, str]:
    if paper.text is None:
        return parse_policy(NOT_KNOWN, name=paper.name), paper.why or "it was not read"
    try:
        return parse_policy(json.loads(paper.text), name=paper.name), ""
    except (PolicyError, ValueError, RecursionError) as problem:
        return parse_policy(NOT_KNOWN, name=paper.name), f"it cannot be read: {problem}"


def _judged(
    one: SetPolicies,
    scps: Levels | None,
    policies: Policies,
    asked: Request,
    why: Callable[[Paper], str],
) -> Judged:
    decision = evaluate(asked, policies)
    denied = decision.outcome is Outcome.DENIED
    paper = _paper(one, scps, decision.found) if decision.found else None
    unread = why(paper) if paper is not None else ""
    return Judged(
        outcome=decision.outcome,
        permission_set=one.name,
        policy=decision.found.policy_name if decision.found else "",
        statement="" if unread or not decision.found else statement_words(decision.found),
        explicit=decision.explicit,
        sentence=_sentence(one.name, decision, asked, unread),
        changes=smallest_addition(asked, policies) if denied else (),
    )


def _paper(one: SetPolicies, scps: Levels | None, found: Found) -> Paper | None:
    """The paper in which a statement stands."""
    if found.layer.name == SCPS:
        return (scps or ())[found.layer.level or 0][found.policy]
    return one.boundary if found.layer.name == BOUNDARY else one.papers[found.policy]


def _sentence(name: str, decision: Decision, asked: Request, unread: str) -> str:
    if unread and decision.found:
        policy = decision.found.policy_name
        return f"{name}: unknown, because nobody knows what {policy} says: {unread}."
    return f"{name}: {_lowered(reason(decision, asked))}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def document_text(document: Mapping[str, object]) -> str:
    """A document as a paper holds it: the same text for the same content."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
