"""The IAM of the sample: moto's, with the completed parts laid over it."""

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse
from moto.organizations.models import organizations_backends

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import QueryError
from inventory.sample_org.iam_credentials import (
    AccessKeyReads,
    LoginProfiles,
    ServiceCredentials,
    Users,
)
from inventory.sample_org.iam_details import DetailReads
from inventory.sample_org.iam_report import CredentialReports
from inventory.sample_org.side import SIDE
from inventory.sample_org.spec import Root


class AccountReads(IamResponse):
    """What an account says about itself and its root user."""

    def get_account_summary(self) -> ActionResult:
        root = SIDE.roots.get(self.current_account, Root())
        summary: dict[str, Any] = dict(self.backend.get_account_summary().summary_map)
        summary["MFADevices"] = sum(len(u.mfa_devices) for u in self.backend.users.values())
        summary["MFADevicesInUse"] = summary["MFADevices"] + int(root.mfa)
        summary["AccountMFAEnabled"] = int(root.mfa)
        summary["AccountAccessKeysPresent"] = int(root.key_age is not None)
        summary["AccountSigningCertificatesPresent"] = 0
        summary["AccountPasswordPresent"] = 1
        return ActionResult({"SummaryMap": summary})

    def list_organizations_features(self) -> ActionResult:
        if self.current_account != MANAGEMENT_ACCOUNT_ID:
            message = "The caller is not the management account of the organization."
            raise QueryError("AccountNotManagementOrDelegatedAdministrator", message)
        organization = organizations_backends[MANAGEMENT_ACCOUNT_ID]["aws"].org
        assert organization is not None
        features = list(SIDE.organization_features)
        return ActionResult({"OrganizationId": organization.id, "EnabledFeatures": features})


class SampleIam(
    DetailReads,
    CredentialReports,
    LoginProfiles,
    AccessKeyReads,
    ServiceCredentials,
    Users,
    AccountReads,
):
    """Every IAM operation the sample answers."""
