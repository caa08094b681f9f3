"""One action that several accounts recorded: once, as the best copy tells it, in any order."""

from itertools import permutations

import pytest

from inventory.models import ActorDay, DailyUsage, UsageCoverage
from tests.inventory.usage.telling import (
    DAY,
    ELSEWHERE,
    HERE,
    NOW,
    THERE,
    assume_role,
    at,
    count,
    event,
    event_id,
    everything,
    from_another_account,
    iam_user,
    nothing_counted,
    role_session,
    totals,
)

pytestmark = pytest.mark.django_db
SERVICE = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}


def copies(caller=None, time=None):
    """The caller's account's record, and those of two others."""
    caller, shared = caller or iam_user(), {"sharedEventID": event_id()}
    return [
        event(who, time or at(9), recipientAccountId=account, **shared)
        for who, account in [
            (caller, HERE),
            (from_another_account(caller), THERE),
            (from_another_account(caller), ELSEWHERE),
        ]
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_the_callers_own_record_counts_whatever_the_order(order, together):
    three = copies()
    objects = [[three[place]] for place in order]
    results = [count(*objects)] if together else [count(one) for one in objects]
    row = DailyUsage.objects.get()
    assert (row.account_id, row.events, row.provisional) == (HERE, 1, False)
    assert totals() == {(f"{DAY}", HERE, "old"): 1}
    assert sum(result.counted for result in results) == 1
    assert sum(result.duplicates for result in results) == 2
    assert ActorDay.objects.count() == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_without_the_callers_record_the_smallest_account_counts(order):
    shared = {"sharedEventID": event_id()}
    three = [event(SERVICE, recipientAccountId=one, **shared) for one in (HERE, THERE, ELSEWHERE)]
    for place in order:
        count([three[place]])
    row = DailyUsage.objects.get()
    assert (row.account_id, row.events, row.provisional) == (HERE, 1, True)
    assert totals() == {(f"{DAY}", HERE, "aws"): 1}


def test_first_and_last_are_found_again_when_a_copy_goes():
    three, others = copies(time=at(23, 0)), [copies(time=at(hour)) for hour in (7, 12)]
    count([three[1]], [one[1] for one in others])
    assert ActorDay.objects.get(account_id=THERE).last_at.hour == 23
    count([three[0]])
    day = ActorDay.objects.get(account_id=THERE)
    assert (day.events, day.first_at.hour, day.last_at.hour, day.h23) == (2, 7, 12, 0)
    row = DailyUsage.objects.get(account_id=THERE)
    assert (row.first_at, row.last_at, day.succeeded_at) == (day.first_at, day.last_at, day.last_at)


def test_rows_equal_those_that_never_saw_the_worse_copies():
    sets = [copies(time=at(hour)) for hour in (1, 9, 17)]
    count([one[0] for one in sets])
    expected = everything()
    nothing_counted()
    for one in sets:
        count([one[2]])
        count([one[1]])
    count([one[0] for one in sets])
    found = everything()
    assert {name for name in found if found[name] != expected[name]} == {"coverage"}
    coverage = UsageCoverage.objects.values_list("account_id", "events")
    assert set(coverage) == {(HERE, 3)}


def test_a_copy_counted_for_a_session_that_was_resolved_since_is_taken_out_there():
    session = role_session("ASIAONE")
    shared = {"sharedEventID": event_id(), "eventName": "GetObject"}
    far = {"type": "AWSAccount", "principalId": session["principalId"], "accountId": HERE}
    count([event(far | {"accessKeyId": "ASIAONE"}, recipientAccountId=THERE, **shared)])
    count([assume_role(iam_user(), "ASIAONE")])
    assert totals() == {(f"{DAY}", HERE, "old"): 1, (f"{DAY}", THERE, "old"): 1}
    count([event(session, **shared)])
    assert totals() == {(f"{DAY}", HERE, "old"): 2}
    assert not DailyUsage.objects.filter(provisional=True).exists()


def test_what_was_listed_of_a_region_stays_known_when_its_only_event_was_a_copy():
    three = copies()
    count([three[1]])
    UsageCoverage.objects.filter(account_id=THERE).update(listed_at=NOW)
    count([three[0]])
    assert UsageCoverage.objects.get(account_id=THERE).events == 0
