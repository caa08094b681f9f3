"""Who did it: from userIdentity to an Actor. Pure; docs/decisions/0008-who-did-it.md has the rules.

Ids go before names: a user's AIDA id, an Identity Center userId. What cannot be told is UNKNOWN,
never the harmless guess.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.fields import Context, Identity, is_true
from inventory.cloudtrail.identities import (
    RESERVED_PATH,
    RESERVED_ROLE,
    account_id_of,
    before_colon,
    is_workload,
    issuer_of,
    role_of,
    session_key,
)
from inventory.cloudtrail.records import Actor, Credential, Path
from inventory.cloudtrail.text import LONGEST_ARN, clean

SIGN_IN = "signin.amazonaws.com"
SIGN_IN_SOURCES = frozenset(
    f"{service}.amazonaws.com"
    for service in ("sso", "sso-oidc", "sso-oauth", "sso-directory", "signin", "identitystore")
)
NO_CONTEXT = Context()


def classify(
    identity: Identity,
    *,
    source: str = "",
    from_console: bool = False,
    context: Context = NO_CONTEXT,
    known: Mapping[str, Actor] | None = None,
) -> Actor:
    """Who is behind an identity that called something of source.

    from_console: a session of the console, or a sign-in to it. known: by session key, who is behind
    sessions that other events told about.
    """
    if not identity.type:
        return _typeless(identity, source)
    actor = _RULES.get(identity.type, _other)(identity, source, from_console, context)
    behind = known.get(actor.session_key) if known and actor.session_key else None
    return resolved(actor, behind) if behind else actor


def _base(
    identity: Identity, path: Path, credential: Credential = Credential.NONE, arn: str = ""
) -> Actor:
    """An actor with the fields that all kinds share."""
    return Actor(
        path=path,
        kind=clean(identity.type, 64),
        arn=arn or clean(identity.arn, LONGEST_ARN),
        principal_id=before_colon(identity.principalId),
        account_id=account_id_of(identity.accountId),
        credential=credential,
    )


def _key_credential(identity: Identity, source: str, console: bool, bearer: bool) -> Credential:
    key = identity.accessKeyId or ""
    if bearer:
        return Credential.SERVICE_SPECIFIC
    if console or (not key and source == SIGN_IN):
        return Credential.CONSOLE
    if key.startswith("AKIA"):
        return Credential.ACCESS_KEY
    return Credential.SESSION_TOKEN if key.startswith("ASIA") else Credential.SERVICE_SPECIFIC


def _static_key(identity: Identity) -> str:
    key = identity.accessKeyId or ""
    return clean(key, 128) if key.startswith("AKIA") else ""


def _iam_user(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    credential = _key_credential(identity, source, console, context.bearer)
    principal_id = before_colon(identity.principalId)
    return Actor(
        Path.OLD,
        "IAMUser",
        clean(identity.arn, LONGEST_ARN) or principal_id,
        principal_id,
        account_id_of(identity.accountId),
        clean(identity.userName),
        credential,
        _static_key(identity),
    )


def _root(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    session = identity.sessionContext
    if session is not None and is_true(session.assumedRoot):
        # Central root access: somebody assumed it (sts:AssumeRoot). Not a root login.
        return _base(identity, Path.UNKNOWN, Credential.ROLE)._replace(
            role_arn=clean(identity.arn, LONGEST_ARN), session_key=session_key(identity, console)
        )
    credential = _key_credential(identity, source, console, context.bearer)
    if credential == Credential.SERVICE_SPECIFIC and not context.bearer:
        credential = Credential.NONE
    return _base(identity, Path.ROOT, credential)._replace(access_key_id=_static_key(identity))


def _federated_user(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    issuer = issuer_of(identity)
    path = {"IAMUser": Path.OLD, "Root": Path.ROOT}.get(issuer.type or "", Path.UNKNOWN)
    actor = _base(identity, path, Credential.FEDERATION_TOKEN)
    if path == Path.UNKNOWN:
        return actor
    principal = before_colon(issuer.principalId)
    return actor._replace(
        arn=clean(issuer.arn, LONGEST_ARN) or principal,
        principal_id=principal,
        account_id=account_id_of(issuer.accountId) or actor.account_id,
        user_name=clean(issuer.userName),
    )


def _assumed_role(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    user = identity.onBehalfOf
    actor = _role_actor(
        identity.type or "",
        identity.arn,
        identity.principalId,
        identity.accountId,
        issuer_of(identity).arn,
        user.userId if user else None,
        user.identityStoreArn if user else None,
    )
    if actor.user_id:
        return actor
    if actor.path == Path.UNKNOWN:
        if is_workload(identity, actor.role_arn):
            return actor._replace(path=Path.WORKLOAD)
        if ":user/" in context.switched_from:
            return resolved(actor, _switched(context.switched_from))
    key = session_key(identity, console)
    # There are as many of these as sessions, and _replace takes its time.
    return Actor(*actor[:-1], key) if key else actor


@lru_cache(maxsize=16384)
def _role_actor(
    kind: str,
    arn: str | None,
    principal_id: str | None,
    account_id: str | None,
    issuer_arn: str | None,
    user_id: str | None,
    store_arn: str | None,
) -> Actor:
    """A role's session without its key: the same for each of the many keys of a console."""
    role_arn, role_name, session_name = role_of(arn or "", principal_id or "", issuer_arn or "")
    reserved = RESERVED_ROLE.fullmatch(role_name)
    is_reserved = bool(reserved) or RESERVED_PATH in role_arn
    user = clean(user_id, 64)
    return Actor(
        path=Path.NEW if is_reserved or user else Path.UNKNOWN,
        kind=clean(kind, 64),
        arn=f"identitystore:{user}" if user else role_arn,
        principal_id=before_colon(principal_id),
        account_id=account_id_of(account_id),
        user_name=session_name if is_reserved else "",
        credential=Credential.PERMISSION_SET if is_reserved else Credential.ROLE,
        permission_set=clean(reserved[1], 64) if reserved else "",
        user_id=user,
        identity_store_arn=clean(store_arn) if user else "",
        role_arn=role_arn,
    )


