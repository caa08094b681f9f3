"""Items are confirmed by hand, and drills of the directory recorded, by leads alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from migrations_plan.actions.plans import drilling, ticking
from migrations_plan.models import JournalEntry, Tick
from tests import plans

pytestmark = pytest.mark.django_db
NOW = plans.MADE_AT


def test_a_tick_counts_until_it_is_taken_back():
    plan, by = plans.plan(), plans.lead()
    day = date(2026, 11, 30)
    said: dict[str, Any] = {"item": "scim-proven", "subject": "", "on": day, "link": ""}

    first = ticking.tick(by=by, plan=plan, note="Came and went.", now=NOW, **said)
    second = ticking.tick(by=by, plan=plan, note="Again.", now=NOW + timedelta(hours=1), **said)

    first.refresh_from_db()
    assert (first.ended_by, second.ended_at) == (by.username, None)
    ticking.take_back(by=by, tick=second, reason="It was the wrong user.", now=NOW)
    assert not Tick.objects.filter(ended_at=None).exists()
    assert [line.action for line in JournalEntry.objects.order_by("seq")][-3:] == [
        "tick-item",
        "tick-item",
        "take-back-tick",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item": "count-users"}, "judged from facts alone"),
        ({"item": "no-such"}, "no such item"),
        ({"note": " "}, "say what was done"),
        ({"link": "javascript:alert(1)"}, "begins with https"),
        ({"on": date(2027, 1, 1)}, "has not come yet"),
        ({"subject": "person:1"}, "not about that"),
    ],
)
def test_a_tick_that_says_nothing_is_refused(changes, said):
    plan = plans.plan()
    values: dict[str, Any] = {
        "item": "scim-proven",
        "subject": "",
        "on": date(2026, 11, 30),
        "note": "Seen.",
        "link": "",
    }

    with pytest.raises(ValidationError, match=said):
        ticking.tick(by=plans.lead(), plan=plan, now=NOW, **(values | changes))

    assert not Tick.objects.exists()


def drilled(plan, **changes):
    values: dict[str, Any] = {
        "by": plans.lead(),
        "kind": "arrive",
        "user": "test@example.com",
        "started_at": NOW,
        "reason": "As the plan asks.",
        "now": NOW,
    }
    return drilling.record_drill(plan=plan, **(values | changes))


def test_a_drill_of_the_directory_is_recorded_for_later_reads_to_follow():
    plan = plans.plan()

    made = drilled(plan, user=" test@example.com ")

    assert (made.user, made.seen_at) == ("test@example.com", None)
    assert JournalEntry.objects.get(action="record-drill").details["kind"] == "arrive"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "x"},
        {"user": " "},
        {"reason": ""},
        {"started_at": NOW + timedelta(minutes=1)},
        {"started_at": NOW - timedelta(days=31)},
    ],
)
def test_a_drill_that_nobody_could_follow_is_refused(changes):
    plan = plans.plan()

    with pytest.raises(ValidationError):
        drilled(plan, **changes)

    assert not plan.drills.exists()
