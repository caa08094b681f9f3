"""The sums of coverage are those of the verdicts on single days."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from inventory.models import DaySums, Trail, TrailObject, UsageCoverage
from inventory.usage.coverage_facts import coverage as verdicts
from inventory.usage.covered import Coverage
from inventory.usage.day_sums import sum_days
from migrations_plan.gather.usage_coverage import coverage, whole_days
from tests import builders

pytestmark = pytest.mark.django_db
FIRST = date(2026, 11, 2)
DAYS = [FIRST + timedelta(days=number) for number in range(6)]
TODAY = date(2026, 11, 20)
REGIONS = ("us-east-1", "eu-west-1")


def midnight(day, **more):
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(**more)


def some_row(account, day, region, chance):
    through = chance.choice([None, midnight(day, hours=20), *[midnight(day, hours=26)] * 4])
    objects = chance.choice([0, 3, 3])
    UsageCoverage.objects.create(
        account_id=account.account_id,
        region=region,
        day=day,
        objects_read=objects,
        events=chance.choice([0, 5]) if objects else chance.choice([0, 0, 2]),
        quarantined=chance.choice([0] * 9 + [1]) if objects else 0,
        read_through=through,
    )


def some_object(account, day, state):
    number = builders.number()
    TrailObject.objects.create(
        key=f"{number}",
        uri=f"file:///{number}",
        name=f"{number}",
        source="file",
        account_id=account.account_id,
        region="us-east-1",
        day=day,
        state=state,
        found_at=midnight(day),
    )


def fill(chance):
    accounts = [builders.account() for _ in range(4)]
    for account in accounts:
        for day in DAYS:
            for region in REGIONS:
                if chance.random() < 0.8:
                    some_row(account, day, region, chance)
            if chance.random() < 0.1:
                some_object(account, day, chance.choice(["pending", "quarantined", "done"]))
    return accounts


def a_trail(account, *, logging, organization=False):
    at = midnight(FIRST)
    Trail.objects.create(
        arn=f"arn:aws:cloudtrail:eu-west-1:1:trail/{builders.number()}",
        account_id=account.account_id,
        name="trail",
        home_region="eu-west-1",
        is_multi_region=True,
        is_organization=organization,
        log_file_validation=True,
        is_logging=logging,
        run=builders.run(),
        first_seen_at=at,
        observed_at=at,
        changed_at=at,
        digest="0" * 64,
    )


@pytest.mark.parametrize("seed", range(16))
def test_the_sums_are_those_of_the_single_verdicts(seed):
    chance = random.Random(seed)
    accounts = fill(chance)
    for account in accounts[: seed % 4]:
        a_trail(account, logging=chance.random() < 0.5, organization=chance.random() < 0.2)
    ids = [account.account_id for account in accounts]
    if seed % 2:
        sum_days(midnight(TODAY))
        DaySums.objects.filter(day__in=chance.sample(DAYS, 2)).delete()
    single = [one for row in verdicts(ids, DAYS[0], DAYS[-1]) for one in row.days]

    found = coverage(DAYS, dict.fromkeys(ids), today=TODAY)

    for day in DAYS:
        states = [one.state for one in single if one.day == day]
        assert found[day].expected == len(ids)
        assert found[day].whole == states.count(Coverage.COVERED)
        assert found[day].partly == states.count(Coverage.PARTIAL)
    by_account = whole_days(DAYS, ids, today=TODAY)
    for account_id in ids:
        covered = {
            one.day
            for one in single
            if one.account_id == account_id and one.state == Coverage.COVERED
        }
        assert by_account[account_id] == covered


def test_a_day_that_is_not_over_is_read_when_its_source_was_read_on_it():
    account = builders.account()
    for day, hours in ((TODAY, 5), (TODAY - timedelta(days=1), 20)):
        UsageCoverage.objects.create(
            account_id=account.account_id,
            region="us-east-1",
            day=day,
            objects_read=1,
            read_through=midnight(day, hours=hours),
        )
    days = [TODAY - timedelta(days=1), TODAY]

    found = coverage(days, {account.account_id: None}, today=TODAY)

    assert [found[day].state for day in days] == ["partial", "covered"]
