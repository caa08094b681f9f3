"""What a world consists of, as plain data: accounts, users, groups, roles, people, sets, grants.

A world is written in these terms, the seeder turns them into moto's objects, and the ground truth
takes from them what no AWS call can tell (who owns a user, who has left). Ages are days before the
organisation's epoch.
"""

from dataclasses import dataclass, field

Tags = tuple[tuple[str, str], ...]
Document = dict[str, object]


@dataclass(frozen=True)
class Root:
    """The root user of an account: `key_age` is None where it has no access key."""

    mfa: bool = True
    key_age: float | None = None
    last_used: float | None = 400.0
    created: float = 2200.0


@dataclass(frozen=True)
class Account:
    id: str
    name: str
    email: str
    unit: tuple[str, ...] = ()
    alias: str | None = None
    contacts: tuple[str, ...] = ()
    root: Root = field(default_factory=Root)
    joined: float = 1500.0


@dataclass(frozen=True)
class Key:
    """An access key; `used` None means never used."""

    age: float
    used: float | None = None
    service: str = "s3"
    region: str = "eu-central-1"
    active: bool = True


@dataclass(frozen=True)
class Password:
    age: float
    used: float | None = None
    reset_required: bool = False


@dataclass(frozen=True)
class User:
    """An IAM user; `kind` and `owner` are the truth that AWS does not know."""

    account: str
    name: str
    kind: str = "human"
    path: str = "/"
    owner: str | None = None
    created: float = 800.0
    tags: Tags = ()
    policies: tuple[str, ...] = ()
    inline: tuple[tuple[str, Document], ...] = ()
    groups: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    password: Password | None = None
    mfa: tuple[str, ...] = ()
    boundary: str | None = None
    ssh_keys: int = 0
    certificates: int = 0
    service_credentials: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    account: str
    name: str
    path: str = "/"
    policies: tuple[str, ...] = ()
    inline: tuple[tuple[str, Document], ...] = ()


@dataclass(frozen=True)
class Policy:
    """A customer managed policy; the last version is the default unless `default` names one."""

    account: str
    name: str
    versions: tuple[Document, ...]
    path: str = "/"
    description: str = ""
    default: int | None = None


@dataclass(frozen=True)
class Role:
    account: str
    name: str
    trust: Document
    path: str = "/"
    description: str = ""
    policies: tuple[str, ...] = ()
    inline: tuple[tuple[str, Document], ...] = ()
    tags: Tags = ()
    boundary: str | None = None
    used: float | None = None
    created: float = 700.0
    session_seconds: int = 3600


@dataclass(frozen=True)
class Provider:
    """An identity provider in IAM: `kind` is oidc or saml."""

    account: str
    kind: str
    name: str
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody of the company; `directory` False means not in Identity Center."""

    email: str
    given: str
    family: str
    display: str | None = None
    title: str | None = None
    directory: bool = True
    enabled: bool = True
    scim: bool = True
    left_on: float | None = None
    manager: str | None = None
    groups: tuple[str, ...] = ()
    created: float = 45.0
    updated: float = 3.0


@dataclass(frozen=True)
class DirectoryGroup:
    name: str
    description: str = ""
    scim: bool = True


@dataclass(frozen=True)
class PermissionSet:
    name: str
    description: str
    duration: str
    policies: tuple[str, ...] = ()
    customer: tuple[tuple[str, str], ...] = ()
    inline: Document | None = None
    boundary: Document | None = None
    tags: Tags = ()
    relay_state: str | None = None
    created: float = 40.0


@dataclass(frozen=True)
class Assignment:
    """A grant: the principal is a group's display name or a person's e-mail."""

    account: str
    permission_set: str
    principal: str
    direct: bool = False


@dataclass(frozen=True)
class ControlPolicy:
    """A service control policy and the units (by path) or accounts it is attached to."""

    name: str
    description: str
    document: Document
    units: tuple[tuple[str, ...], ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    name: str
    accounts: tuple[Account, ...]
    management: str
    units: tuple[tuple[str, ...], ...]
    people: tuple[Person, ...]
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    policies: tuple[Policy, ...]
    roles: tuple[Role, ...]
    providers: tuple[Provider, ...]
    directory_groups: tuple[DirectoryGroup, ...]
    permission_sets: tuple[PermissionSet, ...]
    assignments: tuple[Assignment, ...]
    control_policies: tuple[ControlPolicy, ...]
    trail: str
