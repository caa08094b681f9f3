"""Service control policies that keep long-lived credentials from coming back.

The well-known one denies three actions to everybody without a tag. It leaves ten other ways to make
or wake a credential open, and anybody with rights over IAM can give himself the tag. The one made
here closes those ways, keeps the exemption to one role or protects the tag, and guards the doors
that federation opens. Neither binds the management account or service-linked roles: no service
control policy does.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from migrations_plan.artefacts.artefact import JSON, Artefact, artefact, file_stamp
from migrations_plan.artefacts.quoting import slug

Document = dict[str, Any]

# AWS Organizations' limit for the text of one policy, white space included.
MOST_CHARACTERS = 5120
ONE_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}")
DENY_ALL = "arn:*:iam::aws:policy/AWSDenyAll"

FIRST_ACTIONS = ("iam:CreateUser", "iam:CreateLoginProfile", "iam:CreateAccessKey")
MAKING_ACTIONS = (
    *FIRST_ACTIONS,
    "iam:UpdateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
)
# These wake a credential, and put one to sleep as well: the cutover needs them.
WAKING_ACTIONS = (
    "iam:UpdateAccessKey",
    "iam:UpdateServiceSpecificCredential",
    "iam:UpdateSSHPublicKey",
    "iam:UpdateSigningCertificate",
)
MFA_ACTIONS = ("iam:CreateVirtualMFADevice", "iam:EnableMFADevice")
FEDERATION_ACTIONS = (
    "iam:CreateSAMLProvider",
    "iam:UpdateSAMLProvider",
    "iam:CreateOpenIDConnectProvider",
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "iam:UpdateAssumeRolePolicy",
    "rolesanywhere:CreateTrustAnchor",
    "rolesanywhere:UpdateTrustAnchor",
    "rolesanywhere:EnableTrustAnchor",
)
BEARER_ACTIONS = ("bedrock:CallWithBearerToken",)
# Every way to make a long-lived credential, or to wake one: what a guardrail has to stop.
CREDENTIAL_ACTIONS = (*MAKING_ACTIONS, *WAKING_ACTIONS, *BEARER_ACTIONS)
TAGGING_ACTIONS = (
    "iam:TagRole",
    "iam:TagUser",
    "iam:UntagRole",
    "iam:UntagUser",
    "iam:CreateRole",
    "sts:TagSession",
)
ROLE_CHANGES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)


class GuardrailError(ValueError):
    """A guardrail that cannot be made. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class OneRole:
    """Exempt is one role of one account, by its ARN."""

    arn: str


@dataclass(frozen=True, slots=True)
class HolderOfTag:
    """Exempt is whoever carries a tag. Weaker: a company's own identity provider can set session
    tags, which no service control policy sees."""

    key: str = "AllowIAMUsers"
    value: str = "true"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """What the policy shall do.

    cutover_roles: may also put credentials to sleep and wake them. federation_roles: may change
    trust policies and providers (deployments that make roles); mfa_devices: deny new ones too.
    """

    exemption: OneRole | HolderOfTag
    cutover_roles: tuple[str, ...] = ()
    federation: bool = True
    federation_roles: tuple[str, ...] = ()
    mfa_devices: bool = False
    name: str = "DenyLongLivedCredentials"


def first_policy(tag: HolderOfTag | None = None) -> Document:
    """The well-known policy as it is, weaknesses included: to compare with."""
    tag = tag or HolderOfTag()
    condition = {"StringNotEquals": {f"aws:PrincipalTag/{tag.key}": tag.value}}
    return _document(_deny("DenyIAMUserCreation", FIRST_ACTIONS, condition))


def strong_policy(wanted: Guardrail) -> Document:
    """The policy. Raises GuardrailError."""
    _check(wanted)
    making = MAKING_ACTIONS + (MFA_ACTIONS if wanted.mfa_devices else ())
    statements = [
        _deny("DenyNewCredentials", (*making, *BEARER_ACTIONS), _except(wanted)),
        _deny("DenyWakingCredentials", WAKING_ACTIONS, _except(wanted, wanted.cutover_roles)),
        _deny(
            "KeepWhoIsDeniedDenied",
            ("iam:DetachUserPolicy",),
            {"ArnLike": {"iam:PolicyARN": DENY_ALL}} | _except(wanted, wanted.cutover_roles),
        ),
    ]
    if wanted.federation:
        doors = _except(wanted, wanted.federation_roles)
        statements.append(_deny("DenyFederationDoors", FEDERATION_ACTIONS, doors))
    return _document(*statements, _protection(wanted))


