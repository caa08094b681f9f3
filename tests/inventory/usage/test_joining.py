"""Who is behind a session may become known later than its calls: the counts move."""

import random
from itertools import permutations

import pytest

from inventory.models import (
    DailyUsage,
    UsageActor,
    UsageCorrection,
    UsageCoverage,
    UsageSession,
)
from inventory.usage.joining import join_sessions
from tests.inventory.usage.telling import (
    DAY,
    HERE,
    NOW,
    STORE,
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
    permission_set_session,
    role_session,
    totals,
)

pytestmark = pytest.mark.django_db
USER_ID = "906752ab-1111-2222-3333-444455556666"


def test_calls_of_a_session_wait_as_unknown_until_its_maker_is_read():
    count([event(role_session("ASIAONE"))])
    assert totals() == {(f"{DAY}", HERE, "unknown"): 1}
    count([assume_role(iam_user(), "ASIAONE")])
    assert totals() == {(f"{DAY}", HERE, "old"): 2}
    row = DailyUsage.objects.get(operation__event_name="ListBuckets")
    assert (row.actor.arn, row.actor.session_key) == (iam_user()["arn"], "")
    assert row.actor.role_arn.endswith(":role/deploy")


def test_a_permission_sets_session_is_its_users_once_one_call_names_the_user():
    count([event(permission_set_session("ASIASSO"))])
    waiting = DailyUsage.objects.get().actor
    assert (waiting.path, waiting.permission_set, waiting.session_key) == (
        "new",
        "Admin",
        "ASIASSO",
    )
    count([event(permission_set_session("ASIASSO", user_id=USER_ID), at(10))])
    row = DailyUsage.objects.get()
    assert (row.events, row.actor.arn) == (2, f"identitystore:{USER_ID}")
    assert (row.actor.identity_store_arn, row.actor.user_name) == (STORE, "ana@example.com")


def chain():
    """An IAM user takes a role, with it another in a second account, and works there."""
    user, first, second = iam_user(), role_session("ASIAONE"), {"role": "build", "account": THERE}
    shared = {"sharedEventID": event_id()}
    return [
        assume_role(user, "ASIAONE"),
        assume_role(first, "ASIATWO", at(8, 5), **second, recipientAccountId=HERE, **shared),
        assume_role(
            from_another_account(first), "ASIATWO", at(8, 5), **second,
            recipientAccountId=THERE, **shared,
        ),
        event(role_session("ASIATWO", **second), at(9), recipientAccountId=THERE),
        event(role_session("ASIATWO", **second), at(10), recipientAccountId=THERE, eventName="Get"),
    ]  # fmt: skip


def test_a_chain_over_two_accounts_ends_the_same_in_every_order():
    told = chain()
    count(*[[one] for one in told])
    expected = everything()
    assert totals() == {(f"{DAY}", HERE, "old"): 2, (f"{DAY}", THERE, "old"): 2}
    for order in random.Random(5).sample(list(permutations(told)), 24):
        nothing_counted()
        for one in order:
            count([one])
        found = everything()
        assert {name for name in found if found[name] != expected[name]} <= {"coverage"}


def test_the_target_account_alone_knows_the_user_by_id_until_the_caller_tells():
    user = iam_user()
    issued = assume_role(
        from_another_account(user), "ASIAFAR", account=THERE, recipientAccountId=THERE
    )
    count([issued, event(role_session("ASIAFAR", account=THERE), recipientAccountId=THERE)])
    half = DailyUsage.objects.get(operation__event_name="ListBuckets").actor
    assert (half.path, half.principal_id, half.session_key) == (
        "old",
        user["principalId"],
        "ASIAFAR",
    )
    count([assume_role(user, "ASIAFAR", account=THERE)])
    whole = DailyUsage.objects.get(operation__event_name="ListBuckets").actor
    assert (whole.path, whole.arn, whole.session_key) == ("old", user["arn"], "")


def test_moved_counts_of_a_closed_day_leave_a_correction():
    count([event(role_session("ASIAONE"))])
    UsageCoverage.objects.update(closed_at=NOW)
    count([assume_role(iam_user(), "ASIAONE")])
    late, joined = UsageCorrection.objects.order_by("-reason")
    assert (late.reason, late.path, late.events) == ("late", "old", 1)
    assert (joined.reason, joined.path, joined.events) == ("joined", "old", 1)
    assert joined.sentence == "1 event of a session whose maker became known."


def test_what_was_missed_is_moved_by_the_next_pass_over_all():
    count([event(role_session("ASIAONE"))])
    maker = UsageActor.objects.create(
        digest="m", path="old", kind="IAMUser", arn=iam_user()["arn"], credential="none"
    )
    UsageSession.objects.create(key="ASIAONE", kind="role", started_at=NOW, actor=maker)
    assert (join_sessions(now=NOW), join_sessions(now=NOW)) == (1, 0)
    assert totals() == {(f"{DAY}", HERE, "old"): 1}


def test_a_session_that_seems_to_have_made_itself_ends_the_search():
    count([assume_role(role_session("ASIAONE"), "ASIAONE"), event(role_session("ASIAONE"))])
    assert join_sessions(now=NOW) == 0
    assert totals() == {(f"{DAY}", HERE, "unknown"): 2}
