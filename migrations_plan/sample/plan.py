"""The demo's plan: a pilot of one week that began two working days ago, in two waves."""

from datetime import datetime, time, timedelta

from migrations_plan.actions.plans import waves
from migrations_plan.actions.plans.changing import Who
from migrations_plan.actions.plans.making import Wanted, make_plan
from migrations_plan.gather.plan import calendar_of
from migrations_plan.models import Plan, PortalUser, WaveMember
from migrations_plan.rules.plan_calendar import calendar

NAME = "Pilot"
BEGAN_DAYS_AGO = 2
IN_PILOT = 8
WEEK = (0, 1, 2, 3, 4)
ZONE = "UTC"
LATER = 4  # working days between the two cutovers
REASON = "The auditor's finding is due at the end of the quarter (sample decision)."


def make_sample_plan(now: datetime) -> None:
    """Once; when people have been judged, because the waves follow from that."""
    lead = PortalUser.objects.filter(username="lead@example.com").first()
    if lead is None or Plan.objects.exists():
        return
    on = calendar(ZONE, WEEK, ())
    start = on.after(on.next_working(on.date_of(now)), -BEGAN_DAYS_AGO)
    wanted = Wanted(
        template="one-week",
        name=NAME,
        starts_on=start,
        time_zone=ZONE,
        working_days=WEEK,
        holidays=(),
        cutover_at=time(18),
        contact="#aws-access in the company's chat",
        everybody=True,
    )
    plan = make_plan(by=lead, wanted=wanted, reason=REASON, now=now)
    _second_wave(plan, lead, now)


def _second_wave(plan: Plan, lead: PortalUser, now: datetime) -> None:
    """Whoever is not in the pilot follows the week after."""
    wave = plan.waves.get()
    later = calendar_of(plan).after(wave.cutover_on, LATER)
    rows = WaveMember.objects.filter(plan=plan).select_related("person").order_by("person")
    rest = [row.person.email for row in rows[IN_PILOT:] if row.person and row.person.email]
    if not rest:
        return
    who = Who(lead, plan, None, "The pilot teaches the rest.", now + timedelta(seconds=1))
    waves.add_wave(who, "Wave 2", later)
    waves.put_people(who, plan.waves.get(name="Wave 2"), rest)