def policy_text(document: Mapping[str, object]) -> str:
    """The policy as AWS takes it: indented where that fits. Raises GuardrailError."""
    for text in (json.dumps(document, indent=2), json.dumps(document, separators=(",", ":"))):
        if len(text) <= MOST_CHARACTERS:
            return text
    raise GuardrailError(
        f"The policy has {len(text)} characters; AWS takes {MOST_CHARACTERS}. "
        "Name fewer roles, or leave the federation statement to a policy of its own."
    )


def scp(wanted: Guardrail, *, as_of: datetime) -> Artefact:
    """The policy as a file. JSON knows no comments: its time stands in its name."""
    name = f"{slug(wanted.name)}-{file_stamp(as_of)}.json"
    return artefact(name, JSON, policy_text(strong_policy(wanted)), as_of)


def uncovered(wanted: Guardrail) -> tuple[str, ...]:
    """What the policy does not stop, in sentences: it stands beside the policy everywhere."""
    said = [
        "The management account is not bound by any service control policy.",
        "Service-linked roles are not bound; Identity Center works through one, and goes on.",
        "Credentials that exist go on working: the cutover ends them, the policy keeps them ended.",
        "A new role may still trust anybody (iam:CreateRole); the portal watches trust policies.",
    ]
    if isinstance(wanted.exemption, HolderOfTag):
        said.append(
            f"The tag {wanted.exemption.key} can also come as a session tag from an identity "
            "provider, which no service control policy sees. One role by its ARN is stronger."
        )
    if not wanted.federation:
        said.append("New identity providers and changed trust policies are not denied.")
    return tuple(said)


def _check(wanted: Guardrail) -> None:
    arns: Sequence[str] = (*wanted.cutover_roles, *wanted.federation_roles)
    if isinstance(wanted.exemption, OneRole):
        arns = (wanted.exemption.arn, *arns)
    elif not TAG_KEY.fullmatch(wanted.exemption.key) or not wanted.exemption.value:
        raise GuardrailError(f"{wanted.exemption.key!a} is not the key of a tag with a value.")
    for arn in arns:
        # A wildcard for the account would exempt whoever makes a role of that name anywhere.
        if not ONE_ROLE.fullmatch(arn):
            raise GuardrailError(f"{arn!a} is not the ARN of one role in one account.")


def _except(wanted: Guardrail, roles: Sequence[str] = ()) -> Document:
    """Everybody but the exempt: operators are joined by "and", so each must say it is not them."""
    if isinstance(wanted.exemption, OneRole):
        arns = sorted({wanted.exemption.arn, *roles})
        return {"ArnNotLike": {"aws:PrincipalArn": arns if len(arns) > 1 else arns[0]}}
    tag = wanted.exemption
    condition: Document = {"StringNotEquals": {f"aws:PrincipalTag/{tag.key}": tag.value}}
    if roles:
        condition["ArnNotLike"] = {"aws:PrincipalArn": sorted(set(roles))}
    return condition


def _protection(wanted: Guardrail) -> Document:
    """Nobody but the exempt may make himself exempt."""
    if isinstance(wanted.exemption, OneRole):
        statement = _deny("ProtectTheExemptRole", ROLE_CHANGES, _except(wanted))
        statement["Resource"] = wanted.exemption.arn
        return statement
    # IAM does not tell tags apart by the case of their keys, so the comparison must not either.
    keys = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": [wanted.exemption.key]}}
    return _deny("ProtectTheTag", TAGGING_ACTIONS, keys | _except(wanted))


def _deny(sid: str, actions: Sequence[str], condition: Document) -> Document:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": "*",
        "Condition": condition,
    }


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
