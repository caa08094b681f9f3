"""What follows from several facts together, kept in columns so that lists can sort by it.

Refreshed in the transaction that saves the facts. None always means not known: no whole read has
told it yet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery

from inventory import environments, records
from inventory.admin_access import effective_admin
from inventory.models import (
    AccessKey,
    AwsAccount,
    CredentialReportRow,
    IamGroup,
    IamPolicy,
    IamUser,
    LoginProfile,
    MfaDevice,
    Organization,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
    UserRead,
)
from inventory.models.credentials import UserFact
from inventory.saving import bulk
from inventory.saving.tables import record_of
from inventory.user_summary import ASKED_SOURCES, Told, latest, user_summary

IAM_TYPES = frozenset({records.IamUserRecord, records.IamGroupRecord, records.IamPolicyRecord})
USER_FACTS: dict[type[records.Record], type[UserFact]] = {
    records.AccessKeyRecord: AccessKey,
    records.CredentialReportRowRecord: CredentialReportRow,
    records.LoginProfileRecord: LoginProfile,
    records.MfaDeviceRecord: MfaDevice,
    records.ServiceSpecificCredentialRecord: ServiceSpecificCredential,
    records.SigningCertificateRecord: SigningCertificate,
    records.SshPublicKeyRecord: SshPublicKey,
}
SUMMARY_TYPES = IAM_TYPES | {
    records.AccessKeyRecord,
    records.CredentialReportRowRecord,
    records.LoginProfileRecord,
    records.MfaDeviceRecord,
}
ACCOUNT_TYPES = frozenset({records.AccountRecord, records.OrganizationRecord})
ENVIRONMENT_COLUMNS = ("is_management", "environment", "environment_reason")
COLUMNS = (
    "admin",
    "admin_how",
    "console_password",
    "password_last_used_at",
    "mfa",
    "active_keys",
    "oldest_active_key_at",
    "keys_last_used_at",
    "last_seen_at",
)


def refresh(
    types: Sequence[type[records.Record]],
    *,
    accounts: Collection[str],
    renewed: Collection[type[records.Record]],
) -> None:
    """Brings derived columns up to date after records of `types` were saved in these accounts.

    renewed: the types of which something appeared, changed or went; a join can break there only.
    """
    if ACCOUNT_TYPES.intersection(types):
        refresh_environments()
    joined = USER_FACTS.keys() if records.IamUserRecord in renewed else renewed
    for account_id in sorted(accounts):
        for kind in joined & USER_FACTS.keys():
            _join_users(USER_FACTS[kind], account_id)
        if SUMMARY_TYPES.intersection(types):
            refresh_users(account_id, admin=bool(IAM_TYPES.intersection(types)))


def refresh_environments() -> None:
    """Environment and management mark of every account that no lead has set by hand."""
    management = Organization.objects.present().values_list("management_account_id", flat=True)
    management_ids = set(management)
    changed = []
    for account in AwsAccount.objects.order_by():
        before = [getattr(account, name) for name in ENVIRONMENT_COLUMNS]
        account.is_management = account.account_id in management_ids
        if not account.environment_set_by_lead:
            account.environment, account.environment_reason = environments.guess(
                name=account.name,
                unit_path=account.unit_path,
                is_management=account.is_management,
            )
        if before != [getattr(account, name) for name in ENVIRONMENT_COLUMNS]:
            changed.append(account)
    bulk.update(AwsAccount, changed, ENVIRONMENT_COLUMNS)


def _join_users(model: type[UserFact], account_id: str) -> None:
    """Points credentials at their user: AWS names users only, and they may come in any order."""
    same_name = IamUser.objects.present().filter(
        account_id=OuterRef("account_id"), user_name=OuterRef("user_name")
    )
    loose = model.objects.filter(account_id=account_id).filter(
        Q(user=None) | Q(user__gone_at__isnull=False)
    )
    loose.filter(Exists(same_name)).update(user_id=Subquery(same_name.values("pk")[:1]))


@dataclass(frozen=True, slots=True)
class _Account:
    """Everything about one account's users, by user name."""

    keys: dict[str, list[AccessKey]]
    report: dict[str, CredentialReportRow]
    profiles: set[str]
    mfa: set[str]
    read: dict[tuple[str, str], datetime]


def refresh_users(account_id: str, *, admin: bool) -> None:
    """Recomputes the derived columns of one account's users; writes those that changed.

    About ten queries, whatever the number of users.
    """
    account = _gather(account_id)
    users = list(IamUser.objects.present().filter(account_id=account_id))
    how = _admin_access(account_id, users) if admin else {}
    changed = []
    for user in users:
        before = [getattr(user, column) for column in COLUMNS]
        _fill(user, account)
        if user.arn in how:
            user.admin, user.admin_how = how[user.arn]
        if before != [getattr(user, column) for column in COLUMNS]:
            changed.append(user)
    bulk.update(IamUser, changed, COLUMNS)


def _gather(account_id: str) -> _Account:
    keys: dict[str, list[AccessKey]] = {}
    for key in AccessKey.objects.present().filter(account_id=account_id).order_by():
        keys.setdefault(key.user_name, []).append(key)
    reads = UserRead.objects.filter(account_id=account_id, source__in=ASKED_SOURCES)
    rows = CredentialReportRow.objects.present().filter(account_id=account_id)
    return _Account(
        keys=keys,
        report={row.user_name: row for row in rows},
        profiles=_names(LoginProfile, account_id),
        mfa=_names(MfaDevice, account_id),
        read={
            (source, name): at
            for source, name, at in reads.values_list("source", "user_name", "observed_at")
        },
    )


def _names(model: type[UserFact], account_id: str) -> set[str]:
    present = model.objects.present().filter(account_id=account_id).order_by()
    return set(present.values_list("user_name", flat=True))


def _admin_access(
    account_id: str, users: list[IamUser]
) -> dict[str, tuple[bool | None, list[str]]]:
    present = IamGroup.objects.present().filter(account_id=account_id)
    groups = {group.group_name: record_of(group, records.IamGroupRecord) for group in present}
    policies = dict(
        IamPolicy.objects.present().filter(account_id=account_id).values_list("arn", "document")
    )
    found = {}
    for user in users:
        access = effective_admin(record_of(user, records.IamUserRecord), groups, policies)
        found[user.arn] = (access.admin, sorted(access.how))
    return found


def _fill(user: IamUser, account: _Account) -> None:
    name, row = user.user_name, account.report.get(user.user_name)
    found = user_summary(
        Told(
            created_at=user.created_at,
            report=row,
            report_at=row.observed_at if row else None,
            asked_at={source: account.read.get((source, name)) for source in ASKED_SOURCES},
            keys=account.keys.get(name, []),
            has_profile=name in account.profiles,
            has_mfa=name in account.mfa,
        )
    )
    for field in fields(found):
        setattr(user, field.name, getattr(found, field.name))
    user.last_seen_at = latest(user.password_last_used_at, user.keys_last_used_at)
