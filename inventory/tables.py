"""Which table keeps which record."""

from inventory import models, records

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
