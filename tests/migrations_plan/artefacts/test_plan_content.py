"""A template on dates, as JSON and back, shifted, and what differs between two versions."""

from dataclasses import replace
from datetime import date

import pytest

from migrations_plan.artefacts.plan_changes import differences
from migrations_plan.artefacts.plan_content import (
    ContentError,
    checked,
    from_json,
    from_template,
    shifted,
)
from migrations_plan.artefacts.plan_template import plan_templates
from migrations_plan.rules.plan_calendar import calendar

ON = calendar("UTC", range(5), [])
MONDAY = date(2026, 11, 30)
BY_NAME = {one.name: one for one in plan_templates()}
WEEK = from_template(BY_NAME["one-week"], MONDAY, ON)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_template_becomes_a_plan_and_survives_the_database(name):
    content = from_template(BY_NAME[name], MONDAY, ON)

    assert from_json(content.as_json()) == content
    assert checked(content) is content
    assert all(ON.works(day.on) for day in content.days)


def test_five_days_from_monday_end_on_friday_with_the_cutover_on_thursday():
    assert [str(day.on) for day in WEEK.days][:6] == [
        "2026-11-27",
        "2026-11-30",
        "2026-12-01",
        "2026-12-02",
        "2026-12-03",
        "2026-12-04",
    ]
    assert (WEEK.cutover_day.name, str(WEEK.cutover_day.on)) == ("day-4", "2026-12-03")


def test_each_story_chooses_where_its_guardrail_stands():
    chosen = {
        name: from_template(one, MONDAY, ON).choices["guardrail_at"]
        for name, one in BY_NAME.items()
    }

    assert chosen == {"one-week": "units", "four-weeks": "root", "retire-an-admin-user": "root"}


def test_a_shift_moves_what_comes_and_leaves_what_was():
    later = shifted(WEEK, date(2026, 12, 2), 2, ON)

    assert [str(day.on) for day in later.days][2:6] == [
        "2026-12-01",
        "2026-12-04",
        "2026-12-07",
        "2026-12-08",
    ]


def test_days_that_would_overtake_others_are_refused():
    with pytest.raises(ContentError, match="go forward"):
        shifted(WEEK, date(2026, 12, 4), -4, ON)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"settings": {"parallel_hours": 47}}, "parallel_hours is 47: it goes from 48 to 720."),
        ({"choices": {"guardrail_at": "moon"}}, "guardrail_at is 'moon'"),
        ({"owners": {"king": "Ada"}}, "Nobody in a plan is called 'king'."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(changes, said):
    with pytest.raises(ContentError, match=said):
        checked(replace(WEEK, **changes))


def test_an_item_is_done_by_whoever_was_named_for_it():
    item = WEEK.item("scim-proven")
    named = replace(WEEK, owners={"lead": "Ada"})

    assert WEEK.owner(item) == "lead"
    assert named.owner(item) == "Ada"
    assert replace(named, item_owners={"scim-proven": "Bo"}).owner(item) == "Bo"


def whole(content, **changes):
    plain = {
        "name": "Pilot",
        "state": "running",
        "contact": "#a",
        "cutover_at": "18:00",
        "time_zone": "UTC",
        "working_days": [0, 1],
        "holidays": [],
        "content": content.as_json(),
        "waves": [],
    }
    return plain | changes


def test_versions_differ_in_words():
    before = whole(WEEK)
    items = WEEK.days[1].items
    days = (WEEK.days[0], replace(WEEK.days[1], items=items[1:]), *WEEK.days[2:])
    changed = replace(
        shifted(replace(WEEK, days=days), date(2026, 12, 7), 1, ON),
        settings={**WEEK.settings, "parallel_hours": 72},
        owners={"lead": "Ada"},
    )
    members = [{"email": "ana@example.com", "account_id": "", "user_arn": "", "person": 1}]
    wave = {"name": "Wave 1", "position": 1, "cutover_on": "2026-12-03", "members": members}

    assert differences(before, whole(changed, holidays=["2026-12-25"], waves=[wave])) == [
        "holidays: nothing became 2026-12-25",
        "parallel hours: 48 became 72",
        "lead: nothing became Ada",
        f"What the auditor sees: {WEEK.days[6].on} became 2026-12-10",
        f"left out: {items[0].title}",
        "added: Wave 1 on 2026-12-03",
        "Wave 1: 1 came in (ana@example.com)",
    ]
    assert differences(None, before) == []
    assert differences(before, before) == []
