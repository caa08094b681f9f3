"""After the scripts ran: what is off, what was missed, and what becomes of the users."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import ActorDay, UsageCoverage
from migrations_plan.gather.watching import uses_after
from migrations_plan.models import DisabledDecision, JournalEntry
from migrations_plan.views import watch
from tests import builders, usage_rows
from tests.forecasts import text
from tests.wave_pages import Page, now_cut, ran, read_since
from tests.waves import a_handout

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return Page(now_cut())


def test_nothing_is_off_before_a_read_from_after_the_cutover_says_so(page):
    ran(page, hours=0.1)
    body = page.get("plan-watch")

    assert "0 of 1 IAM user is off; of 1 nobody knows yet" in body
    assert "not read since the scripts ran" in body


def test_what_is_off_is_said_off(page):
    ran(page)
    read_since(page)

    assert "1 of 1 IAM user is off." in page.get("plan-watch")


def test_a_key_that_is_still_active_was_missed(page):
    ran(page)
    read_since(page, status="Active")
    body = page.get("plan-watch")

    assert "<strong>1 was missed</strong>" in body
    assert f"The key {page.cut.key.access_key_id} is still active." in body


def test_a_key_made_since_was_missed_too(page):
    ran(page)
    read_since(page)
    builders.access_key(page.cut.user, access_key_id="AKIANEW")

    assert "The key AKIANEW is new and active." in page.get("plan-watch")


def test_a_denial_that_is_not_attached_was_missed(page):
    ran(page)
    read_since(page)
    page.cut.user.attached_policies = []
    page.cut.user.save()

    assert "AWSDenyAll is not attached." in page.get("plan-watch")


def test_a_lead_reads_again_at_once(page):
    made = ran(page)

    assert "reads were put on the work list" in text(page.post("plan-watch-again", made.pk))
    assert "on the work list" in page.get("plan-watch")


def test_live_sessions_stand_with_their_last_possible_minute(page):
    ran(page)
    at = timezone.now().replace(microsecond=0) - timedelta(hours=3)
    usage_rows.session(page.cut.old, at, "session_token")
    usage_rows.session(page.cut.old, at - timedelta(hours=20), "role", role_arn="x")
    body = page.get("plan-watch")

    assert f"{at + timedelta(hours=36):%Y-%m-%d %H:%M} UTC" in body
    assert body.count("<td>role session</td>") == 0


def test_a_late_use_reopens(page):
    ran(page, hours=30)
    read_since(page)
    assert "No use of these users is known since" in page.get("plan-watch")
    usage_rows.used(page.cut.old, usage_rows.today(), hours={0: 1})
    row = page.cut.old.pk
    from_now = timezone.now() - timedelta(minutes=5)
    ActorDay.objects.filter(actor=row, day=usage_rows.today()).update(
        succeeded_at=from_now, last_at=from_now
    )

    body = page.get("plan-watch")
    assert "<strong>the old path was used 1 time since</strong>" in body
    assert "used: reopened" in body
    assert "It was used on" in page.get("plan-disabled")


def test_a_use_is_not_hidden_by_many_later_ones_of_somebody_else(page):
    began = timezone.now() - timedelta(days=20)
    arns = ["arn:aws:iam::000000000042:user/busy", "arn:aws:iam::000000000042:user/quiet"]
    busy, quiet = (usage_rows.actor(arn=arn) for arn in arns)
    days = [(quiet, 12, 1), *((busy, day, place) for day in range(6) for place in range(100))]
    ActorDay.objects.bulk_create(
        ActorDay(
            actor=who,
            day=(at := timezone.now() - timedelta(days=ago, minutes=5)).date(),
            account_id=f"{place:012}",
            events=1,
            direct_events=1,
            first_at=at,
            last_at=at,
            succeeded_at=at,
        )
        for who, ago, place in days
    )
    found = uses_after(dict.fromkeys(arns, began))

    assert len(found) == 601
    assert [use.arn for use in found][-1] == arns[1]


def test_many_uses_are_counted_and_the_newest_shown(page, monkeypatch):
    ran(page, hours=30)
    read_since(page)
    monkeypatch.setattr(watch, "MOST_ROWS", 0)
    usage_rows.used(page.cut.old, usage_rows.today(), hours={0: 1})
    now = timezone.now() - timedelta(minutes=5)
    ActorDay.objects.filter(day=usage_rows.today()).update(succeeded_at=now, last_at=now)
    body = page.get("plan-watch")

    assert "the old path was used 1 time since" in body
    assert "and 1 earlier" in body


def test_a_refused_try_is_no_use_and_is_shown(page):
    ran(page, hours=30)
    read_since(page)
    usage_rows.used(page.cut.old, usage_rows.today(), hours={0: 1}, failed=True)
    ActorDay.objects.filter(day=usage_rows.today()).update(
        last_at=timezone.now() - timedelta(minutes=5)
    )

    body = page.get("plan-watch")
    assert "tried, and refused" in body
    assert "the old path was used" not in body


def test_facts_that_show_a_cutover_are_watched_before_anybody_says_so(page):
    a_handout(page.cut.wave, page.cut.user, at=timezone.now() - timedelta(hours=2))
    read_since(page)
    type(page.cut.key).objects.update(changed_at=timezone.now() - timedelta(minutes=30))

    assert "nobody has said that the scripts ran" in page.get("plan-watch")


def test_roles_say_whether_older_sessions_are_denied(page):
    role = f"arn:aws:iam::{page.cut.account.account_id}:role/deploy"
    ran(page, roles=[role])
    body = page.get("plan-watch")
    assert role in body
    assert "its policies were not read since" in body


def test_deletion_waits_for_tails_and_quiet_days(page):
    ran(page)
    read_since(page)
    body = page.get("plan-disabled")

    assert "0 of 1 disabled IAM user may be deleted" in body
    assert "days without a call are over on" in body
    assert "1 was not claimed" in body


def test_deletion_is_safe_after_quiet_whole_days(page):
    ran(page, hours=24 * 5)
    ActorDay.objects.filter(actor=page.cut.old).delete()
    read_since(page)

    assert "1 of 1 disabled IAM user may be deleted" in page.get("plan-disabled")


def test_deletion_is_unknown_where_logs_were_not_read(page):
    ran(page, hours=24 * 5)
    ActorDay.objects.filter(actor=page.cut.old).delete()
    UsageCoverage.objects.filter(day=usage_rows.days_ago(2)).delete()
    read_since(page)

    assert "Whether it was quiet since is not known" in page.get("plan-disabled")


DECISIONS = {
    "delete": ({"fate": "delete", "reason": "Nobody."}, "1 decided."),
    "keep with an end": (
        {
            "fate": "keep",
            "reason": "Audit.",
            "until": (timezone.now() + timedelta(days=9)).date().isoformat(),
        },
        "1 decided.",
    ),
    "keep without": ({"fate": "keep", "reason": "Audit."}, "Please say until when"),
    "no reason": ({"fate": "delete", "reason": ""}, "Please choose what becomes of them"),
    "no fate": ({"fate": "burn", "reason": "x"}, "Please choose what becomes of them"),
}


@pytest.mark.parametrize(("values", "said"), DECISIONS.values(), ids=DECISIONS.keys())
def test_a_lead_decides_about_disabled_users(page, values, said):
    ran(page)
    answer = page.post("plan-disabled-decide", user=page.cut.user.arn, **values)

    assert said in text(answer)
    made = DisabledDecision.objects.filter(user_arn=page.cut.user.arn).count()
    assert made == JournalEntry.objects.filter(action="decide-disabled").count()
    assert made == (said == "1 decided.")


def test_users_of_other_waves_are_not_decided_here(page):
    ran(page)
    answer = page.post("plan-disabled-decide", user="arn:x", fate="delete", reason="x")

    assert "Please choose from 1 to" in text(answer)
