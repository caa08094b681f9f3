"""A wave resolved to its people and their IAM users."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Outcome
from migrations_plan.gather import waves
from migrations_plan.models import IdentityClass
from tests import builders
from tests.waves import a_plan, a_wave, asked

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def somebody(account, name="ana", **more):
    user = builders.iam_user(name, account=account, attached_policies=[], **more)
    person = builders.person(f"{name}@example.com", name=name)
    builders.owner(user, person)
    asked(user)
    return person, user


@pytest.fixture
def account():
    made = builders.account("dev")
    builders.read_everything(made)
    return made


def only(wave):
    (person,) = waves.resolve(wave, now()).people
    (user,) = person.users
    return user


def test_a_person_stands_with_all_users_confirmed_as_theirs(account):
    person, first = somebody(account)
    second = builders.iam_user("ana.old", account=builders.account("prod"))
    builders.owner(second, person)
    somebody(account, "bob")

    (found,) = waves.resolve(a_wave(None, person), now()).people
    assert {user.arn for user in found.users} == {first.arn, second.arn}


def test_an_account_brings_in_every_user_that_stands_in_it(account):
    ana, _ = somebody(account)
    nobodys = builders.iam_user("x", account=account)
    builders.iam_user("gone", account=account, gone_at=now())

    found = waves.resolve(a_wave(None, accounts=[account]), now())
    assert [person.pk for person in found.people] == [ana.pk]
    assert [user.arn for user in found.loose] == [nobodys.arn]


def test_whoever_is_in_a_wave_of_their_own_does_not_go_with_an_account_of_another(account):
    plan = a_plan()
    ana, _ = somebody(account)
    bob, _ = somebody(account, "bob")
    robot = builders.iam_user("robot", account=account)
    own = a_wave(plan, ana, programs=[robot.arn])
    rest = a_wave(plan, name="Wave 2", accounts=[account])

    found = waves.resolve_all([own, rest], now())
    assert [person.pk for person in found[own.pk].people] == [ana.pk]
    assert [person.pk for person in found[rest.pk].people] == [bob.pk]
    assert found[rest.pk].loose == ()
    assert waves.resolve(rest, now()) == found[rest.pk]


def test_a_workload_is_one_user_whoever_owns_it(account):
    _, user = somebody(account, "ci-bot")

    found = waves.resolve(a_wave(None, programs=[user.arn]), now())
    assert [one.arn for one in found.programs] == [user.arn]
    assert found.people == ()


def test_keys_are_known_only_where_aws_was_asked_about_the_user(account):
    person, user = somebody(account)
    builders.access_key(user, access_key_id="AKIA1")
    wave = a_wave(None, person)
    assert [key.id for key in only(wave).keys] == ["AKIA1"]

    unasked = builders.person("new@example.com", name="new")
    builders.owner(builders.iam_user("new", account=account), unasked)
    found = only(a_wave(wave.plan, unasked, name="Wave 2"))
    assert found.keys is None
    assert found.keys_told.why


def test_a_user_made_again_since_was_not_asked_about(account):
    person, _user = somebody(account, created_at=now())

    assert only(a_wave(None, person)).keys is None


def test_a_read_that_was_refused_since_makes_the_keys_doubtful(account):
    person, user = somebody(account)
    builders.access_key(user)
    builders.run("access_keys", account.account_id, at=now(), outcome=Outcome.DENIED, error="no")

    assert only(a_wave(None, person)).keys_told.why == "no"


def test_only_awsdenyall_on_the_user_itself_counts(account):
    person, user = somebody(account)
    wave = a_wave(None, person)
    assert only(wave).denied is False
    user.attached_policies = ["arn:aws:iam::aws:policy/AWSDenyAll"]
    user.save()
    assert only(wave).denied is True
    user.attached_policies = ["arn:aws:iam::111122223333:policy/AWSDenyAll"]
    user.save()
    assert only(wave).denied is False
    user.attached_policies = None
    user.save()
    assert only(wave).denied is None


def test_other_credentials_stand_beside_the_keys(account):
    person, user = somebody(account)
    builders.service_credential(user, credential_id="ACCA1")
    builders.login_profile(user)
    found = only(a_wave(None, person))

    assert found.others[0].words == (
        "service-specific credential ACCA1 of codecommit.amazonaws.com"
    )
    assert found.password is True


def test_a_confirmed_user_that_no_read_told_of_is_not_known(account):
    person = builders.person()
    user = builders.iam_user(account=account)
    builders.owner(user, person)
    arn = user.arn
    user.delete()
    found = only(a_wave(None, person))

    assert (found.arn, found.present, found.production) == (arn, None, False)


def test_an_account_nobody_knows_counts_as_production():
    person = builders.person()
    made = builders.account("odd", environment="unknown")
    builders.owner(builders.iam_user(account=made), person)

    assert only(a_wave(None, person)).production


def test_classes_read_as_they_hold_now(account):
    person, user = somebody(account)
    IdentityClass.objects.create(
        subject=user.arn,
        user_arn=user.arn,
        kind="human",
        judged="human",
        made_at=now() - timedelta(days=3),
        stale_after=now() - timedelta(days=1),
    )

    assert only(a_wave(None, person)).kind == "unknown"


def test_resolving_asks_as_often_for_many_as_for_few(account):
    plan = a_plan()

    def count(number):
        people = [somebody(account, f"u{number}-{n}")[0] for n in range(number)]
        made = a_wave(plan, *people, name=f"{number}", accounts=[builders.account()])
        with CaptureQueriesContext(connection) as queries:
            waves.resolve_all([made], now())
        return len(queries)

    assert count(2) == count(12) <= 8
