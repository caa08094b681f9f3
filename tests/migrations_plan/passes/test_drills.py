"""Drills of the directory: what was done in the identity provider is followed by later reads."""

from datetime import timedelta

import pytest

from migrations_plan.models import ScimDrill
from migrations_plan.passes import drills
from tests import builders, ready, usage_rows

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOW = ready.noon()
EXTERNAL = [{"Issuer": "https://idp.example.com", "Id": "7"}]


def drill(kind, at, user="test@example.com"):
    return ScimDrill.objects.create(kind=kind, user=user, by="lead", started_at=at)


def followed(one, now=NOW):
    drills.follow(now)
    one.refresh_from_db()
    return one


def test_whoever_arrives_after_the_start_was_seen_then():
    one = drill("arrive", NOW - 3 * HOUR)
    before = followed(one).seen_at
    builders.store_user(
        "test@example.com", external_ids=EXTERNAL, first_seen_at=NOW - HOUR, created_at=None
    )

    assert before is None
    assert followed(one).seen_at == NOW - HOUR


@pytest.mark.parametrize(
    "more",
    [
        {"external_ids": []},
        {"first_seen_at": NOW - 5 * HOUR},
        {"gone_at": NOW},
    ],
)
def test_somebody_made_by_hand_or_there_before_or_gone_is_no_arrival(more):
    one = drill("arrive", NOW - 3 * HOUR)
    values = {"external_ids": EXTERNAL, "first_seen_at": NOW - HOUR, "created_at": None, **more}
    builders.store_user("test@example.com", **values)

    assert followed(one).seen_at is None


@pytest.fixture
def leaver():
    world = ready.World(NOW, "test")
    world.group = builders.store_group("developers")
    world.member = builders.membership(world.group, world.store)
    world.grant.principal_id, world.grant.principal_type = world.group.group_id, "GROUP"
    world.grant.save()
    return world


def read(at, outcome="complete"):
    for source in ("identity_store", "account_assignments"):
        builders.run(source, at=at, outcome=outcome)


def removed(leaver, at):
    leaver.member.gone_at = at
    leaver.member.save()


def test_whoever_still_has_a_group_opens_something(leaver):
    one = drill("leave", NOW - 2 * HOUR)
    read(NOW - HOUR)

    found = followed(one)
    assert (found.seen_at, found.assignment_gone_at) == (None, None)


def test_after_a_whole_read_without_the_membership_nothing_is_open(leaver):
    one = drill("leave", NOW - 2 * HOUR)
    removed(leaver, NOW - HOUR)
    read(NOW - HOUR)

    found = followed(one)
    assert (found.seen_at, found.assignment_gone_at) == (NOW - HOUR, NOW - HOUR)
    assert found.residual_until is None


def test_a_read_from_before_the_start_proves_nothing(leaver):
    one = drill("leave", NOW - HOUR / 6)
    removed(leaver, NOW - HOUR / 12)

    assert followed(one).assignment_gone_at is None


def test_a_session_from_before_lives_as_long_as_its_set_allows(leaver):
    leaver.set.session_duration = "PT4H"
    leaver.set.save()
    one = drill("leave", NOW - 2 * HOUR)
    removed(leaver, NOW - HOUR)
    read(NOW - HOUR)
    followed(one)
    usage_rows.session(
        leaver.new, NOW - 3 * HOUR, kind="permission_set", permission_set=leaver.set.name
    )

    assert followed(one).residual_until == NOW + HOUR


def test_a_disabled_user_opens_nothing(leaver):
    one = drill("leave", NOW - 2 * HOUR)
    leaver.store.enabled, leaver.store.changed_at = False, NOW - HOUR
    leaver.store.save()
    read(NOW - HOUR)

    assert followed(one).assignment_gone_at == NOW - HOUR


def test_what_is_over_is_left_alone(leaver):
    one = drill("leave", NOW - 200 * HOUR)
    ScimDrill.objects.update(assignment_gone_at=NOW - 100 * HOUR, seen_at=NOW - 100 * HOUR)

    assert drills.follow(NOW) == 0
    assert followed(one).assignment_gone_at == NOW - 100 * HOUR
