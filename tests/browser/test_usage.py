"""Usage in a real browser: the chart, parts that are loaded later, without scripts, on a phone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import builders, usage_rows
from tests.browser.accessibility import violations
from tests.browser.test_pages import enter
from tests.browser.themes import SETTLED_PAGES
from tests.usage_rows import days_ago

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {"light": "Security lead", "dark": "Auditor"}


@pytest.fixture
def company(settings):
    """Both paths, a gap, a part that was read, failures, a correction, live sessions."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    prod, dev = builders.account("prod"), builders.account("dev")
    user = builders.iam_user("ana", account=prod)
    person = builders.person("ana@example.com", identity_center_user_id="u-ana", name="Ana")
    builders.owner(user, person)
    usage_rows.read(prod, [days_ago(number) for number in range(70) if number not in (3, 4)])
    usage_rows.read(dev, [days_ago(number) for number in range(70) if number not in (4, 5)])
    key = usage_rows.actor_of(user, access_key_id="AKIA1")
    new = usage_rows.sso_actor("u-ana")
    for number in (1, 2, 6, 7, 8, 9):
        usage_rows.used(key, days_ago(number), 70 - number, hours={2: 70 - number})
        usage_rows.used(new, days_ago(number), 300, account_id=dev.account_id)
        usage_rows.came_from(key, days_ago(number))
        usage_rows.came_from(new, days_ago(number), family="console")
        usage_rows.called(key, days_ago(number), "PutObject")
        usage_rows.called(new, days_ago(number), "ListBuckets", account_id=dev.account_id)
    usage_rows.used(usage_rows.actor_of(user, "console"), days_ago(1), 2, failed=True)
    usage_rows.path_day(days_ago(1), prod.account_id, "unknown", 5)
    usage_rows.session(key, timezone.now())
    usage_rows.correction(days_ago(6), prod.account_id)
    builders.read_everything(prod, dev)
    for role in ("lead", "auditor", "engineer"):
        builders.portal_user(role, f"{role}@example.com", sample=True, person=person)
    return {
        "usage": reverse("usage"),
        "week": reverse("usage") + "?days=7",
        "nobody": reverse("usage") + "?person=x",
        "identities": reverse("usage-identities"),
        "corrections": reverse("usage-corrections"),
        "person": reverse("person", args=[person.pk]),
        "iam-user": reverse("iam-user", args=[user.pk]),
        "account": reverse("account", args=[dev.account_id]),
        "part": reverse("person-usage", args=[person.pk]),
        "home": "/",
        "my-access": "/my-access/",
    }


@SETTLED_PAGES
def test_usage_is_accessible_and_silent(page, live_server, company, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    enter(page, live_server, WORDS[theme])
    found = []
    for url in company.values():
        page.goto(live_server.url + url)
        page.wait_for_load_state("networkidle")
        found += violations(page)

    assert "\n".join(map(str, found)) == ""
    assert console_errors == []


@pytest.mark.nightly
def test_usage_fits_a_phone(page, live_server, company, console_errors):
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, live_server, "Security lead")
    wide = []
    for url in company.values():
        page.goto(live_server.url + url)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(url)

    assert wide == []
    assert console_errors == []


def test_from_the_overview_to_whose_key_it_is(page, live_server, company, console_errors):
    enter(page, live_server, "Security lead")

    page.get_by_role("heading", name="Usage").get_by_role("link").click()
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url("**days=7**")
    assert page.get_by_role("img", name="Calls per day by path").is_visible()
    page.get_by_role("link", name="1 identity").click()
    page.get_by_role("link", name="Calls").click()
    page.wait_for_url("**sort=calls**")
    page.locator("#identities").get_by_role("link", name="ana", exact=True).first.click()
    page.get_by_text("02:00 UTC").wait_for()

    assert "/iam-users/" in page.url
    assert page.get_by_text("from 198.51.100.0/24 with boto3").is_visible()
    assert console_errors == []


def test_a_part_changes_its_days_without_loading_the_page(
    page, live_server, company, console_errors
):
    enter(page, live_server, "Engineer")
    page.goto(live_server.url + company["iam-user"])
    page.evaluate("window.sameDocument = true")

    page.get_by_role("navigation", name="Periods of use").get_by_role("link", name="90").click()
    page.get_by_role("heading", name="Use in the last 90 days").wait_for()

    assert page.evaluate("window.sameDocument") is True
    assert console_errors == []


def test_the_part_is_a_link_without_scripts(browser, live_server, company):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server, "Engineer")
    page.goto(f"{live_server.url}/my-access/")

    page.get_by_role("link", name="What you used, as counted from CloudTrail").click()

    assert page.get_by_text("First use of Identity Center").is_visible()
    page.get_by_role("link", name="7 days").click()
    assert page.get_by_role("heading", name="Use in the last 7 days").is_visible()
    context.close()
