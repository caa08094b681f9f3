"""Progress per day: what was stored of people and keys, beside the calls that the logs counted."""

from datetime import datetime, timedelta

from migrations_plan.gather.board import APART, DONE
from migrations_plan.gather.usage import Scope, usage_days
from migrations_plan.models import ProgressDay
from migrations_plan.rules.burn_down import Point
from migrations_plan.rules.progress_chart import ProgressPoint

DAYS = 30


def progress(scope: Scope, now: datetime) -> list[ProgressPoint]:
    """Each day of the scope's window, today included. Three queries."""
    first = scope.window.first
    stored = {row.day: row for row in ProgressDay.objects.filter(day__gte=first)}
    days, _ = usage_days(scope)
    found = []
    for day in days:
        row = stored.get(day.day)
        found.append(
            ProgressPoint(
                day=day.day,
                states=row.states if row else None,
                keys=row.keys if row else None,
                keys_unknown=row.keys_unknown if row else 0,
                calls=day.number("old"),
                calls_whole=not day.at_least,
            )
        )
    return found


def left(points: list[ProgressPoint], now: datetime) -> list[Point]:
    """What was still to do on each day that was judged."""
    over = (*DONE, *APART)
    return [
        Point(p.day, sum(n for word, n in p.states.items() if word not in over))
        for p in points
        if p.states is not None and p.day <= now.date() + timedelta(days=1)
    ]
