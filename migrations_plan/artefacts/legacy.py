"""The exception: a program that truly cannot work without a key keeps it, from its addresses only.

The policy denies everything from elsewhere, except what AWS itself does on the key's behalf
(aws:ViaAWSService). A request through a VPC endpoint has no aws:SourceIp and is denied too.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from migrations_plan.artefacts.artefact import Artefact, markdown
from migrations_plan.artefacts.quoting import md, md_block, md_code, policy_json, slug

MOST_ADDRESSES = 2**16
# How the counts name calls that an AWS service made with the key's rights.
BY_AWS = "aws"
POLICY_NAME = "only-from-known-addresses"


class ExceptionError(ValueError):
    """An exception that cannot be made. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class LegacyException:
    """One program's exception. seen_from: networks that its key was used from, as counted."""

    user_arn: str
    owner: str
    reason: str
    networks: tuple[str, ...]
    seen_from: tuple[str, ...]
    expires_on: date
    rotate_every_days: int
    as_of: datetime


def source_ip_policy(networks: Sequence[str]) -> dict[str, Any]:
    """The policy. Raises ExceptionError for what is no narrow public network."""
    listed = sorted({str(_network(text)) for text in networks})
    if not listed:
        raise ExceptionError("Name at least one network.")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyFromKnownAddresses",
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {
                    "NotIpAddress": {"aws:SourceIp": listed},
                    "Bool": {"aws:ViaAWSService": "false"},
                },
            }
        ],
    }


def would_be_cut_off(networks: Sequence[str], seen_from: Sequence[str]) -> tuple[str, ...]:
    """The networks a key was used from that are not wholly among the allowed.

    seen_from: as they are counted, in /24 and /48; what AWS did on the key's behalf is no network.
    """
    allowed = [_network(text) for text in networks]
    seen = {text for text in seen_from if text not in ("", BY_AWS)}
    return tuple(sorted(text for text in seen if not any(_inside(text, one) for one in allowed)))


def exception_page(wanted: LegacyException) -> Artefact:
    """The policy with how to attach it, and how to verify that it holds."""
    name = wanted.user_arn.rsplit("/", 1)[-1]
    cut = would_be_cut_off(wanted.networks, wanted.seen_from)
    lines = [
        "",
        f"- user: {md_code(wanted.user_arn)}",
        f"- owner: {md(wanted.owner)}",
        f"- reason: {md(wanted.reason)}",
        f"- ends on {wanted.expires_on.isoformat()}; without a new decision it is an alert then",
        f"- the key is changed every {wanted.rotate_every_days} days",
        "",
        f"Attach this to the user as the inline policy {md_code(POLICY_NAME)}:",
        "",
        md_block(policy_json(source_ip_policy(wanted.networks)), "json"),
        "## Before",
        "",
        _before(cut, wanted.seen_from),
        "",
        "## Verify",
        "",
        "1. From one of the addresses: `aws sts get-caller-identity` answers (it needs no",
        "   permission), and one call that the program makes succeeds.",
        "2. From anywhere else with the same key: that call is refused with `AccessDenied`.",
        "3. The portal reads the policy again and evaluates it: a request from a known address is",
        "   not denied by it, one from elsewhere is; until then the exception is not verified.",
        "4. In the log, the key's networks stay among those named here.",
        "",
        "A request through a VPC endpoint carries no public address and is denied: for such a",
        "program a role is possible, so it needs no exception.",
    ]
    text = "\n".join(lines) + "\n"
    return markdown(f"exception-{slug(name)}.md", f"Exception for {md(name)}", text, wanted.as_of)


def _before(cut: Sequence[str], seen_from: Sequence[str]) -> str:
    if not seen_from:
        return "It is not known where the key is used from: read the log first."
    said = []
    if cut:
        names = ", ".join(md_code(text) for text in cut)
        said.append(
            f"Use was seen in networks that are not wholly among them: {names}. It may be denied "
            "(the portal keeps /24 and /48 only: compare with the log)."
        )
    if "" in seen_from:
        said.append("Some use has no known network: read the log first.")
    return " ".join(said) or "Every network that the key was seen in is among them."


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ExceptionError(f"{text!a} is not a network.") from None
    if not network.is_global:
        raise ExceptionError(f"{text} is not public: AWS never sees such an address.")
    if isinstance(network, ipaddress.IPv4Network) and network.num_addresses > MOST_ADDRESSES:
        raise ExceptionError(f"{text} is no restriction: it has {network.num_addresses} addresses.")
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen < 32:
        raise ExceptionError(f"{text} is no restriction: it is wider than a provider's /32.")
    return network


def _inside(text: str, allowed: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        seen = ipaddress.ip_network(text)
    except ValueError:
        return False
    if isinstance(seen, ipaddress.IPv4Network) and isinstance(allowed, ipaddress.IPv4Network):
        return seen.subnet_of(allowed)
    if isinstance(seen, ipaddress.IPv6Network) and isinstance(allowed, ipaddress.IPv6Network):
        return seen.subnet_of(allowed)
    return False
