"""The answers that import_aws_listing knows: their key, their parser, and what they prove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inventory.aws.access_keys import parse_access_key
from inventory.aws.account_assignments import parse_assignment
from inventory.aws.identity_center import parse_instance
from inventory.aws.identity_store import parse_group, parse_membership, parse_user
from inventory.aws.login_profiles import parse_login_profile
from inventory.aws.mfa_devices import parse_mfa_device
from inventory.aws.organization import parse_account
from inventory.aws.permission_sets import DEFAULT_SESSION_DURATION
from inventory.aws.service_specific_credentials import parse_credential
from inventory.aws.signing_certificates import parse_signing_certificate
from inventory.aws.ssh_public_keys import parse_ssh_public_key
from inventory.aws.values import account_of, as_instant, as_name, as_text, as_time
from inventory.imports.part import Part
from inventory.records import (
    AccessKeyRecord,
    AccountAssignmentRecord,
    AccountRecord,
    GroupMembershipRecord,
    IamUserRecord,
    IdentityCenterInstanceRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    PermissionSetRecord,
    Record,
    ServiceSpecificCredentialRecord,
    SigningCertificateRecord,
    SshPublicKeyRecord,
)

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything of one shape in a file. names: what a list of bare ARNs held."""

    shape: "Shape"
    records: list[Record]
    names: list[str]
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of answer. marker: the field that tells two answers with one key apart. parse None:
    the items are bare ARNs. in_account: the records must be in the account that was named."""

    name: str
    key: str
    record_type: type[Record]
    part: Callable[[Answer], Part]
    parse: Callable[[Any, str], Record] | None
    source: str
    marker: str = ""
    in_account: bool = False


def _iam_user(raw: Raw, account_id: str) -> IamUserRecord:
    arn = as_name(raw["Arn"])
    return IamUserRecord(
        account_id=account_of(arn),
        arn=arn,
        user_id=as_name(raw["UserId"]),
        user_name=as_name(raw["UserName"]),
        path=as_text(raw.get("Path")) or "/",
        created_at=as_instant(raw["CreateDate"]),
        groups=None,
        attached_policies=None,
        inline_policies=None,
        permissions_boundary=None,
        tags=None,
    )


def _permission_set(raw: Raw, account_id: str) -> PermissionSetRecord:
    return PermissionSetRecord(
        arn=as_name(raw["PermissionSetArn"]),
        name=as_name(raw["Name"]),
        description=as_text(raw.get("Description")),
        session_duration=as_text(raw.get("SessionDuration")) or DEFAULT_SESSION_DURATION,
        relay_state=as_text(raw.get("RelayState")),
        created_at=as_time(raw.get("CreatedDate")),
        managed_policies=None,
        customer_managed_policies=None,
        inline_policy=None,
        permissions_boundary=None,
        tags=None,
    )


def _all(answer: Answer) -> Part:
    """The whole list of the organization or the store."""
    types = (answer.shape.record_type,)
    return Part(
        source=answer.shape.source,
        account_id="",
        types=types,
        records=answer.records,
        keep_known=answer.shape.record_type is AccountRecord,
    )


def _sighted_users(answer: Answer) -> Part:
    return Part(
        source=answer.shape.source,
        account_id=answer.account_id,
        types=(IamUserRecord,),
        records=answer.records,
        sightings=frozenset(record.key() for record in answer.records),
    )


def _sighted_sets(answer: Answer) -> Part:
    return Part(
        source=answer.shape.source,
        account_id="",
        types=(PermissionSetRecord,),
        records=(),
        sightings=frozenset(answer.names),
        note="a list of ARNs names no permission set; describe-permission-set does",
    )


def _named_users(answer: Answer) -> Part:
    return Part(
        source=answer.shape.source,
        account_id=answer.account_id,
        types=(answer.shape.record_type,),
        records=answer.records,
        user_names=frozenset(str(getattr(record, "user_name", "")) for record in answer.records),
    )


def _only(*fields: str) -> Callable[[Answer], Part]:
    """A list that was asked for by these fields, and is whole for those it names."""

    def part(answer: Answer) -> Part:
        asked = sorted({tuple(getattr(record, f) for f in fields) for record in answer.records})
        return Part(
            source=answer.shape.source,
            account_id="",
            types=(answer.shape.record_type,),
            records=answer.records,
            only=tuple(dict(zip(fields, values, strict=True)) for values in asked),
            keep_known=answer.shape.record_type is PermissionSetRecord,
        )

    return part


def _of_users(
    name: str,
    key: str,
    record_type: type[Record],
    parse: Callable[[Any, str], Record],
    source: str,
) -> Shape:
    return Shape(
        name=name,
        key=key,
        record_type=record_type,
        part=_named_users,
        parse=parse,
        source=f"{source}.some_users",
    )


SHAPES: tuple[Shape, ...] = (
    Shape(
        name="organizations list-accounts",
        key="Accounts",
        record_type=AccountRecord,
        part=_all,
        parse=lambda raw, _: parse_account(raw),
        source="organization.accounts",
    ),
    Shape(
        name="iam list-users",
        key="Users",
        marker="Arn",
        record_type=IamUserRecord,
        part=_sighted_users,
        parse=_iam_user,
        source="authorization_details.list_users",
        in_account=True,
    ),
    _of_users(
        "iam list-access-keys",
        "AccessKeyMetadata",
        AccessKeyRecord,
        parse_access_key,
        "access_keys",
    ),
    _of_users(
        "iam list-mfa-devices", "MFADevices", MfaDeviceRecord, parse_mfa_device, "mfa_devices"
    ),
    _of_users(
        "iam get-login-profile",
        "LoginProfile",
        LoginProfileRecord,
        lambda raw, account_id: parse_login_profile({"LoginProfile": raw}, account_id),
        "login_profiles",
    ),
    _of_users(
        "iam list-ssh-public-keys",
        "SSHPublicKeys",
        SshPublicKeyRecord,
        parse_ssh_public_key,
        "ssh_public_keys",
    ),
    _of_users(
        "iam list-signing-certificates",
        "Certificates",
        SigningCertificateRecord,
        parse_signing_certificate,
        "signing_certificates",
    ),
    _of_users(
        "iam list-service-specific-credentials",
        "ServiceSpecificCredentials",
        ServiceSpecificCredentialRecord,
        parse_credential,
        "service_specific_credentials",
    ),
    Shape(
        name="sso-admin list-instances",
        key="Instances",
        record_type=IdentityCenterInstanceRecord,
        part=_all,
        parse=lambda raw, _: parse_instance(raw, ""),
        source="identity_center",
    ),
    Shape(
        name="sso-admin list-permission-sets",
        key="PermissionSets",
        record_type=PermissionSetRecord,
        part=_sighted_sets,
        parse=None,
        source="permission_sets.list",
    ),
    Shape(
        name="sso-admin describe-permission-set",
        key="PermissionSet",
        record_type=PermissionSetRecord,
        part=_only("arn"),
        parse=_permission_set,
        source="permission_sets.described",
    ),
    Shape(
        name="sso-admin list-account-assignments",
        key="AccountAssignments",
        record_type=AccountAssignmentRecord,
        part=_only("account_id", "permission_set_arn"),
        parse=lambda raw, _: parse_assignment(raw),
        source="account_assignments.some_pairs",
    ),
    Shape(
        name="identitystore list-users",
        key="Users",
        marker="IdentityStoreId",
        record_type=IdentityStoreUserRecord,
        part=_all,
        parse=lambda raw, _: parse_user(raw, as_text(raw.get("IdentityStoreId"))),
        source="identity_store.users",
    ),
    Shape(
        name="identitystore list-groups",
        key="Groups",
        record_type=IdentityStoreGroupRecord,
        part=_all,
        parse=lambda raw, _: parse_group(raw, as_text(raw.get("IdentityStoreId"))),
        source="identity_store.groups",
    ),
    Shape(
        name="identitystore list-group-memberships",
        key="GroupMemberships",
        record_type=GroupMembershipRecord,
        part=_only("group_id"),
        parse=lambda raw, _: parse_membership(raw, as_text(raw.get("GroupId"))),
        source="identity_store.some_groups",
    ),
)
