"""What of a plan every room asks for: its days, its calendar, and how items stand as of now."""

from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from migrations_plan.artefacts.plan_content import Content, from_json
from migrations_plan.models import Plan, Standing
from migrations_plan.rules.gate import UNKNOWN
from migrations_plan.rules.plan_calendar import Calendar, calendar


def content_of(plan: Plan) -> Content:
    """What a plan consists of, waves aside."""
    return from_json(plan.content)


def calendar_of(plan: Plan) -> Calendar:
    """The days on which a plan's people work."""
    holidays = [date.fromisoformat(one) for one in plan.holidays]
    return calendar(plan.time_zone, plan.working_days, holidays)


def today_of(plan: Plan, now: datetime) -> date:
    """The date in the plan's zone."""
    return calendar_of(plan).date_of(now)


def standings(plan: Plan, now: datetime) -> QuerySet[Any]:
    """How its items stand, each with `reading`: the verdict as of now, past its time unknown."""
    stale = Q(stale_after__isnull=False, stale_after__lte=now)
    reading = Case(When(stale, then=Value(UNKNOWN)), default=F("verdict"), output_field=CharField())
    rows: QuerySet[Any] = Standing.objects.filter(plan=plan).annotate(reading=reading)
    return rows
