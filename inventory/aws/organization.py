"""The organization, its tree of units, and every account with its place in the tree.

Source: organizations:DescribeOrganization, ListRoots, ListOrganizationalUnitsForParent,
        ListAccountsForParent, ListAccounts.
Cost:   3 calls + 2 per root and unit, as long as nothing pages.
None:   an account's parent_id is None when it was in no unit while the tree was read (moved).
Errors: Unsupported when the account is in no organization; any other ReadError.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_name, as_text, as_time
from inventory.records import (
    AccountRecord,
    OrganizationalUnitRecord,
    OrganizationRecord,
    Record,
)


def fetch_organization(aws: Aws, inputs: Inputs) -> Reading:
    """One OrganizationRecord, a record per root, unit and account."""
    answer = aws.call("organizations", "describe_organization")
    organization = aws.parsed("organizations", "describe_organization", parse_organization, answer)
    units: list[OrganizationalUnitRecord] = []
    places: dict[str, OrganizationalUnitRecord] = {}
    raw_accounts: dict[str, dict[str, Any]] = {}
    for unit in _tree(aws):
        units.append(unit)
        for page in aws.pages("organizations", "list_accounts_for_parent", ParentId=unit.unit_id):
            for raw in page["Accounts"]:
                places[raw.get("Id", "")] = unit
                raw_accounts[raw.get("Id", "")] = raw
    for page in aws.pages("organizations", "list_accounts"):
        raw_accounts.update((raw.get("Id", ""), raw) for raw in page["Accounts"])
    records: list[Record] = [organization, *units]
    for account_id, raw in sorted(raw_accounts.items()):
        place = places.get(account_id)
        records.append(aws.parsed("organizations", "list_accounts", parse_account, raw, place))
    return Reading(records=records)


def _tree(aws: Aws) -> Iterator[OrganizationalUnitRecord]:
    waiting: list[OrganizationalUnitRecord] = []
    for page in aws.pages("organizations", "list_roots"):
        for raw in page["Roots"]:
            waiting.append(aws.parsed("organizations", "list_roots", parse_unit, raw, None))
    while waiting:
        parent = waiting.pop()
        yield parent
        waiting.extend(_children(aws, parent))


def _children(aws: Aws, parent: OrganizationalUnitRecord) -> Iterator[OrganizationalUnitRecord]:
    pages = aws.pages(
        "organizations", "list_organizational_units_for_parent", ParentId=parent.unit_id
    )
    for page in pages:
        for raw in page["OrganizationalUnits"]:
            yield aws.parsed(
                "organizations", "list_organizational_units_for_parent", parse_unit, raw, parent
            )


def parse_organization(answer: Mapping[str, Any]) -> OrganizationRecord:
    """The answer of DescribeOrganization as a record."""
    raw = answer["Organization"]
    return OrganizationRecord(
        organization_id=as_name(raw["Id"]),
        arn=as_name(raw["Arn"]),
        management_account_id=as_name(raw["MasterAccountId"]),
        feature_set=as_text(raw.get("FeatureSet")),
    )


def parse_unit(
    raw: Mapping[str, Any], parent: OrganizationalUnitRecord | None
) -> OrganizationalUnitRecord:
    """A root (parent None) or a unit below parent."""
    name = as_name(raw["Name"])
    return OrganizationalUnitRecord(
        unit_id=as_name(raw["Id"]),
        arn=as_name(raw["Arn"]),
        name=name,
        parent_id=parent.unit_id if parent else None,
        path=f"{parent.path}/{name}" if parent else name,
    )


def parse_account(
    raw: Mapping[str, Any], place: OrganizationalUnitRecord | None = None
) -> AccountRecord:
    """One account; place None: not known where it is.

    State is AWS's newer and finer word for Status, which it is retiring.
    """
    return AccountRecord(
        account_id=as_name(raw["Id"]),
        arn=as_name(raw["Arn"]),
        name=as_text(raw.get("Name")),
        email=as_text(raw.get("Email")),
        status=as_name(raw.get("State") or raw.get("Status")),
        joined_method=as_text(raw.get("JoinedMethod")),
        joined_at=as_time(raw.get("JoinedTimestamp")),
        parent_id=place.unit_id if place else None,
        unit_path=place.path if place else "",
    )
