"""What a permission set would allow of calls that were made: for choosing who should have which.

Identity policies and the set's boundary only; what an SCP would refuse there, it refuses for every
set alike.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from migrations_plan.policy.actions import IAM_DATA, needed_actions
from migrations_plan.policy.context import request_context
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.resources import judged_resources
from migrations_plan.policy.statements import NO_RESOURCE, request

# A condition that the counts do not tell of stays open.
NOTHING_KNOWN = request_context({}, complete=False)


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """An action on a resource; resource '': not known."""

    action: str
    resource: str

    @property
    def words(self) -> str:
        """'s3:GetObject on arn:...'."""
        return f"{self.action} on {self.resource or 'a resource not recorded'}"


@dataclass(frozen=True, slots=True)
class Judged:
    """Indexes of calls."""

    allowed: frozenset[int]
    unknown: frozenset[int]


def calls_of(
    used: Mapping[tuple[str, str], Collection[str]],
) -> tuple[tuple[Call, ...], tuple[str, ...]]:
    """From (event source, event name) with the ARNs recorded: the distinct calls that need a
    permission, in order; and the events of which nobody knows which action they need."""
    found: set[Call] = set()
    unmapped: set[str] = set()
    for (source, name), arns in used.items():
        needed = needed_actions(source, name)
        if needed is None:
            unmapped.add(f"{source.partition('.')[0]} {name}")
            continue
        for action in needed.actions:
            judged = judged_resources(action, arns)
            found.update(Call(action, resource) for resource in judged or ("",))
    return tuple(sorted(found)), tuple(sorted(unmapped))


def judged(calls: Sequence[Call], policies: Policies) -> Judged:
    """Each call against one permission set."""
    outcomes = [
        evaluate(
            request(call.action, call.resource or None, context=NOTHING_KNOWN), policies
        ).outcome
        for call in calls
    ]
    return Judged(
        frozenset(i for i, outcome in enumerate(outcomes) if outcome == Outcome.ALLOWED),
        frozenset(i for i, outcome in enumerate(outcomes) if outcome == Outcome.UNKNOWN),
    )


def power(policies: Policies) -> int:
    """How much the policies allow at all: of one action for each service and access level, how many
    are not refused on every resource."""
    return sum(_may(action, policies) for action in _probes())


def reachable(policies: Policies) -> frozenset[str]:
    """Of the same actions, those that are not refused on every resource: to compare two sets by."""
    return frozenset(action for action in _probes() if _may(action, policies))


def _may(action: str, policies: Policies) -> bool:
    asked = request(action, NO_RESOURCE, context=NOTHING_KNOWN)
    if evaluate(asked, policies).outcome != Outcome.DENIED:
        return True
    somewhere = request(action, None, context=NOTHING_KNOWN)
    return evaluate(somewhere, policies).outcome != Outcome.DENIED


@lru_cache(maxsize=1)
def _probes() -> tuple[str, ...]:
    found: dict[tuple[str, str], str] = {}
    for prefix in sorted(IAM_DATA.services.get_service_keys()):
        names: Iterable[str] = IAM_DATA.actions.get_actions_for_service(prefix)
        for name in sorted(names):
            level = IAM_DATA.actions.get_action_details(prefix, name)["accessLevel"]
            found.setdefault((prefix, level), f"{prefix}:{name}")
    return tuple(found[key] for key in sorted(found))
