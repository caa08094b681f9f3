"""Plans as rows: made from a template, with a wave, people in it, and items that stand somehow."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from migrations_plan.actions.plans.making import Wanted, make_plan
from migrations_plan.models import PortalUser, Role, Standing, Tick, Wave, WaveMember
from tests import builders

MONDAY = date(2026, 11, 30)
MADE_AT = datetime(2026, 11, 30, 8, tzinfo=UTC)


def lead(name="lead"):
    """A sign-in that decides."""
    email = f"{name}-{builders.number()}@example.com"
    return PortalUser.objects.create(username=email, role=Role.LEAD)


def wanted(**changes):
    """What a lead fills in for a plan of one week from a Monday."""
    values: dict[str, Any] = {
        "template": "one-week",
        "name": "Pilot",
        "starts_on": MONDAY,
        "time_zone": "Europe/Berlin",
        "working_days": (0, 1, 2, 3, 4),
        "holidays": (),
        "cutover_at": time(18),
        "contact": "#aws-access",
        "everybody": False,
    }
    return Wanted(**(values | changes))


def plan(by=None, now=MADE_AT, reason="The board decided.", **changes):
    """A plan, made as a lead makes it."""
    return make_plan(by=by or lead(), wanted=wanted(**changes), reason=reason, now=now)


def running(now=None, **changes):
    """A plan that began on the working day before today, so that something of it is past."""
    now = now or timezone.now()
    return plan(now=now, starts_on=(now - timedelta(days=1)).date(), time_zone="UTC", **changes)


def member(of_plan, person=None):
    """Somebody in its first wave."""
    wave = Wave.objects.filter(plan=of_plan)[0]
    somebody = person or builders.person()
    return WaveMember.objects.create(plan=of_plan, wave=wave, kind="person", person=somebody)


def standing(of_plan, item, verdict, subject="", **changes):
    """How an item stands, as the pass would leave it."""
    values = {
        "plan": of_plan,
        "item": item,
        "subject": subject,
        "name": subject,
        "verdict": verdict,
        "sentence": f"It is {verdict}.",
        "due": of_plan.starts_on,
        "since": timezone.now(),
    }
    return Standing.objects.create(**(values | changes))


def tick(of_plan, item="scim-proven", **changes):
    """A confirmation by hand."""
    now = timezone.now()
    values = {"by": "lead@example.com", "at": now, "on": now.date(), "note": "Seen to go."}
    return Tick.objects.create(plan=of_plan, item=item, **(values | changes))
