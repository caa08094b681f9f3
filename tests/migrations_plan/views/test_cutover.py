"""The pages of the end of a wave's day: cutover, scripts, watch, disabled users."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import Job
from migrations_plan.models import (
    Assessment,
    DisabledDecision,
    Handout,
    JournalEntry,
    PlanState,
)
from tests import builders, usage_rows
from tests.forecasts import text
from tests.migrations_plan.test_handing_out import Cut
from tests.waves import a_handout, a_plan, a_wave, asked

pytestmark = pytest.mark.django_db
HOSTILE = '"><img src=x onerror=alert(1)>$(id)'


class Page:
    """A lead and what they see of a wave."""

    def __init__(self, cut):
        self.cut = cut
        self.lead = builders.signed_in("lead")
        self.other = builders.signed_in("lead")
        self.args = [cut.plan.pk, cut.wave.pk]

    def url(self, name, *more):
        return reverse(name, args=[*self.args, *more])

    def get(self, name="plan-cutover", client=None):
        answer = (client or self.lead).get(self.url(name))
        assert answer.status_code == 200
        return text(answer)

    def post(self, name, *more, client=None, **values):
        return (client or self.lead).post(self.url(name, *more), values, follow=True)

    def hand_out(self):
        self.post("plan-hand-out", reason="Day four.")
        return Handout.objects.latest("pk")


def now_cut(environment="dev"):
    """As tests.ready has it, and judged as of now: pages look at the clock."""
    return Cut(environment, now=timezone.now())


@pytest.fixture
def page():
    return Page(now_cut())


@pytest.fixture
def prod():
    return Page(now_cut("prod"))


def ready(page):
    """Whatever the hour is, every gate is ready."""
    Assessment.objects.update(verdict="ready", stale_after=None)
    return page


def test_who_may_be_cut_over_is_said_and_handed_out(page):
    body = ready(page).get()
    assert "1 of 1 person may be cut over now" in body
    assert page.cut.user.user_name in body

    made = page.hand_out()
    body = page.get()
    assert "No production account is touched" in body
    assert made.scripts[0]["name"] in body
    assert "Made from facts as of" in body
    assert made.scripts[0]["sha256"] in body


def test_a_refusal_names_gate_and_sentence(page):
    Assessment.objects.filter(gate="quiet").update(verdict="blocked", sentence="Used 3 times.")
    body = page.get()

    assert "1 is refused" in body
    assert "(gate quiet) is blocked: Used 3 times." in body
    assert "Hand out scripts for" not in body


def test_an_empty_wave_says_what_to_do(page):
    page.args[1] = a_wave(page.cut.plan, name="Empty").pk

    assert "Nobody is in this wave." in page.get()
    assert "Nothing is watched yet." in page.get("plan-watch")
    assert "Nothing is disabled yet." in page.get("plan-disabled")


def test_a_paused_plan_refuses_everybody(page):
    ready(page)
    page.cut.plan.state = PlanState.PAUSED
    page.cut.plan.save()

    assert "The plan is paused: it hands out no scripts." in page.get()


def test_production_scripts_are_not_downloaded_before_another_lead_approves(prod):
    made = ready(prod).hand_out()
    name = made.scripts[0]["name"]
    assert "Until then nobody can download them" in prod.get()

    refused = prod.post("plan-script", made.pk, name)
    assert "another lead has to approve them first" in text(refused)
    mine = prod.post("plan-handout-approve", made.pk, reason="x")
    assert "Somebody else than who handed them out" in text(mine)
    prod.post("plan-handout-approve", made.pk, reason="Read it.", client=prod.other)
    answer = prod.lead.post(prod.url("plan-script", made.pk, name))
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content.decode().startswith("#!/usr/bin/env bash")
    assert JournalEntry.objects.get(action="download-script").details["script"] == name


def test_somebody_who_is_blocked_by_now_closes_what_ends_access_and_not_the_rollback(page):
    made = ready(page).hand_out()
    Assessment.objects.filter(gate="forecast").update(verdict="unknown")
    kinds = {one["kind"]: one["name"] for one in made.scripts}

    assert "Not now: ana" in text(page.post("plan-script", made.pk, kinds["cutover"]))
    assert "cannot be downloaded now" in page.get()
    answer = page.lead.post(page.url("plan-script", made.pk, kinds["rollback"]))
    assert answer["Content-Type"] == "application/octet-stream"


def test_texts_that_come_out_otherwise_are_neither_shown_nor_given(page):
    made = ready(page).hand_out()
    made.scripts[0]["sha256"] = "0" * 64
    made.save()

    assert "comes out otherwise than it was handed out" in page.get()
    refused = page.post("plan-script", made.pk, made.scripts[1]["name"])
    assert "comes out otherwise" in text(refused)


def test_an_auditor_reads_all_and_has_no_button(prod):
    ready(prod).hand_out()
    auditor = builders.signed_in("auditor")

    for name in ("plan-cutover", "plan-watch", "plan-disabled"):
        body = prod.get(name, auditor).split("<main", 1)[1]
        assert "<button" not in body.replace('<button type="button" class="copy"', "")
    assert "#!/usr/bin/env bash" in prod.get(client=auditor)


def test_hostile_names_are_text(page):
    user = page.cut.user
    arn = user.arn
    type(user).objects.filter(pk=user.pk).update(user_name=HOSTILE)
    page.cut.person.name = HOSTILE
    page.cut.person.save()
    a_handout(page.cut.wave, user, ran_at=timezone.now() - timedelta(hours=1))

    for name in ("plan-cutover", "plan-watch", "plan-disabled"):
        assert "<img src=x" not in page.get(name)
    assert arn


def ran(page, hours=1, **more):
    at = timezone.now() - timedelta(hours=hours)
    return a_handout(page.cut.wave, page.cut.user, ran_at=at, **more)


def read_since(page, **keys):
    """Everything is read again, with the user as the script leaves it, or not."""
    cut, now = page.cut, timezone.now()
    builders.read_everything(cut.account, at=now - timedelta(minutes=1))
    asked(cut.user, now - timedelta(minutes=1))
    cut.user.attached_policies = ["arn:aws:iam::aws:policy/AWSDenyAll"]
    cut.user.save()
    cut.key.status = keys.get("status", "Inactive")
    cut.key.save()


def test_that_they_ran_reads_again_and_leads_to_the_watch(page):
    made = ready(page).hand_out()
    answer = page.post("plan-handout-started", made.pk, at="", reason="")

    assert "reads were put on the work list" in text(answer)
    assert answer.redirect_chain[-1][0] == page.url("plan-watch")
    assert Job.objects.filter(source="access_keys").exists()


def test_nothing_is_off_before_a_read_from_after_the_cutover_says_so(page):
    ran(page, hours=0.1)
    body = page.get("plan-watch")

    assert "0 of 1 IAM user are off; of 1 nobody knows yet" in body
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
    usage_rows.ActorDay.objects.filter(actor=row, day=usage_rows.today()).update(
        succeeded_at=from_now, last_at=from_now
    )

    body = page.get("plan-watch")
    assert "<strong>the old path was used 1 time since</strong>" in body
    assert "used: reopened" in body
    assert "It was used on" in page.get("plan-disabled")


def test_a_refused_try_is_no_use_and_is_shown(page):
    ran(page, hours=30)
    read_since(page)
    usage_rows.used(page.cut.old, usage_rows.today(), hours={0: 1}, failed=True)
    usage_rows.ActorDay.objects.filter(day=usage_rows.today()).update(
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
    usage_rows.ActorDay.objects.filter(actor=page.cut.old).delete()
    read_since(page)

    assert "1 of 1 disabled IAM user may be deleted" in page.get("plan-disabled")


def test_deletion_is_unknown_where_logs_were_not_read(page):
    ran(page, hours=24 * 5)
    usage_rows.ActorDay.objects.filter(actor=page.cut.old).delete()
    usage_rows.UsageCoverage.objects.filter(day=usage_rows.days_ago(2)).delete()
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


def test_a_wave_of_another_plan_is_not_found(page):
    page.args[0] = a_plan("Other").pk

    assert page.lead.get(page.url("plan-cutover")).status_code == 404
