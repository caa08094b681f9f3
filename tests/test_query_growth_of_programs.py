"""The page of one program asks as often whatever the program did."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import ExceptionTerms, IdentityClass, WorkloadMove
from tests import builders, usage_rows
from tests.test_query_growth import count

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def a_bound_program(account, now):
    """An exception with terms."""
    user = builders.iam_user("ci", account=account, active_keys=1)
    user.attached_policies, user.inline_policies = ["arn:aws:iam::1:policy/p"], {}
    user.save()
    row = IdentityClass.objects.create(
        subject=user.arn,
        user_arn=user.arn,
        user_name="ci",
        account=account,
        iam_user=user,
        kind="exception",
        judged="workload",
        declared=True,
        declared_until=now + timedelta(days=9),
        pattern="github-oidc",
        made_at=now,
    )
    ExceptionTerms.objects.create(
        user_arn=user.arn, owner="x", rotation_days=9, addresses=["52.1.2.0/24"], by="x", at=now
    )
    return user, row


def test_the_page_of_a_program_and_its_use_ask_a_fixed_number_of_times():
    client, now = builders.signed_in("lead"), timezone.now()
    user, row = a_bound_program(builders.account(environment="prod"), now)
    urls = [reverse(name, args=[row.pk]) for name in ("workload", "workload-use")]
    few: list[int] = []
    for number in range(9):
        key = builders.access_key(user)
        actor = usage_rows.actor_of(user, access_key_id=key.access_key_id)
        day = usage_rows.days_ago(number)
        usage_rows.used(actor, day)
        usage_rows.came_from(actor, day, network=f"203.0.{number}.0/24")
        usage_rows.called(actor, day, name=f"Get{number}")
        usage_rows.session(actor, now, kind="role", role_arn=f"arn:aws:iam::1:role/r{number}")
        WorkloadMove.objects.create(
            user_arn=user.arn if not number else f"arn:aws:iam::{number:012}:user/x",
            pattern="github-oidc",
            role_arn="arn:aws:iam::1:role/ci",
            by="x",
            at=now,
        )
        few = few or [count(client, url) for url in urls]

    assert [count(client, url) for url in urls] == few
    assert max(few) <= 12
