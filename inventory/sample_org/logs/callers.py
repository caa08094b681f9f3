"""The ways of being somebody towards AWS: the userIdentity a record shows, and who it truly is.

`Who` has the columns of the portal's export of usage; null means that nobody could know.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from inventory.sample_org.clock import stamp
from inventory.sample_org.logs.cast import Member, RoleCast, UserCast

Identity = dict[str, Any]


class Who(NamedTuple):
    """Who did it, in truth, and by what."""

    path: str
    actor_kind: str | None
    actor: str | None
    user_name: str | None = None
    access_key_id: str | None = None
    permission_set: str | None = None


@dataclass(frozen=True)
class Caller:
    """A credential in somebody's hands.

    identity: userIdentity. plain: the same without onBehalfOf, where records differ in that.
    extra: fields of the record that come with the credential. fresh_keys: the console, which mints
    a temporary key for each request.
    """

    who: Who
    identity: Identity
    account: str
    network: str
    agent: str
    plain: Identity | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    fresh_keys: bool = False

    def using(self, agent: str) -> "Caller":
        """The same credential with another tool."""
        return replace(self, agent=agent)


def user_identity(user: UserCast, key_id: str) -> Identity:
    return {
        "type": "IAMUser",
        "principalId": user.id,
        "arn": user.arn,
        "accountId": user.account,
        "accessKeyId": key_id,
        "userName": user.spec.name,
    }


def user_who(user: UserCast, key_id: str | None = None) -> Who:
    return Who("old", "IAMUser", user.arn, user.spec.name, key_id)


def by_key(user: UserCast, key_id: str, network: str, agent: str) -> Caller:
    """An IAM user with a static access key."""
    who = user_who(user, key_id)
    return Caller(who, user_identity(user, key_id), user.account, network, agent)


def _times(created: datetime, *, mfa: bool = False) -> dict[str, Any]:
    return {"creationDate": stamp(created), "mfaAuthenticated": str(mfa).lower()}


def by_token(user: UserCast, key_id: str, created: datetime, network: str, agent: str) -> Caller:
    """An IAM user with temporary credentials: GetSessionToken, or `aws login`."""
    identity = user_identity(user, key_id)
    identity["sessionContext"] = {"attributes": _times(created, mfa=bool(user.spec.mfa))}
    return Caller(user_who(user), identity, user.account, network, agent)


def by_console(user: UserCast, created: datetime, network: str, agent: str) -> Caller:
    """An IAM user in the console."""
    caller = by_token(user, "", created, network, agent)
    return replace(caller, extra={"sessionCredentialFromConsole": "true"}, fresh_keys=True)


def at_sign_in(user: UserCast, network: str, agent: str) -> Caller:
    """An IAM user who signs in: no key yet."""
    return Caller(user_who(user), user_identity(user, ""), user.account, network, agent)


def by_service_credential(user: UserCast, network: str, agent: str) -> Caller:
    """An IAM user with a service-specific credential: the record has no key at all."""
    identity = user_identity(user, "")
    identity.pop("accessKeyId")
    return Caller(user_who(user), identity, user.account, network, agent)


def federated(
    user: UserCast, name: str, key_id: str, created: datetime, network: str, agent: str
) -> Caller:
    """What an IAM user issued with GetFederationToken."""
    identity = {
        "type": "FederatedUser",
        "principalId": f"{user.account}:{name}",
        "arn": f"arn:aws:sts::{user.account}:federated-user/{name}",
        "accountId": user.account,
        "accessKeyId": key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "IAMUser",
                "principalId": user.id,
                "arn": user.arn,
                "accountId": user.account,
                "userName": user.spec.name,
            },
            "attributes": _times(created),
        },
    }
    who = user_who(user)._replace(actor_kind="FederatedUser")
    return Caller(who, identity, user.account, network, agent)


def role_identity(role: RoleCast, session: str, key_id: str, created: datetime) -> Identity:
    return {
        "type": "AssumedRole",
        "principalId": f"{role.id}:{session}",
        "arn": f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{session}",
        "accountId": role.account,
        "accessKeyId": key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role.id,
                "arn": role.arn,
                "accountId": role.account,
                "userName": role.name,
            },
            "attributes": _times(created),
        },
    }


def by_role(role: RoleCast, session: str, key_id: str, created: datetime, maker: Caller) -> Caller:
    """A session of an ordinary role: whoever made it is behind it."""
    who = maker.who._replace(actor_kind="AssumedRole", access_key_id=None, permission_set=None)
    if who.path == "new":
        # An e-mail as the session's name was the permission set's; here anybody may choose it.
        who = who._replace(user_name=None)
    identity = role_identity(role, session, key_id, created)
    return Caller(who, identity, role.account, maker.network, maker.agent)


def workload(
    role: RoleCast,
    session: str,
    key_id: str,
    created: datetime,
    network: str,
    agent: str,
    **context: Any,
) -> Caller:
    """A program in a role; context says how it got there, where AWS does."""
    identity = role_identity(role, session, key_id, created)
    identity["sessionContext"] |= context
    who = Who("workload", "AssumedRole", role.arn)
    return Caller(who, identity, role.account, network, agent)


def on_behalf(member: Member, store_arn: str) -> dict[str, str]:
    return {"userId": member.user_id, "identityStoreArn": store_arn}


def by_permission_set(
    member: Member,
    store_arn: str,
    role: RoleCast,
    key_id: str,
    created: datetime,
    network: str,
    agent: str,
) -> Caller:
    """A session of a permission set, which says on whose behalf it is on most of its records."""
    plain = role_identity(role, member.email, key_id, created)
    identity = plain | {"onBehalfOf": on_behalf(member, store_arn)}
    name = role.name.removeprefix("AWSReservedSSO_").rsplit("_", 1)[0]
    person = f"identitystore:{member.user_id}"
    who = Who("new", "AssumedRole", person, member.email, None, name)
    return Caller(who, identity, role.account, network, agent, plain)


def by_account_access(
    member: Member,
    store_arn: str,
    role: RoleCast,
    key_id: str,
    created: datetime,
    network: str,
    agent: str,
) -> Caller:
    """Account access: an ordinary role on behalf of somebody of Identity Center."""
    plain = role_identity(role, member.email, key_id, created)
    identity = plain | {"onBehalfOf": on_behalf(member, store_arn)}
    who = Who("new", "AssumedRole", f"identitystore:{member.user_id}")
    return Caller(who, identity, role.account, network, agent, plain)


def as_root(account: str, key_id: str, created: datetime, maker: Caller) -> Caller:
    """Central root access: a session as the root of a member account, which somebody assumed."""
    arn = f"arn:aws:iam::{account}:root"
    identity = {
        "type": "Root",
        "principalId": account,
        "arn": arn,
        "accountId": account,
        "accessKeyId": key_id,
        "sessionContext": {"assumedRoot": "true", "attributes": _times(created)},
    }
    who = Who(maker.who.path, "Root", maker.who.actor)
    return Caller(who, identity, account, maker.network, maker.agent)


def by_service(service: str) -> Caller:
    """AWS itself."""
    identity = {"type": "AWSService", "invokedBy": service}
    return Caller(Who("aws", "AWSService", service), identity, "", service, service)
