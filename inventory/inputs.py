"""What the facts already known contribute to the next read: whom to ask about, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from inventory.aws.errors import ReadFailed
from inventory.aws.reading import Inputs, Reading
from inventory.models import (
    AwsAccount,
    CollectionRun,
    CredentialReportRow,
    IamUser,
    IdentityCenterInstance,
    Organization,
    Outcome,
    PermissionSet,
    UserRead,
)
from inventory.models.credentials import ROOT_USER, UserFact
from inventory.saving.tables import TABLES
from inventory.sources import PER_USER_EVERY, Source

USER_SOURCES = ("authorization_details", "credential_report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The users of one account, for a source without a bulk call.

    names: all of them. due: those to ask about. gone: known by a fact only, since a whole read
    shows them no more. report_digests: their credential report rows'.
    """

    names: frozenset[str]
    due: frozenset[str]
    gone: frozenset[str]
    report_digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one job will do. users None: its source has a bulk call. inputs.user_names is a portion
    of the users who are due; the rest is left for the next run."""

    inputs: Inputs
    users: Users | None

    def read_by(self, reading: Reading) -> frozenset[str]:
        """The users whom a reading of these inputs tells of."""
        everybody = self.users is not None and reading.every_user
        return self.users.names if self.users and everybody else frozenset(self.inputs.user_names)

    def settled_by(self, reading: Reading) -> frozenset[str] | None:
        """The users whose facts it decides; None: it decides everything."""
        return self.read_by(reading) | self.users.gone if self.users else None

    def still_due_after(self, reading: Reading) -> int:
        """How many users are left to ask about."""
        return len(self.users.due - self.read_by(reading)) if self.users else 0


def plan(source: Source, account_id: str, *, management_account_id: str, now: datetime) -> Plan:
    """Inputs of one read. Raises ReadFailed when an earlier source has to be read first."""
    _require_earlier_sources(source)
    instance = IdentityCenterInstance.objects.present().order_by("instance_arn").first()
    users = _users(source, account_id, now) if source.per_user else None
    due = sorted(users.due) if users else []
    region = settings.IDENTITY_CENTER_REGION or (instance.region if instance else None)
    return Plan(
        inputs=Inputs(
            account_id=account_id or management_account_id,
            regions=_regions(),
            identity_center_region=region,
            instance_arn=instance.instance_arn if instance else None,
            identity_store_id=instance.identity_store_id if instance else None,
            account_ids=tuple(_account_ids()),
            permission_set_arns=tuple(_permission_set_arns()),
            user_names=tuple(due[: settings.PORTAL_USERS_PER_READ]),
        ),
        users=users,
    )


def no_identity_center(source: Source) -> bool:
    """A whole read found no Identity Center, so what would be read from it is known to be empty.
    Raises ReadFailed when a later one failed: there may be one by now."""
    if "identity_center" not in source.after or IdentityCenterInstance.objects.present().exists():
        return False
    ended = CollectionRun.objects.filter(source="identity_center").exclude(outcome=Outcome.RUNNING)
    last = ended.order_by("-id").first()
    if last is not None and last.outcome != Outcome.COMPLETE:
        raise ReadFailed(source.name, "whether there is an Identity Center could not be read")
    return True


def _require_earlier_sources(source: Source) -> None:
    whole = set(
        CollectionRun.objects.complete()
        .filter(source__in=source.after)
        .values_list("source", flat=True)
    )
    for name in source.after:
        if name not in whole:
            raise ReadFailed(source.name, f"it needs {name}, which has not been read yet")


def known_management_account_id() -> str:
    """The management account, if a read (or the setting) has told it; '' otherwise."""
    known = Organization.objects.present().values_list("management_account_id", flat=True).first()
    return settings.PORTAL_MANAGEMENT_ACCOUNT_ID or known or ""


def _regions() -> tuple[str, ...]:
    ordered = [settings.AWS_REGION, *settings.IDENTITY_CENTER_REGIONS]
    return tuple(dict.fromkeys(region for region in ordered if region))


def _account_ids() -> list[str]:
    return list(
        AwsAccount.objects.to_read().order_by("account_id").values_list("account_id", flat=True)
    )


def _permission_set_arns() -> list[str]:
    return list(PermissionSet.objects.present().order_by("arn").values_list("arn", flat=True))


def _users(source: Source, account_id: str, now: datetime) -> Users:
    present = IamUser.objects.present().filter(account_id=account_id)
    rows = CredentialReportRow.objects.present().filter(account_id=account_id)
    digests = {
        name: digest
        for name, digest in rows.values_list("user_name", "digest")
        if name != ROOT_USER
    }
    made = dict(present.values_list("user_name", "created_at"))
    names = frozenset(made.keys() | digests.keys())
    if not names and not _users_were_read(account_id):
        raise ReadFailed(source.name, "the users of this account are not known yet")
    reads = {
        read.user_name: read
        for read in UserRead.objects.filter(source=source.name, account_id=account_id)
    }
    due = {
        name
        for name in names
        if name not in reads
        or now - reads[name].observed_at >= PER_USER_EVERY
        or reads[name].report_digest != digests.get(name, "")
        # Deleted and made again since: what is known of that name is another user's.
        or (name in made and reads[name].observed_at < made[name])
    }
    gone = frozenset(_with_facts(source, account_id) - names)
    return Users(names=names, due=frozenset(due), gone=gone, report_digests=digests)


def _users_were_read(account_id: str) -> bool:
    whole = CollectionRun.objects.complete().filter(source__in=USER_SOURCES, account_id=account_id)
    return whole.exists()


def _with_facts(source: Source, account_id: str) -> set[str]:
    names: set[str] = set()
    for record_type in source.records:
        model = TABLES[record_type]
        if issubclass(model, UserFact):
            rows = model.objects.present().filter(account_id=account_id)
            names.update(rows.values_list("user_name", flat=True))
    return names
