"""A made-up world into the stores, read by read, as a collection does it: one transaction each."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from benchmarks.account_records import AccountRecords
from benchmarks.organization_records import organization_records
from benchmarks.worlds import Size
from inventory import store
from inventory.after import after_save
from inventory.models import CollectionRun, CredentialReportRow, IamUser, Outcome, ScopeState
from inventory.records import Record
from inventory.sources import SOURCE_BY_NAME, SOURCES, Source
from migrations_plan.models import IamUserLink, Person

PER_ACCOUNT = [source for source in SOURCES if source.per_account]
REPORT_AGE = timedelta(hours=1)
OWNED = 0.3


@dataclass(frozen=True, slots=True)
class Read:
    """What one read of one source in one scope showed."""

    source: Source
    account_id: str
    records: Sequence[Record]
    user_names: Sequence[str] | None = None


def reads_of(size: Size, at: datetime, indexes: Iterable[int] | None = None) -> Iterator[Read]:
    """Every read of the world, or those of some accounts only."""
    if indexes is None:
        for name, records in organization_records(size, at).items():
            yield Read(SOURCE_BY_NAME[name], "", records)
    for index in range(size.accounts) if indexes is None else indexes:
        made = AccountRecords(size, index, at)
        for source in PER_ACCOUNT:
            asked = made.user_names if source.per_user else None
            yield Read(source, made.account_id, made.by_source.get(source.name, []), asked)


def save_read(read: Read, at: datetime) -> store.Counts:
    """One run, as inventory.collect does it; `at` is when AWS was asked."""
    source = read.source
    observed_at = at - REPORT_AGE if source.name == "credential_report" else at
    run = store.open_run(source.name, read.account_id, now=at, observed_at=observed_at)
    with transaction.atomic():
        if read.user_names is not None:
            store.note_user_reads(
                source.name,
                read.account_id,
                read.user_names,
                run=run,
                report_digests=_digests(read.account_id),
            )
        counts = store.save(
            read.records,
            run=run,
            types=source.records,
            account_id=read.account_id,
            user_names=read.user_names,
            now=at,
        )
        after_save(source.records, at)
        store.close_run(run, Outcome.COMPLETE, now=at, items=len(read.records), calls=1)
    return counts


def _digests(account_id: str) -> dict[str, str]:
    rows = CredentialReportRow.objects.present().filter(account_id=account_id)
    return dict(rows.values_list("user_name", "digest"))


def earlier_runs(at: datetime, hours: int) -> int:
    """The runs that hourly collections before this one left, nothing having changed."""
    scopes = list(CollectionRun.objects.values_list("source", "account_id").distinct().order_by())
    for hour in range(hours, 0, -1):
        then = at - timedelta(hours=hour)
        CollectionRun.objects.bulk_create(
            [
                CollectionRun(
                    source=source,
                    account_id=account_id,
                    outcome=Outcome.COMPLETE,
                    started_at=then,
                    ended_at=then,
                    observed_at=then,
                    calls=1,
                )
                for source, account_id in scopes
            ],
            batch_size=1000,
        )
    ScopeState.objects.update(first_observed_at=at - timedelta(hours=hours))
    return hours * len(scopes)


def confirm_owners(size: Size, at: datetime) -> int:
    """Some IAM users get an owner, without the journal."""
    chance = random.Random(f"{size.seed}:owners")
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    arns = IamUser.objects.order_by("arn").values_list("arn", flat=True)
    links = [
        IamUserLink(
            iam_user_arn=arn,
            person_id=chance.choice(people),
            confirmed_by="lead@example.com",
            confirmed_at=at,
            reason="sample",
        )
        for arn in arns
        if people and chance.random() < OWNED
    ]
    return len(IamUserLink.objects.bulk_create(links, batch_size=1000))
