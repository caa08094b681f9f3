"""What is forgotten when, and that counts stay as they were."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from inventory.models import (
    DailyUsage,
    ResourceName,
    SealedDay,
    SeenIds,
    SeenShard,
    TrailObject,
    UsageActor,
    UsageOrigin,
    UsageResource,
    UsageSession,
)
from inventory.usage import dimensions, sessions
from inventory.usage.retention import forget_old
from tests.inventory.usage.telling import (
    DAY,
    HERE,
    NOW,
    assume_role,
    at,
    count,
    days_later,
    event,
    iam_user,
    permission_set_session,
    role_session,
    totals,
    waiting,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=60)


def forget(now=LATER, *, id_days=40, origin_days=365):
    return forget_old(now, id_days=id_days, origin_days=origin_days)


def test_ids_of_old_days_are_dropped_and_the_days_sealed():
    old = event(iam_user())
    count([old, event(iam_user(), at(day=days_later(30)))])
    assert forget()["sealed_days"] == 1
    assert (SealedDay.objects.get().day, SeenShard.objects.get().day) == (DAY, days_later(30))
    assert SeenIds.objects.count() == 1
    assert (count([old]).ignored, totals()[f"{DAY}", HERE, "old"]) == (1, 1)


def test_a_day_of_which_something_was_read_within_a_week_is_not_sealed():
    count([event(iam_user())], now=LATER - timedelta(days=6))
    assert forget()["sealed_days"] == 0
    assert forget(LATER + timedelta(days=2))["sealed_days"] == 1


def test_a_day_of_which_objects_wait_is_not_sealed():
    count([event(iam_user())])
    row = waiting(day=days_later(1))
    assert forget()["sealed_days"] == 0
    TrailObject.objects.filter(pk=row.pk).update(state="quarantined")
    assert forget()["sealed_days"] == 1


def test_sessions_that_nobody_told_more_about_are_merged_into_their_role():
    count([event(role_session("ASIAONE")), event(role_session("ASIATWO"), at(12))])
    count([event(permission_set_session("ASIASSO"))])
    assert forget()["sessions_given_up"] == 3
    role = DailyUsage.objects.get(actor__path="unknown")
    assert (role.events, role.last_at.hour, role.actor.session_key) == (2, 12, "")
    assert DailyUsage.objects.get(actor__path="new").actor.user_name == "ana@example.com"
    assert not UsageActor.objects.exclude(session_key="").exists()
    assert totals() == {(f"{DAY}", HERE, "unknown"): 2, (f"{DAY}", HERE, "new"): 1}


def test_a_session_that_was_given_up_may_be_used_again():
    """Ids that are remembered in the process stood for rows that are gone."""
    count([event(role_session("ASIAONE"))])
    UsageActor.objects.filter(session_key="").delete()
    forget()
    dimensions.forget()
    result = count([event(role_session("ASIAONE"), at(day=days_later(58)))])
    assert (result.counted, UsageActor.objects.exclude(session_key="").count()) == (1, 1)


def test_the_places_where_counts_waited_and_sessions_of_machines_go():
    service = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
    count([event(role_session("ASIAONE")), event(role_session("ASIATWO"))])
    count([assume_role(iam_user(), "ASIAONE"), assume_role(service, "ASIATWO")])
    assert UsageActor.objects.exclude(resolved_to=None).count() == 2
    forget()
    assert list(UsageSession.objects.values_list("key", flat=True)) == ["ASIAONE"]
    assert not UsageActor.objects.exclude(resolved_to=None).exists()


def test_networks_are_forgotten_and_their_rows_merged():
    count([event(iam_user(), sourceIPAddress=f"198.51.{n}.7") for n in range(3)])
    count([assume_role(iam_user(), "ASIAONE")])
    before = UsageOrigin.objects.aggregate(Sum("events"))
    assert forget(origin_days=59)["networks"] == 4
    assert UsageOrigin.objects.aggregate(Sum("events")) == before
    assert set(UsageOrigin.objects.values_list("network", flat=True)) == {""}
    assert UsageSession.objects.get().network == ""


def test_names_of_resources_that_nothing_refers_to_go():
    count([event(iam_user(), resources=[{"ARN": "arn:aws:s3:::a"}])])
    forget()
    assert ResourceName.objects.count() == 1
    UsageResource.objects.all().delete()
    forget()
    assert ResourceName.objects.count() == 0


@pytest.fixture
def remembering():
    """Ids of committed rows are remembered in the process, as in a worker."""
    dimensions.forget()
    sessions.forget()
    yield
    dimensions.forget()
    sessions.forget()


@pytest.mark.django_db(transaction=True)
def test_a_remembered_name_that_was_dropped_is_made_again(remembering):
    named = {"resources": [{"ARN": "arn:aws:s3:::a"}]}
    count([event(iam_user(), **named)])
    UsageResource.objects.all().delete()
    assert forget()["names"] == 1
    assert count([event(iam_user(), at(day=days_later(58)), **named)]).counted == 1
    assert UsageResource.objects.get().resource.arn == "arn:aws:s3:::a"


@pytest.mark.django_db(transaction=True)
def test_a_remembered_actor_that_was_given_up_is_made_again(remembering):
    count([event(role_session("ASIAONE"))])
    assert forget()["sessions_given_up"] == 1
    assert count([event(role_session("ASIAONE"), at(day=days_later(58)))]).counted == 1
    keys = DailyUsage.objects.order_by("day").values_list("actor__session_key", flat=True)
    assert list(keys) == ["", "ASIAONE"]
