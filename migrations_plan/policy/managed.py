"""The policies that AWS manages, as documents, without asking AWS.

Source: data/aws_managed_policies.json.xz, made by `python -m benchmarks.managed_policies` from the
list that moto publishes (Apache-2.0) and which AWS's own calls gave; SOURCE.md beside it has date
and counts. A copy that was collected from the account itself is newer and wins.
"""

import lzma
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

Document = dict[str, Any]

DATA = Path(__file__).parent / "data" / "aws_managed_policies.json.xz"
# 'aws' in the account's place: a policy that AWS manages, in any partition.
AWS_MANAGED = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?P<path_and_name>.+)", re.ASCII)


class ManagedPolicy(msgspec.Struct, frozen=True):
    """One policy. version: AWS's own, as v11; updated: when AWS made that version (ISO 8601)."""

    version: str
    updated: str
    document: msgspec.Raw


class ManagedPolicies(msgspec.Struct, frozen=True):
    """The file. as_of: the day of the newest version in it; policies: by path and name."""

    source: str
    as_of: str
    policies: dict[str, ManagedPolicy]


@cache
def managed_policies() -> ManagedPolicies:
    """The whole file, read once."""
    return msgspec.json.decode(lzma.decompress(DATA.read_bytes()), type=ManagedPolicies)


def managed_document(arn: str, live: Mapping[str, Document] | None = None) -> Document | None:
    """A managed policy's document by ARN: the collected one, else AWS's as we ship it.

    live: collected documents by ARN. None: not known here, which is not "allows nothing".
    """
    if live is not None and arn in live:
        return live[arn]
    found = AWS_MANAGED.fullmatch(arn)
    policy = managed_policies().policies.get(found["path_and_name"]) if found else None
    if policy is None:
        return None
    document: Document = msgspec.json.decode(policy.document)
    return document
