"""How much of what was called maps to IAM actions: of all calls of the window but
AWS's own and the steps of a sign-in, which no policy decides."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import DailyUsage
from migrations_plan.gather.forecast import Window
from migrations_plan.models import MappingFigures
from migrations_plan.policy.actions import needed_actions

ONLY = 1
MOST_UNMAPPED = 100


def save_figures(now: datetime, days: Window) -> MappingFigures:
    """One query over the window's usage, and one row."""
    rows: QuerySet[Any] = DailyUsage.objects.filter(day__range=(days.first, days.last))
    rows = rows.exclude(actor__path__in=[Path.AWS, Path.SIGNIN]).order_by()
    counts: dict[tuple[str, str], int] = {}
    for source, name, events in rows.values_list(
        "operation__event_source", "operation__event_name"
    ).annotate(Sum("events")):
        counts[source, name] = counts.get((source, name), 0) + int(events)
    unmapped = [
        (source, name, events)
        for (source, name), events in counts.items()
        if needed_actions(source, name) is None
    ]
    unmapped.sort(key=lambda row: (-row[2], row[0], row[1]))
    figures, _ = MappingFigures.objects.update_or_create(
        pk=ONLY,
        defaults={
            "since": days.first,
            "made_at": now,
            "events": sum(counts.values()),
            "mapped_events": sum(counts.values()) - sum(row[2] for row in unmapped),
            "operations": len(counts),
            "mapped_operations": len(counts) - len(unmapped),
            "unmapped": unmapped[:MOST_UNMAPPED],
        },
    )
    return figures
