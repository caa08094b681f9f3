"""Rows -> IAM users of a wave, with what was last read of each. Six queries, however many."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from inventory.freshness import freshness
from inventory.models import (
    AccessKey,
    AwsAccount,
    Environment,
    IamUser,
    LoginProfile,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
    UserRead,
)
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.gather.told import Reads, worst
from migrations_plan.models import IamUserLink, IdentityClass
from migrations_plan.rules.facts import (
    ACCESS_KEY,
    CERTIFICATE,
    PASSWORD,
    SERVICE_SPECIFIC,
    SSH_KEY,
    Told,
)
from migrations_plan.rules.wave_facts import HeldKey, OtherCredential, UsedAs, WaveUser

# Read user by user, each with a time of its own.
KEYS, PROFILES, USERS = "access_keys", "login_profiles", "authorization_details"
REPORT = "credential_report"
OTHER_SOURCES = ("ssh_public_keys", "signing_certificates", "service_specific_credentials")
BY_USER = (KEYS, PROFILES, *OTHER_SOURCES)
SOURCES = (USERS, REPORT, *BY_USER)
# Table, what holds its id; a password has neither id nor state.
TABLES: tuple[tuple[str, Any, str], ...] = (
    (ACCESS_KEY, AccessKey, "access_key_id"),
    (PASSWORD, LoginProfile, ""),
    (SSH_KEY, SshPublicKey, "ssh_public_key_id"),
    (CERTIFICATE, SigningCertificate, "certificate_id"),
    (SERVICE_SPECIFIC, ServiceSpecificCredential, "credential_id"),
)
ACTIVE = "Active"
DENY_ALL = ":iam::aws:policy/AWSDenyAll"
NEVER_LISTED = "AWS was never asked about this user"
Place = tuple[str, str]
# kind, id, active, changed, service
Credential = tuple[str, str, bool, datetime, str]


@dataclass(frozen=True, slots=True)
class _Rows:
    """links, classes: None where nobody asked for them."""

    reads: Reads
    credentials: Mapping[Place, Sequence[Credential]]
    asked: Mapping[tuple[str, str, str], datetime]
    links: Mapping[str, IamUserLink]
    classes: Mapping[str, Sequence[UsedAs]]
    accounts: Mapping[str, AwsAccount]


def users_of(arns: Collection[str], now: datetime) -> dict[str, WaveUser]:
    """By ARN, without owners and classes: what was read, and nothing that was decided. Four
    queries, and one for the accounts of users that no read ever told of."""
    rows = IamUser.objects.filter(arn__in=list(arns)).select_related("account").order_by("arn")
    return facts(list(rows), arns, now, decided=False)


def facts(
    users: Sequence[IamUser],
    arns: Iterable[str],
    now: datetime,
    *,
    links: Sequence[IamUserLink] = (),
    decided: bool = True,
) -> dict[str, WaveUser]:
    """Of these rows (with their accounts), and of ARNs without a row. Three queries, four with
    classes, one more where an ARN has no row."""
    known = {user.arn: user for user in users}
    lacking = sorted({arn for arn in arns if arn not in known})
    accounts = {user.account_id: user.account for user in users}
    missing = {account_of(arn) for arn in lacking} - accounts.keys()
    if missing:
        accounts |= {one.pk: one for one in AwsAccount.objects.filter(pk__in=missing)}
    rows = _Rows(
        reads=_reads(now, {*accounts, *missing}, accounts),
        credentials=_credentials(users),
        asked=_asked(users),
        links={link.iam_user_arn: link for link in links},
        classes=_classes([*known, *lacking], now) if decided else {},
        accounts=accounts,
    )
    found = {arn: _user(user, rows) for arn, user in known.items()}
    return found | {arn: _unheard_of(arn, rows) for arn in lacking}


def account_of(arn: str) -> str:
    """'111122223333' of an ARN; '' of a text that is none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def is_production(account: AwsAccount | None) -> bool:
    """Production, unknown, and the management account, whose users rule all others."""
    if account is None:
        return True
    return account.counts_as_production() or account.environment == Environment.MANAGEMENT


def _reads(
    now: datetime, account_ids: Collection[str], accounts: Mapping[str, AwsAccount]
) -> Reads:
    left = {pk: account.why_not_read() for pk, account in accounts.items()}
    sources = [SOURCE_BY_NAME[name] for name in SOURCES]
    states = freshness(now, sources=sources, account_ids=sorted(account_ids), left=left)
    return Reads(now, {(one.source.name, one.account_id): one for one in states})


def _places(users: Iterable[IamUser]) -> tuple[list[str], list[str]]:
    ids = {(user.account_id, user.user_name) for user in users}
    return sorted({account for account, _ in ids}), sorted({name for _, name in ids})


