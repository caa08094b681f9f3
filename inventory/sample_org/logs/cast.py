"""Who appears in the story: users, people, roles of a world, with the ids AWS would show for them.

Everything derives from the world and the seed, as the rest of the organisation does, so the logs
fit what IAM and Identity Center say of the same organisation.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from inventory.sample_org.constants import ADMIN_ROLE_NAME, HOME_REGION
from inventory.sample_org.ids import Ids
from inventory.sample_org.spec import Key, Role, User, World
from inventory.sample_org.worlds import build_world


@dataclass(frozen=True)
class RoleCast:
    """A role, with its ARN and AROA id. spec None: made by AWS or with the account."""

    account: str
    name: str
    arn: str
    id: str
    spec: Role | None = None


@dataclass(frozen=True)
class UserCast:
    """An IAM user, with its ARN, AIDA id and access keys (id, what the world says of it)."""

    spec: User
    arn: str
    id: str
    keys: tuple[tuple[str, Key], ...]

    @property
    def account(self) -> str:
        return self.spec.account


@dataclass(frozen=True)
class Member:
    """A person in Identity Center. grants: (account, permission set), without doubles."""

    email: str
    user_id: str
    number: int
    grants: tuple[tuple[str, str], ...]


def principals(trust: dict[str, Any], kind: str) -> list[str]:
    """Whom a trust policy names of this kind: AWS, Service or Federated."""
    found = [statement["Principal"].get(kind) for statement in trust["Statement"]]
    return [one for one in found if one]


def own_trail(world: World) -> str:
    """The account that has a trail of its own beside the organisation's."""
    return max(account.id for account in world.accounts)


class Cast:
    """Everybody and everything of one organisation that can appear in its logs."""

    def __init__(self, world_name: str, seed: int, epoch: datetime) -> None:
        self.ids = Ids(world_name, seed)
        self.world: World = build_world(world_name, seed)
        self.epoch = epoch
        self.home = HOME_REGION
        self.management = self.world.management
        self.organization_id = f"o-{self.ids.lower(10, 'organization')}"
        store = f"d-{self.ids.hexadecimal(10, 'identity store')}"
        self.store_arn = f"arn:aws:identitystore::{self.management}:identitystore/{store}"
        self.directory_id = store
        self.bucket = f"{self.world.trail}-{self.management}"
        # This account has a trail of its own beside the organisation's, with data events.
        self.own_trail = own_trail(self.world)

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        return tuple(account.id for account in self.world.accounts)

    @cached_property
    def users(self) -> tuple[UserCast, ...]:
        return tuple(self._user(spec) for spec in self.world.users)

    def _user(self, spec: User) -> UserCast:
        ids = self.ids
        arn = f"arn:aws:iam::{spec.account}:user{spec.path}{spec.name}"
        keys = tuple(
            (ids.access_key(spec.account, spec.name, str(number)), key)
            for number, key in enumerate(spec.keys)
        )
        return UserCast(spec, arn, ids.unique("AIDA", spec.account, spec.name), keys)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Those whom Identity Center lets in."""
        given: dict[str, list[tuple[str, str]]] = {}
        for grant in self.world.assignments:
            pair = (grant.account, grant.permission_set)
            given.setdefault(grant.principal, []).append(pair)
        found = []
        for number, person in enumerate(self.world.people):
            if not (person.directory and person.enabled):
                continue
            principal_names = (*person.groups, person.email)
            grants = dict.fromkeys(p for name in principal_names for p in given.get(name, ()))
            user_id = self.ids.uuid("person", person.email)
            found.append(Member(person.email, user_id, number, tuple(grants)))
        return tuple(found)

    @cached_property
    def roles(self) -> tuple[RoleCast, ...]:
        """The roles that the world was written with."""
        return tuple(self._role(spec) for spec in self.world.roles)

    def _role(self, spec: Role) -> RoleCast:
        arn = f"arn:aws:iam::{spec.account}:role{spec.path}{spec.name}"
        known = self.ids.unique("AROA", spec.account, spec.name)
        return RoleCast(spec.account, spec.name, arn, known, spec)

    def trusting(self, kind: str, principal: str) -> list[RoleCast]:
        """Roles whose trust policy names the principal; a part of its name is enough."""
        return [
            role
            for role in self.roles
            if role.spec and any(principal in one for one in principals(role.spec.trust, kind))
        ]

    def reserved(self, account: str, permission_set: str) -> RoleCast:
        """The role that Identity Center made for the permission set in the account."""
        suffix = self.ids.hexadecimal(16, "reserved role", permission_set, account)
        name = f"AWSReservedSSO_{permission_set}_{suffix}"
        path = f"/aws-reserved/sso.amazonaws.com/{HOME_REGION}/"
        arn = f"arn:aws:iam::{account}:role{path}{name}"
        return RoleCast(account, name, arn, self.ids.unique("AROA", account, name))

    def provider(self, account: str) -> str:
        """The ARN of Identity Center's SAML provider in the account."""
        suffix = self.ids.hexadecimal(16, "saml provider", account)
        return f"arn:aws:iam::{account}:saml-provider/AWSSSO_{suffix}_DO_NOT_DELETE"

    def access_role(self, account: str) -> RoleCast:
        """The role every member account was born with."""
        arn = f"arn:aws:iam::{account}:role/{ADMIN_ROLE_NAME}"
        known = self.ids.unique("AROA", account, ADMIN_ROLE_NAME)
        return RoleCast(account, ADMIN_ROLE_NAME, arn, known)

    def linked_role(self, account: str, service: str, name: str) -> RoleCast:
        """A service-linked role, as AWS makes them."""
        arn = f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}"
        return RoleCast(account, name, arn, self.ids.unique("AROA", account, name))
