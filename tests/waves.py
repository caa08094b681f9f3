"""Plans with a wave, and IAM users whose credentials were read user by user."""

from datetime import date, time, timedelta

from django.utils import timezone

from inventory.models import AccessKey, CollectionRun, UserRead
from migrations_plan.artefacts.cutover_kept import listed, texts
from migrations_plan.artefacts.plan_content import from_template
from migrations_plan.artefacts.plan_template import plan_templates
from migrations_plan.gather.wave_users import BY_USER
from migrations_plan.models import Handout, IamUserLink, MemberKind, Plan, Wave, WaveMember
from migrations_plan.rules.plan_calendar import calendar
from tests import builders

MINUTES = timedelta(minutes=20)


def a_plan(name="One week", template="one-week", start=None, **more):
    """A running plan, made from a template."""
    start = start or date(2026, 11, 30)
    chosen = next(one for one in plan_templates() if one.name == template)
    on = calendar("UTC", range(7), ())
    values = {
        "template": template,
        "starts_on": start,
        "time_zone": "UTC",
        "working_days": list(range(7)),
        "holidays": [],
        "cutover_at": time(18),
        "contact": "#identity",
        "content": from_template(chosen, start, on).as_json(),
        "made_by": "lead@example.com",
        "made_at": timezone.now(),
        **more,
    }
    return Plan.objects.create(name=name, **values)


def a_wave(plan=None, *people, name="Wave 1", accounts=(), programs=(), **more):
    """A wave of people, accounts and ARNs of programs."""
    plan = plan or a_plan()
    values = {"position": plan.waves.count() + 1, "cutover_on": timezone.now().date(), **more}
    wave = Wave.objects.create(plan=plan, name=name, **values)
    at = {"plan": plan, "wave": wave}
    for person in people:
        WaveMember.objects.create(kind=MemberKind.PERSON, person=person, **at)
    for account in accounts:
        WaveMember.objects.create(kind=MemberKind.ACCOUNT, account_id=account.account_id, **at)
    for arn in programs:
        WaveMember.objects.create(kind=MemberKind.WORKLOAD, user_arn=arn, **at)
    return wave


def asked(user, at=None, sources=BY_USER):
    """AWS was asked about every credential of this user."""
    at = at or timezone.now() - MINUTES
    run = CollectionRun.objects.first() or builders.run()
    for source in sources:
        UserRead.objects.update_or_create(
            source=source,
            account_id=user.account_id,
            user_name=user.user_name,
            defaults={"observed_at": at, "run": run},
        )


def kept(arn, person=None, keys=()):
    """A user as scripts keep it."""
    return {
        "arn": arn,
        "person": str(person or ""),
        "person_id": person.pk if person else None,
        "keys": [{"id": key.access_key_id, "active": True} for key in keys],
        "denied": False,
        "password": False,
        "others": [],
    }


def a_handout(wave, *users, ran_at=None, roles=(), **more):
    """Scripts as they were handed out for these IAM users, with their real texts."""
    now = timezone.now().replace(microsecond=0)
    links = {link.iam_user_arn: link.person for link in IamUserLink.objects.all()}
    held = [
        kept(user.arn, links.get(user.arn), AccessKey.objects.filter(user=user)) for user in users
    ] or [kept("arn:aws:iam::111122223333:user/x")]
    assumed = [{"arn": arn, "also_used_by": []} for arn in roles]
    made = texts(held, assumed, wave=wave.name, as_of=now)
    values = {
        "by": "maker@example.com",
        "at": now - timedelta(days=1) if ran_at is None else ran_at - timedelta(hours=1),
        "as_of": now,
        "production": False,
        "started_at": ran_at,
        "started_by": "maker@example.com" if ran_at else "",
        "users": held,
        "roles": assumed,
        "scripts": listed(made, wave.name),
        **more,
    }
    return Handout.objects.create(plan=wave.plan, wave=wave, **values)
