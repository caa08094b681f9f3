"""How many of AWS's calls we can map to IAM actions: botocore's models as the list of all calls.

CloudTrail's eventSource is mostly the service's endpoint, which is what the models give.
"""

from collections import Counter
from dataclasses import dataclass

import botocore.session

from migrations_plan.policy.actions import needed_actions

MODEL = "service-2"


@dataclass(frozen=True, slots=True)
class Coverage:
    """calls: all; reviewed: mapped by our table or rule; unmapped: by endpoint."""

    calls: int
    by_name: int
    reviewed: int
    unmapped: Counter[str]

    @property
    def share(self) -> float:
        return (self.by_name + self.reviewed) / self.calls


def coverage() -> Coverage:
    """Every operation of every service that botocore knows."""
    loader = botocore.session.get_session().get_component("data_loader")
    calls = by_name = reviewed = 0
    unmapped: Counter[str] = Counter()
    for service in loader.list_available_services(MODEL):
        model = loader.load_service_model(service, MODEL)
        endpoint = model["metadata"]["endpointPrefix"]
        for name in model["operations"]:
            needed = needed_actions(f"{endpoint}.amazonaws.com", name)
            calls += 1
            by_name += needed is not None and not needed.why
            reviewed += needed is not None and bool(needed.why)
            unmapped[endpoint] += needed is None
    return Coverage(calls, by_name, reviewed, +unmapped)


def print_coverage() -> None:
    """The figures, and the services with most calls that we cannot map."""
    found = coverage()
    print(
        f"policy: {found.share:.1%} of {found.calls:,} calls mapped to IAM actions "
        f"({found.by_name:,} by name, {found.reviewed:,} reviewed)"
    )
    most = ", ".join(f"{name} {count}" for name, count in found.unmapped.most_common(8))
    print(f"  unknown, most in: {most}")
