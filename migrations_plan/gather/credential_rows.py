"""The rows behind findings, by account and user name, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from inventory.cloudtrail.records import Credential, Path
from inventory.models import (
    AccessKey,
    AccountSummary,
    ActorDay,
    CredentialReportRow,
    IamUser,
    LoginProfile,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
    UsageActor,
    UserRead,
)
from inventory.models.credentials import ROOT_USER
from migrations_plan.models import Handout
from migrations_plan.rules.facts import CERTIFICATE, SERVICE_SPECIFIC, SSH_KEY

UserKey = tuple[str, str]
# Table, what holds the id, what holds the time it was made.
OTHERS: tuple[tuple[str, Any, str, str], ...] = (
    (SSH_KEY, SshPublicKey, "ssh_public_key_id", "uploaded_at"),
    (CERTIFICATE, SigningCertificate, "certificate_id", "uploaded_at"),
    (SERVICE_SPECIFIC, ServiceSpecificCredential, "credential_id", "created_at"),
)
SOURCE_OF = {
    SSH_KEY: "ssh_public_keys",
    CERTIFICATE: "signing_certificates",
    SERVICE_SPECIFIC: "service_specific_credentials",
}
USER_COLUMNS = (
    "arn", "account_id", "user_name", "created_at", "admin", "console_password", "mfa",
    "active_keys", "gone_at", "observed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Other:
    """An SSH key, a certificate or a credential for one service."""

    kind: str
    identifier: str
    made_at: datetime
    active: bool
    observed_at: datetime
    service: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Last calls without an error that CloudTrail shows: by access key id, by ARN of the IAM user
    that worked in the console, and by account of a root user."""

    keys: Mapping[str, datetime]
    consoles: Mapping[str, datetime]
    roots: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything, by (account, user name) or account. users: present ones, newest first seen.
    cut_over: by ARN, when the scripts that end a user's access were last run."""

    users: Mapping[UserKey, IamUser]
    gone: Mapping[UserKey, datetime]
    keys: Mapping[UserKey, list[AccessKey]]
    reports: Mapping[UserKey, CredentialReportRow]
    profiles: Mapping[UserKey, LoginProfile]
    others: Mapping[UserKey, list[Other]]
    listed_at: Mapping[UserKey, datetime]
    summaries: Mapping[str, AccountSummary]
    seen: Seen
    cut_over: Mapping[str, datetime]


def load(account_ids: Collection[str] | None, *, since: datetime) -> Rows:
    """The rows of these accounts, or of all. since: how far back CloudTrail is asked.
    Twelve queries."""
    users, gone = _users(account_ids)
    listed = UserRead.objects.filter(_in(account_ids), source="access_keys")
    return Rows(
        users=users,
        gone=gone,
        keys=_many(_present(AccessKey, account_ids).order_by("created_at", "access_key_id")),
        reports={_key(row): row for row in _present(CredentialReportRow, account_ids)},
        profiles={_key(row): row for row in _present(LoginProfile, account_ids)},
        others=_others(account_ids),
        listed_at={
            (account_id, name): at
            for account_id, name, at in listed.values_list("account_id", "user_name", "observed_at")
        },
        summaries={row.account_id: row for row in _present(AccountSummary, account_ids)},
        seen=_seen(account_ids, since),
        cut_over=cut_over_at(),
    )


def cut_over_at() -> dict[str, datetime]:
    """By ARN of an IAM user, when scripts of its wave were last said to have run. One query."""
    handouts = Handout.objects.filter(started_at__isnull=False, withdrawn_at=None)
    rows = handouts.order_by("started_at", "pk").values_list("started_at", "users")
    return {user["arn"]: at for at, users in rows for user in users}


def roots_of(account_ids: Collection[str], *, since: datetime) -> Rows:
    """What tells of the root users of these accounts, and of nothing else. Four queries."""
    reports = _present(CredentialReportRow, account_ids).filter(user_name=ROOT_USER)
    seen = dict(_roots(account_ids, since))
    return Rows(
        users={},
        gone={},
        keys={},
        reports={_key(row): row for row in reports},
        profiles={},
        others={},
        listed_at={},
        summaries={row.account_id: row for row in _present(AccountSummary, account_ids)},
        seen=Seen({}, {}, seen),
        cut_over={},
    )


