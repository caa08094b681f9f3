"""Who is calling: credentials to principal, sessions that expire, and what each may do.

The portal's own policies are enforced here literally, so a call the portal has no permission for
fails in the demo and in the tests exactly as it would in AWS.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moto.iam.models import iam_backends

from inventory.aws.permissions import (
    LOG_BUCKET_ACTIONS,
    LOG_READER_ACTIONS,
    MANAGEMENT_ACTIONS,
    MANAGEMENT_ROLE_NAME,
    READER_ACTIONS,
    READER_ROLE_NAME,
)
from inventory.sample_org.admin import is_effective_admin
from inventory.sample_org.clock import CLOCK
from inventory.sample_org.constants import (
    ADMIN_CREDENTIALS,
    ADMIN_ROLE_NAME,
    MANAGEMENT_ACCOUNT_ID,
    PORTAL_CREDENTIALS,
)
from inventory.sample_org.errors import Refusal, refusal
from inventory.sample_org.ids import Ids
from inventory.sample_org.side import SIDE

INVALID_TOKEN = "The security token included in the request is invalid."  # noqa: S105
EXPIRED_TOKEN = "The security token included in the request is expired"  # noqa: S105
# Needs no permission in AWS either.
FREE_ACTION = "sts:GetCallerIdentity"


@dataclass(frozen=True)
class Principal:
    """A caller: `names` are the ARNs a trust policy may know it by."""

    account_id: str
    arn: str
    user_id: str
    names: tuple[str, ...]
    allowed: frozenset[str] | None  # None means everything
    access_key_id: str
    expires: datetime | None = None

    def may(self, action: str) -> bool:
        return self.allowed is None or action in self.allowed or action == FREE_ACTION


_ROLE_ACTIONS: dict[str, frozenset[str] | None] = {
    MANAGEMENT_ROLE_NAME: frozenset((*MANAGEMENT_ACTIONS, *LOG_BUCKET_ACTIONS, "sts:AssumeRole")),
    READER_ROLE_NAME: frozenset((*READER_ACTIONS, *LOG_READER_ACTIONS)),
    ADMIN_ROLE_NAME: None,
}
_SESSIONS: dict[str, Principal] = {}


def role_session(role: Any, name: str, key_id: str, expires: datetime | None) -> Principal:
    """A session of a role. A role the sample does not know by name may do nothing."""
    return Principal(
        account_id=role.account_id,
        arn=f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{name}",
        user_id=f"{role.id}:{name}",
        names=(role.arn,),
        allowed=_ROLE_ACTIONS.get(role.name, frozenset()),
        access_key_id=key_id,
        expires=expires,
    )


def open_session(role: Any, name: str, seconds: int) -> tuple[Principal, str]:
    """New temporary credentials for a role: the principal and the session token."""
    fresh = Ids(os.urandom(16).hex())
    expires = CLOCK.now() + timedelta(seconds=seconds)
    session = role_session(role, name, fresh.access_key(role.account_id, prefix="ASIA"), expires)
    _SESSIONS[session.access_key_id] = session
    return session, "FwoGZXIvYXdzE" + fresh.unique("", "token", length=200)


def _portal() -> Principal:
    role = iam_backends[MANAGEMENT_ACCOUNT_ID]["aws"].get_role(MANAGEMENT_ROLE_NAME)
    return role_session(role, "portal", PORTAL_CREDENTIALS.access_key_id, None)


def _admin() -> Principal:
    account = MANAGEMENT_ACCOUNT_ID
    return Principal(
        account_id=account,
        arn=f"arn:aws:sts::{account}:assumed-role/SampleAdministrator/drill",
        user_id=f"{SIDE.ids.unique('AROA', 'sample administrator')}:drill",
        names=(f"arn:aws:iam::{account}:role/SampleAdministrator",),
        allowed=None,
        access_key_id=ADMIN_CREDENTIALS.access_key_id,
    )


def _user_of_key(key_id: str) -> Principal | None:
    """The IAM user of an active key; an administrator may do all, anybody else nothing here."""
    for account_id in SIDE.member_accounts():
        backend = iam_backends[account_id]["aws"]
        key = backend.access_keys.get(key_id)
        user = backend.users.get(key.user_name) if key and key.user_name else None
        if key is None or user is None or not user.has_access_key(key_id) or key.status != "Active":
            continue
        allowed = None if is_effective_admin(backend, user) else frozenset[str]()
        return Principal(account_id, user.arn, user.id, (user.arn,), allowed, key_id)
    return None


def identify(key_id: str | None, protocol: str) -> Principal:
    """The caller behind an access key id, or AWS's refusal. Signatures are not verified."""
    if key_id is None:
        raise refusal("missing key", protocol, "Missing Authentication Token")
    if key_id == PORTAL_CREDENTIALS.access_key_id:
        return _portal()
    if key_id == ADMIN_CREDENTIALS.access_key_id:
        return _admin()
    principal = _SESSIONS.get(key_id) or _user_of_key(key_id)
    if principal is None:
        raise refusal("unknown key", protocol, INVALID_TOKEN)
    if principal.expires is not None and principal.expires <= CLOCK.now():
        raise refusal("expired", protocol, EXPIRED_TOKEN)
    return principal


def denied(principal: Principal, action: str, resource: str, protocol: str) -> Refusal:
    """AWS's sentence for an action that no policy of the caller allows."""
    message = (
        f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
    return refusal("denied", protocol, message)
