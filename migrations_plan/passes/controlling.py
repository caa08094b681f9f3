"""Judges the controls and keeps one result of each a day: one pass over everything that is known.

A pass is idempotent, and one runs at a time. Today's results are brought up to date while today
lasts. Those of a day that is over are left alone: what becomes known later is a note beside them.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum

from inventory.cloudtrail.records import Path
from inventory.codec import time_text
from inventory.models import AwsAccount, ChainHead, Heartbeat, PathDay, ScopeState
from migrations_plan.gather import controls as gathering
from migrations_plan.gather.usage_coverage import coverage
from migrations_plan.models import ControlDay, ControlPass, IdentityClass, thresholds
from migrations_plan.rules.control_results import Case, Result
from migrations_plan.rules.controls import CONTROLS
from migrations_plan.rules.thresholds import MOST_WINDOW_DAYS
from migrations_plan.rules.usage_days import DayCoverage, gaps

HEARTBEAT = "controls"
# Counting leaves no mark that is cheap to ask for, and ages grow without any event.
AGAIN_AFTER = timedelta(minutes=15)
# The first cases of a result are kept; how many there are in all is always told.
MOST_CASES = 5_000
# Logs come late by hours, in bad times by days; later than this nobody's audit changes.
NOTED_DAYS = 35
# Those that look at a window of days; the others say how things stood at one instant.
NOTED = ("access-by-sso", "full-audit-trail")
ONLY = 1
WRITTEN = tuple(
    field.name
    for field in ControlDay._meta.concrete_fields
    if field.name not in ("id", "control", "day", "notes")
)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the results of a window of so many days stand on that may change afterwards."""

    days: int
    calls: int
    missing: int


@dataclass(frozen=True, slots=True)
class Known:
    """By day: calls over the old path, and how much was read."""

    calls: Mapping[date, int]
    read: Mapping[date, DayCoverage]

    def basis(self, day: date, window_days: int) -> Basis:
        """Of the window that a result of this day looks at."""
        window = gathering.window_of(day, window_days).days
        lacking = gaps(self.read[one] for one in window)
        calls = sum(self.calls.get(one, 0) for one in window)
        return Basis(window_days, int(calls), lacking.unread + lacking.partly)


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """What inventory.after calls when work is over."""
    judge_due(now, changed=bool(accounts))


@transaction.atomic
def judge_due(now: datetime, *, changed: bool = False) -> int:
    """A pass when something changed since the last one, when that is long ago, or when today has
    no result yet. Returns how many results it wrote."""
    _one_at_a_time(now)
    seen = _seen()
    last = ControlPass.objects.filter(pk=ONLY).first()
    again = last is None or last.seen != seen or last.at <= now - AGAIN_AFTER
    if not (again or changed or last is None or last.at.date() != now.date()):
        return 0
    return _judge(now, seen)


@transaction.atomic
def judge_controls(now: datetime) -> int:
    """A pass, due or not."""
    _one_at_a_time(now)
    return _judge(now, _seen())


def _one_at_a_time(now: datetime) -> None:
    Heartbeat.objects.get_or_create(name=HEARTBEAT, defaults={"at": now})
    beat = Heartbeat.objects.select_for_update().get(name=HEARTBEAT)
    beat.at = max(now, beat.at)
    beat.save(update_fields=["at"])


def _seen() -> str:
    """A digest of what changes whenever facts, classes or decisions do."""
    states = ScopeState.objects.aggregate(Max("last_run"), Max("whole_observed_at"), Count("pk"))
    classes = IdentityClass.objects.aggregate(Max("made_at"), Count("pk"))
    chains = sorted(ChainHead.objects.values_list("chain", "seq"))
    text = f"{sorted(states.items())} {sorted(classes.items())} {chains} {thresholds()}"
    return hashlib.sha256(text.encode()).hexdigest()