def _credentials(users: Sequence[IamUser]) -> dict[Place, list[Credential]]:
    """Present ones of every kind, in one query."""
    account_ids, names = _places(users)
    found: dict[Place, list[Credential]] = defaultdict(list)
    first, *rest = (_part(*table, account_ids, names) for table in TABLES)
    for kind, account_id, name, one, state, changed, service in first.union(*rest, all=True):
        found[account_id, name].append((kind, one, state == ACTIVE, changed, service))
    return found


def _part(
    kind: str, model: Any, identifier: str, account_ids: list[str], names: list[str]
) -> QuerySet[Any, Any]:
    text = CharField()
    rows = model.objects.present().filter(account_id__in=account_ids, user_name__in=names)
    rows = rows.order_by().annotate(
        kind=Value(kind, output_field=text),
        name=F(identifier) if identifier else Value("", output_field=text),
        state=F("status") if identifier else Value(ACTIVE, output_field=text),
        service=(
            Coalesce(F("service_name"), Value(""))
            if kind == SERVICE_SPECIFIC
            else Value("", output_field=text)
        ),
    )
    columns = ("kind", "account_id", "user_name", "name", "state", "changed_at", "service")
    found: QuerySet[Any, Any] = rows.values_list(*columns)
    return found


def _asked(users: Sequence[IamUser]) -> dict[tuple[str, str, str], datetime]:
    """When AWS was asked about each, by source, account and name. One query."""
    account_ids, names = _places(users)
    rows = UserRead.objects.filter(
        source__in=BY_USER, account_id__in=account_ids, user_name__in=names
    ).values_list("source", "account_id", "user_name", "observed_at")
    return {(source, account_id, name): at for source, account_id, name, at in rows}


def _classes(arns: Collection[str], now: datetime) -> dict[str, list[UsedAs]]:
    found: dict[str, list[UsedAs]] = defaultdict(list)
    for one in IdentityClass.objects.filter(user_arn__in=list(arns)).order_by("subject"):
        found[one.user_arn].append(UsedAs(one.subject, one.kind_at(now), one.used_at))
    return found


def _user(user: IamUser, rows: _Rows) -> WaveUser:
    here = (user.account_id, user.user_name)
    held = rows.credentials.get(here, ())
    keys_told = _told(KEYS, user, rows)
    keys = tuple(
        HeldKey(one, active, changed)
        for kind, one, active, changed, _ in sorted(held)
        if kind == ACCESS_KEY
    )
    asked = (PROFILES, *here) in rows.asked
    password = any(kind == PASSWORD for kind, *_ in held) if asked else user.console_password
    policies = user.attached_policies
    return WaveUser(
        arn=user.arn,
        name=user.user_name,
        present=user.gone_at is None,
        told=rows.reads.told(USERS, user.account_id),
        keys=keys if keys_told.observed_at is not None else None,
        keys_told=keys_told,
        denied=None if policies is None else any(one.endswith(DENY_ALL) for one in policies),
        password=password,
        password_told=(
            _told(PROFILES, user, rows) if asked else rows.reads.told(REPORT, user.account_id)
        ),
        others=tuple(
            OtherCredential(kind, one, active, service)
            for kind, one, active, _, service in sorted(held)
            if kind not in (ACCESS_KEY, PASSWORD)
        ),
        others_told=worst(*(_told(source, user, rows) for source in OTHER_SOURCES)),
        **_place(user.account_id, user.arn, rows),
    )


def _told(source: str, user: IamUser, rows: _Rows) -> Told:
    """By a source that asks user by user; one made anew since is another user."""
    at = rows.asked.get((source, user.account_id, user.user_name))
    if at is None or at < user.created_at:
        return Told(SOURCE_BY_NAME[source].title, None, None, NEVER_LISTED)
    return rows.reads.told(source, user.account_id, at)


def _unheard_of(arn: str, rows: _Rows) -> WaveUser:
    account_id = account_of(arn)
    nothing = Told(SOURCE_BY_NAME[KEYS].title, None, None, NEVER_LISTED)
    return WaveUser(
        arn=arn,
        name=arn.rsplit("/", 1)[-1],
        present=None,
        told=rows.reads.told(USERS, account_id),
        keys=None,
        keys_told=nothing,
        denied=None,
        password=None,
        password_told=nothing,
        others=(),
        others_told=nothing,
        **_place(account_id, arn, rows),
    )


def _place(account_id: str, arn: str, rows: _Rows) -> dict[str, Any]:
    account, link = rows.accounts.get(account_id), rows.links.get(arn)
    return {
        "account_id": account_id,
        "account": str(account or account_id),
        "environment": account.environment if account else Environment.UNKNOWN.value,
        "production": is_production(account),
        "used_as": tuple(rows.classes.get(arn, ())),
        "person_id": link.person_id if link else None,
        "person": str(link.person) if link else "",
    }


def users_in(where: Q) -> list[IamUser]:
    """Rows with their accounts, by ARN."""
    return list(IamUser.objects.filter(where).select_related("account").order_by("arn"))
