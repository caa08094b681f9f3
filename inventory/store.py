"""Records -> rows, and -> the ledger. The only writer of facts.

Everything happens in the caller's transaction: rows, ledger, derived columns and the run's end.
Rows of a scope that a whole read no longer shows are marked gone; nothing is ever deleted.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from inventory import codec, derived, ledger
from inventory.models import AwsAccount, Change, CollectionRun, FactModel, UserRead
from inventory.records import Record
from inventory.runs import close_run as close_run
from inventory.runs import open_run as open_run
from inventory.saving import bulk, fitting, history, lateness
from inventory.saving.scope import Scope
from inventory.saving.tables import TABLES, columns, record_of, row_key

BATCH = bulk.BATCH


@dataclass(frozen=True, slots=True)
class Counts:
    """What a save did. history_only: the reading was older than what is known."""

    appeared: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0
    history_only: bool = False

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.appeared + other.appeared,
            self.changed + other.changed,
            self.gone + other.gone,
            self.same + other.same,
            self.history_only or other.history_only,
        )


def note_user_reads(
    source: str,
    account_id: str,
    user_names: Iterable[str],
    *,
    run: CollectionRun,
    report_digests: Mapping[str, str],
) -> None:
    """Remembers when each user was asked about, and what the report said of them then."""
    UserRead.objects.bulk_create(
        [
            UserRead(
                source=source,
                account_id=account_id,
                user_name=name,
                observed_at=run.observed_at,
                report_digest=report_digests.get(name, ""),
                run=run,
            )
            for name in sorted(user_names)
        ],
        update_conflicts=True,
        unique_fields=["source", "account_id", "user_name"],
        update_fields=["observed_at", "report_digest", "run"],
        batch_size=BATCH,
    )


def save(
    records: Iterable[Record],
    *,
    run: CollectionRun,
    types: Sequence[type[Record]],
    account_id: str = "",
    user_names: Collection[str] | None = None,
    whole: bool = True,
    only: Collection[Mapping[str, str]] | None = None,
    now: datetime | None = None,
) -> Counts:
    """Saves what one read showed of `types`.

    The scope is the account (or, with '', everything), narrowed to user_names or `only` when the
    read asked for less (see Scope). whole False: a part was read, so nothing is gone. What a newer
    read has told already goes into history and changes no row.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("facts, ledger and run are saved in one transaction")
    # One save at a time: a file and a worker may bring the same facts in the same instant, and each
    # must see what the other has saved before it decides what is new, older or gone.
    ledger.locked_head(ledger.LEDGER)
    at = now or run.started_at
    scope = Scope(account_id=account_id, user_names=user_names, only=only)
    by_type = _by_type(records, types)
    _anchor_accounts(by_type, account_id)
    newer = history.next_whole_reads(run, types)
    counts, notes, renewed = Counts(), list[ledger.Noted](), set[type[Record]]()
    for record_type, found in by_type.items():
        read = lateness.Read(run, newer.get(record_type), whole=whole, now=at)
        part, noted = _save_type(record_type, found, scope, read)
        counts += part
        notes += noted
        if noted:
            renewed.add(record_type)
    ledger.append(notes, run=run, observed_at=run.observed_at, now=at)
    accounts = _accounts_of(by_type) or ({account_id} if account_id else set())
    derived.refresh(types, accounts=accounts, renewed=renewed)
    return counts


def _by_type(
    records: Iterable[Record], types: Sequence[type[Record]]
) -> dict[type[Record], dict[str, Record]]:
    grouped: dict[type[Record], dict[str, Record]] = {record_type: {} for record_type in types}
    for record in records:
        fitting.check(record)
        grouped[type(record)][record.key()] = record
    return grouped


def _accounts_of(by_type: dict[type[Record], dict[str, Record]]) -> set[str]:
    return {
        record.account_id
        for found in by_type.values()
        for record in found.values()
        if hasattr(record, "account_id")
    }


