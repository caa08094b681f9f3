"""The pages of a cutover ask the database as often for thirty people as for three."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import builders, usage_rows
from tests.test_query_growth import count
from tests.waves import a_handout, a_plan, a_wave, asked

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
MOST = 12


def cut_over(plan, number, name):
    """So many people in a wave, whose scripts ran, who are refused something and have sessions."""
    ran_at = timezone.now() - timedelta(hours=2)
    users, people = [], []
    for n in range(number):
        account = builders.account()
        user = builders.iam_user(account=account, attached_policies=[])
        builders.access_key(user)
        store = builders.store_user(f"{name}{n}@example.com")
        person = builders.person(store.email, identity_center_user_id=store.user_id)
        builders.owner(user, person)
        asked(user)
        actor = usage_rows.actor_of(user, access_key_id=f"AKIA{name}{n}")
        usage_rows.used(actor, usage_rows.today(), hours={23: 1})
        usage_rows.session(actor, ran_at)
        new = usage_rows.sso_actor(store.user_id)
        usage_rows.called(
            new, usage_rows.today(), error="AccessDenied", account_id=account.account_id
        )
        usage_rows.read(account, [usage_rows.today()])
        users.append(user)
        people.append(person)
    roles = [f"arn:aws:iam::{user.account_id}:role/deploy" for user in users]
    wave = a_wave(plan, *people, name=name)
    a_handout(wave, *users, ran_at=ran_at, roles=roles)
    return wave


@pytest.mark.parametrize("name", ["plan-cutover", "plan-watch", "plan-disabled", "plan-standby"])
def test_a_page_of_a_cutover_asks_a_fixed_number_of_times(name):
    client = builders.signed_in("lead")

    def asks(number):
        plan = a_plan(f"plan of {number}")
        wave = cut_over(plan, number, f"w{number}-")
        args = [plan.pk] if name == "plan-standby" else [plan.pk, wave.pk]
        return count(client, reverse(name, args=args))

    few = asks(3)
    assert asks(30) == few
    assert few <= MOST
