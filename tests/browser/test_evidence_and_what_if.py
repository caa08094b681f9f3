"""Statements, the journal and What-if in a real browser: every state, both themes, no scripts."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from migrations_plan import journal
from migrations_plan.models import ControlDay, IdentityClass
from migrations_plan.passes import controlling
from migrations_plan.rules.controls import CONTROLS
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES
from tests.forecasts import ADMIN
from tests.forecasts import company as read_company
from tests.scenarios import scenario

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAS = {"lead": "Security lead", "auditor": "Auditor", "engineer": "Engineer"}
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def company(settings):
    """A person who loses a call, results of some days with a gap and a note, names that are
    markup, and two scenarios."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    now = timezone.now()
    made = read_company()
    ada = made.person("Ada")
    made.calls(ada)
    made.calls(ada, "PutObject", resource=f"arn:aws:s3:::{HOSTILE}")
    arn = ada.links.get().iam_user_arn
    IdentityClass.objects.create(
        subject=arn, user_arn=arn, kind="mixed", judged="mixed", made_at=now
    )
    builders.iam_user(HOSTILE, account=made.account, console_password=True)
    builders.person("left@example.com", name=HOSTILE, left_on="2026-01-31")
    controlling.judge_controls(now)
    for row in list(ControlDay.objects.all()):
        row.pk, row.day = None, row.day - timedelta(days=3)
        row.verdict, row.stale_after = "met", None
        row.notes = [{"at": "2026-11-23T06:00:00Z", "sentence": f"7 more calls {HOSTILE}"}]
        row.save()
    with transaction.atomic():
        for n in range(60):
            subject = f"{n} {HOSTILE}"
            journal.write(actor="lea@example.com", action="collect-now", subject=subject, now=now)
    kept = scenario("As it is")
    made.developer.managed_policies = [ADMIN]
    made.developer.save()
    other = scenario(HOSTILE)
    for role in PERSONAS:
        builders.portal_user(role, f"{role}@example.com", sample=True)
    return {"made": made, "kept": kept, "other": other}


def enter(page, live_server, role):
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name=PERSONAS[role]).click()
    page.wait_for_load_state()


def addresses(company):
    kept, other = company["kept"].pk, company["other"].pk
    ago = timezone.now().date() - timedelta(days=3)
    return [
        "/evidence/?days=90",
        *(reverse("evidence-statement", args=[name]) for name in CONTROLS),
        f"/evidence/statements/off-boarding/?day={ago}",
        "/evidence/statements/off-boarding/?day=2025-01-01",
        "/journal/?check=1",
        "/journal/?q=zzzz",
        "/what-if/",
        "/what-if/ask/",
        f"/what-if/ask/?scenario={kept}",
        reverse("scenario", args=[kept]),
        reverse("scenario", args=[other]),
        f"/what-if/compare/?a={kept}&b={other}",
    ]


@SETTLED_PAGES
def test_every_page_is_accessible_and_silent(page, live_server, company, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    enter(page, live_server, "lead")
    found = []
    for url in addresses(company):
        assert page.goto(live_server.url + url).status == 200
        found += violations(page)

    assert "\n".join(map(str, found)) == ""
    assert console_errors == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.nightly
def test_tables_scroll_and_pages_do_not(page, live_server, company, console_errors, width):
    page.set_viewport_size({"width": width, "height": 800})
    enter(page, live_server, "auditor")
    wide = []
    for url in addresses(company):
        page.goto(live_server.url + url)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(url)

    assert wide == []
    assert console_errors == []


def test_from_a_statement_to_the_subject_of_a_case(page, live_server, company, console_errors):
    enter(page, live_server, "auditor")
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="No human IAM users exist in the environment.").click()
    page.get_by_role("heading", name="Exceptions and unknown cases").wait_for()
    page.locator("section", has_text="Exceptions").get_by_role("link", name="ada").click()

    page.get_by_role("heading", name="ada").first.wait_for()
    assert console_errors == []


def test_a_lead_records_a_review_and_finds_it_in_the_journal(
    page, live_server, company, console_errors
):
    enter(page, live_server, "lead")
    page.goto(f"{live_server.url}/evidence/statements/sets-as-code/")
    page.get_by_label("What was looked at").fill("nothing to take away")
    page.get_by_role("button", name="Record the review").click()
    page.get_by_text("The journal has the review of Developer.").wait_for()
    page.get_by_role("link", name="Journal", exact=True).click()
    page.get_by_label("What", exact=True).select_option("review-permission-set")
    page.wait_for_url("**action=review-permission-set**")

    page.get_by_text("nothing to take away").wait_for()
    assert page.locator("#journal tbody tr").count() == 1
    assert console_errors == []


def test_a_question_is_asked_changed_and_kept(page, live_server, company, console_errors):
    company["made"].developer.managed_policies = []
    company["made"].developer.save()
    enter(page, live_server, "lead")
    page.get_by_role("link", name="What-if", exact=True).click()
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("1 would lose something").wait_for()
    page.locator("#set-0-set").fill("Developer")
    page.locator("#set-0-attach").fill("AdministratorAccess")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("1 would be clean").wait_for()
    page.locator("#set-0-boundary_do").select_option("replace")
    page.locator("#set-0-boundary").fill("AWSDenyAll")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("1 would lose something").wait_for()
    page.locator("#set-0-boundary_do").select_option("remove")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("1 would be clean").wait_for()
    assert violations(page) == []
    page.get_by_label("Keep it under the name").fill("With everything")
    page.get_by_role("button", name="Answer and save").click()

    page.get_by_role("heading", name="With everything").wait_for()
    page.get_by_text("The question", exact=True).click()
    assert page.get_by_text("AdministratorAccess without a boundary").is_visible()
    assert page.get_by_text("the facts are still the same").count() == 1
    assert console_errors == []


def test_what_is_wrong_with_a_question_is_said_without_scripts(browser, live_server, company):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server, "auditor")
    page.goto(f"{live_server.url}/what-if/ask/")
    page.locator("#set-0-set").fill(HOSTILE)
    page.get_by_role("button", name="Answer", exact=True).click()

    assert page.get_by_role("alert").get_by_text("There is no permission set").is_visible()
    assert page.locator("#set-0-set").input_value() == HOSTILE
    assert page.get_by_role("button", name="Answer and save").count() == 0
    context.close()