def _judge(now: datetime, seen: str) -> int:
    today = now.astimezone(UTC).date()
    facts = gathering.gather(now)
    known = _known(today)
    runs, basis = _runs(), known.basis(today, facts.window_days)
    # A worker whose clock is behind takes nothing back.
    later = ControlDay.objects.filter(day=today, at__gt=now)
    ahead = set(later.values_list("control", flat=True))
    rows = [
        _row(name, control.judge(facts), today, now, runs, basis)
        for name, control in CONTROLS.items()
        if name not in ahead
    ]
    ControlDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["control", "day"],
        update_fields=list(WRITTEN),
    )
    _note(today, known, now)
    ControlPass.objects.update_or_create(pk=ONLY, defaults={"at": now, "seen": seen})
    return len(rows)


def _row(
    name: str,
    result: Result,
    day: date,
    now: datetime,
    runs: Sequence[Sequence[int]],
    basis: Basis,
) -> ControlDay:
    return ControlDay(
        control=name,
        day=day,
        verdict=result.verdict,
        sentence=result.sentence,
        population=result.population,
        looked_at=result.looked_at,
        not_looked_at=result.not_looked_at,
        exceptions=len(result.exceptions),
        undecided=len(result.undecided),
        cases=[_case(case) for case in result.cases[:MOST_CASES]],
        facts=[
            {"name": f.name, "value": f.value, "source": f.source, "at": _text(f.observed_at)}
            for f in result.facts
        ],
        runs=runs,
        basis=asdict(basis),
        at=now,
        stale_after=result.until,
    )


def _case(case: Case) -> dict[str, str]:
    subject = case.subject
    return {
        "verdict": case.verdict,
        "id": subject.id,
        "name": subject.name,
        "page": subject.page,
        "key": subject.key,
        "sentence": case.sentence,
    }


def _text(moment: datetime | None) -> str | None:
    return time_text(moment) if moment else None


def _runs() -> list[list[int]]:
    """The last run of every scope, as ranges of ids: thousands of runs follow each other."""
    ranges: list[list[int]] = []
    for run in sorted(ScopeState.objects.order_by().values_list("last_run_id", flat=True)):
        if ranges and run <= ranges[-1][1] + 1:
            ranges[-1][1] = run
        else:
            ranges.append([run, run])
    return ranges


def _known(today: date) -> Known:
    """Of every day that a result which may still get a note looks at. Three queries."""
    length = NOTED_DAYS + MOST_WINDOW_DAYS
    days = [today - timedelta(days=number) for number in range(length, 0, -1)]
    joined = {
        account_id: at.date() if at else None
        for account_id, at in AwsAccount.objects.to_read().values_list("account_id", "joined_at")
    }
    rows = PathDay.objects.filter(path=Path.OLD, day__range=(days[0], days[-1])).order_by()
    calls = dict(rows.values_list("day").annotate(Sum("events")))
    return Known(calls, coverage(days, joined, today=today))


def _note(today: date, known: Known, now: datetime) -> None:
    """Writes beside days that are over what became known of their window since."""
    first = today - timedelta(days=NOTED_DAYS)
    rows = ControlDay.objects.filter(day__gte=first, day__lt=today, control__in=NOTED)
    changed = []
    for row in rows.only("day", "notes", "basis"):
        said: dict[str, Any] = row.notes[-1] if row.notes else row.basis
        basis = known.basis(row.day, said["days"])
        words = _difference(basis.calls - said["calls"], basis.missing - said["missing"])
        if words:
            row.notes = [*row.notes, {"at": time_text(now), "sentence": words, **asdict(basis)}]
            changed.append(row)
    ControlDay.objects.bulk_update(changed, ["notes"])


def _difference(calls: int, missing: int) -> str:
    """What is known now and was not when the day ended; '' for nothing."""
    parts = []
    if calls:
        word = "more" if calls > 0 else "fewer"
        parts.append(f"{abs(calls):,} {word} calls over the old path are counted in its window")
    if missing < 0:
        parts.append(f"{-missing:,} account-days of it are no longer missing")
    if missing > 0:
        parts.append(f"{missing:,} more account-days of it are missing")
    return f"{' and '.join(parts)}; the result is left as it was." if parts else ""
