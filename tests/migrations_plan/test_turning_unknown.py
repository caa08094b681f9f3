"""What nobody knows is unknown by itself: over real rows, with the clock moved on."""

from datetime import timedelta

import pytest

from inventory.models import IamUser, Outcome, Trail, TrailObject, UsageCoverage
from migrations_plan.models import IdentityClass
from tests import builders, usage_rows
from tests.ready import MINUTES, World, noon

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world():
    return World()


def test_a_stopped_collector_turns_gates_unknown_by_itself(world):
    world.judged()

    found = world.judged(world.now + 3 * DAY)

    for gate in ("identity", "assigned", "forecast", "quiet", "workload"):
        assert found[gate] == "unknown", gate
    assert world.standing().state != "ready"
    assert "hours old" in world.sentence("identity")


def test_a_denied_read_turns_gates_unknown_by_itself(world):
    world.judged()
    at = world.now + HOUR
    builders.run("identity_store", "", at=at, outcome=Outcome.DENIED, error="AWS refused it.")

    found = world.judged(at + MINUTES)

    assert (found["identity"], found["assigned"]) == ("unknown", "unknown")
    assert "AWS refused it" in world.sentence("identity")


def test_an_uncovered_day_turns_quiet_unknown_and_is_named(world):
    day = usage_rows.days_ago(2)
    UsageCoverage.objects.filter(day=day).update(read_through=usage_rows.at(day, 5))

    assert world.judged()["quiet"] == "unknown"
    assert f"{day} of dev was not wholly read; 2 days are needed." in world.sentence("quiet")


@pytest.mark.parametrize("state", ["pending", "quarantined"])
def test_a_log_object_that_was_not_counted_turns_quiet_unknown(world, state):
    day = usage_rows.days_ago(1)
    TrailObject.objects.create(
        uri="s3://b/x", name="x", account_id=world.account.account_id, region="us-east-1",
        day=day, state=state, found_at=world.now,
    )  # fmt: skip

    assert world.judged()["quiet"] == "unknown"


def test_a_day_that_is_covered_too_long_ago_is_not_enough(world):
    UsageCoverage.objects.filter(day__gte=usage_rows.days_ago(1)).delete()

    assert world.judged()["quiet"] == "unknown"


def test_logs_of_another_account_of_theirs_count_too(world):
    other = builders.account("prod")
    builders.read_everything(other, at=world.now - MINUTES)
    user = builders.iam_user("ana", account=other, active_keys=0, observed_at=world.now)
    builders.owner(user, world.person)
    IdentityClass.objects.create(
        subject=user.arn, user_arn=user.arn, kind="human", judged="human", made_at=world.now
    )

    found = world.judged()

    assert found["quiet"] == "unknown"
    assert "of prod was not wholly read" in world.sentence("quiet")


def test_a_silent_trail_proves_nothing(world):
    yesterday = UsageCoverage.objects.filter(day=usage_rows.days_ago(1))
    yesterday.update(objects_read=0, events=0)
    assert world.judged()["quiet"] == "ready"
    stopped_trail(world.account)

    assert world.judged(world.now + HOUR)["quiet"] == "unknown"


def stopped_trail(account):
    at = noon() - MINUTES
    return Trail.objects.create(
        account_id=account.account_id, arn="arn:aws:cloudtrail:us-east-1:1:trail/t", name="t",
        home_region="us-east-1", is_multi_region=True, is_organization=False, is_logging=False,
        log_file_validation=True, run=builders.run("trails", account.account_id, at=at),
        first_seen_at=at, observed_at=at, changed_at=at, digest="0" * 64,
    )  # fmt: skip


def test_use_that_only_aws_tells_of_counts_as_use(world):
    IamUser.objects.update(last_seen_at=world.now - 2 * HOUR)

    assert world.judged()["quiet"] == "blocked"
    assert "per AWS" in world.sentence("quiet")


def test_a_failed_sign_in_is_no_use(world):
    usage_rows.used(world.old, usage_rows.today(), failed=True)

    assert world.judged()["quiet"] == "ready"
