"""Leads make plans and change them; each version is kept, and the journal has a line of it."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from migrations_plan import journal
from migrations_plan.actions.plans import changing, waves
from migrations_plan.actions.plans.changing import Edit, Who
from migrations_plan.gather.plan import content_of
from migrations_plan.models import (
    JournalEntry,
    Plan,
    PlanVersion,
    PortalUser,
    Role,
    Wave,
    WaveMember,
)
from tests import builders, plans

pytestmark = pytest.mark.django_db
NOW = plans.MADE_AT


def who(plan, **changes):
    values = {"by": plans.lead(), "plan": plan, "seen": None, "reason": "Because.", "now": NOW}
    return Who(**(values | changes))


def edit(plan, **changes):
    content = content_of(plan)
    values = {
        "name": plan.name,
        "contact": plan.contact,
        "cutover_at": plan.cutover_at,
        "holidays": (),
        "working_days": tuple(plan.working_days),
        "settings": content.settings,
        "choices": content.choices,
        "owners": {},
        "item_owners": {},
        "dates": {},
        "optional": frozenset(),
    }
    return Edit(**(values | changes))


def days_of(plan):
    plan.refresh_from_db()
    return {day.name: str(day.on) for day in content_of(plan).days}


def test_a_plan_is_made_with_its_first_wave_on_the_day_of_the_cutover():
    plan = plans.plan()

    assert (plan.version, plan.state) == (1, "running")
    assert Wave.objects.get(plan=plan).cutover_on == date(2026, 12, 3)
    line = JournalEntry.objects.get(action="make-plan")
    assert (line.subject, line.reason) == (f"plan:{plan.pk}", "The board decided.")
    assert PlanVersion.objects.get(plan=plan).whole["content"]["template"] == "one-week"
    assert journal.verify().reason == ""


def test_an_edit_makes_the_next_version_and_keeps_the_one_before():
    plan = plans.plan()
    wanted = edit(
        plan,
        name="Pilot of the platform team",
        settings={"parallel_hours": 72},
        owners={"lead": "Ada", "on-call": ""},
        dates={"after": date(2026, 12, 11)},
        optional=frozenset({"document"}),
    )

    changing.edit_plan(who(plan), wanted)

    plan.refresh_from_db()
    content = content_of(plan)
    assert (plan.version, plan.name) == (2, "Pilot of the platform team")
    assert content.settings["parallel_hours"] == 72
    assert content.owners == {"lead": "Ada"}
    assert content.item("document").optional
    first, second = PlanVersion.objects.filter(plan=plan).order_by("number")
    assert first.whole["name"] == "Pilot"
    assert second.whole["content"]["settings"]["parallel_hours"] == 72


def test_a_change_upon_an_old_version_is_refused_and_changes_nothing():
    plan = plans.plan()
    changing.shift_plan(who(plan, seen=1), date(2026, 12, 2), 1)

    with pytest.raises(ValidationError, match="Somebody has changed this plan meanwhile"):
        changing.shift_plan(who(plan, seen=1), date(2026, 12, 2), 1)

    assert days_of(plan)["day-3"] == "2026-12-03"
    assert PlanVersion.objects.filter(plan=plan).count() == 2


def test_a_shift_moves_days_and_waves():
    plan = plans.plan()

    changing.shift_plan(who(plan), date(2026, 12, 2), 3)

    assert days_of(plan)["day-2"] == "2026-12-01"
    assert days_of(plan)["day-4"] == "2026-12-08"
    assert Wave.objects.get(plan=plan).cutover_on == date(2026, 12, 8)


def test_a_pause_moves_what_was_to_come_by_the_working_days_it_took():
    plan = plans.plan()
    changing.pause_plan(who(plan, now=datetime(2026, 12, 1, 8, tzinfo=UTC)))
    plan.refresh_from_db()
    assert (plan.state, plan.paused_on) == ("paused", date(2026, 12, 1))

    changing.resume_plan(who(plan, now=datetime(2026, 12, 7, 8, tzinfo=UTC)))

    assert days_of(plan)["day-1"] == "2026-11-30"
    assert days_of(plan)["day-2"] == "2026-12-07"
    assert Wave.objects.get(plan=plan).cutover_on == date(2026, 12, 9)
    plan.refresh_from_db()
    assert (plan.state, plan.paused_on) == ("running", None)


def test_a_plan_is_finished_only_when_all_of_it_is_done():
    plan = plans.plan()
    with pytest.raises(ValidationError, match="still open"):
        changing.end_plan(who(plan), "finished")

    Plan.objects.filter(pk=plan.pk).update(done_at=NOW)
    changing.end_plan(who(plan), "finished")

    plan.refresh_from_db()
    assert (plan.state, plan.ended_at) == ("finished", NOW)
    with pytest.raises(ValidationError, match="can no longer be changed"):
        changing.pause_plan(who(plan))


def test_items_come_in_and_are_left_out():
    plan = plans.plan()
    changing.add_item(who(plan), "day-1", "own-cake", "Bring a cake", "It was eaten.", "everyone")
    changing.remove_item(who(plan), "enable-identity-center")

    plan.refresh_from_db()
    content = content_of(plan)
    assert content.item("own-cake").confirm == "It was eaten."
    assert "enable-identity-center" not in {item.name for item in content.items}
    assert "enable-identity-center" not in content.item("connect-identity-provider").after


@pytest.mark.parametrize(
    "work",
    [
        lambda one: changing.shift_plan(one, date(2026, 12, 2), 0),
        lambda one: changing.shift_plan(one, date(2026, 12, 4), -4),
        lambda one: changing.remove_item(one, "no-such-item"),
        lambda one: changing.resume_plan(one),
        lambda one: changing.end_plan(one, "paused"),
        lambda one: changing.edit_plan(one, edit(one.plan, working_days=())),
        lambda one: changing.edit_plan(one, edit(one.plan, settings={"parallel_hours": 1})),
        lambda one: waves.add_wave(one, "Wave 1", date(2026, 12, 8)),
        lambda one: waves.add_wave(one, "Sunday", date(2026, 12, 6)),
        lambda one: waves.put_people(one, one.plan.waves.get(), ["nobody@example.com"]),
        lambda one: waves.put_accounts(one, one.plan.waves.get(), ["123456789012"]),
        lambda one: waves.put_workloads(one, one.plan.waves.get(), ["arn:aws:iam::1:user/x"]),
        lambda one: waves.put_people(one, one.plan.waves.get(), []),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(work):
    plan = plans.plan()

    with pytest.raises(ValidationError):
        work(who(plan))

    plan.refresh_from_db()
    assert plan.version == 1
    assert Wave.objects.count() == 1
    assert WaveMember.objects.count() == 0
    assert JournalEntry.objects.exclude(action="make-plan").count() == 0


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.AUDITOR, ""])
def test_only_a_lead_changes_a_plan(role):
    plan = plans.plan()
    other = PortalUser.objects.create(username=f"{role}@example.com", role=role)

    with pytest.raises(PermissionDenied):
        changing.pause_plan(who(plan, by=other))
    with pytest.raises(PermissionDenied):
        plans.plan(by=other)


def test_nobody_is_in_two_waves_of_one_plan():
    plan, ana = plans.plan(), builders.person("ana@example.com")
    first = plan.waves.get()
    waves.put_people(who(plan), first, ["ANA@example.com ", "ana@example.com"])
    waves.add_wave(who(plan), "Wave 2", date(2026, 12, 8))
    second = plan.waves.get(name="Wave 2")

    waves.put_people(who(plan), second, ["ana@example.com"])

    assert WaveMember.objects.get(plan=plan).wave == second
    assert WaveMember.objects.get(plan=plan).person == ana
    waves.take_out(who(plan), list(WaveMember.objects.filter(plan=plan)))
    assert not WaveMember.objects.exists()


def test_two_plans_run_side_by_side():
    pilot, rest = plans.plan(name="Pilot"), plans.plan(name="Rest", template="four-weeks")
    ana = builders.person("ana@example.com")

    plans.member(pilot, ana)
    plans.member(rest, ana)

    assert WaveMember.objects.filter(person=ana).count() == 2


def test_a_wrong_zone_makes_no_plan():
    with pytest.raises(ValidationError, match="no time zone"):
        plans.plan(time_zone="Mars/Olympus", cutover_at=time(9))

    assert not Plan.objects.exists()
