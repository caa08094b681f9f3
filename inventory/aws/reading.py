"""What a source is given and what it hands back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inventory.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a source may need besides AWS. Empty or None: not known yet.

    account_id: the account to read (for an organization-wide source the management account).
    regions: where to look for Identity Center, most likely first.
    identity_center_region, instance_arn, identity_store_id: the Identity Center instance.
    account_ids: every account of the organization.
    permission_set_arns: every permission set.
    user_names: for sources without a bulk call, the users to read now, sorted.
    """

    account_id: str
    regions: tuple[str, ...] = ()
    identity_center_region: str | None = None
    instance_arn: str | None = None
    identity_store_id: str | None = None
    account_ids: tuple[str, ...] = ()
    permission_set_arns: tuple[str, ...] = ()
    user_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A whole, successful read. observed_at None: the facts are as of the start of the read.
    every_user: it tells of all users of the account, not only of inputs.user_names."""

    records: Sequence[Record] = field(default_factory=list)
    observed_at: datetime | None = None
    every_user: bool = False
