"""A pass judges everybody, keeps history, comes due by itself; what is not read turns unknown."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory import after
from inventory.models import (
    AccessKey,
    ActorDay,
    IamUser,
    TrailObject,
)
from migrations_plan import journal
from migrations_plan.models import (
    Assessment,
    AssessPass,
    ForecastSummary,
    IdentityClass,
    PersonState,
    ProgressDay,
    StateChange,
    TargetAccess,
    Waiver,
)
from migrations_plan.passes import assessing, findings
from migrations_plan.rules.readiness import GATES
from tests import builders, usage_rows
from tests.ready import MINUTES, World

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL_READY = dict.fromkeys((gate.name for gate in GATES), "ready")


@pytest.fixture
def world():
    return World()


def but(**more):
    return ALL_READY | {name.replace("_", "-"): verdict for name, verdict in more.items()}


def test_a_person_with_everything_is_ready(world):
    assert world.judged() == ALL_READY
    standing = world.standing()
    assert (standing.state, standing.blocked, standing.unknown) == ("ready", 0, 0)
    assert standing.step == "switch the old path off"
    assert StateChange.objects.get().state == "ready"


def test_a_pass_twice_changes_nothing(world):
    world.judged()
    rows = list(Assessment.objects.order_by("pk").values())
    states = list(PersonState.objects.values())

    outcome = assessing.assess(world.now)

    assert (outcome.rows, outcome.changes) == (0, 0)
    assert list(Assessment.objects.order_by("pk").values()) == rows
    assert list(PersonState.objects.values()) == states


def test_each_day_has_its_row_even_if_nothing_changed(world):
    world.judged()
    IdentityClass.objects.update(stale_after=None)
    ForecastSummary.objects.update(stale_after=None)
    builders.read_everything(world.account, at=world.now + DAY - MINUTES)

    world.judged(world.now + DAY)

    rows = Assessment.objects.filter(gate="owner").order_by("at")
    assert [(row.day, row.current) for row in rows] == [
        (world.now.date(), False),
        ((world.now + DAY).date(), True),
    ]
    days = ProgressDay.objects.values_list("day", flat=True)
    assert list(days) == [world.now.date(), (world.now + DAY).date()]


def test_a_verdict_that_changes_within_a_day_keeps_the_one_before(world):
    world.judged()
    ForecastSummary.objects.update(denied=2)

    world.judged(world.now + HOUR)

    rows = Assessment.objects.filter(gate="forecast").order_by("at")
    assert [row.verdict for row in rows] == ["ready", "blocked"]
    assert [row.current for row in rows] == [False, True]
    assert Assessment.objects.filter(gate="owner").count() == 1


def test_a_stored_verdict_is_unknown_once_its_reads_are_too_old(world):
    world.judged()

    later = world.gates(world.now + 3 * DAY)

    assert {name for name, verdict in later.items() if verdict == "ready"} == {
        "owner",
        "signed-in",
        "sso-console",
        "sso-cli",
    }
    assert world.standing().uncertain(world.now + 3 * DAY)
    ready = PersonState.objects.reading("ready", world.now)
    assert ready.exists()
    assert not PersonState.objects.reading("ready", world.now + 3 * DAY).exists()


def test_new_use_of_the_old_path_reopens_the_gate_and_is_a_regression(world):
    world.judged()
    usage_rows.used(world.old, usage_rows.today())

    found = world.judged(world.now + HOUR)

    assert found == but(quiet="blocked")
    standing = world.standing()
    assert (standing.state, standing.since) == ("regressed", world.now + HOUR)
    changes = StateChange.objects.order_by("at").values_list("before", "state")
    assert list(changes) == [("", "ready"), ("ready", "regressed")]


def switched_off(world):
    AccessKey.objects.update(status="Inactive")
    IamUser.objects.update(active_keys=0)
    findings.evaluate_findings(world.now)


def test_credentials_off_before_ready_are_seen_and_said(world):
    ForecastSummary.objects.update(denied=2)
    world.judged()
    switched_off(world)

    world.judged(world.now + HOUR)

    standing = world.standing()
    assert (standing.state, standing.early, standing.open) == ("disabled", True, 0)
    assert "before the person was ready" in standing.sentence


def test_a_credential_that_returns_is_a_regression(world):
    world.judged()
    switched_off(world)
    world.judged(world.now + HOUR)
    assert world.standing().state == "disabled"
    AccessKey.objects.update(status="Active")
    IamUser.objects.update(active_keys=1)
    findings.evaluate_findings(world.now + 2 * HOUR)

    world.judged(world.now + 2 * HOUR)

    assert world.standing().state == "regressed"
    assert "1 credential is active again" in world.standing().sentence


def test_users_that_are_gone_retire_their_person(world):
    IamUser.objects.update(gone_at=world.now)

    world.judged()

    assert world.standing().state == "retired"


def test_what_somebody_needs_stays_known_when_their_users_are_gone(world):
    IamUser.objects.update(gone_at=world.now - MINUTES)
    TargetAccess.objects.all().delete()

    assert world.judged() == ALL_READY


def test_an_iam_user_of_nobody_is_a_subject_too(world):
    loose = builders.iam_user("bob", account=world.account, active_keys=1)
    robot = builders.iam_user("robot", account=world.account, active_keys=1)
    IdentityClass.objects.create(
        subject=robot.arn, user_arn=robot.arn, kind="workload", judged="workload",
        made_at=world.now,
    )  # fmt: skip

    world.judged()

    found = {row.user_arn: (row.state, row.concerned) for row in PersonState.objects.all()}
    assert found[loose.arn] == ("unmapped", True)
    assert found[robot.arn] == ("workload", False)
    builders.owner(loose, world.person)
    world.judged(world.now + HOUR)
    assert not PersonState.objects.filter(user_arn=loose.arn).exists()


def test_somebody_whom_the_migration_is_not_about_is_not_counted(world):
    builders.person("idle@example.com")

    world.judged()

    assert ProgressDay.objects.get().states == {"ready": 1}
    assert not PersonState.objects.get(email="idle@example.com").concerned


def test_a_waiver_holds_until_it_ends_by_itself(world):
    ForecastSummary.objects.update(denied=2)
    Waiver.objects.create(
        person=world.person, gate="forecast", by="lead@example.com", at=world.now,
        reason="Tested by hand.", until=world.now + 2 * HOUR,
    )  # fmt: skip

    assert world.judged() == but(forecast="waived")
    assert world.standing().state == "ready"
    assert world.gates(world.now + 2 * HOUR)["forecast"] == "unknown"
    assert world.judged(world.now + 2 * HOUR) == but(forecast="blocked")


def test_only_the_people_asked_for_are_judged_again(world):
    other = World(name="bob", account=world.account)
    world.judged()
    ForecastSummary.objects.update(denied=1)

    world.judged(world.now + HOUR, person_ids=[world.person.pk])

    assert world.gates()["forecast"] == "blocked"
    assert other.gates()["forecast"] == "ready"
    assert PersonState.objects.count() == 2


def test_nothing_due_is_not_done_again(world):
    assessing.assess_due(world.now)

    with CaptureQueriesContext(connection) as queries:
        outcome = assessing.assess_due(world.now + MINUTES)

    assert outcome.people == 0
    assert len(queries) <= 16


@pytest.mark.parametrize("what", ["a read", "a decision", "an hour", "a day", "logs", "a class"])
def test_a_pass_comes_due_by_itself(world, what):
    assessing.assess_due(world.now)
    AssessPass.objects.update(seconds=0.001)
    at = world.now + MINUTES
    if what == "a read":
        builders.run("identity_store", "", at=at)
    elif what == "a decision":
        journal.write(actor="lead@example.com", action="x", subject="x", now=at)
    elif what == "logs":
        TrailObject.objects.create(
            uri="s3://b/y", name="y", account_id="1", region="x", state="done", found_at=at
        )
    elif what == "a class":
        IdentityClass.objects.update(made_at=at)
    else:
        at = world.now + (HOUR if what == "an hour" else 12 * HOUR)

    assert assessing.assess_due(at).people == 1


def test_a_slow_pass_is_not_run_all_the_time(world):
    assessing.assess_due(world.now)
    AssessPass.objects.update(seconds=30.0)
    builders.run("identity_store", "", at=world.now)

    assert assessing.assess_due(world.now + timedelta(seconds=590)).people == 0
    assert assessing.assess_due(world.now + timedelta(seconds=601)).people == 1


def test_it_is_registered_to_follow_work(world):
    after.settle(world.now)

    assert PersonState.objects.get().person == world.person


def test_a_pass_asks_as_often_for_many_people_as_for_few(world):
    def questions(hours):
        with CaptureQueriesContext(connection) as queries:
            assessing.assess(world.now + hours * HOUR)
        return len(queries)

    World(name="bob", account=world.account)
    few = questions(1)
    for number in range(12):
        World(name=f"person{number}", account=world.account)
    many = questions(2)

    assert many <= few + 2
    assert PersonState.objects.filter(state="ready").count() == 14


def test_what_the_usage_table_holds_is_what_the_gate_counts(world):
    ActorDay.objects.filter(actor=world.new).delete()

    assert world.judged() == but(signed_in="blocked")
