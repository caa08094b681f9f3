"""The portal in a real browser: sign-in per role, every page, keyboard, themes, accessibility."""

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import Outcome
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LISTS = ["home", "people", "iam-users", "accounts", "permission-sets", "evidence", "collection"]


def an_administrator(account):
    """Everything that one user's page can show."""
    user = builders.iam_user(
        "ana",
        account=account,
        admin=True,
        admin_how=["inline:everything"],
        inline_policies={"everything": {"Action": "*"}},
        active_keys=1,
        oldest_active_key_at=builders.LONG_AGO,
        console_password=True,
        tags={"<script>": "x"},
    )
    builders.access_key(user)
    builders.report_row(user, mfa_active=False)
    builders.observation("iam_user", user.arn, {"path": "/"})
    builders.observation("iam_user", user.arn, {"path": "/a/"}, change="changed")
    return user


def somebody_with_access(account):
    """A person whom a group lets into the account."""
    group, member = builders.store_group("Ops"), builders.store_user("ana@example.com")
    builders.membership(group, member)
    builders.assignment(account, builders.permission_set("Admin"), group.group_id)
    return builders.person("ana@example.com", identity_center_user_id=member.user_id)


@pytest.fixture
def company(settings):
    """A demo with a bit of everything: known, unknown, failed, gone, hostile."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    read = builders.account("payments", environment="prod")
    unread = builders.account('lab <b>"x"</b>', environment="unknown")
    admin, person = an_administrator(read), somebody_with_access(read)
    builders.owner(admin, person)
    builders.iam_user("odd", account=unread, admin=None, active_keys=None, mfa=None)
    builders.iam_user("past", account=read, gone_at=timezone.now())
    builders.account_summary(read, root_mfa_enabled=False)
    builders.alternate_contact(read)
    builders.read_everything(read)
    builders.run("access_keys", unread.account_id, outcome=Outcome.DENIED, error="AWS refused it.")
    for role in ("lead", "auditor", "engineer"):
        of = person if role == "engineer" else None
        builders.portal_user(role, f"{role}@example.com", sample=True, person=of)
    return {
        "iam-user": reverse("iam-user", args=[admin.pk]),
        "account": reverse("account", args=[read.account_id]),
        "unread": reverse("account", args=[unread.account_id]),
        "person": reverse("person", args=[person.pk]),
    }


def enter(page, live_server, title):
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name=title).click()
    page.wait_for_load_state()


def addresses(company):
    return [*map(reverse, LISTS), *company.values(), "/my-access/", "/search/?q=an", "/?x=1"]


@SETTLED_PAGES
def test_every_page_is_accessible_and_silent(page, live_server, company, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/sign-in/")
    found = violations(page)
    enter(page, live_server, "Security lead")
    for url in [*addresses(company), "/iam-users/?q=zzzz", "/iam-users/?admin=unknown"]:
        page.goto(live_server.url + url)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found += violations(page)

    assert "\n".join(map(str, found)) == ""
    assert console_errors == []


@pytest.mark.nightly
def test_a_phone_scrolls_tables_not_pages(page, live_server, company, console_errors):
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, live_server, "Security lead")
    wide = []
    for url in addresses(company):
        page.goto(live_server.url + url)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(url)

    assert wide == []
    assert violations(page) == []
    assert console_errors == []


@pytest.mark.parametrize(
    ("title", "sees", "not_there"),
    [
        ("Security lead", "Evidence", None),
        ("Auditor", "Evidence", None),
        ("Engineer", "My access", "Evidence"),
    ],
)
def test_each_persona_gets_in_and_out(
    page, live_server, company, console_errors, title, sees, not_there
):
    enter(page, live_server, title)
    side = page.get_by_role("navigation", name="Pages of the portal")

    assert side.get_by_role("link", name=sees).count() == 1
    assert not_there is None or side.get_by_role("link", name=not_there).count() == 0
    for link in side.get_by_role("link").all():
        assert page.request.get(live_server.url + link.get_attribute("href")).status == 200
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", name="Sign in").is_visible()
    assert console_errors == []


def test_filters_sort_and_back_without_loading_the_page(page, live_server, company, console_errors):
    enter(page, live_server, "Security lead")
    page.goto(f"{live_server.url}/iam-users/")
    page.evaluate("window.sameDocument = true")
    rows = page.locator("#iam-users tbody tr")

    page.get_by_label("Administrator").select_option("yes")
    page.wait_for_url("**admin=yes**")
    assert rows.count() == 1
    page.get_by_role("link", name="Name").first.click()
    page.wait_for_url("**sort=-name**")
    assert "admin=yes" in page.url
    page.locator("#q").fill("nobody")
    page.get_by_text("No IAM user fits these filters.").wait_for()

    assert page.evaluate("window.sameDocument") is True
    page.go_back()
    page.go_back()
    page.wait_for_url("**admin=yes**")
    rows.first.wait_for()
    assert page.locator("h1").count() == 1
    assert console_errors == []


def test_the_keyboard_is_enough(page, live_server, company, console_errors):
    enter(page, live_server, "Security lead")
    page.goto(live_server.url + company["iam-user"])

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("ana")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=ana")
    assert console_errors == []


def test_copying_an_id(page, live_server, company, console_errors):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, live_server, "Security lead")
    page.goto(live_server.url + company["account"])

    page.get_by_role("button", name="Copy").first.click()
    page.get_by_text("Copied").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") in company["account"]
    assert console_errors == []


def test_a_theme_that_was_chosen_stays(page, live_server, company, console_errors):
    enter(page, live_server, "Auditor")
    page.get_by_role("button", name="dark").click()
    page.goto(f"{live_server.url}/accounts/")

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    assert console_errors == []


def test_a_decision_is_confirmed_and_shown(page, live_server, company, console_errors):
    page.on("dialog", lambda dialog: dialog.accept())
    enter(page, live_server, "Security lead")
    page.goto(live_server.url + company["iam-user"])

    page.get_by_text("Take the owner back").click()
    page.get_by_label("Why?").fill("she left")
    page.get_by_role("button", name="Take back").click()

    page.get_by_text("The owner was taken back").wait_for()
    assert page.get_by_text("Nobody has confirmed whose user this is.").is_visible()
    assert console_errors == []


def test_everything_works_without_scripts(browser, live_server, company):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server, "Security lead")
    page.goto(f"{live_server.url}/iam-users/")

    page.get_by_label("Name or ARN").fill("ana")
    page.get_by_role("button", name="Filter").click()

    assert "q=ana" in page.url
    assert page.locator("#iam-users tbody tr").count() == 1
    page.get_by_role("link", name="Name").first.click()
    assert "sort=-name" in page.url
    context.close()
