"""What the gates of a plan are judged by, from rows: decisions, sessions, roles, guardrails."""

from datetime import timedelta

import pytest

from migrations_plan.artefacts.legacy import source_ip_policy
from migrations_plan.models import (
    DisabledDecision,
    ExceptionTerms,
    Handout,
)
from tests import ready, usage_rows
from tests.plan_world import answer, declared, made_world
from tests.waves import asked

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROOT_UNIT = "r-root"


@pytest.fixture
def world():
    return made_world()


def handed_out(world, at):
    return Handout.objects.create(
        plan=world.plan, wave=world.wave, by="lead", at=at, as_of=at, roles=[], scripts=[],
        users=[{"arn": world.user.arn}], production=False, started_by="lead", started_at=at,
    )  # fmt: skip


def test_a_cutover_that_was_withdrawn_did_not_begin(world):
    before = answer(world, "tails-quiet", world.user.arn).verdict
    one = handed_out(world, world.now - 40 * HOUR)
    during = answer(world, "tails-quiet", world.user.arn).verdict
    one.withdrawn_at = world.now
    one.save()

    assert (before, during) == ("blocked", "ready")
    assert answer(world, "tails-quiet", world.user.arn).verdict == "blocked"


def test_a_session_from_before_the_cutover_keeps_tails_open(world):
    handed_out(world, world.now - 5 * HOUR)
    usage_rows.session(world.old, world.now - 8 * HOUR, kind="session_token")

    found = answer(world, "tails-quiet", world.user.arn)
    assert found.verdict == "blocked"
    assert f"until {world.now + 28 * HOUR:%Y-%m-%d %H:%M} UTC" in found.sentence


def test_a_session_of_a_user_that_is_off_by_itself_counts_too(world):
    world.user.active_keys, world.user.console_password = 0, False
    world.user.save()
    usage_rows.session(world.old, world.now - 2 * HOUR, kind="session_token")
    type(world.user).objects.update(first_seen_at=world.now - DAY)
    type(world.key).objects.update(changed_at=world.now - HOUR)

    found = answer(world, "tails-quiet", world.user.arn)
    assert found.verdict == "blocked"
    assert "1 session token may live" in found.sentence


def test_keys_are_gone_only_by_a_fresh_question_about_the_user(world):
    type(world.key).objects.update(gone_at=world.now)
    world.user.active_keys = 0
    world.user.save()
    gone = answer(world, "keys-gone", world.user.arn).verdict
    world.user.active_keys = 1
    world.user.save()
    made_since = answer(world, "keys-gone", world.user.arn).verdict
    world.user.active_keys = 0
    world.user.save()
    asked(world.user, at=world.now - 9 * DAY)
    long_ago = answer(world, "keys-gone", world.user.arn).verdict

    assert (gone, made_since, long_ago) == ("ready", "blocked", "unknown")


def test_the_newest_decision_about_a_disabled_user_counts(world):
    world.user.active_keys, world.user.console_password = 0, False
    world.user.save()
    before = answer(world, "disabled-decided", world.user.arn).verdict
    for fate, until, hours in (("delete", None, 3), ("keep", world.now - HOUR, 2)):
        DisabledDecision.objects.create(
            user_arn=world.user.arn, fate=fate, by="lead", at=world.now - hours * HOUR,
            reason="r", until=until,
        )  # fmt: skip
    over = answer(world, "disabled-decided", world.user.arn).verdict
    at_first = answer(world, "disabled-decided", world.user.arn, now=world.now - 90 * ready.MINUTES)

    assert (before, over) == ("blocked", "blocked")
    assert "to be decided again" not in at_first.sentence


def test_an_exception_is_bound_by_terms_and_a_policy_that_was_read(world):
    world.user.inline_policies = {}
    world.user.oldest_active_key_at = world.now - 10 * DAY
    world.user.save()
    declared(world.user, "exception", world.now + 30 * DAY)
    without = answer(world, "exceptions-bound", world.user.arn)
    ExceptionTerms.objects.create(
        user_arn=world.user.arn, owner="erp@example.com", rotation_days=90,
        addresses=["8.8.8.0/24"], by="lead", at=world.now, reason="r",
    )  # fmt: skip
    unbound = answer(world, "exceptions-bound", world.user.arn)
    world.user.inline_policies = {"ip": source_ip_policy(["8.8.8.0/24"])}
    world.user.save()
    bound = answer(world, "exceptions-bound", world.user.arn)
    world.user.inline_policies = None
    world.user.save()
    unread = answer(world, "exceptions-bound", world.user.arn)

    assert "lacks its terms" in without.sentence
    assert "aws:SourceIp" in unbound.sentence
    assert [one.verdict for one in (without, unbound, bound, unread)] == [
        "blocked", "blocked", "ready", "unknown",
    ]  # fmt: skip
