"""Items of plans open and close by themselves: one pass over every live plan, by difference."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from migrations_plan.gather.letters import drafts
from migrations_plan.models import (
    DerivedPass,
    Message,
    Plan,
    PlanState,
    Standing,
    StandingChange,
    TestConfirmation,
    Tick,
)
from migrations_plan.passes import assessing, controlling, derived, planning
from tests import builders, ready
from tests.waves import a_plan, a_wave, asked

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world():
    made = ready.World()
    made.user.attached_policies = []
    made.user.console_password = False
    made.user.save()
    asked(made.user, at=made.now - ready.MINUTES)
    made.plan = a_plan()
    made.wave = a_wave(made.plan, made.person)
    made.judged()
    controlling.judge_controls(made.now)
    return made


def standing(plan, item, subject=""):
    return Standing.objects.get(plan=plan, item=item, subject=subject)


def test_every_item_stands_for_each_of_its_subjects(world):
    outcome = planning.judge_plans(world.now)

    person = f"person:{world.person.pk}"
    assert outcome.rows == Standing.objects.count()
    assert set(Standing.objects.values_list("item", flat=True)) == {
        item["name"] for day in world.plan.content["days"] for item in day["items"]
    }
    assert standing(world.plan, "engineers-test", person).wave == world.wave
    assert standing(world.plan, "disable-keys", world.user.arn).verdict == "open"
    assert standing(world.plan, "review-sets", world.set.arn).name == world.set.name
    assert "Nothing tells yet" not in " ".join(Standing.objects.values_list("sentence", flat=True))


def test_a_second_pass_changes_nothing(world):
    planning.judge_plans(world.now)
    before = list(Standing.objects.order_by("pk").values())
    again = planning.judge_plans(world.now)

    assert again.changes == 0
    assert list(Standing.objects.order_by("pk").values()) == before


def test_an_item_closes_by_itself_and_opens_again(world):
    planning.judge_plans(world.now)
    world.user.active_keys = 0
    world.user.save()
    planning.judge_plans(world.now + HOUR)
    during = standing(world.plan, "disable-keys", world.user.arn)
    world.user.active_keys = 1
    world.user.save()
    planning.judge_plans(world.now + 2 * HOUR)
    after = standing(world.plan, "disable-keys", world.user.arn)

    assert (during.verdict, after.verdict) == ("done", "open")
    assert (during.since, after.since) == (world.now + HOUR, world.now + 2 * HOUR)
    told = StandingChange.objects.filter(item="disable-keys").order_by("at")
    assert [(one.before, one.verdict) for one in told] == [
        ("", "open"),
        ("open", "done"),
        ("done", "open"),
    ]


def test_past_its_reads_a_standing_is_unknown(world):
    world.user.active_keys = 0
    world.user.save()
    planning.judge_plans(world.now)
    found = standing(world.plan, "disable-keys", world.user.arn)

    assert found.reads(world.now) == "done"
    assert found.reads(world.now + 7 * HOUR) == "unknown"


def test_a_refused_read_is_never_done(world):
    world.user.active_keys = 0
    world.user.save()
    for source in ("credential_report", "access_keys", "authorization_details"):
        builders.run(
            source, world.account.account_id, at=world.now, outcome="denied", error="refused"
        )
    planning.judge_plans(world.now + HOUR)

    found = standing(world.plan, "disable-keys", world.user.arn)
    assert found.verdict == "unknown"
    assert "refused" in found.sentence


def copied(world, at):
    """A lead told Ana by hand, in the portal's words."""
    (draft,) = drafts(world.wave, "announcement", [world.person], at)
    number = Message.objects.count() + 1
    return Message.objects.create(
        round=number, plan=world.plan, wave=world.wave, person=world.person,
        stage="announcement", channel="hand", to=draft.to, subject=draft.subject,
        body=draft.body, state="copied", queued_by="lead", queued_at=at,
    )  # fmt: skip


def test_whoever_is_told_and_tested_closes_an_item(world):
    person = f"person:{world.person.pk}"
    planning.judge_plans(world.now)
    before = [standing(world.plan, name, person).verdict for name in ("tell-everybody",)]
    copied(world, world.now)
    TestConfirmation.objects.create(person=world.person, by="ana", at=world.now)
    planning.judge_plans(world.now + HOUR)

    tested = standing(world.plan, "engineers-test", person)
    assert before == ["open"]
    assert standing(world.plan, "tell-everybody", person).verdict == "done"
    assert [one["verdict"] for one in tested.gates if one["name"] == "tested"] == ["ready"]


def test_whoever_was_told_another_day_is_not_told(world):
    person = f"person:{world.person.pk}"
    copied(world, world.now)
    world.wave.cutover_on += timedelta(days=1)
    world.wave.save()
    planning.judge_plans(world.now)
    moved = standing(world.plan, "tell-everybody", person)
    copied(world, world.now + HOUR)
    planning.judge_plans(world.now + HOUR)

    assert moved.verdict == "open"
    assert "names another day or hour than their wave has by now" in moved.sentence
    assert standing(world.plan, "tell-everybody", person).verdict == "done"