def _user_behind(identity: Identity) -> Actor | None:
    """The Identity Center user that onBehalfOf names."""
    user = identity.onBehalfOf
    if user is None or not user.userId:
        return None
    user_id = clean(user.userId, 64)
    return Actor(
        path=Path.NEW,
        kind=clean(identity.type, 64),
        arn=f"identitystore:{user_id}",
        user_id=user_id,
        identity_store_arn=clean(user.identityStoreArn),
    )


def _switched(user_arn: str) -> Actor:
    account = user_arn.split(":")[4] if user_arn.count(":") >= 5 else ""
    return Actor(
        Path.OLD,
        "IAMUser",
        user_arn,
        account_id=account_id_of(account),
        user_name=clean(user_arn.rpartition("/")[2]),
    )


def _identity_center(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    user = _user_behind(identity)
    actor = _base(identity, Path.SIGNIN)
    return actor._replace(
        arn=user.arn if user else actor.arn or actor.principal_id,
        user_name=clean(identity.userName),
        user_id=user.user_id if user else "",
        identity_store_arn=user.identity_store_arn if user else "",
    )


def _unknown(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    if identity.onBehalfOf is not None or source in SIGN_IN_SOURCES:
        return _identity_center(identity, source, console, context)
    return _other(identity, source, console, context)


def _saml_user(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    provider = context.provider or clean(identity.identityProvider, LONGEST_ARN)
    role_name = context.role_arn.rpartition("/")[2]
    if "AWSSSO_" in provider or RESERVED_ROLE.fullmatch(role_name):
        # How Identity Center enters an account: evidence of a sign-in, not use.
        return _base(identity, Path.SIGNIN, arn=provider)._replace(
            principal_id="", user_name=clean(identity.userName)
        )
    return _federated(identity, provider, context)


def _web_identity(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    return _federated(identity, clean(identity.identityProvider, LONGEST_ARN), context)


def _federated(identity: Identity, provider: str, context: Context) -> Actor:
    """A workload that takes a role by a token: the role stands for it, since subjects and session
    names are without number."""
    return _base(identity, Path.WORKLOAD, arn=context.role_arn or provider)._replace(
        principal_id=provider[:256], role_arn=context.role_arn
    )


def _another_account(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    """A caller of another account, as the account that was called records it: no ARN."""
    actor = _base(identity, Path.UNKNOWN)
    actor = actor._replace(arn=actor.arn or actor.principal_id or clean(identity.accountId))
    if actor.principal_id.startswith("AIDA"):
        key = identity.accessKeyId or ""
        credential = _key_credential(identity, source, console, context.bearer)
        return actor._replace(
            path=Path.OLD,
            credential=credential if key else Credential.NONE,
            user_name=clean(identity.userName),
            access_key_id=_static_key(identity),
        )
    if actor.principal_id.startswith("AROA"):
        key = session_key(identity, console)
        return actor._replace(credential=Credential.ROLE, session_key=key)
    return actor


def _aws_service(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    return Actor(Path.AWS, clean(identity.type, 64), clean(identity.invokedBy or source))


def _typeless(identity: Identity, source: str) -> Actor:
    """Without a type there is no identity, unless other fields name one: that one is unknown."""
    if identity.arn or identity.principalId or identity.accessKeyId:
        actor = _base(identity, Path.UNKNOWN)
        return actor._replace(arn=actor.arn or actor.principal_id)
    return Actor(Path.AWS, "", clean(identity.invokedBy or source))


def _other(identity: Identity, source: str, console: bool, context: Context) -> Actor:
    actor = _base(identity, Path.UNKNOWN)
    return actor._replace(
        arn=actor.arn or actor.principal_id or actor.account_id,
        user_name=clean(identity.userName),
    )


_Rule = Callable[[Identity, str, bool, Context], Actor]
_RULES: dict[str, _Rule] = {
    "IAMUser": _iam_user,
    "Root": _root,
    "FederatedUser": _federated_user,
    "AssumedRole": _assumed_role,
    "Role": _assumed_role,
    "IdentityCenterUser": _identity_center,
    "Unknown": _unknown,
    "SAMLUser": _saml_user,
    "WebIdentityUser": _web_identity,
    "AWSAccount": _another_account,
    "AWSService": _aws_service,
}
