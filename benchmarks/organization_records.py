"""Records of a made-up world that are read once for the organization."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from benchmarks.account_records import FIRST_NAMES, READ_ONLY, TEAMS, account_id_of, statement
from benchmarks.worlds import Size
from inventory.records import (
    AccountAssignmentRecord,
    AccountRecord,
    AlternateContactRecord,
    GroupMembershipRecord,
    IdentityCenterInstanceRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    OrganizationalUnitRecord,
    OrganizationFeatureRecord,
    OrganizationRecord,
    PermissionSetRecord,
    PolicyTargetRecord,
    Record,
    ServiceControlPolicyRecord,
    TrailRecord,
)

STORE = "d-9067000001"
INSTANCE = "arn:aws:sso:::instance/ssoins-7223000000000001"
UNITS = ("Security", "Prod", "Stage", "Dev", "Sandbox")
MANAGEMENT = account_id_of(0)


def organization_records(size: Size, at: datetime) -> dict[str, list[Record]]:
    """By source name, in the order in which they are collected."""
    chance = random.Random(f"{size.seed}:organization")
    return {
        "organization": list(_organization(size, at)),
        "service_control_policies": list(_control_policies()),
        "organization_features": [OrganizationFeatureRecord(feature="RootSessions")],
        "identity_center": [_instance(at)],
        "permission_sets": [_permission_set(n, at) for n in range(size.permission_sets)],
        "account_assignments": list(_assignments(size, chance)),
        "identity_store": [*_people(size, at, chance), *_groups(size), *_memberships(size, chance)],
        "trails": [_trail(at)],
        "alternate_contacts": list(_contacts(size)),
    }


def set_arn(number: int) -> str:
    return f"arn:aws:sso:::permissionSet/ssoins-7223000000000001/ps-{number:016x}"


def store_user_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000001"


def group_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000002"


def _organization(size: Size, at: datetime) -> Iterator[Record]:
    yield OrganizationRecord(
        organization_id="o-benchmark01",
        arn=f"arn:aws:organizations::{MANAGEMENT}:organization/o-benchmark01",
        management_account_id=MANAGEMENT,
        feature_set="ALL",
    )
    for name in ("Root", *UNITS):
        root = name == "Root"
        yield OrganizationalUnitRecord(
            unit_id="r-root" if root else f"ou-root-{name.lower()}",
            arn=f"arn:aws:organizations::{MANAGEMENT}:ou/o-benchmark01/{name.lower()}",
            name=name,
            parent_id=None if root else "r-root",
            path="Root" if root else f"Root/{name}",
        )
    for index in range(size.accounts):
        unit = UNITS[index % len(UNITS)]
        yield AccountRecord(
            account_id=account_id_of(index),
            arn=f"arn:aws:organizations::{MANAGEMENT}:account/o-benchmark01/{account_id_of(index)}",
            name=f"acme-{unit.lower()}-{TEAMS[index % len(TEAMS)]}-{index:03d}",
            email=f"aws+{index}@example.com",
            status="ACTIVE",
            joined_method="CREATED",
            joined_at=(at - timedelta(days=1000 - index)).replace(microsecond=0),
            parent_id=f"ou-root-{unit.lower()}",
            unit_path=f"Root/{unit}",
        )


def _control_policies() -> Iterator[Record]:
    for number, unit in enumerate(UNITS):
        policy_id = f"p-bench{number:03d}"
        yield ServiceControlPolicyRecord(
            policy_id=policy_id,
            arn=f"arn:aws:organizations::{MANAGEMENT}:policy/o-benchmark01/{policy_id}",
            name=f"Deny{unit}",
            description="No new users",
            aws_managed=False,
            document=statement("Deny", ["iam:CreateUser", "iam:CreateAccessKey"]),
        )
        yield PolicyTargetRecord(
            policy_id=policy_id,
            target_id=f"ou-root-{unit.lower()}",
            target_type="ORGANIZATIONAL_UNIT",
        )


def _instance(at: datetime) -> Record:
    return IdentityCenterInstanceRecord(
        instance_arn=INSTANCE,
        identity_store_id=STORE,
        owner_account_id=MANAGEMENT,
        name="acme",
        status="ACTIVE",
        region="eu-central-1",
        created_at=(at - timedelta(days=500)).replace(microsecond=0),
    )


def _permission_set(number: int, at: datetime) -> Record:
    return PermissionSetRecord(
        arn=set_arn(number),
        name=f"{TEAMS[number % len(TEAMS)].title()}Access{number:02d}",
        description="For one team",
        session_duration="PT4H",
        relay_state="",
        created_at=(at - timedelta(days=400)).replace(microsecond=0),
        managed_policies=(READ_ONLY,),
        customer_managed_policies=(),
        inline_policy=statement("Allow", ["s3:*", "logs:*"]),
        permissions_boundary=None,
        tags={"team": TEAMS[number % len(TEAMS)]},
    )


def _assignments(size: Size, chance: random.Random) -> Iterator[Record]:
    """Two grants per pair of account and set: a group, and another group or a person."""
    every = [(a, s) for a in range(size.accounts) for s in range(size.permission_sets)]
    for account, number in sorted(chance.sample(every, size.pairs)):
        first, second = chance.sample(range(size.groups), 2)
        granted = [("GROUP", group_id(first)), ("GROUP", group_id(second))]
        if chance.random() < 0.2:
            granted[1] = ("USER", store_user_id(chance.randrange(size.people)))
        for kind, principal in granted:
            yield AccountAssignmentRecord(
                account_id=account_id_of(account),
                permission_set_arn=set_arn(number),
                principal_type=kind,
                principal_id=principal,
            )


def _people(size: Size, at: datetime, chance: random.Random) -> Iterator[Record]:
    for number in range(size.people):
        name = f"{chance.choice(FIRST_NAMES)}.{chance.choice(TEAMS)}{number:04d}"
        yield IdentityStoreUserRecord(
            identity_store_id=STORE,
            user_id=store_user_id(number),
            user_name=f"{name}@example.com",
            display_name=name.replace(".", " ").title(),
            email=f"{name}@example.com",
            enabled=chance.random() < 0.97,
            external_ids=(f"https://idp.example.com {number}",),
            created_at=(at - timedelta(days=300)).replace(microsecond=0),
            updated_at=(at - timedelta(days=100)).replace(microsecond=0),
        )


def _groups(size: Size) -> Iterator[Record]:
    for number in range(size.groups):
        yield IdentityStoreGroupRecord(
            identity_store_id=STORE,
            group_id=group_id(number),
            display_name=f"aws-{TEAMS[number % len(TEAMS)]}-{number:03d}",
            description="",
            external_ids=(),
        )


def _memberships(size: Size, chance: random.Random) -> Iterator[Record]:
    for number in range(size.people):
        for group in chance.sample(range(size.groups), min(3, size.groups)):
            yield GroupMembershipRecord(
                membership_id=f"{number:08x}-{group:08x}",
                group_id=group_id(group),
                user_id=store_user_id(number),
            )


def _trail(at: datetime) -> Record:
    return TrailRecord(
        arn=f"arn:aws:cloudtrail:eu-central-1:{MANAGEMENT}:trail/acme",
        account_id=MANAGEMENT,
        name="acme",
        home_region="eu-central-1",
        bucket="acme-trail",
        prefix="",
        is_multi_region=True,
        is_organization=True,
        log_file_validation=True,
        kms_key_id="",
        is_logging=True,
        latest_delivery_at=at.replace(microsecond=0),
        latest_digest_delivery_at=None,
        latest_delivery_error="",
        management_events=True,
        data_events=False,
        selectors={},
    )


def _contacts(size: Size) -> Iterator[Record]:
    for index in range(size.accounts):
        for kind in ("SECURITY", "BILLING"):
            yield AlternateContactRecord(
                account_id=account_id_of(index),
                contact_type=kind,
                name="On Call",
                title="Team",
                email=f"{kind.lower()}+{index}@example.com",
            )
