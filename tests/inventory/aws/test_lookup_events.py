"""LookupEvents: windows that are over, read whole, however many events they hold."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from inventory.aws.errors import AccessDenied, ReadFailed
from inventory.aws.lookup_events import MOST_PAGES, LookupLogs, parse, scope_of
from inventory.aws.rates import RATES, RateLimits
from inventory.cloudtrail.objects import Days
from tests.inventory.aws.stubbed import ACCOUNT, Step, stubbed_aws

NOW = datetime(2026, 3, 3, 14, 20, tzinfo=UTC)
REGION = "eu-west-1"
DAY = f"lookup://{ACCOUNT}/{REGION}/20260302T000000Z-20260303T000000Z"


class OneReader:
    """Connections whose reader is one stubbed Aws."""

    def __init__(self, aws):
        self.aws = aws

    def reader(self, account_id, on_attempt):
        return self.aws


def fetched(uri, *steps):
    with stubbed_aws(*steps) as aws:
        reader: Any = OneReader(aws)
        return LookupLogs(reader).fetch(uri, lambda: None)


def event(number, at):
    return {
        "EventId": f"e{number}",
        "EventTime": at,
        "CloudTrailEvent": f'{{"eventID":"e{number}"}}',
    }


def page(events, *, begin, end, token=None, following=None, **more):
    params = {
        "StartTime": begin,
        "EndTime": end - timedelta(seconds=1),
        "MaxResults": 50,
        **({"NextToken": token} if token else {}),
    }
    answer = {"Events": events, **({"NextToken": following} if following else {})}
    return Step("cloudtrail", "lookup_events", answer, params, REGION, **more)


def ids(answer):
    return [
        json.loads(one["CloudTrailEvent"])["eventID"] for one in json.loads(answer.data)["Events"]
    ]


def source(days=None, now=NOW):
    nobody: Any = None
    found = LookupLogs(nobody, account_ids=[ACCOUNT], regions=[REGION], now=now)
    return list(found.find(days, lambda: None))


def windows(days=None, now=NOW):
    return [one.uri.rsplit("/", 1)[1] for part in source(days, now) for one in part.objects]


def test_a_day_that_is_over_is_one_window_and_today_one_for_each_hour_that_is():
    found = windows(Days(date(2026, 3, 2), date(2026, 3, 3)))
    assert found[:2] == ["20260302T000000Z-20260303T000000Z", "20260303T000000Z-20260303T010000Z"]
    assert found[-1] == "20260303T120000Z-20260303T130000Z"
    assert len(found) == 1 + 13


def test_just_after_midnight_yesterday_is_not_over_yet():
    found = windows(
        Days(date(2026, 3, 2), date(2026, 3, 3)), datetime(2026, 3, 3, 0, 20, tzinfo=UTC)
    )
    assert found[-1] == "20260302T220000Z-20260302T230000Z"
    assert len(found) == 23


def test_without_days_all_that_aws_keeps_is_looked_up():
    assert windows()[0] == "20251204T000000Z-20251205T000000Z"


def test_the_listing_vouches_up_to_the_last_whole_hour():
    [part] = source(Days(date(2026, 3, 2), date(2026, 3, 3)))
    assert part.through == datetime(2026, 3, 3, 13, tzinfo=UTC)
    assert [place.day for place in part.vouched] == ["2026-03-02", "2026-03-03"]


def test_a_window_is_read_page_by_page():
    _, _, begin, end = parse(DAY)
    found = fetched(
        DAY,
        page([event(1, end - timedelta(hours=1))], begin=begin, end=end, following="2"),
        page([event(2, begin)], begin=begin, end=end, token="2"),
    )
    assert ids(found) == ["e1", "e2"]
    assert found.rest == ()


def test_a_window_with_very_many_events_leaves_its_beginning_for_another_turn():
    _, _, begin, end = parse(DAY)
    oldest = datetime(2026, 3, 2, 18, 0, 5, tzinfo=UTC)
    steps = [
        page(
            [event(n, oldest)],
            begin=begin,
            end=end,
            token=str(n) if n else None,
            following=str(n + 1),
        )
        for n in range(MOST_PAGES)
    ]
    found = fetched(DAY, *steps)
    assert len(ids(found)) == MOST_PAGES
    assert [parse(one.uri)[2:] for one in found.rest] == [(begin, oldest + timedelta(seconds=1))]


def test_a_turn_within_the_last_second_leaves_that_second_and_what_was_before():
    _, _, begin, end = parse(DAY)
    last = end - timedelta(seconds=1)
    steps = [
        page(
            [event(n, last)],
            begin=begin,
            end=end,
            token=str(n) if n else None,
            following=str(n + 1),
        )
        for n in range(MOST_PAGES)
    ]
    found = fetched(DAY, *steps)
    assert [parse(one.uri)[2:] for one in found.rest] == [(last, end), (begin, last)]


def test_a_single_second_is_read_however_much_it_holds():
    uri = f"lookup://{ACCOUNT}/{REGION}/20260302T000000Z-20260302T000001Z"
    _, _, begin, end = parse(uri)
    steps = [
        page(
            [event(n, begin)],
            begin=begin,
            end=end,
            token=str(n) if n else None,
            following=str(n + 1) if n < MOST_PAGES + 5 else None,
        )
        for n in range(MOST_PAGES + 6)
    ]
    found = fetched(uri, *steps)
    assert len(ids(found)) == MOST_PAGES + 6
    assert found.rest == ()


def test_a_refusal_in_the_middle_is_no_shorter_window():
    _, _, begin, end = parse(DAY)
    steps = (
        page([event(1, begin)], begin=begin, end=end, following="2"),
        page([], begin=begin, end=end, token="2").failing("AccessDeniedException"),
    )
    with pytest.raises(AccessDenied, match=f"account {ACCOUNT} in {REGION}"):
        fetched(DAY, *steps)


def test_two_calls_a_second_in_each_region_of_an_account():
    slept: list[float] = []
    limits = RateLimits(RATES, clock=lambda: 0.0, sleep=slept.append)
    for region in ("eu-west-1", "eu-west-1", "us-east-1", "eu-west-1"):
        limits.wait(ACCOUNT, "cloudtrail", "lookup_events", region)
    assert slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("uri", "scope"),
    [
        ("lookup://", ("", "")),
        (f"lookup://{ACCOUNT}", (ACCOUNT, "")),
        (f"lookup://{ACCOUNT}/eu-west-1", (ACCOUNT, "eu-west-1")),
    ],
)
def test_an_address_names_an_account_and_a_region_or_all(uri, scope):
    assert scope_of(uri) == scope


@pytest.mark.parametrize("uri", ["lookup://prod", f"lookup://{ACCOUNT}/eu-west-1/x"])
def test_an_address_that_names_something_else_is_refused(uri):
    with pytest.raises(ReadFailed, match="should be lookup://"):
        scope_of(uri)
