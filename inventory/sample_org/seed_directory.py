"""Seeds Identity Center: the instance, the people and groups, the permission sets, the grants."""

import json
from typing import Any

from moto.identitystore.models import Group, IdentityStoreData, Name, User, identitystore_backends
from moto.ssoadmin.models import (
    AccountAssignment,
    CustomerManagedPolicy,
    ManagedPolicy,
    PermissionSet,
    ssoadmin_backends,
)

from inventory.sample_org.clock import CLOCK, seconds
from inventory.sample_org.constants import HOME_REGION
from inventory.sample_org.reserved_roles import materialise
from inventory.sample_org.side import SIDE
from inventory.sample_org.spec import Assignment, DirectoryGroup, Person, World
from inventory.sample_org.spec import PermissionSet as SetSpec

ISSUER = "https://scim.aws.com/2a7e4c61-sample"


def seed_directory(world: World) -> None:
    sso = ssoadmin_backends[world.management][HOME_REGION]
    instance = sso.instances[0]
    store_id = f"d-{SIDE.ids.hexadecimal(10, 'identity store')}"
    instance.identity_store_id = store_id
    instance.instance_arn = f"arn:aws:sso:::instance/ssoins-{SIDE.ids.hexadecimal(16, 'instance')}"
    instance.created_date = seconds(CLOCK.ago(50))
    instance.name = f"{world.name}-org"
    store = IdentityStoreData()
    identitystore_backends[world.management][HOME_REGION].identity_stores[store_id] = store
    for group in world.directory_groups:
        _group(store, store_id, group)
    for person in world.people:
        if person.directory:
            _person(store, store_id, person)
    sets = {one.name: _permission_set(sso, one) for one in world.permission_sets}
    for grant in world.assignments:
        _assign(sso, sets[grant.permission_set], grant)


def group_id(name: str) -> str:
    return SIDE.ids.uuid("group", name)


def user_id(email: str) -> str:
    return SIDE.ids.uuid("person", email)


def _external(scim: bool, *key: str) -> list[dict[str, str]]:
    return [{"Issuer": ISSUER, "Id": SIDE.ids.uuid("external", *key)}] if scim else []


def _group(store: IdentityStoreData, store_id: str, spec: DirectoryGroup) -> None:
    known = group_id(spec.name)
    store.groups[known] = Group(known, spec.name, [], spec.description, store_id)
    SIDE.directory[known] = {
        "ExternalIds": _external(spec.scim, "group", spec.name),
        "CreatedAt": seconds(CLOCK.ago(45)),
        "UpdatedAt": seconds(CLOCK.ago(5)),
    }


def _person(store: IdentityStoreData, store_id: str, spec: Person) -> None:
    known = user_id(spec.email)
    store.users[known] = User(
        UserId=known,
        IdentityStoreId=store_id,
        UserName=spec.email,
        Name=Name(None, spec.family, spec.given, None, None, None),
        DisplayName=spec.display or f"{spec.given} {spec.family}",
        NickName="",
        ProfileUrl="",
        Emails=[{"Value": spec.email, "Type": "work", "Primary": True}],  # type: ignore[dict-item]
        Addresses=[],
        PhoneNumbers=[],
        UserType="",
        Title=spec.title or "",
        PreferredLanguage="",
        Locale="",
        Timezone="",
    )
    SIDE.directory[known] = {
        "UserStatus": "ENABLED" if spec.enabled else "DISABLED",
        "ExternalIds": _external(spec.scim, "person", spec.email),
        "CreatedAt": seconds(CLOCK.ago(spec.created)),
        "UpdatedAt": seconds(CLOCK.ago(spec.updated)),
    }
    for name in spec.groups:
        membership = SIDE.ids.uuid("membership", name, spec.email)
        store.group_memberships[membership] = {
            "IdentityStoreId": store_id,
            "MembershipId": membership,
            "GroupId": group_id(name),
            "MemberId": {"UserId": known},
        }


def _permission_set(sso: Any, spec: SetSpec) -> PermissionSet:
    instance_arn = sso.instances[0].instance_arn
    tags = [{"Key": key, "Value": value} for key, value in spec.tags]
    made = PermissionSet(
        spec.name,
        spec.description,
        instance_arn,
        spec.duration,
        spec.relay_state,  # type: ignore[arg-type]
        tags,
    )
    prefix = instance_arn.replace(":instance/", ":permissionSet/")
    made.permission_set_arn = f"{prefix}/ps-{SIDE.ids.hexadecimal(16, 'set', spec.name)}"
    made.created_date = seconds(CLOCK.ago(spec.created))
    made.managed_policies = [ManagedPolicy(arn, arn.rsplit("/", 1)[1]) for arn in spec.policies]
    made.customer_managed_policies = [CustomerManagedPolicy(*one) for one in spec.customer]
    if spec.inline:
        made.inline_policy = json.dumps(spec.inline)
    if spec.boundary:
        SIDE.boundaries[made.permission_set_arn] = dict(spec.boundary)
    sso.permission_sets.append(made)
    return made


def _assign(sso: Any, chosen: PermissionSet, spec: Assignment) -> None:
    grant = AccountAssignment(
        instance_arn=sso.instances[0].instance_arn,
        target_id=spec.account,
        target_type="AWS_ACCOUNT",
        permission_set_arn=chosen.permission_set_arn,
        principal_type="USER" if spec.direct else "GROUP",
        principal_id=user_id(spec.principal) if spec.direct else group_id(spec.principal),
    )
    grant.created_date = seconds(CLOCK.ago(30))
    sso.account_assignments.append(grant)
    materialise(chosen, spec.account)
