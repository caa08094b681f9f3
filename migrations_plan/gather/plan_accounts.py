"""Accounts, root users, trails and statements, as the gates of plans see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from inventory.models import (
    AlternateContact,
    AwsAccount,
    ScopeState,
    Trail,
)
from migrations_plan.gather.control_days import HEAVY
from migrations_plan.gather.credential_rows import Rows, roots_of
from migrations_plan.gather.roots import root_facts
from migrations_plan.gather.told import Reads
from migrations_plan.models import ControlDay
from migrations_plan.rules.control_facts import AccountFacts
from migrations_plan.rules.controls import CONTROLS
from migrations_plan.rules.plan_gates.facts import Account, StatementDay, TrailEvents

USERS = "authorization_details"
STATEMENT_DAYS = 7
# How far back a use of a root user is looked for in the log; AWS tells of older ones.
ROOT_DAYS = 90
AWS_TYPE = "AWS::"


def accounts_of(
    listed: Sequence[AwsAccount], known: Reads, judged: Iterable[AccountFacts], now: datetime
) -> tuple[Account, ...]:
    """judged: the same accounts as controls see them. Six queries."""
    rows = roots_of([one.account_id for one in listed], since=now - timedelta(days=ROOT_DAYS))
    contacts: dict[str, set[str]] = {}
    for account_id, kind in AlternateContact.objects.present().values_list(
        "account_id", "contact_type"
    ):
        contacts.setdefault(account_id, set()).add(kind)
    snapshots = dict(
        ScopeState.objects.filter(source=USERS).values_list("account_id", "first_observed_at")
    )
    by_id = {one.subject.id: one for one in judged}
    return tuple(
        _account(one, by_id[one.account_id], known, rows, contacts, snapshots)
        for one in listed
        if one.account_id in by_id
    )


def _account(
    one: AwsAccount,
    judged: AccountFacts,
    known: Reads,
    rows: Rows,
    contacts: Mapping[str, set[str]],
    snapshots: Mapping[str, datetime | None],
) -> Account:
    return Account(
        id=one.account_id,
        name=str(one),
        environment=one.environment,
        is_management=one.is_management,
        users=judged.users,
        credentials=judged.credentials,
        days=judged.days,
        missing=judged.missing,
        why=judged.why,
        snapshot_at=snapshots.get(one.account_id),
        contacts=frozenset(contacts.get(one.account_id, ())),
        contacts_told=known.told("alternate_contacts", one.account_id),
        root=root_facts(one, rows, known),
    )


def trails() -> tuple[TrailEvents, ...]:
    """One query."""
    return tuple(
        TrailEvents(name, data, tuple(sorted(_services(selectors))))
        for name, data, selectors in Trail.objects.present()
        .order_by("name", "arn")
        .values_list("name", "data_events", "selectors")
    )


def _services(value: Any) -> set[str]:
    """'S3' for each 'AWS::S3::Object' anywhere in the selectors of a trail."""
    if isinstance(value, dict):
        return {name for one in value.values() for name in _services(one)}
    if isinstance(value, list):
        return {name for one in value for name in _services(one)}
    if isinstance(value, str) and value.startswith(AWS_TYPE):
        return {value.split("::")[1]}
    return set()


def statements(now: datetime) -> tuple[tuple[StatementDay, ...], datetime | None]:
    """The last days of each statement, and until when today's are believed. One query."""
    first = now.date() - timedelta(days=STATEMENT_DAYS - 1)
    rows = list(ControlDay.objects.filter(day__gte=first, day__lte=now.date()).defer(*HEAVY))
    kept = {(row.control, row.day): row for row in rows if row.control in CONTROLS}
    if not kept:
        return (), None
    days = [first + timedelta(days=number) for number in range(STATEMENT_DAYS)]
    found = [
        StatementDay(
            one.short, day, row.shown(now) if (row := kept.get((name, day))) else "unknown"
        )
        for name, one in CONTROLS.items()
        for day in days
    ]
    ends = [row.stale_after for row in rows if row.day == now.date() and row.stale_after]
    return tuple(found), min(ends, default=None)
