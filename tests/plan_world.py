"""A plan with one person in its wave, as rows; and what its gates answer."""

from datetime import timedelta

from migrations_plan.gather.plan_facts import gather
from migrations_plan.models import Declaration, IdentityClass, Plan
from migrations_plan.rules.checklist import WHOLE
from migrations_plan.rules.plan_gates import JUDGES
from tests import ready
from tests.waves import a_plan, a_wave, asked

DAY = timedelta(days=1)


def made_world():
    made = ready.World()
    made.user.attached_policies = []
    made.user.save()
    asked(made.user, at=made.now - ready.MINUTES)
    made.plan = a_plan()
    made.wave = a_wave(made.plan, made.person)
    made.judged()
    return made


def facts(world, now=None):
    (one,) = gather([Plan.objects.get(pk=world.plan.pk)], now or world.now)
    return one.facts


def answer(world, gate, key=WHOLE, now=None):
    return JUDGES[gate](facts(world, now))[key]


def declared(user, kind, until):
    IdentityClass.objects.filter(user_arn=user.arn).update(
        kind=kind, declared=True, declared_until=until
    )
    return Declaration.objects.create(
        subject=user.arn, user_arn=user.arn, kind=kind, declared_by="lead",
        declared_at=until - 30 * DAY, reason="Old", until=until,
    )  # fmt: skip
