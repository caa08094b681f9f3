"""Whether policies keep a key to its addresses: evaluated, not recognised by its looks."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import PolicyError, parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.statements import NO_RESOURCE, request

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# One of each kind: a denial of some services only is no restriction.
ACTIONS = ("s3:ListAllMyBuckets", "iam:CreateAccessKey", "ec2:RunInstances", "dynamodb:Scan")
# Of examples, of nobody and of somebody: calls that come from elsewhere.
ELSEWHERE = ("192.0.2.77", "198.51.100.77", "203.0.113.77", "8.8.8.8", "2001:db8::77")
DENIED, FREE, OPEN = "denied", "free", "open"


@dataclass(frozen=True, slots=True)
class Restriction:
    """holds None: not known. sentence: why. Networks that are none bind to nothing."""

    holds: bool | None
    sentence: str


def restriction(documents: Mapping[str, Any] | None, networks: Sequence[str]) -> Restriction:
    """documents: the user's own policies by name, None where one was not read. networks: those
    that the key may come from."""
    if documents is None:
        return Restriction(None, "Not every policy of the user was read.")
    if not networks:
        return Restriction(False, "It has no addresses to keep to.")
    try:
        allowed = [ipaddress.ip_network(one) for one in networks]
    except ValueError as problem:
        return Restriction(False, f"{problem}.")
    try:
        policies = Policies(
            tuple(parse_policy(one, name=name) for name, one in sorted(documents.items()))
        )
    except PolicyError as problem:
        return Restriction(None, f"{problem}.")
    for address, wanted in (*_here(allowed), *_elsewhere(allowed)):
        for action in ACTIONS:
            found = _fate(policies, action, address)
            if found == OPEN:
                return Restriction(None, f"A condition on {action} from {address} stays open.")
            if found != wanted:
                verb = "is not denied" if wanted == DENIED else "is denied"
                where = "elsewhere" if wanted == DENIED else "an allowed network"
                return Restriction(False, f"{action} from {address} ({where}) {verb}.")
    return Restriction(True, "Calls from elsewhere are denied, calls from its networks are not.")


def _here(allowed: Sequence[Network]) -> Iterator[tuple[str, str]]:
    for one in allowed:
        yield str(one[0]), FREE
        yield str(one[-1]), FREE


def _elsewhere(allowed: Sequence[Network]) -> Iterator[tuple[str, str]]:
    """Beside each network, and far from all."""
    near = [str(ip) for one in allowed for ip in _beside(one)]
    for text in (*near, *ELSEWHERE):
        address = ipaddress.ip_address(text)
        if not any(address.version == one.version and address in one for one in allowed):
            yield text, DENIED


def _beside(network: Network) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    last = 2**network.max_prefixlen - 1
    first, end = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    if first > 0:
        yield kind(first - 1)
    if end < last:
        yield kind(end + 1)


def _fate(policies: Policies, action: str, address: str) -> str:
    """Whether a Deny decides."""
    context = request_context({"aws:SourceIp": address, "aws:ViaAWSService": "false"})
    decision = evaluate(request(action, NO_RESOURCE, context=context), policies)
    if decision.outcome == Outcome.UNKNOWN:
        return OPEN
    return DENIED if decision.explicit else FREE