def test_a_tick_closes_a_manual_item_and_taken_back_opens_it(world):
    planning.judge_plans(world.now)
    tick = Tick.objects.create(
        plan=world.plan, item="document", by="lead", at=world.now, on=world.now.date(), note="Done"
    )
    planning.judge_plans(world.now)
    during = standing(world.plan, "document").verdict
    tick.ended_at = world.now
    tick.save()
    planning.judge_plans(world.now)

    assert (during, standing(world.plan, "document").verdict) == ("done", "open")


def test_a_later_wave_is_due_later(world):
    later = builders.person("bob@example.com")
    wave = a_wave(
        world.plan, later, name="Wave 2", cutover_on=world.wave.cutover_on + timedelta(days=3)
    )
    planning.judge_plans(world.now)

    first = standing(world.plan, "engineers-test", f"person:{world.person.pk}")
    second = standing(world.plan, "engineers-test", f"person:{later.pk}")
    assert second.wave == wave
    assert second.due - first.due == timedelta(days=3)


def test_an_item_about_nobody_is_not_done(world):
    plan = a_plan("Empty")
    planning.judge_plans(world.now)

    assert standing(plan, "engineers-test").verdict == "unknown"
    assert standing(plan, "disable-keys").verdict == "unknown"


def test_a_plan_is_done_when_every_required_item_is_and_not_before(world):
    content = world.plan.content
    for day in content["days"]:
        for item in day["items"]:
            item["optional"] = item["name"] != "document"
    world.plan.save()
    planning.judge_plans(world.now)
    before = Plan.objects.get(pk=world.plan.pk)
    tick = Tick.objects.create(
        plan=world.plan, item="document", by="lead", at=world.now, on=world.now.date(), note="Done"
    )
    planning.judge_plans(world.now + HOUR)
    planning.judge_plans(world.now + 2 * HOUR)
    done = Plan.objects.get(pk=world.plan.pk)
    tick.ended_at = world.now
    tick.save()
    planning.judge_plans(world.now + 3 * HOUR)
    again = Plan.objects.get(pk=world.plan.pk)

    assert (before.done_at, done.done_at, again.done_at) == (None, world.now + HOUR, None)
    assert done.judged_at == world.now + 2 * HOUR
    assert done.state == PlanState.RUNNING


def test_what_comes_before_is_told_and_does_not_decide(world):
    planning.judge_plans(world.now)

    found = standing(world.plan, "disable-keys", world.user.arn)
    assert "Still open before it: “" in found.sentence


def test_an_ended_plan_keeps_how_it_stood(world):
    planning.judge_plans(world.now)
    Plan.objects.filter(pk=world.plan.pk).update(state=PlanState.FINISHED)
    kept = Standing.objects.count()
    a_plan("Another")
    planning.judge_plans(world.now + HOUR)

    assert Standing.objects.filter(plan=world.plan).count() == kept


def test_a_pass_is_due_at_once_after_a_decision_and_by_itself_after_an_hour(world):
    planning.settle(world.now)
    first = Plan.objects.get(pk=world.plan.pk).judged_at
    planning.settle(world.now + timedelta(minutes=1))
    second = Plan.objects.get(pk=world.plan.pk).judged_at
    Tick.objects.create(
        plan=world.plan, item="document", by="lead", at=world.now, on=world.now.date(), note="Done"
    )
    planning.settle(world.now + timedelta(minutes=2))
    third = Plan.objects.get(pk=world.plan.pk).judged_at
    planning.settle(world.now + timedelta(minutes=2) + HOUR)
    fourth = Plan.objects.get(pk=world.plan.pk).judged_at

    assert (first, second) == (world.now, world.now)
    assert third == world.now + timedelta(minutes=2)
    assert fourth == world.now + timedelta(minutes=2) + HOUR


def test_a_decision_does_not_wait_for_a_long_pass_to_pay(world):
    planning.settle(world.now)
    DerivedPass.objects.filter(name=planning.NAME).update(seconds=3_600)
    TestConfirmation.objects.create(person=world.person, by="ana", at=world.now)
    planning.settle(world.now + timedelta(seconds=5))

    assert Plan.objects.get(pk=world.plan.pk).judged_at == world.now + timedelta(seconds=5)


def test_without_a_plan_nothing_is_asked(world):
    Plan.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        planning.settle(world.now)

    assert len(asked_for) == 1
    assert derived.made_at(planning.NAME) is None


def test_more_people_and_plans_cost_no_more_queries(world):
    def cost(at):
        with CaptureQueriesContext(connection) as asked_for:
            planning.judge_plans(at)
        return len(asked_for)

    planning.judge_plans(world.now)
    few = cost(world.now + HOUR)
    others = [ready.World(world.now, f"p{n}", world.account) for n in range(5)]
    wave = a_wave(world.plan, *(one.person for one in others), name="Wave 2")
    assessing.assess(world.now)
    planning.judge_plans(world.now + HOUR)
    many = cost(world.now + 2 * HOUR)
    a_wave(a_plan("Beside"), name="Wave 1")
    planning.judge_plans(world.now + 2 * HOUR)
    beside = cost(world.now + 3 * HOUR)

    assert wave.members.count() == 5
    assert many <= few
    assert beside <= few + 1
