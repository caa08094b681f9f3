"""What a userIdentity says: its role, its issuer, the session it belongs to. Pure."""

import re
from hashlib import blake2b

from inventory.cloudtrail.fields import Identity, Issuer
from inventory.cloudtrail.text import LONGEST_ARN, clean

RESERVED_ROLE = re.compile(r"AWSReservedSSO_([\w+=,.@-]{1,32})_([0-9a-f]{16})", re.ASCII)
RESERVED_PATH = "/aws-reserved/sso.amazonaws.com/"
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


def session_key(identity: Identity, from_console: bool) -> str:
    """The session an identity's temporary credentials belong to; '' when it cannot be told.

    The console gets new keys for each request, so its sessions go by principal and start.
    """
    started = created_at(identity)
    if not from_console or not started or not identity.principalId:
        key = identity.accessKeyId or ""
        return clean(key, 128) if key.startswith("ASIA") and key != "ASIA" else ""
    both = f"{identity.principalId} {started}".encode("utf-8", "replace")
    return "c:" + blake2b(both, digest_size=16).hexdigest()


def created_at(identity: Identity) -> str:
    """When the session began, as CloudTrail wrote it."""
    context = identity.sessionContext
    return (context.attributes.creationDate or "") if context and context.attributes else ""


def issuer_of(identity: Identity) -> Issuer:
    """Whose temporary credentials these are; empty when not told."""
    context = identity.sessionContext
    return (context.sessionIssuer if context else None) or Issuer()


def before_colon(principal_id: str | None) -> str:
    return clean((principal_id or "").split(":", 1)[0])


def account_id_of(account_id: str | None) -> str:
    return account_id if account_id and _ACCOUNT.fullmatch(account_id) else ""


def role_of(session_arn: str, principal_id: str, issuer_arn: str) -> tuple[str, str, str]:
    """The role's ARN and name, and the session's name. The session's ARN lacks the role's path,
    so the issuer's goes first."""
    head, _slash, rest = session_arn.partition(":assumed-role/")
    name, _slash, session = rest.partition("/")
    arn = issuer_arn
    if not arn and name:
        # arn:<partition>:sts::<account>
        arn = f"{head.replace(':sts:', ':iam:')}:role/{name}"
    arn = arn or session_arn or before_colon(principal_id)
    name = name or arn.rpartition("/")[2]
    return clean(arn, LONGEST_ARN), name, clean(session or principal_id.partition(":")[2])


def is_workload(identity: Identity, role_arn: str) -> bool:
    """Whether the session itself shows that a machine holds it."""
    session = identity.sessionContext
    return (
        (session is not None and bool(session.ec2RoleDelivery or session.webIdFederationData))
        or (identity.inScopeOf is not None and bool(identity.inScopeOf.issuerType))
        or ":role/aws-service-role/" in role_arn
    )
