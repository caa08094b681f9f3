"""Adding an older read to the ledger without touching what is known now.

The older read becomes true from its own time until the next whole read of the same scope; where
that later read had found no change (and so had written nothing), its state is written down again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from inventory import codec, ledger
from inventory.models import Change, CollectionRun, Observation
from inventory.records import Record
from inventory.saving.scope import Scope
from inventory.saving.telling import telling

State = dict[str, Record]


@dataclass(frozen=True, slots=True)
class _Place:
    record_type: type[Record]
    scope: Scope


def insert(
    record_type: type[Record],
    found: State,
    scope: Scope,
    *,
    run: CollectionRun,
    whole: bool,
    now: datetime,
    following: datetime,
) -> int:
    """Writes what the older read showed, true until `following`, when a newer read told again.
    Returns the number of ledger rows."""
    place = _Place(record_type, scope)
    before = _state_at(place, run.observed_at)
    wanted = dict(found) if whole else {**before, **found}
    after = _state_at(place, following)
    count = ledger.append(
        _difference(before, wanted), run=run, observed_at=run.observed_at, now=now
    )
    now_at = _state_at(place, following)
    return count + ledger.append(
        _difference(now_at, after), run=run, observed_at=following, now=now
    )


def next_whole_reads(
    run: CollectionRun, types: Iterable[type[Record]]
) -> dict[type[Record], datetime]:
    """When a whole read of each type and this scope was made next after this one; a type that is
    not named: never yet."""
    tellers = {record_type: telling(record_type) for record_type in types}
    later = (
        CollectionRun.objects.complete()
        .filter(
            source__in={name for names in tellers.values() for name in names},
            account_id=run.account_id,
            observed_at__gt=run.observed_at,
        )
        .order_by()
        .values_list("source")
        .annotate(next=Min("observed_at"))
    )
    found: dict[str, datetime] = dict(later)
    return {
        record_type: min(found[name] for name in names if name in found)
        for record_type, names in tellers.items()
        if found.keys() & set(names)
    }


def _state_at(place: _Place, at: datetime) -> State:
    rows = Observation.objects.filter(kind=place.record_type.KIND, observed_at__lte=at)
    if place.scope.account_id:
        rows = rows.filter(account_id__in=["", place.scope.account_id])
    state: State = {}
    for row in rows.order_by("observed_at", "seq").iterator(chunk_size=2000):
        if not place.scope.covers(row):
            continue
        if row.change == Change.GONE or row.record is None:
            state.pop(row.key, None)
        else:
            state[row.key] = codec.from_json(place.record_type, row.record)
    return state


def _difference(before: State, after: State) -> list[ledger.Noted]:
    """The changes that lead from one state to another."""
    notes = [
        ledger.Noted(Change.CHANGED if key in before else Change.APPEARED, record)
        for key, record in sorted(after.items())
        if before.get(key) != record
    ]
    gone = sorted(before.keys() - after.keys())
    return notes + [ledger.Noted(Change.GONE, before[key]) for key in gone]
