"""Reads that come late: what a newer read has told already goes into history, never into rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from inventory.models import CollectionRun, FactModel, UserRead
from inventory.records import Record
from inventory.saving import history
from inventory.saving.scope import Scope

Found = dict[str, Record]
Rows = dict[str, FactModel]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left for the rows. history_only: nothing, a newer whole read knows better. noted:
    ledger rows written for what came late."""

    found: Found
    rows: Rows
    noted: int
    history_only: bool = False


@dataclass(frozen=True, slots=True)
class _Late:
    """A part of a read that a newer read, made at `following`, has told already."""

    found: Found
    scope: Scope
    following: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """The read of one type. following: when a newer whole read of it was made, None: never yet."""

    run: CollectionRun
    following: datetime | None
    whole: bool
    now: datetime


def settle(record_type: type[Record], found: Found, rows: Rows, scope: Scope, read: Read) -> Rest:
    """Writes into history whatever came late, and returns the rest."""
    following, run = read.following, read.run
    if following is not None:
        late = [_Late(found, scope, following)]
    else:
        users = late_users(scope, run)
        late = [*_late_users(found, scope, users), *_late_rows(found, rows, scope, run, users)]
    noted = 0
    for part in late:
        noted += history.insert(
            record_type,
            part.found,
            part.scope,
            run=run,
            whole=read.whole,
            now=read.now,
            following=part.following,
        )
    if following is not None:
        return Rest({}, {}, noted, history_only=True)
    return Rest(
        {key: record for key, record in found.items() if not _covered(key, record, late)},
        {key: row for key, row in rows.items() if not _covered(key, row, late)},
        noted,
    )


def late_users(scope: Scope, run: CollectionRun) -> dict[str, datetime]:
    """Users that were asked about one by one after this read, and when."""
    if scope.user_names is None:
        return {}
    reads = UserRead.objects.filter(
        source=run.source.partition(".")[0],
        account_id=run.account_id,
        observed_at__gt=run.observed_at,
    )
    return {
        name: at
        for name, at in reads.values_list("user_name", "observed_at")
        if name in scope.user_names
    }


def _late_users(found: Found, scope: Scope, users: dict[str, datetime]) -> Iterator[_Late]:
    for name, at in sorted(users.items()):
        mine = {key: r for key, r in found.items() if getattr(r, "user_name", None) == name}
        yield _Late(mine, replace(scope, user_names={name}), at)


def _late_rows(
    found: Found, rows: Rows, scope: Scope, run: CollectionRun, users: dict[str, datetime]
) -> Iterator[_Late]:
    keys_by_time = dict[datetime, set[str]]()
    for key, row in rows.items():
        told_at = max(filter(None, (row.observed_at, row.gone_at)), default=None)
        if told_at and told_at > run.observed_at and getattr(row, "user_name", None) not in users:
            keys_by_time.setdefault(told_at, set()).add(key)
    for at, keys in sorted(keys_by_time.items()):
        mine = {key: record for key, record in found.items() if key in keys}
        yield _Late(mine, replace(scope, keys=keys), at)


def _covered(key: str, fact: Record | FactModel, late: list[_Late]) -> bool:
    return any(
        key in part.scope.keys
        if part.scope.keys is not None
        else getattr(fact, "user_name", None) in (part.scope.user_names or ())
        for part in late
    )
