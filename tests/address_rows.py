"""One row of each kind that an address with a part of its own needs."""

from datetime import timedelta

from django.utils import timezone

from migrations_plan.models import (
    AccessRequest,
    Finding,
    ForecastLine,
    IdentityClass,
    TargetAccess,
    Waiver,
)
from tests import builders, messaging


def a_finding(account):
    now = timezone.now()
    made = Finding.objects.create(
        rule="not-read",
        subject=account.account_id,
        kind="account",
        name="x",
        account=account,
        verdict="unknown",
        sentence="x",
        opened_at=now,
        changed_at=now,
    )
    return made.pk


def a_line_and_a_request(person):
    now = timezone.now()
    line = ForecastLine.objects.create(
        person=person,
        account_id="1",
        service="s3",
        action="s3:GetObject",
        decision="denied",
        events=1,
        last_at=now,
    )
    asked = AccessRequest.objects.create(
        person=person, account_id="1", action="s3:GetObject", reason="x", asked_at=now
    )
    return line.pk, asked.pk


def a_waiver():
    now, person = timezone.now(), builders.person()
    made = Waiver.objects.create(
        person=person, gate="quiet", by="x", at=now, reason="x", until=now + timedelta(days=1)
    )
    return [person.pk, made.pk]


def a_class(user):
    made = IdentityClass.objects.create(
        subject=user.arn,
        user_arn=user.arn,
        account=user.account,
        kind="human",
        judged="human",
        made_at=timezone.now(),
    )
    return made.pk


def a_program(account):
    user = builders.iam_user(account=account)
    made = IdentityClass.objects.create(
        subject=user.arn,
        user_arn=user.arn,
        user_name=user.user_name,
        account=account,
        iam_user=user,
        kind="workload",
        judged="workload",
        made_at=timezone.now(),
    )
    return made.pk


def a_target(account):
    made = TargetAccess.objects.create(
        person=builders.person(),
        account_id=account.account_id,
        permission_set="Developer",
        confirmed_by="lead@example.com",
        confirmed_at=timezone.now(),
    )
    return made.pk


def messages_of_a_plan():
    """A wave with one person, and a message in doubt."""
    person = builders.person()
    wave = messaging.wave(messaging.plan(), person)
    doubtful = messaging.message(wave, person, state="doubtful", tried_at=timezone.now())
    one = [wave.plan_id, wave.pk, "test", person.pk]
    return {
        "plan-messages": [wave.plan_id],
        "plan-messages-queue": [wave.plan_id],
        "plan-message-decide": [wave.plan_id, doubtful.pk],
        "plan-message": one,
        "plan-message-copied": one,
    }
