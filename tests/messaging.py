"""Plans made for tests, with dull defaults."""

from datetime import UTC, date, datetime, time

from migrations_plan.artefacts.plan_content import from_template
from migrations_plan.artefacts.plan_template import plan_templates
from migrations_plan.models import MemberKind, Message, Plan, Wave, WaveMember
from migrations_plan.rules.plan_calendar import calendar
from tests import builders

MONDAY = date(2026, 11, 30)
FRIDAY = date(2026, 12, 4)
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def plan(name="Pilot", *, zone="Europe/Berlin", holidays=(), **more):
    on = calendar(zone, range(5), [date.fromisoformat(one) for one in holidays])
    content = from_template(plan_templates()[0], MONDAY, on)
    values = {
        "template": content.template,
        "starts_on": MONDAY,
        "time_zone": zone,
        "working_days": [0, 1, 2, 3, 4],
        "holidays": list(holidays),
        "cutover_at": time(18),
        "contact": "#aws-move",
        "content": content.as_json(),
        "made_by": "lead@example.com",
        "made_at": NOW,
        **more,
    }
    return Plan.objects.create(name=name, **values)


def wave(plan, *people, name=None, cutover_on=FRIDAY):
    position = plan.waves.count() + 1
    made = Wave.objects.create(
        plan=plan, name=name or f"Wave {position}", position=position, cutover_on=cutover_on
    )
    for person in people:
        WaveMember.objects.create(plan=plan, wave=made, kind=MemberKind.PERSON, person=person)
    return made


def message(wave, person=None, **more):
    """Queued for e-mail unless told otherwise."""
    person = person or builders.person()
    values = {
        "stage": "test",
        "channel": "email",
        "to": person.email,
        "subject": "Please test",
        "body": "Hello,\n\nplease test.\n",
        "queued_by": "lead@example.com",
        "queued_at": NOW,
        **more,
    }
    return Message.objects.create(plan=wave.plan, wave=wave, person=person, **values)