def _roots(account_ids: Collection[str], since: datetime) -> Iterable[tuple[str, datetime]]:
    actors = UsageActor.objects.filter(_in(account_ids), path=Path.ROOT)
    latest = dict(_last_success(actors, since))
    places = actors.order_by().values_list("pk", "account_id")
    found = sorted((latest[pk], account_id) for pk, account_id in places if pk in latest)
    return [(account_id, at) for at, account_id in found]


def _in(account_ids: Collection[str] | None, field: str = "account_id") -> Q:
    return Q() if account_ids is None else Q(**{f"{field}__in": list(account_ids)})


def _present(model: Any, account_ids: Collection[str] | None) -> Any:
    return model.objects.present().filter(_in(account_ids)).order_by()


def _key(row: Any) -> UserKey:
    return row.account_id, row.user_name


def _many(rows: Iterable[AccessKey]) -> dict[UserKey, list[AccessKey]]:
    grouped: dict[UserKey, list[AccessKey]] = defaultdict(list)
    for row in rows:
        grouped[_key(row)].append(row)
    return grouped


def _users(
    account_ids: Collection[str] | None,
) -> tuple[dict[UserKey, IamUser], dict[UserKey, datetime]]:
    """Present users, and when the last one of a name was gone."""
    present: dict[UserKey, IamUser] = {}
    gone: dict[UserKey, datetime] = {}
    for user in IamUser.objects.filter(_in(account_ids)).order_by("pk").only(*USER_COLUMNS):
        if user.gone_at is None:
            present[_key(user)] = user
        else:
            gone[_key(user)] = max(user.gone_at, gone.get(_key(user), user.gone_at))
    return present, gone


def _others(account_ids: Collection[str] | None) -> dict[UserKey, list[Other]]:
    found: dict[UserKey, list[Other]] = defaultdict(list)
    for kind, model, identifier, made in OTHERS:
        for row in _present(model, account_ids):
            expires = getattr(row, "expires_at", None)
            found[_key(row)].append(
                Other(
                    kind=kind,
                    identifier=getattr(row, identifier),
                    made_at=getattr(row, made),
                    active=row.status == "Active" and not _over(expires, row.observed_at),
                    observed_at=row.observed_at,
                    service=getattr(row, "service_name", ""),
                )
            )
    return found


def _over(expires_at: datetime | None, at: datetime) -> bool:
    return expires_at is not None and expires_at <= at


def _seen(account_ids: Collection[str] | None, since: datetime) -> Seen:
    """Two queries; the second reads the index by actor, whatever else the days hold."""
    direct = Q(credential__in=[Credential.ACCESS_KEY, Credential.CONSOLE]) | Q(path=Path.ROOT)
    actors = UsageActor.objects.filter(direct, _in(account_ids))
    latest = dict(_last_success(actors, since))
    keys, consoles, roots = dict[str, datetime](), dict[str, datetime](), dict[str, datetime]()
    columns = ("pk", "path", "credential", "access_key_id", "arn", "account_id")
    for pk, path, credential, key_id, arn, account_id in actors.values_list(*columns):
        at = latest.get(pk)
        if at is None:
            continue
        if path == Path.ROOT:
            roots[account_id] = max(at, roots.get(account_id, at))
        elif credential == Credential.ACCESS_KEY:
            keys[key_id] = max(at, keys.get(key_id, at))
        else:
            consoles[arn] = max(at, consoles.get(arn, at))
    return Seen(keys, consoles, roots)


def _last_success(actors: QuerySet[UsageActor], since: datetime) -> Iterable[tuple[int, datetime]]:
    first_day = (since - timedelta(days=1)).date()
    days = ActorDay.objects.filter(
        actor__in=actors.order_by().values("pk"), day__gte=first_day, succeeded_at__isnull=False
    )
    latest = days.order_by().values("actor_id").annotate(at=Max("succeeded_at"))
    return list(latest.values_list("actor_id", "at"))
