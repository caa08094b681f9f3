"""Seeds the organisation itself: accounts, units, service control policies, trail, contacts."""

import json
from typing import Any

from moto.account.models import account_backends
from moto.cloudtrail.models import cloudtrail_backends
from moto.iam.models import iam_backends
from moto.organizations.models import (
    FakeAccount,
    FakeOrganization,
    FakeOrganizationalUnit,
    FakePolicy,
    FakeRoot,
    organizations_backends,
)

from inventory.sample_org.clock import CLOCK
from inventory.sample_org.constants import ADMIN_ROLE_NAME, HOME_REGION
from inventory.sample_org.logs.cast import own_trail
from inventory.sample_org.moto_setup import ACCOUNT_IDS
from inventory.sample_org.side import SIDE
from inventory.sample_org.spec import Account, ControlPolicy, Document, World

FULL_ACCESS = "p-FullAWSAccess"
SCP = "SERVICE_CONTROL_POLICY"
EVERYTHING: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def seed_organization(world: World) -> None:
    backend = organizations_backends[world.management]["aws"]
    backend.org = _organization(world)
    root = FakeRoot(backend.org)
    root.add_policy_type(SCP)
    backend.ou.append(root)
    units = {(): root} | _units(backend, world, root)
    for account in world.accounts:
        _account(backend, world, account, units[account.unit])
    _control_policies(backend, world, units)
    _trail(world)


def _organization(world: World) -> FakeOrganization:
    ids = SIDE.ids
    organization = FakeOrganization(world.management, "us-east-1", "ALL")
    organization.id = f"o-{ids.lower(10, 'organization')}"
    organization.root_id = f"r-{ids.lower(4, 'root')}"
    emails = {account.id: account.email for account in world.accounts}
    organization.master_account_email = emails[world.management]
    return organization


def _units(backend: Any, world: World, root: FakeRoot) -> dict[tuple[str, ...], Any]:
    known: dict[tuple[str, ...], Any] = {(): root}
    for path in sorted(world.units, key=len):
        unit = FakeOrganizationalUnit(backend.org, Name=path[-1], ParentId=known[path[:-1]].id)
        unit.id = f"ou-{root.id.removeprefix('r-')}-{SIDE.ids.lower(8, 'unit', *path)}"
        backend.ou.append(unit)
        known[path] = unit
    return known


def _account(backend: Any, world: World, account: Account, unit: Any) -> None:
    ACCOUNT_IDS.upcoming = account.id
    made = FakeAccount(backend.org, AccountName=account.name, Email=account.email)
    made.create_time = CLOCK.ago(account.joined)
    made.parent_id = unit.id
    backend.accounts.append(made)
    if account.id == world.management:
        made.joined_method = "INVITED"
    organizations_backends.master_accounts[account.id] = (world.management, "aws")
    _access_role(world, account)
    SIDE.roots[account.id] = account.root
    for kind in account.contacts:
        account_backends[account.id]["aws"].put_alternate_contact(
            alternate_contact_type=kind,
            email_address=f"{kind.lower()}@example.com",
            name=f"{kind.title()} contact",
            phone_number="+1-555-0100",
            title=f"{kind.title()} desk",
        )


def _access_role(world: World, account: Account) -> None:
    """moto gives every account the access role; the management account has none in AWS."""
    backend = iam_backends[account.id]["aws"]
    role = backend.get_role(ADMIN_ROLE_NAME)
    backend.roles.pop(role.id)
    if account.id == world.management:
        return
    role.id = SIDE.ids.unique("AROA", account.id, role.name)
    role.path = "/"
    role.create_date = CLOCK.ago(account.joined)
    backend.roles[role.id] = role
    backend.attach_role_policy("arn:aws:iam::aws:policy/AdministratorAccess", role.name)
    if account.alias:
        backend.create_account_alias(account.alias)


def _policy(backend: Any, spec: ControlPolicy, policy_id: str) -> FakePolicy:
    policy = FakePolicy(
        backend.org,
        Name=spec.name,
        Description=spec.description,
        Type=SCP,
        Content=json.dumps(spec.document),
    )
    policy.id = policy_id
    backend.policies.append(policy)
    return policy


def _control_policies(backend: Any, world: World, units: dict[tuple[str, ...], Any]) -> None:
    full = ControlPolicy("FullAWSAccess", "Allows access to every operation", EVERYTHING)
    everywhere = _policy(backend, full, FULL_ACCESS)
    everywhere.aws_managed = True
    for target in (*backend.ou, *backend.accounts):
        backend.attach_policy(PolicyId=FULL_ACCESS, TargetId=target.id)
    for spec in world.control_policies:
        policy = _policy(backend, spec, f"p-{SIDE.ids.lower(8, 'policy', spec.name)}")
        for target_id in (*(units[path].id for path in spec.units), *spec.accounts):
            backend.attach_policy(PolicyId=policy.id, TargetId=target_id)


def _trail(world: World) -> None:
    backend = cloudtrail_backends[world.management][HOME_REGION]
    trail = backend.create_trail(
        name=world.trail,
        bucket_name=f"{world.trail}-{world.management}",
        s3_key_prefix=None,  # type: ignore[arg-type]
        sns_topic_name=None,  # type: ignore[arg-type]
        is_global=True,
        is_multi_region=True,
        log_validation=True,
        is_org_trail=True,
        cw_log_group_arn=None,  # type: ignore[arg-type]
        cw_role_arn=None,  # type: ignore[arg-type]
        kms_key_id=None,  # type: ignore[arg-type]
        tags_list=[],
    )
    trail.start_logging()
    trail.status.started = CLOCK.ago(400)
    _own_trail(world)
    SIDE.organization_features[:] = ["RootCredentialsManagement", "RootSessions"]


def _own_trail(world: World) -> None:
    """One account has a trail of its own too, into the same bucket, with S3's data events."""
    account = own_trail(world)
    trail = cloudtrail_backends[account][HOME_REGION].create_trail(
        name="objects-trail",
        bucket_name=f"{world.trail}-{world.management}",
        s3_key_prefix=None,  # type: ignore[arg-type]
        sns_topic_name=None,  # type: ignore[arg-type]
        is_global=True,
        is_multi_region=True,
        log_validation=False,
        is_org_trail=False,
        cw_log_group_arn=None,  # type: ignore[arg-type]
        cw_role_arn=None,  # type: ignore[arg-type]
        kms_key_id=None,  # type: ignore[arg-type]
        tags_list=[],
    )
    trail.start_logging()
    trail.status.started = CLOCK.ago(90)
    trail.event_selectors = [
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
            "ExcludeManagementEventSources": [],
        }
    ]
