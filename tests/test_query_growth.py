"""A page asks the database as often for thirty rows as for three."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import (
    AccessRequest,
    IdentityClass,
    OwnerSuggestion,
    SuggestedTarget,
    TargetAccess,
    WaveMember,
)
from migrations_plan.passes import assessing, forecasting
from tests import builders, forecasts, messaging, usage_rows
from tests.scenarios import scenario
from tests.stale import evaluate

# The database answers as often whichever it is; make bench counts over PostgreSQL.
pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

MOST = {
    "home": 12,
    "iam-users": 12,
    "credentials": 12,
    "alerts": 12,
    "accounts": 12,
    "search": 12,
    "people": 12,
    "directory": 12,
    "progress": 12,
    "thresholds": 12,
    "permission-sets": 12,
    "collection": 12,
    "collection-logs": 12,
    "my-access": 12,
    "evidence": 12,
    "journal": 12,
    "what-if": 12,
    "forecast": 12,
    "access-requests": 12,
    "my-forecast": 12,
    "usage": 12,
    "usage-identities": 12,
    "usage-corrections": 12,
    "owners": 12,
    "owners-links": 12,
    "classes": 12,
    "workloads": 12,
    "workload-burn-down": 12,
    "leavers": 12,
    "targets": 12,
    "targets-file": 12,
    "channels": 12,
    "plans": 12,
    "plan-new": 12,
    "generated": 12,
    "generated-center": 12,
    "generated-catalogue": 12,
    "generated-guardrail": 12,
    "generated-guardrail-use": 12,
    "generated-break-glass": 12,
    "generated-runbooks": 12,
}


def fill(number):
    for _ in range(number):
        account = builders.account(environment="prod")
        user = builders.iam_user(account=account, active_keys=1, admin=True)
        builders.access_key(user)
        builders.account_summary(account)
        builders.alternate_contact(account)
        builders.owner(user, builders.person())
        builders.permission_set()
        scenario()
        fill_usage(account, user)
        fill_forecast(account)
        fill_identities(account)
    evaluate(timezone.now())
    forecasting.forecast_due(timezone.now(), everybody=True)
    assessing.assess(timezone.now())


def fill_forecast(account):
    """Somebody would be refused, asks for it, and was refused over the new path."""
    made = forecasts.Company(account, builders.permission_set(managed_policies=[]))
    somebody = made.person(f"p{builders.number()}")
    made.calls(somebody, "PutObject")
    AccessRequest.objects.create(
        person=somebody,
        account_id=account.pk,
        action="s3:PutObject",
        reason="x",
        asked_at=timezone.now(),
    )


def fill_identities(account):
    """An unowned user with a suggestion and a class, a leaver with one, a target of each kind."""
    now = timezone.now()
    user, left = (builders.iam_user(account=account, active_keys=1) for _ in range(2))
    person = builders.person(left_on="2025-01-31")
    builders.access_key(left)
    builders.owner(left, person)
    OwnerSuggestion.objects.create(
        iam_user_arn=user.arn, person=person, score=80, place=1, reasons=[[80, "x"]], made_at=now
    )
    IdentityClass.objects.create(
        subject=user.arn,
        user_arn=user.arn,
        user_name=user.user_name,
        account=account,
        iam_user=user,
        kind="workload",
        judged="workload",
        made_at=now,
    )
    mine = {"person": person, "account_id": account.account_id}
    SuggestedTarget.objects.create(permission_set="Reader", made_at=now, **mine)
    TargetAccess.objects.create(permission_set="Writer", confirmed_by="x", confirmed_at=now, **mine)


def fill_usage(account, user):
    key, day = usage_rows.actor_of(user, access_key_id=f"AKIA{user.pk}"), usage_rows.days_ago(2)
    usage_rows.read(account, [day])
    usage_rows.used(key, day)
    usage_rows.came_from(key, day)
    usage_rows.called(key, day)
    usage_rows.session(key, usage_rows.at(day))
    usage_rows.correction(day, account.account_id)


def count(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.fixture(scope="module")
def counts(django_db_setup, django_db_blocker):
    """By list, how often it asks for three rows and for thirty: all of them over one world."""
    with django_db_blocker.unblock(), transaction.atomic():
        client = builders.signed_in("lead")
        urls = {name: reverse(name) for name in MOST} | {"search": reverse("search") + "?q=account"}
        fill(3)
        few = {name: count(client, url) for name, url in urls.items()}
        fill(27)
        many = {name: count(client, url) for name, url in urls.items()}
        transaction.set_rollback(True)
    return few, many


@pytest.mark.parametrize("name", MOST)
def test_lists_ask_a_fixed_number_of_times(name, counts):
    few, many = counts

    assert many[name] == few[name]
    assert few[name] <= MOST[name]


def test_one_user_and_one_account_ask_a_fixed_number_of_times():
    client = builders.signed_in("lead")
    account = builders.account()
    user = builders.iam_user(account=account, groups=["g0"])

    def grow(start, number):
        for i in range(start, start + number):
            builders.access_key(user)
            builders.mfa_device(user)
            builders.iam_group(f"g{i}", account=account)
            builders.iam_user(account=account)
            builders.observation("iam_user", user.arn, {"n": i}, change="changed")
            builders.assignment(account, builders.permission_set(), f"principal-{i}")
        evaluate(timezone.now())
        user.groups = [f"g{i}" for i in range(start + number)]
        user.save()

    urls = [reverse("iam-user", args=[user.pk]), reverse("account", args=[account.account_id])]
    grow(0, 3)
    few = [count(client, url) for url in urls]
    grow(3, 17)

    assert [count(client, url) for url in urls] == few
    assert max(few) <= 12


@pytest.mark.parametrize("role", ["lead", "engineer"])
def test_ones_own_user_with_groups_and_policies_that_nobody_read_takes_twelve_at_most(role):
    account = builders.account()
    user = builders.iam_user(account=account, groups=["ops", "all"], attached_policies=["arn:p"])
    person = builders.person(identity_center_user_id=builders.store_user("ana@example.com").user_id)
    builders.owner(user, person)
    for name in user.groups:
        builders.iam_group(name, account=account, attached_policies=["arn:q"])
    builders.iam_policy("arn:q", account=account)
    builders.run("access_keys", account.account_id, outcome="denied", error="refused")
    client = builders.signed_in(role, person=person)

    assert count(client, reverse("iam-user", args=[user.pk])) <= 12


@pytest.mark.parametrize("kind", ["iam-users", "credentials", "people", "assignments"])
def test_a_population_as_of_an_instant_is_rebuilt_in_a_fixed_number_of_questions(kind):
    client = builders.signed_in("auditor")
    url = reverse("evidence-population", args=[kind])
    fill(3)
    few = count(client, url)
    fill(27)

    assert count(client, url) == few <= 12


def test_the_parts_about_one_user_and_one_person_ask_a_fixed_number_of_times():
    client = builders.signed_in("lead")
    account = builders.account()
    user, person = builders.iam_user(account=account), builders.person()
    IdentityClass.objects.create(
        subject=user.arn,
        user_arn=user.arn,
        account=account,
        kind="mixed",
        judged="mixed",
        made_at=timezone.now(),
    )
    urls = [
        reverse("iam-user-identity", args=[user.pk]),
        reverse("person-targets", args=[person.pk]),
    ]
    few: list[int] = []
    for number in range(9):
        key = usage_rows.actor_of(user, access_key_id=f"AKIA{number}")
        day = usage_rows.days_ago(number)
        usage_rows.used(key, day)
        usage_rows.came_from(key, day)
        usage_rows.called(key, day)
        given = {"person": person, "account_id": account.account_id}
        SuggestedTarget.objects.create(permission_set=f"S{number}", made_at=timezone.now(), **given)
        TargetAccess.objects.create(
            permission_set=f"T{number}", confirmed_by="x", confirmed_at=timezone.now(), **given
        )
        few = few or [count(client, url) for url in urls]

    assert [count(client, url) for url in urls] == few
    assert max(few) <= 12


def test_messages_of_a_plan_ask_a_fixed_number_of_times():
    client = builders.signed_in("lead")
    plan, account = messaging.plan(), builders.account()
    wave = messaging.wave(plan)
    first = builders.person()
    urls = [
        reverse("plan-messages", args=[plan.pk]) + "?stage=test",
        reverse("plan-message", args=[plan.pk, wave.pk, "test", first.pk]),
    ]
    few: list[int] = []
    for number in range(9):
        stored = builders.store_user()
        person = builders.person(identity_center_user_id=stored.user_id) if number else first
        user = builders.iam_user(account=account, active_keys=1)
        builders.owner(user, first if number % 2 else person)
        builders.assignment(account, builders.permission_set(), stored.user_id, "USER")
        WaveMember.objects.create(plan=plan, wave=wave, kind="person", person=person)
        messaging.message(wave, person, state="doubtful", tried_at=messaging.NOW)
        messaging.message(wave, first, state="failed", round=number + 2)
        few = few or [count(client, url) for url in urls]

    assert [count(client, url) for url in urls] == few
    assert max(few) <= 12
