"""The ground truth: what a faultless portal would export about this organisation right now.

Computed from moto's state and the side tables, never through the portal's code or the HTTP API, so
a mistake there cannot hide here. Rows have the shapes of the portal's exports.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from moto.iam.models import iam_backends

from inventory.sample_org.admin import admin_ways
from inventory.sample_org.clock import CLOCK, stamp
from inventory.sample_org.identity_center import home_backend
from inventory.sample_org.identity_store import home_store
from inventory.sample_org.side import SIDE

Row = dict[str, Any]


def _accounts() -> Iterator[tuple[str, Any]]:
    for account_id in sorted(SIDE.member_accounts()):
        yield account_id, iam_backends[account_id]["aws"]


def _users() -> Iterator[tuple[str, Any, Any]]:
    for account_id, backend in _accounts():
        for name in sorted(backend.users):
            yield account_id, backend, backend.users[name]


def _when(moment: Any) -> str | None:
    return stamp(moment) if moment else None


def iam_users() -> list[Row]:
    rows = []
    for account_id, backend, user in _users():
        how = admin_ways(backend, user)
        rows.append(
            {
                "account_id": account_id,
                "arn": user.arn,
                "user_id": user.id,
                "user_name": user.name,
                "path": user.path,
                "created_at": stamp(user.create_date),
                "console_password": bool(user.password),
                "password_last_used_at": _when(user.password_last_used),
                "mfa": bool(user.mfa_devices),
                "groups": sorted(user.group_list),
                "admin": bool(how),
                "admin_how": how,
                "active_keys": sum(key.status == "Active" for key in user.access_keys),
            }
        )
    return rows


def _credential(account_id: str, user: Any, kind: str, **values: Any) -> Row:
    row: Row = {
        "account_id": account_id,
        "user_name": user.name,
        "arn": user.arn,
        "kind": kind,
        "id": None,
        "status": "Active",
        "created_at": None,
        "last_used_at": None,
        "last_used_service": None,
        "last_used_region": None,
    }
    return row | values


def _key_values(key: Any) -> Row:
    values = {"id": key.access_key_id, "status": key.status, "created_at": stamp(key.create_date)}
    if key.last_used is None:
        return values
    return values | {
        "last_used_at": stamp(key.last_used.timestamp),
        "last_used_service": key.last_used.service,
        "last_used_region": key.last_used.region,
    }


def _credentials_of(account_id: str, user: Any) -> Iterator[Row]:
    for key in user.access_keys:
        yield _credential(account_id, user, "access_key", **_key_values(key))
    if user.password:
        created = stamp(user.login_created or user.create_date)
        used = _when(user.password_last_used)
        yield _credential(account_id, user, "password", created_at=created, last_used_at=used)
    for ssh in user.ssh_public_keys:
        values = {"id": ssh.ssh_public_key_id, "status": ssh.status}
        created = stamp(ssh.upload_date)
        yield _credential(account_id, user, "ssh_key", created_at=created, **values)
    for certificate in user.signing_certificates.values():
        values = {"id": certificate.id, "status": certificate.status}
        created = stamp(certificate.upload_date)
        yield _credential(account_id, user, "signing_certificate", created_at=created, **values)
    for one in SIDE.service_credentials.get(account_id, []):
        if one["UserName"] == user.name:
            values = {"id": one["ServiceSpecificCredentialId"], "status": one["Status"]}
            created = stamp(one["CreateDate"])
            yield _credential(account_id, user, "service_specific", created_at=created, **values)


def credentials() -> list[Row]:
    rows = [row for account, _, user in _users() for row in _credentials_of(account, user)]
    return sorted(rows, key=lambda row: (row["arn"], row["kind"], row["id"] or ""))


def _email(user: Any) -> str:
    return str(user.Emails[0]["Value"]) if user.Emails else str(user.UserName)


def _owned() -> dict[str, list[str]]:
    owned: dict[str, list[str]] = {}
    for _, _, user in _users():
        if user.arn in SIDE.owners:
            owned.setdefault(SIDE.owners[user.arn], []).append(user.arn)
    return owned


def _left(email: str) -> str | None:
    for person in SIDE.world.people if SIDE.world else ():
        if person.email == email and person.left_on is not None:
            return (CLOCK.epoch - timedelta(days=person.left_on)).date().isoformat()
    return None


def _person(email: str, name: str, user_id: str | None, enabled: bool | None) -> Row:
    return {
        "email": email,
        "name": name,
        "identity_center_user_id": user_id,
        "enabled": enabled,
        "left_on": _left(email),
        "iam_users": sorted(_owned().get(email, [])),
    }


def people() -> list[Row]:
    """Everybody in the identity store, and those of the company who are not in it."""
    rows = {}
    for user in home_store()[1].users.values():
        status = SIDE.directory.get(user.UserId, {}).get("UserStatus", "ENABLED")
        email = _email(user)
        rows[email] = _person(email, user.DisplayName, user.UserId, status == "ENABLED")
    for person in SIDE.world.people if SIDE.world else ():
        name = person.display or f"{person.given} {person.family}"
        rows.setdefault(person.email, _person(person.email, name, None, None))
    return [rows[email] for email in sorted(rows)]


def _members(group_id: str) -> list[str | None]:
    store = home_store()[1]
    members = [
        _email(store.users[membership["MemberId"]["UserId"]])
        for membership in store.group_memberships.values()
        if membership["GroupId"] == group_id
    ]
    return [*sorted(members)] or [None]


def assignments() -> list[Row]:
    backend, store = home_backend(), home_store()[1]
    names = {one.permission_set_arn: one.name for one in backend.permission_sets}
    rows = []
    for grant in backend.account_assignments:
        group = store.groups.get(grant.principal_id)
        user = store.users.get(grant.principal_id)
        persons = _members(grant.principal_id) if group else [_email(user) if user else None]
        rows += [
            {
                "account_id": grant.target_id,
                "permission_set": names[grant.permission_set_arn],
                "principal_type": grant.principal_type,
                "principal": grant.principal_id,
                "person": person,
                "via_group": group.DisplayName if group else None,
            }
            for person in persons
        ]
    order = ("account_id", "permission_set", "principal_type", "principal", "person")
    return sorted(rows, key=lambda row: tuple(str(row[name] or "") for name in order))


def classes() -> list[Row]:
    """What each IAM user really is, and whose: no AWS call can tell."""
    return [
        {"arn": user.arn, "kind": SIDE.kinds.get(user.arn), "owner": SIDE.owners.get(user.arn)}
        for _, _, user in _users()
    ]


def roster() -> list[Row]:
    """The company's list of people, in the columns of a roster file."""
    return [
        {
            "email": person.email,
            "name": person.display or f"{person.given} {person.family}",
            "status": "left" if person.left_on is not None else "active",
            "left_on": _left(person.email),
            "manager": person.manager,
        }
        for person in (SIDE.world.people if SIDE.world else ())
    ]


KINDS: dict[str, Callable[[], list[Row]]] = {
    "iam-users": iam_users,
    "credentials": credentials,
    "people": people,
    "assignments": assignments,
    "classes": classes,
    "roster": roster,
}
