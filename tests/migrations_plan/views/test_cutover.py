"""The page of a wave's cutover, and its scripts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Job
from migrations_plan.models import Assessment, JournalEntry, PlanState
from tests import builders
from tests.forecasts import text
from tests.wave_pages import Page, now_cut, ready
from tests.waves import a_handout, a_plan, a_wave

pytestmark = pytest.mark.django_db
HOSTILE = '"><img src=x onerror=alert(1)>$(id)'


@pytest.fixture
def page():
    return Page(now_cut())


@pytest.fixture
def prod():
    return Page(now_cut("prod"))


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


def test_that_they_ran_reads_again_and_leads_to_the_watch(page):
    made = ready(page).hand_out()
    answer = page.post("plan-handout-started", made.pk, at="", reason="")

    assert "reads were put on the work list" in text(answer)
    assert answer.redirect_chain[-1][0] == page.url("plan-watch")
    assert Job.objects.filter(source="access_keys").exists()


def test_a_wave_of_another_plan_is_not_found(page):
    page.args[0] = a_plan("Other").pk

    assert page.lead.get(page.url("plan-cutover")).status_code == 404