def _anchor_accounts(by_type: dict[type[Record], dict[str, Record]], account_id: str) -> None:
    """Facts point at their account, so an account known by its number only gets a row."""
    needed = _accounts_of(by_type) | ({account_id} if account_id else set())
    known = set(AwsAccount.objects.filter(pk__in=needed).values_list("pk", flat=True))
    AwsAccount.objects.bulk_create(
        [AwsAccount(account_id=pk) for pk in sorted(needed - known)], ignore_conflicts=True
    )


def _save_type(
    record_type: type[Record],
    found: dict[str, Record],
    scope: Scope,
    read: lateness.Read,
) -> tuple[Counts, list[ledger.Noted]]:
    """Writes rows; the ledger's lines are left to the caller, who writes all of a save at once."""
    model, run = TABLES[record_type], read.run
    rows = {row_key(row, record_type): row for row in scope.rows(model, record_type, found)}
    rest = lateness.settle(record_type, found, rows, scope, read)
    found, rows = rest.found, rest.rows
    appeared, changed, returned = _sort_out(found, rows, model, run)
    gone = [row for key, row in rows.items() if key not in found and not _is_gone(row)]
    if not read.whole:
        gone = []
    model._default_manager.bulk_create([row for row, _ in appeared], batch_size=BATCH)
    _update(model, [row for row, _ in (*changed, *returned)], record_type)
    notes = [ledger.Noted(Change.APPEARED, record) for _, record in (*appeared, *returned)]
    notes += [ledger.Noted(Change.CHANGED, record) for _, record in changed]
    notes += [ledger.Noted(Change.GONE, record_of(row, record_type)) for row in gone]
    _mark(model, gone, gone_at=run.observed_at)
    touched = {row.pk for row, _ in (*appeared, *changed, *returned)}
    same = [row for key, row in rows.items() if key in found and row.pk not in touched]
    _mark(model, same, run=run, observed_at=run.observed_at)
    counts = Counts(
        appeared=len(appeared) + len(returned),
        changed=len(changed) + rest.noted,
        gone=len(gone),
        same=len(same),
        history_only=rest.history_only,
    )
    return counts, notes


Pairs = list[tuple[FactModel, Record]]


def _sort_out(
    found: dict[str, Record],
    rows: dict[str, FactModel],
    model: type[FactModel],
    run: CollectionRun,
) -> tuple[Pairs, Pairs, Pairs]:
    """Appeared for the first time, changed, and returned after being gone."""
    appeared, changed, returned = Pairs(), Pairs(), Pairs()
    for key, record in sorted(found.items()):
        digest = hashlib.sha256(codec.canonical(record).encode()).hexdigest()
        row = rows.get(key)
        if row is None:
            row = model(first_seen_at=run.observed_at)
            appeared.append((row, record))
        elif _is_gone(row):
            returned.append((row, record))
        elif row.digest != digest:
            changed.append((row, record))
        else:
            continue
        _fill(row, record, digest, run)
    return appeared, changed, returned


def _is_gone(row: FactModel) -> bool:
    """Gone, or (an account known by its number only) never seen."""
    return row.gone_at is not None or row.run_id is None


def _fill(row: FactModel, record: Record, digest: str, run: CollectionRun) -> None:
    for name, column in columns(type(record)):
        setattr(row, column, getattr(record, name))
    row.run, row.digest, row.gone_at = run, digest, None
    row.observed_at = row.changed_at = run.observed_at
    row.first_seen_at = row.first_seen_at or run.observed_at


def _update(model: type[FactModel], rows: list[FactModel], record_type: type[Record]) -> None:
    names = ["run", "digest", "gone_at", "observed_at", "changed_at", "first_seen_at"]
    names += [column for _, column in columns(record_type)]
    bulk.update(model, rows, [_field_name(model, name) for name in names])


def _field_name(model: type[FactModel], attribute: str) -> str:
    return next(
        field.name
        for field in model._meta.concrete_fields
        if attribute in (field.attname, field.name)
    )


def _mark(model: type[FactModel], rows: list[FactModel], **values: Any) -> None:
    keys = [row.pk for row in rows]
    for start in range(0, len(keys), BATCH):
        model._default_manager.filter(pk__in=keys[start : start + BATCH]).update(**values)
