"""What would have to change for a request to be allowed: the least, layer by layer."""

from dataclasses import dataclass

from migrations_plan.policy.evaluate import (
    Found,
    Layer,
    Policies,
    binding_layers,
    denials,
    permission,
)
from migrations_plan.policy.sentences import layer_words, statement_words
from migrations_plan.policy.statements import NO_RESOURCE, Request


@dataclass(frozen=True, slots=True)
class Addition:
    """One change. found: the Deny to remove or to narrow; without it, a statement to add that
    allows action on resource in the layer."""

    layer: Layer
    action: str
    resource: str
    found: Found | None = None

    def sentence(self) -> str:
        """The change, for a person."""
        if self.found is not None:
            return f"remove or narrow {statement_words(self.found)}"
        return f"allow {self.action} on {self.resource} in {layer_words(self.layer)}"

    def statement(self) -> dict[str, str] | None:
        """The statement to add, as JSON; None where a Deny must change instead."""
        if self.found is not None:
            return None
        return {"Effect": "Allow", "Action": self.action, "Resource": self.resource}


def smallest_addition(asked: Request, policies: Policies) -> tuple[Addition, ...]:
    """Every change that a denied request needs, all of them together; () where none is certain.

    What is undecided is left out: it needs knowledge first, not a change.
    """
    layers = binding_layers(asked, policies)
    resource = asked.resource if asked.resource is not None else NO_RESOURCE
    removed = [
        Addition(found.layer, asked.action, resource, found)
        for found, truth in denials(asked, layers)
        if truth
    ]
    added = [
        Addition(layer, asked.action, resource)
        for layer in layers
        if permission(asked, layer)[1] is False
    ]
    return (*removed, *added)
