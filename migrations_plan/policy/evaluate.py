"""AWS's decision for one request: explicit deny, then guardrails, boundary and identity must allow.

Source: IAM user guide, "Policy evaluation logic". Policies on resources and session policies are
no part of it: the portal does not read them, and access of one account's own people seldom needs
them. Truths join as in Kleene's logic, so knowing more never overturns a certain decision.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from migrations_plan.policy.documents import Policy, Statement
from migrations_plan.policy.statements import Request, applies

IDENTITY, BOUNDARY, SCPS = "identity", "boundary", "scps"


class Outcome(StrEnum):
    """The three answers."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Layer:
    """Policies of which one must allow. level: of the SCPs, from 0 at the organization's root."""

    name: str
    policies: tuple[Policy, ...]
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything that binds a caller. boundary None: none set. scps None: none apply, as in the
    management account and for service-linked roles; else one tuple for each level from the root
    down to the account, each of which must allow.
    """

    identity: tuple[Policy, ...]
    boundary: tuple[Policy, ...] | None = None
    scps: tuple[tuple[Policy, ...], ...] | None = None
    layers: tuple[Layer, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        levels = [Layer(SCPS, level, number) for number, level in enumerate(self.scps or ())]
        # A boundary is one policy: a list without any is no boundary.
        boundary = [Layer(BOUNDARY, self.boundary)] if self.boundary else []
        layers = (*levels, *boundary, Layer(IDENTITY, self.identity))
        object.__setattr__(self, "layers", layers)


@dataclass(frozen=True, slots=True)
class Found:
    """A statement and where it stands. policy: its position in the layer."""

    layer: Layer
    policy: int
    statement: Statement

    @property
    def policy_name(self) -> str:
        return self.layer.policies[self.policy].name


@dataclass(frozen=True, slots=True)
class Decision:
    """explicit: a Deny decides. found: the statement that decides, or the first undecided one.

    lacking: the layer in which nothing allows, where that is why.
    """

    outcome: Outcome
    explicit: bool = False
    found: Found | None = None
    lacking: Layer | None = None


def evaluate(asked: Request, policies: Policies) -> Decision:
    """Decides one request."""
    layers = binding_layers(asked, policies)
    open_deny: Found | None = None
    for found, truth in denials(asked, layers):
        if truth:
            return Decision(Outcome.DENIED, explicit=True, found=found)
        open_deny = open_deny or found
    open_allow: Found | None = None
    granting: Found | None = None
    for layer in layers:
        found_here, truth = permission(asked, layer)
        if truth is False:
            return Decision(Outcome.DENIED, lacking=layer)
        if truth is None:
            open_allow = open_allow or found_here
        granting = found_here
    undecided = open_deny or open_allow
    if undecided is not None:
        return Decision(Outcome.UNKNOWN, found=undecided)
    return Decision(Outcome.ALLOWED, found=granting)


def binding_layers(asked: Request, policies: Policies) -> Sequence[Layer]:
    """The layers that bind the caller: an account's root has every right that SCPs leave."""
    if asked.principal is not None and asked.principal.endswith(":root"):
        return [layer for layer in policies.layers if layer.name == SCPS]
    return policies.layers


def denials(asked: Request, layers: Sequence[Layer]) -> Iterator[tuple[Found, bool | None]]:
    """Every Deny that applies (True) or may apply (None)."""
    for layer in layers:
        for number, policy in enumerate(layer.policies):
            for statement in policy.about(asked.action_folded).denies:
                truth = applies(statement, asked)
                if truth is not False:
                    yield Found(layer, number, statement), truth


def permission(asked: Request, layer: Layer) -> tuple[Found | None, bool | None]:
    """The first Allow of a layer that applies, else the first that may; and which of the two."""
    undecided: Found | None = None
    for number, policy in enumerate(layer.policies):
        for statement in policy.about(asked.action_folded).allows:
            truth = applies(statement, asked)
            if truth:
                return Found(layer, number, statement), True
            if truth is None and undecided is None:
                undecided = Found(layer, number, statement)
    return undecided, None if undecided is not None else False
