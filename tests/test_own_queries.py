"""The pages of one person ask the database as often for thirty rows as for three."""

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import AccountNeed, KeyStory, TestConfirmation
from tests import builders, usage_rows
from tests.own_access import Somebody, in_wave, instance
from tests.test_query_growth import count

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("lead", "person-answers"),
        *(
            (role, name)
            for role in ("lead", "engineer")
            for name in ("my-access", "my-cli", "my-accounts")
        ),
    ],
)
def test_the_pages_of_one_person_ask_a_fixed_number_of_times(settings, role, name):
    settings.PORTAL_START_URL = "https://acme.awsapps.com/start"
    instance()
    ana = Somebody("Ana")
    client = builders.signed_in(role, person=ana.person)
    url = reverse(name, args=[ana.person.pk] if name == "person-answers" else [])
    few = 0
    for number in (2, 9):
        for _ in range(number):
            grow_own(ana)
        few = few or count(client, url)

    assert count(client, url) == few <= 12


def grow_own(ana):
    """One more of everything that somebody sees of their own."""
    n, account = builders.number(), builders.account()
    granted = builders.permission_set(
        managed_policies=["arn:aws:iam::aws:policy/unheard-of"], customer_managed_policies=["/p"]
    )
    builders.assignment(account, granted, ana.group.group_id)
    builders.iam_policy(f"arn:aws:iam::{account.pk}:policy/p", account=account, document={})
    user = builders.iam_user(account=account, active_keys=1)
    builders.owner(user, ana.person)
    key = builders.access_key(user)
    actor, day = usage_rows.actor_of(user, access_key_id=key.access_key_id), usage_rows.days_ago(2)
    usage_rows.used(actor, day)
    usage_rows.came_from(actor, day, family=f"tool-{n}")
    said = {"person": ana.person, "by": "x", "at": timezone.now()}
    KeyStory.objects.create(user_arn=user.arn, access_key_id=key.access_key_id, place="ci", **said)
    AccountNeed.objects.create(account_id=f"{n:012d}", needed=True, **said)
    TestConfirmation.objects.create(**said)
    in_wave(ana.person, f"n{n}")
