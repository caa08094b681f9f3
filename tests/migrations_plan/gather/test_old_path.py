"""The order of everybody on the old path is that of their days, with sums or without."""

import random
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from inventory.models import ActorDay, ActorSums, DaySums, SummedWindow
from inventory.usage.actor_sums import PAUSE, WINDOWS, settle, sum_windows, valid_window
from inventory.usage.day_sums import outdate, sum_days
from migrations_plan.gather import usage
from migrations_plan.gather.old_path import SORTS, latest, ranked
from migrations_plan.gather.usage import Scope
from migrations_plan.rules.usage_days import PRESETS, last_days, window
from tests import builders, usage_rows
from tests.usage_rows import days_ago, today

pytestmark = pytest.mark.django_db
ACCOUNTS = ("111111111111", "222222222222")


def some_use(seed):
    chance = random.Random(seed)
    for number in range(8):
        path = "new" if number == 7 else "old"
        who = usage_rows.actor(path, arn=f"arn:{number // 2}", access_key_id=f"AKIA{number}")
        for account_id in ACCOUNTS:
            for day in chance.sample(range(45), chance.choice([0, 1, 6])):
                failed = chance.random() < 0.4
                events = chance.choice([5, 5, 9])
                usage_rows.used(who, days_ago(day), events, account_id=account_id, failed=failed)


def scope(days, account_id="", actors=None):
    lead = builders.portal_user("lead")
    return Scope(lead, days, {}, account_id, actors)


def plainly(some, sort):
    """The same from each actor's days, by the ORM alone."""
    rows = usage.with_calls(some, usage.identities(some))
    terms = [
        F(name).desc(nulls_last=True) if sort[0] == "-" else F(name).asc(nulls_last=True)
        for name in SORTS[sort.removeprefix("-")]
    ]
    return list(rows.order_by(*terms, "pk").values_list("pk", flat=True))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("summed", [True, False])
def test_the_order_is_that_of_the_days(seed, summed):
    some_use(seed)
    if summed:
        settle(timezone.now(), ())
        assert valid_window(30, today()) is not None
    actors = list(ActorDay.objects.values_list("actor_id", flat=True).distinct()[:3])
    odd = window(days_ago(20), days_ago(2), today())
    for days in (last_days(7, today()), last_days(30, today()), odd):
        for sort in [*SORTS, *(f"-{name}" for name in SORTS)]:
            for some in (scope(days), scope(days, ACCOUNTS[0]), scope(days, "", actors)):
                assert ranked(some, sort) == plainly(some, sort)
    assert ranked(scope(last_days(30, today()), "", []), "-calls") == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("summed", [True, False])
def test_the_latest_are_those_whose_last_day_is_the_latest(seed, summed):
    some_use(seed)
    if summed:
        settle(timezone.now(), ())
    actors = list(ActorDay.objects.values_list("actor_id", flat=True).distinct()[:3])
    odd = window(days_ago(20), days_ago(2), today())
    for days in (last_days(7, today()), last_days(30, today()), odd):
        for some in (scope(days), scope(days, ACCOUNTS[0]), scope(days, "", actors)):
            rows = usage.identities(some).order_by("-last_day", "arn", "pk")
            keys, names = [row.pk for row in rows], {row.arn for row in rows}
            for most in (1, 2, 100):
                assert latest(some, most) == (keys[:most], len(names))
    assert latest(scope(last_days(30, today()), "", []), 10) == ([], 0)


def test_sums_are_not_believed_once_a_day_of_theirs_has_changed():
    some_use(1)
    now = usage_rows.at(today(), 12)
    settle(now, ())
    few = usage_rows.actor("old", arn="arn:late", access_key_id="AKIALATE")
    usage_rows.used(few, days_ago(10), 10_000, account_id=ACCOUNTS[0])
    outdate([days_ago(10)])

    assert valid_window(30, today()) is None
    assert ranked(scope(last_days(30, today())), "-calls")[0] == few.pk
    assert valid_window(7, today()) is not None

    sum_days(now)
    assert valid_window(30, today()) is None
    assert sum_windows(now + PAUSE / 2) == 0
    assert sum_windows(now + PAUSE) == 2
    assert valid_window(30, today()) is not None
    assert ActorSums.objects.filter(actor_id=few.pk, days=30).get().events == 10_000


def test_a_window_is_made_anew_with_every_day_and_only_then():
    some_use(2)
    now = timezone.now()
    settle(now, ())
    before = set(ActorSums.objects.values_list("pk", flat=True))
    settle(now + timedelta(hours=1) if (now + timedelta(hours=1)).date() == today() else now, ())
    assert set(ActorSums.objects.values_list("pk", flat=True)) == before
    tomorrow = now + timedelta(days=1)
    settle(tomorrow, ())

    assert valid_window(30, today()) is None
    assert valid_window(30, tomorrow.date()) is not None
    assert SummedWindow.objects.count() == len(WINDOWS)
    assert not set(ActorSums.objects.values_list("pk", flat=True)) & before


def test_no_window_is_made_before_its_days_have_sums():
    some_use(3)
    sum_days(timezone.now())
    DaySums.objects.filter(day=days_ago(20)).delete()
    sum_windows(timezone.now())
    assert list(SummedWindow.objects.values_list("days", flat=True)) == [7]


def test_windows_are_those_that_pages_offer():
    assert WINDOWS == PRESETS
