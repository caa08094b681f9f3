"""What every pass over derived rows shares: one at a time, due by comparing, rows by difference."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Model, Sum

from inventory.models import PathDay, ScopeState, UsageCorrection, UsageCoverage
from inventory.saving import bulk
from migrations_plan.models import DerivedPass, ThresholdSettings

# Windows move on and reads go stale without any event.
AGAIN_AFTER = timedelta(hours=1)
# What a pass costs is spent again only after it has paid: a long one waits this many times as long.
REST = 10
LONG = 2.0  # seconds; a shorter pass never rests


def digest(parts: Iterable[object]) -> str:
    """One text for the state of what a pass stands on."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def facts_state() -> list[object]:
    """Changes whenever AWS was read, or calls were counted. Five queries."""
    scopes = ScopeState.objects.aggregate(n=Count("pk"), run=Max("last_run_id"))
    whole = ScopeState.objects.aggregate(at=Max("whole_observed_at"))
    counted = PathDay.objects.order_by("path").values_list("path").annotate(e=Sum("events"))
    read = UsageCoverage.objects.aggregate(
        n=Count("pk"), bad=Sum("quarantined"), to=Max("read_through"), n_read=Count("read_through")
    )
    corrected = UsageCorrection.objects.aggregate(last=Max("pk"))
    rules = ThresholdSettings.objects.values_list("window_days", flat=True).first()
    return [scopes, whole, list(counted), read, corrected, rules]


def table_state(model: Any) -> list[object]:
    """Changes whenever a row of decisions is made, or taken back."""
    return [model.__name__, model.objects.aggregate(n=Count("pk"), last=Max("pk"))]


@transaction.atomic
def run_if_due(
    name: str, now: datetime, state: Callable[[], Sequence[object]], work: Callable[[], None]
) -> bool:
    """Does the work when what it stands on changed, or an hour passed. One at a time."""
    DerivedPass.objects.get_or_create(name=name, defaults={"at": now})
    known = DerivedPass.objects.select_for_update().get(name=name)
    stood_on = digest(state())
    if not _due(known, stood_on, now):
        return False
    started = time.monotonic()
    work()
    known.at, known.stood_on = now, stood_on
    known.seconds = time.monotonic() - started
    known.save()
    return True


def _due(known: DerivedPass, stood_on: str, now: datetime) -> bool:
    if not known.stood_on:
        return True
    since = now - known.at
    if known.seconds > LONG and since < timedelta(seconds=REST * known.seconds):
        return False
    return known.stood_on != stood_on or since >= AGAIN_AFTER


def made_at(name: str) -> datetime | None:
    """When the last pass was; None: there was none. One query: for pages that would be empty."""
    return (
        DerivedPass.objects.filter(name=name)
        .exclude(stood_on="")
        .values_list("at", flat=True)
        .first()
    )


def look_again(*names: str) -> None:
    """A decision changed what a pass says: the next one is due at once."""
    DerivedPass.objects.filter(name__in=names).update(stood_on="")


def save_rows(
    model: type[Model], rows: Iterable[Any], key: Collection[str], *, leave: Collection[str] = ()
) -> None:
    """Writes rows that are new or differ, and removes those that no longer are. key: the fields
    that name a row; leave: fields that alone are no reason to write."""
    names = [
        field.attname for field in model._meta.concrete_fields if field.attname not in ("id", *key)
    ]
    told = [name for name in names if name not in leave]
    manager: Any = model.objects  # type: ignore[attr-defined]
    before = {tuple(getattr(row, name) for name in key): row for row in manager.order_by()}
    fresh, changed = [], []
    for row in rows:
        known = before.pop(tuple(getattr(row, name) for name in key), None)
        if known is None:
            fresh.append(row)
        elif any(getattr(known, name) != getattr(row, name) for name in told):
            row.pk = known.pk
            changed.append(row)
    gone = [row.pk for row in before.values()]
    for start in range(0, len(gone), bulk.BATCH):
        manager.filter(pk__in=gone[start : start + bulk.BATCH]).delete()
    manager.bulk_create(fresh, batch_size=bulk.BATCH)
    fields = [f.name for f in model._meta.concrete_fields if f.attname in names]
    bulk.update(model, changed, fields)
