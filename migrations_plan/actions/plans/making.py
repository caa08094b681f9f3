"""A plan is made from a template: dates, numbers, and a first wave."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import keep, require_reason
from migrations_plan.artefacts.plan_content import Content, ContentError, checked, from_template
from migrations_plan.artefacts.plan_template import Template, plan_templates
from migrations_plan.models import (
    MemberKind,
    Person,
    PersonState,
    Plan,
    PortalUser,
    Wave,
    WaveMember,
)
from migrations_plan.rules.plan_calendar import Calendar, CalendarError, calendar

FIRST_WAVE = "Wave 1"
MOST_LIVE = 20
MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a lead fills in. everybody: the first wave holds all who have an IAM user confirmed as
    theirs; otherwise nobody yet."""

    template: str
    name: str
    starts_on: date
    time_zone: str
    working_days: Collection[int]
    holidays: Collection[date]
    cutover_at: time
    contact: str
    everybody: bool


def template_named(name: str) -> Template:
    """Raises ValidationError."""
    for template in plan_templates():
        if template.name == name:
            return template
    raise ValidationError("There is no such template.")


def drafted(wanted: Wanted) -> tuple[Content, Calendar]:
    """The days as they would fall. Raises ValidationError."""
    try:
        on = calendar(wanted.time_zone, wanted.working_days, wanted.holidays)
        return checked(from_template(template_named(wanted.template), wanted.starts_on, on)), on
    except (ContentError, CalendarError) as problem:
        raise ValidationError(str(problem)) from None


@transaction.atomic
def make_plan(*, by: PortalUser, wanted: Wanted, reason: str, now: datetime) -> Plan:
    """Makes a plan, and its first wave on the day of the template's cutover."""
    require_lead(by)
    text = require_reason(reason)
    if not wanted.name.strip():
        raise ValidationError("Please name the plan.")
    if Plan.objects.live().count() >= MOST_LIVE:
        raise ValidationError(f"{MOST_LIVE} plans are running: please end one first.")
    content, on = drafted(wanted)
    plan = Plan.objects.create(
        name=wanted.name.strip(),
        template=wanted.template,
        starts_on=wanted.starts_on,
        time_zone=on.zone,
        working_days=sorted(on.working),
        holidays=sorted(day.isoformat() for day in on.holidays),
        cutover_at=wanted.cutover_at,
        contact=wanted.contact.strip(),
        content=content.as_json(),
        made_by=by.username,
        made_at=now,
    )
    wave = Wave.objects.create(
        plan=plan, name=FIRST_WAVE, position=1, cutover_on=content.cutover_day.on
    )
    people = with_iam_users() if wanted.everybody else []
    add_people(wave, people)
    keep(plan, by=by, action="make-plan", reason=text, now=now, people=len(people))
    return plan


def without_plan() -> QuerySet[PersonState]:
    """Everybody who has an IAM user that a lead confirmed, and is not in a live plan yet."""
    taken = WaveMember.objects.filter(plan__in=Plan.objects.live(), kind=MemberKind.PERSON)
    rows: QuerySet[PersonState] = PersonState.objects.concerned()
    rows = rows.filter(person__isnull=False, users__gt=0).exclude(state="departed")
    return rows.exclude(person__in=taken.values("person"))


def with_iam_users() -> Sequence[Person]:
    """The same as people."""
    found = without_plan().select_related("person").order_by("person")[:MOST_PEOPLE]
    return [row.person for row in found if row.person]


def add_people(wave: Wave, people: Collection[Person]) -> None:
    """Puts people into a wave; whoever is in another wave of the plan leaves that."""
    pks = [person.pk for person in people]
    WaveMember.objects.filter(plan=wave.plan, person__in=pks).delete()
    WaveMember.objects.bulk_create(
        [WaveMember(plan=wave.plan, wave=wave, kind=MemberKind.PERSON, person_id=pk) for pk in pks],
        batch_size=500,
    )
