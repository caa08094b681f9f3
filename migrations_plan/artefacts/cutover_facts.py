"""What a cutover knows of the users and roles of one wave, in AWS's words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

KEY_ID = re.compile(r"\w{16,128}", re.ASCII)
USER_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):user(/.*)", re.DOTALL)
ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role(/.*)", re.DOTALL)
# Roles that AWS keeps: nobody can put a policy on them, and a permission set's is the new path.
RESERVED_PATHS = ("/aws-reserved/", "/aws-service-role/")


class CutoverError(ValueError):
    """A wave that no script can be made for. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class Key:
    """An access key, and whether it was active when it was read."""

    id: str
    active: bool


@dataclass(frozen=True, slots=True)
class LegacyUser:
    """An IAM user whose access ends. denied: AWSDenyAll was attached before.

    other_credentials: what else the user has (SSH keys, certificates, service-specific ones), in
    words; AWSDenyAll refuses what they ask too.
    """

    arn: str
    keys: tuple[Key, ...]
    denied: bool = False
    other_credentials: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """An ordinary role that somebody of the wave assumed. also_used_by: None where not known."""

    arn: str
    also_used_by: tuple[str, ...] | None

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    @property
    def reserved(self) -> bool:
        return f"/{self.arn.partition(':role/')[2]}".startswith(RESERVED_PATHS)


@dataclass(frozen=True, slots=True)
class Wave:
    """Users who are cut over together, and the roles they assumed. as_of: when all was read."""

    name: str
    users: tuple[LegacyUser, ...]
    roles: tuple[AssumedRole, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class AccountPart:
    """What of a wave stands in one account: scripts run with the credentials of one."""

    wave: str
    partition: str
    account_id: str
    users: tuple[LegacyUser, ...]
    roles: tuple[AssumedRole, ...]
    as_of: datetime

    @property
    def untouched(self) -> tuple[AssumedRole, ...]:
        return tuple(role for role in self.roles if role.reserved)

    @property
    def ordinary(self) -> tuple[AssumedRole, ...]:
        return tuple(role for role in self.roles if not role.reserved)


Thing = TypeVar("Thing", LegacyUser, AssumedRole)


def parts_of(wave: Wave) -> list[AccountPart]:
    """A wave by account, in order. Raises CutoverError."""
    places = {_place(USER_ARN, user.arn) for user in wave.users}
    places |= {_place(ROLE_ARN, role.arn) for role in wave.roles}
    for user in wave.users:
        _check_keys(user)
    return [
        AccountPart(
            wave.name,
            partition,
            account_id,
            tuple(sorted(_within(wave.users, account_id), key=lambda one: one.arn)),
            tuple(sorted(_within(wave.roles, account_id), key=lambda one: one.arn)),
            wave.as_of,
        )
        for partition, account_id in sorted(places)
    ]


def _within(things: Iterable[Thing], account_id: str) -> list[Thing]:
    return [thing for thing in things if thing.arn.split(":")[4] == account_id]


def _place(shape: re.Pattern[str], arn: str) -> tuple[str, str]:
    found = shape.fullmatch(arn)
    if found is None or not arn.rsplit("/", 1)[-1]:
        raise CutoverError(f"{arn!a} is not the ARN of a user or a role.")
    return found[1], found[2]


def _check_keys(user: LegacyUser) -> None:
    for key in user.keys:
        if not KEY_ID.fullmatch(key.id):
            raise CutoverError(
                f"The key {key.id!a} of {user.arn!a} has no id that AWS would know: "
                "read the access keys of its account first."
            )
