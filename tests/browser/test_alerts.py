"""Credentials, Alerts and one finding in a real browser: every state, every role, no scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import IamUser, Outcome
from migrations_plan.models import Finding
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES
from tests.stale import company as read_company
from tests.stale import evaluate, key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAS = {"lead": "Security lead", "auditor": "Auditor", "engineer": "Engineer"}
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def company(settings):
    """Open, severe, acknowledged, closed and unknown findings; names that are markup."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    now = timezone.now()
    account, ana = read_company(now)
    IamUser.objects.filter(pk=ana.pk).update(console_password=True, mfa=False, admin=True)
    builders.login_profile(ana, observed_at=now - timedelta(minutes=20))
    builders.account_summary(account, root_mfa_enabled=False, root_access_keys_present=True)
    old, gone = key(ana, now, age=100), key(ana, now, age=200)
    key(ana, now, age=30, used=None, last_used_read=False)
    refused = builders.account(HOSTILE)
    odd = builders.iam_user(HOSTILE, account=refused, admin=None, active_keys=None)
    key(odd, now, age=300, used=None)
    builders.run("access_keys", refused.account_id, outcome=Outcome.DENIED, error=HOSTILE)
    person = builders.person("ana@example.com", left_on="2025-01-31", name=f"Ana {HOSTILE}")
    builders.owner(ana, person)
    evaluate(now)
    gone.gone_at = now
    gone.save()
    evaluate(now)
    acknowledged = Finding.objects.get(rule="root-key")
    Finding.objects.filter(pk=acknowledged.pk).update(
        acknowledged_by="lead@example.com",
        acknowledged_at=now,
        acknowledged_reason=HOSTILE,
        acknowledged_until=now + timedelta(days=3),
    )
    for role in PERSONAS:
        of = person if role == "engineer" else None
        builders.portal_user(role, f"{role}@example.com", sample=True, person=of)
    closed = Finding.objects.filter(closed_at__isnull=False).first()
    unknown = Finding.objects.present().filter(verdict="unknown").first()
    mine = Finding.objects.get(subject=old.access_key_id, rule="key-old")
    return {"user": ana, "account": account, "mine": mine, "all": [acknowledged, closed, unknown]}


def enter(page, live_server, role):
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name=PERSONAS[role]).click()
    page.wait_for_load_state()


def addresses(company):
    return [
        "/credentials/",
        "/credentials/?q=zzzz",
        "/credentials/?status=stale",
        "/alerts/",
        "/alerts/?status=all",
        "/alerts/?status=closed",
        "/alerts/?q=zzzz",
        "/",
        reverse("iam-user", args=[company["user"].pk]),
        reverse("account", args=[company["account"].pk]),
        *(reverse("finding", args=[one.pk]) for one in [company["mine"], *company["all"]]),
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


def test_from_the_first_credential_to_an_acknowledgement(
    page, live_server, company, console_errors
):
    enter(page, live_server, "lead")
    page.get_by_role("link", name="Credentials", exact=True).click()
    page.get_by_label("Kind").select_option("access_key")
    page.wait_for_url("**kind=access_key**")
    row = page.locator("#credentials tbody tr", has_text=company["mine"].name)
    row.get_by_role("link", name="old about").click()
    page.get_by_label("Why may it wait?").fill("moves in week 49")
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("the journal has why").wait_for()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts").click()
    page.get_by_label("Show").select_option("acknowledged")
    page.wait_for_url("**status=acknowledged**")

    page.get_by_text("moves in week 49").wait_for()
    assert page.locator("#alerts tbody tr").count() == 2
    assert console_errors == []


def test_an_engineer_comes_from_my_access_to_the_facts(page, live_server, company, console_errors):
    enter(page, live_server, "engineer")
    page.goto(f"{live_server.url}/my-access/")
    assert violations(page) == []

    page.get_by_role("link", name=f"Old access key about {company['mine'].name}").click()

    page.get_by_role("heading", name="The facts behind it").wait_for()
    assert page.get_by_role("button", name="Acknowledge").count() == 0
    assert violations(page) == []
    assert console_errors == []


def test_it_is_acknowledged_and_taken_back_without_scripts(browser, live_server, company):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server, "lead")
    page.goto(f"{live_server.url}/alerts/")
    page.get_by_label("Finding", exact=True).select_option("key-old")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Old access key about").first.click()

    page.get_by_label("Why may it wait?").fill("moves in week 49")
    page.get_by_role("button", name="Acknowledge").click()
    assert page.get_by_text("acknowledged it").count() >= 1
    page.get_by_text("Take the acknowledgement back").click()
    page.get_by_label("Why back on the list?").fill("not in week 49")
    page.get_by_role("button", name="Put it back on the list").click()

    assert page.get_by_text("It is back on the list.").is_visible()
    context.close()
