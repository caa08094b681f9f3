"""Which table keeps which record, and how a row and its record translate."""

from dataclasses import fields
from datetime import datetime
from typing import TypeVar

from inventory import codec, models, records

R = TypeVar("R", bound=records.Record)

TABLES: dict[type[records.Record], type[models.FactModel]] = {
    records.OrganizationRecord: models.Organization,
    records.OrganizationalUnitRecord: models.OrganizationalUnit,
    records.AccountRecord: models.AwsAccount,
    records.ServiceControlPolicyRecord: models.ServiceControlPolicy,
    records.PolicyTargetRecord: models.PolicyTarget,
    records.OrganizationFeatureRecord: models.OrganizationFeature,
    records.AlternateContactRecord: models.AlternateContact,
    records.TrailRecord: models.Trail,
    records.IamUserRecord: models.IamUser,
    records.IamGroupRecord: models.IamGroup,
    records.IamRoleRecord: models.IamRole,
    records.IamPolicyRecord: models.IamPolicy,
    records.AccountSummaryRecord: models.AccountSummary,
    records.IdentityProviderRecord: models.IdentityProvider,
    records.CredentialReportRowRecord: models.CredentialReportRow,
    records.AccessKeyRecord: models.AccessKey,
    records.LoginProfileRecord: models.LoginProfile,
    records.MfaDeviceRecord: models.MfaDevice,
    records.SshPublicKeyRecord: models.SshPublicKey,
    records.SigningCertificateRecord: models.SigningCertificate,
    records.ServiceSpecificCredentialRecord: models.ServiceSpecificCredential,
    records.IdentityCenterInstanceRecord: models.IdentityCenterInstance,
    records.PermissionSetRecord: models.PermissionSet,
    records.AccountAssignmentRecord: models.AccountAssignment,
    records.IdentityStoreUserRecord: models.IdentityStoreUser,
    records.IdentityStoreGroupRecord: models.IdentityStoreGroup,
    records.GroupMembershipRecord: models.GroupMembership,
    records.RosterPersonRecord: models.RosterPerson,
}


def columns(record_type: type[records.Record]) -> list[tuple[str, str]]:
    """(record field, model attribute) for every field of a record."""
    renamed = TABLES[record_type].COLUMNS
    return [(field.name, renamed.get(field.name, field.name)) for field in fields(record_type)]  # type: ignore[arg-type]


def row_key(row: models.FactModel, record_type: type[records.Record]) -> str:
    """The natural key of a row, as its record would say it."""
    renamed = TABLES[record_type].COLUMNS
    return "|".join(str(getattr(row, renamed.get(name, name))) for name in record_type.KEY)


def record_of(row: models.FactModel, record_type: type[R]) -> R:
    """The record that a row was made of."""
    values = {name: getattr(row, column) for name, column in columns(record_type)}
    times = {k: codec.time_text(v) for k, v in values.items() if isinstance(v, datetime)}
    return codec.from_json(record_type, {**values, **times})
