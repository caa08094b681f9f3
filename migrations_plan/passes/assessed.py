"""Keeps verdicts and states: what changed becomes history, what only got older is refreshed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from inventory import codec
from inventory.saving import bulk
from migrations_plan.models import Assessment, PersonState, StateChange
from migrations_plan.rules.gate import GateVerdict

# A row whose time has only moved on by less is left alone: it would be written at every read.
WORTH_WRITING = timedelta(hours=3)
BATCH = 2000
REFRESHED = ("facts", "runs", "seen_at", "stale_after")
COPIED = tuple(
    field.attname
    for field in PersonState._meta.concrete_fields
    if field.name not in ("id", "since")
)


def between_lines(words: Iterable[str]) -> str:
    """For a filter that looks for whole words: each stands between newlines."""
    found = sorted({word.replace("\n", " ") for word in words})
    return "\n".join(["", *found, ""]) if found else ""


def row(person_id: int, gate: str, verdict: GateVerdict, runs: Collection[int]) -> Assessment:
    """A verdict as a row that is not stored yet."""
    return Assessment(
        person_id=person_id,
        gate=gate,
        verdict=verdict.verdict,
        hidden=verdict.hidden,
        sentence=verdict.sentence,
        facts=[
            {"name": f.name, "value": f.value, "source": f.source, "at": _text(f.observed_at)}
            for f in verdict.facts
        ],
        runs=sorted(runs),
        stale_after=verdict.until,
    )


def _text(moment: datetime | None) -> str | None:
    return codec.time_text(moment) if moment else None


KNOWN = ("pk", "person_id", "gate", "verdict", "hidden", "sentence", "stale_after", "at", "day")


def save_verdicts(
    rows: Iterable[Assessment], now: datetime, person_ids: Collection[int] | None
) -> int:
    """Begins a row where verdict or sentence changed, or the day; how many. One query to compare,
    and few to write."""
    standing = Assessment.objects.current().order_by()
    if person_ids is not None:
        standing = standing.filter(person_id__in=list(person_ids))
    known = {(one[1], one[2]): one for one in standing.values_list(*KNOWN)}
    over, fresh, refreshed = list[int](), list[Assessment](), list[Assessment]()
    for new in rows:
        old = known.get((new.person_id, new.gate))
        new.seen_at = now
        if old is not None and _same(old, new, now):
            if _worth_writing(old[6], new.stale_after):
                new.pk, new.at, new.day = old[0], old[7], old[8]
                refreshed.append(new)
            continue
        new.at, new.day = now, now.date()
        over += [old[0]] if old else []
        fresh.append(new)
    for start in range(0, len(over), BATCH):
        Assessment.objects.filter(pk__in=over[start : start + BATCH]).update(current=False)
    Assessment.objects.bulk_create(fresh, batch_size=BATCH)
    bulk.update(Assessment, refreshed, REFRESHED)
    return len(fresh)


def _same(old: tuple[Any, ...], new: Assessment, now: datetime) -> bool:
    said = (new.verdict, new.hidden, new.sentence)
    return old[3:6] == said and old[8] == now.date()


def _worth_writing(old: datetime | None, new: datetime | None) -> bool:
    if old is None or new is None:
        return old != new
    return new < old or new - old >= WORTH_WRITING


def states(person_ids: Collection[int] | None) -> dict[str, PersonState]:
    """What stands, by subject. One query."""
    rows = PersonState.objects.order_by()
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    return {one.subject: one for one in rows}


def save_states(
    wanted: Iterable[PersonState], before: Mapping[str, PersonState], now: datetime
) -> int:
    """Writes what is new or differs, removes what is no subject any more, and keeps each beginning
    of a state; how many began."""
    left = dict(before)
    fresh, changed, began = list[PersonState](), list[PersonState](), list[StateChange]()
    for new in wanted:
        old = left.pop(new.subject, None)
        new.since = old.since if old is not None and old.state == new.state else now
        if old is None or old.state != new.state:
            began.append(_change(new, old.state if old else "", now))
        if old is None:
            fresh.append(new)
        elif any(getattr(old, name) != getattr(new, name) for name in COPIED):
            new.pk = old.pk
            changed.append(new)
    PersonState.objects.filter(pk__in=[one.pk for one in left.values()]).delete()
    PersonState.objects.bulk_create(fresh, batch_size=BATCH)
    bulk.update(PersonState, changed, [*COPIED, "since"])
    StateChange.objects.bulk_create(began, batch_size=BATCH)
    return len(began)


def _change(new: PersonState, before: str, now: datetime) -> StateChange:
    return StateChange(
        subject=new.subject,
        person_id=new.person_id,
        before=before,
        state=new.state,
        sentence=new.sentence,
        at=now,
    )
