"""Owners, classes, workloads, leavers and targets in a real browser: both themes, narrow and wide,
from a suggestion to a decision, and without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import Declaration, IamUserLink, RejectedOwner, TargetAccess
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES
from tests.migrations_plan import identities

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def company(settings):
    """One of everything, with names that are markup."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    now = timezone.now()
    account = identities.company(name=HOSTILE, account_id="000000000042")
    builders.store_user("ana.silva@example.com", user_id="u-1")
    ana = builders.person("ana.silva@example.com", name="Ana Silva", identity_center_user_id="u-1")
    builders.person("alex.silva@example.com", name=f"Alex Silva {HOSTILE}")
    builders.permission_set(
        "Storage",
        inline_policy=identities.ALLOW_S3,
        managed_policies=[],
        customer_managed_policies=[],
    )
    mine = identities.console_user(account, "ana")
    builders.owner(mine, ana)
    open_user = builders.iam_user("ana.silva", account=account)
    builders.iam_user("asilva", account=account, tags={"note": HOSTILE})
    shared = identities.program(account, "jenkins", console_password=True)
    identities.opened(shared)
    gone = builders.person(
        "gone@example.com", name="Gone", left_on=(now - timedelta(days=20)).date().isoformat()
    )
    theirs = builders.iam_user("gone-key", account=account, active_keys=1)
    builders.access_key(theirs)
    builders.owner(theirs, gone)
    identities.passes(now)
    for role in ("lead", "auditor"):
        builders.portal_user(role, f"{role}@example.com", sample=True)
    return {"ana": ana, "mine": mine, "open": open_user, "shared": shared}


def enter(page, live_server, name="Security lead"):
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


def addresses(company):
    return [
        "/owners/",
        "/owners/?fit=none&q=zz",
        "/owners/import/",
        "/classes/",
        "/classes/?q=zz",
        "/workloads/",
        "/leavers/",
        "/leavers/?q=zz",
        "/targets/",
        "/targets/?show=confirmed",
        "/targets/import/",
        reverse("iam-user-identity", args=[company["shared"].pk]),
        reverse("person-targets", args=[company["ana"].pk]),
    ]


@SETTLED_PAGES
def test_every_page_is_accessible_and_silent(page, live_server, company, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    enter(page, live_server)
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
    enter(page, live_server, "Auditor")
    wide = []
    for url in addresses(company):
        if "import" in url:
            continue
        page.goto(live_server.url + url)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(url)

    assert wide == []
    assert console_errors == []


def test_owners_are_confirmed_together_and_a_suggestion_is_refused(
    page, live_server, company, console_errors
):
    enter(page, live_server)
    page.get_by_role("link", name="Owners", exact=True).click()
    page.get_by_role("link", name="Choose all such rows of this page").click()
    page.get_by_label("How do you know, for all that are chosen?").fill("the directory says so")
    page.get_by_role("button", name="Confirm the chosen owners").click()
    page.get_by_text("1 owner was confirmed").wait_for()
    assert IamUserLink.objects.get(iam_user_arn=company["open"].arn).person == company["ana"]

    row = page.locator("#owners tbody tr", has_text="asilva")
    row.get_by_text("Decide whether asilva is of Ana Silva").click()
    form = row.locator("details[open]")
    form.get_by_label("How do you know?").fill("a namesake")
    form.get_by_role("button", name="Not theirs").click()
    page.get_by_text("it will not be suggested again").wait_for()

    assert RejectedOwner.objects.get().reason == "a namesake"
    assert console_errors == []


def test_a_file_with_a_bad_row_is_seen_before_the_good_one_is_applied(
    page, live_server, company, console_errors
):
    enter(page, live_server)
    page.goto(f"{live_server.url}/owners/import/")
    text = (
        "account_id,user_name,email,reason\n"
        "000000000042,jenkins,ana.silva@example.com,she runs it\n"
        "000000000042,nobody,ana.silva@example.com,typo\n"
    )
    file = {"name": "links.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File (CSV, UTF-8)").set_input_files([file])
    page.get_by_role("button", name="Show what it would change").click()
    page.get_by_text("no such IAM user is known").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Apply 1 row").click()
    page.get_by_text("1 row was applied").wait_for()

    assert IamUserLink.objects.get(iam_user_arn=company["shared"].arn).reason == "she runs it"
    assert console_errors == []


def test_a_class_is_declared_on_the_users_own_page(page, live_server, company, console_errors):
    enter(page, live_server)
    page.goto(live_server.url + reverse("iam-user", args=[company["shared"].pk]))
    part = page.locator("#identity")
    part.get_by_role("heading", name="To a role of the workload").wait_for()
    part.get_by_text(f"Declare what it is: {company['shared'].arn}").click()
    form = part.locator("details[open]").first
    form.get_by_label("It is").select_option("workload")
    form.get_by_label("Why?").fill("nobody signs in any more")
    form.get_by_role("button", name="Declare").click()
    page.get_by_text("is declared workload").wait_for()

    assert Declaration.objects.get().kind == "workload"
    assert console_errors == []


def test_a_target_is_confirmed_without_scripts(browser, live_server, company):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server)
    page.goto(f"{live_server.url}/targets/")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Why, for all that are chosen?").fill("agreed")
    page.get_by_role("button", name="Confirm the chosen targets").click()

    assert page.get_by_text("1 target was confirmed").is_visible()
    assert TargetAccess.objects.get().permission_set == "Storage"
    page.get_by_label("Show").select_option("confirmed")
    page.get_by_role("button", name="Filter").click()
    assert page.get_by_text("not assigned").is_visible()
    context.close()
