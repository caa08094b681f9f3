"""How many requests the portal promises to make, and what others make for the same organisation.

Pure arithmetic over counts, shared by the benchmark and by the test of the same bounds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Measured with a counter in botocore: 1,232 calls for 200 users.
CARTOGRAPHY_PER_USER = 6.2
# list-access-keys, last used, login profile, MFA devices for each user of list-users.
RECIPE_PER_USER = 4.0
MOST_SSO_PER_SECOND = 20
UNCHANGED_ACCOUNT = 8
ENTITIES_PER_PAGE = 1000
ASSIGNMENTS_FACTOR = 1.1


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """What an account holds: IAM users, their keys, all entities, identity providers."""

    users: int
    keys: int
    entities: int
    providers: int


@dataclass(frozen=True, slots=True)
class OrganizationCounts:
    """What is read once. pairs: account and permission set that are provisioned."""

    units: int
    policies: int
    accounts: int
    sets: int
    pairs: int
    groups: int
    trails: int
    regions: int


def pages(entities: int) -> int:
    """Pages of GetAccountAuthorizationDetails, one at least."""
    return max(math.ceil(entities / ENTITIES_PER_PAGE), 1)


def unchanged_bound(account: AccountCounts) -> int:
    """The most IAM requests for an account in which nothing changed: not a word of users."""
    return UNCHANGED_ACCOUNT + pages(account.entities) - 1 + account.providers


def organization_formula(counts: OrganizationCounts) -> dict[str, tuple[int, int]]:
    """docs/aws-calls.md, first table: least and most requests by source."""
    exact = {
        "organization": 3 + 2 * counts.units,
        "service_control_policies": 1 + 2 * counts.policies,
        "organization_features": 1,
        "alternate_contacts": 3 * counts.accounts,
        "trails": counts.regions + 2 * counts.trails,
        "permission_sets": 1 + 6 * counts.sets,
        "account_assignments": counts.sets + counts.pairs,
        "identity_store": 2 + counts.groups,
    }
    return {name: (number, number) for name, number in exact.items()} | {
        "identity_center": (1, counts.regions)
    }


def first_formula(accounts: Iterable[AccountCounts]) -> dict[str, tuple[int, int]]:
    """docs/aws-calls.md, second table, for a first collection: least and most requests by source,
    all accounts together."""
    listed = list(accounts)
    number, users = len(listed), sum(account.users for account in listed)
    per_user = ("login_profiles", "mfa_devices", "ssh_public_keys", "signing_certificates")
    keyed = users + sum(account.keys for account in listed)
    details = sum(pages(account.entities) for account in listed)
    providers = sum(account.providers for account in listed)
    with_users = sum(1 for account in listed if account.users)
    exact = {
        "authorization_details": details,
        "account_summary": 2 * number,
        "identity_providers": 2 * number + providers,
        "access_keys": keyed,
        "service_specific_credentials": with_users,
        **dict.fromkeys(per_user, users),
    }
    return {name: (count, count) for name, count in exact.items()} | {
        "credential_report": (2 * number, 9 * number)
    }


def assignments_bound(counts: OrganizationCounts) -> float:
    """The most requests for all account assignments."""
    return ASSIGNMENTS_FACTOR * (counts.pairs + counts.sets)


def busiest_second(log: Sequence[Sequence[object]], service: str) -> int:
    """The most requests to a service in any window of one second."""
    times = sorted(float(str(entry[0])) for entry in log if entry[1] == service)
    most, first = 0, 0
    for last, moment in enumerate(times):
        while times[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def broken(measured: Mapping[str, int], bounds: Mapping[str, tuple[int, int]]) -> list[str]:
    """One sentence for every source that made fewer or more requests than it should."""
    return [
        f"{name}: {measured.get(name, 0)} calls, expected {least} to {most}"
        for name, (least, most) in bounds.items()
        if not least <= measured.get(name, 0) <= most
    ]
