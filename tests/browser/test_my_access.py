"""My access in a real browser: every button, both themes, a phone, without scripts, and what is
shown when nothing is assigned or nothing could be read."""

import botocore.configloader
import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import AccountAssignment, Outcome
from migrations_plan.actions.plans import answering
from migrations_plan.models import AccountNeed, KeyStory, TestConfirmation
from migrations_plan.passes import assessing
from tests import builders, usage_rows
from tests.browser.accessibility import violations
from tests.browser.themes import FULL_PAGES
from tests.own_access import Somebody, in_wave, instance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 800}
PAGES = ["/my-access/", "/my-access/cli/", "/my-access/accounts/"]
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def ana(settings):
    """Somebody with everything, judged, in a wave and with a message; and an account to add."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    settings.PORTAL_START_URL = "https://acme.awsapps.com/start"
    settings.IDENTITY_CENTER_REGION = ""
    instance()
    found = Somebody("Ana")
    Somebody("Bob")
    found.account.name = HOSTILE
    found.account.environment = "unknown"
    found.account.save()
    found.set.managed_policies = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    found.set.customer_managed_policies = ["/Ours"]
    found.set.save()
    builders.read_everything(found.account, found.old_account)
    actor, day = usage_rows.actor_of(found.iam_user), usage_rows.days_ago(2)
    usage_rows.used(actor, day)
    usage_rows.came_from(actor, day, family="aws-cli-v2")
    in_wave(found.person, "Ana")
    assessing.assess(timezone.now())
    builders.portal_user("engineer", "engineer@example.com", sample=True, person=found.person)
    builders.portal_user("lead", "lead@example.com", sample=True)
    return found


def enter(page, live_server, role="Engineer"):
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name=role).click()
    page.wait_for_load_state()


def opened(page, live_server, url):
    page.goto(f"{live_server.url}{url}")
    page.wait_for_load_state("networkidle")


def wrong(page):
    listed = violations(page)
    if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
        listed.append((page.url, "wide", ""))
    return listed


@FULL_PAGES
def test_every_state_is_accessible_silent_and_fits_a_phone(
    page, live_server, ana, console_errors, theme
):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(PHONE)
    enter(page, live_server)
    found = []
    for change in (lambda: None, lambda: nothing_assigned(ana), refused):
        change()
        for url in PAGES:
            opened(page, live_server, url)
            found += wrong(page)

    assert "\n".join(map(str, found)) == ""
    assert console_errors == []


def nothing_assigned(ana):
    AccountAssignment.objects.all().delete()


def refused():
    for source in ("identity_store", "account_assignments", "permission_sets"):
        builders.run(source, outcome=Outcome.DENIED, error="AWS refused it.")


def of_row(page, text, name):
    row = page.get_by_label("Table of accounts").get_by_role("row").filter(has_text=text)
    return row.get_by_role("button", name=name)


def test_an_engineer_says_what_there_is_to_say(page, live_server, ana, console_errors):
    enter(page, live_server)
    opened(page, live_server, "/my-access/")
    page.get_by_text("Your old access ends").wait_for()

    page.get_by_label("What did you try").fill("console and kubectl")
    page.get_by_role("button", name="I have tested it").click()
    page.get_by_text("“console and kubectl”").wait_for()
    assert TestConfirmation.objects.get(ended_at=None).person == ana.person

    page.locator("#tested summary").click()
    page.get_by_label("What does not work?").fill("kubectl fails")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name="I have tested it").wait_for()
    assert not TestConfirmation.objects.filter(ended_at=None).exists()

    page.get_by_text("Say where it lives").click()
    page.get_by_label("Where does it live?").select_option(label="in CI or another program")
    page.get_by_label("How did you get it?").fill("over Slack")
    page.get_by_role("button", name="Keep this").click()
    page.get_by_text("“over Slack”").wait_for()
    assert KeyStory.objects.get().place == "ci"
    assert console_errors == []


def test_a_needed_account_blocks_until_it_is_taken_back(page, live_server, ana, console_errors):
    enter(page, live_server)
    opened(page, live_server, "/my-access/")
    page.get_by_text("Add an account that is not listed").click()
    page.get_by_label("Account id").fill("999999999999")
    page.get_by_label("What for?").fill("on call")
    page.get_by_role("button", name="I need it").click()

    page.get_by_text("You have said that you need 999999999999").wait_for()
    assert AccountNeed.objects.get().note == "on call"
    opened(page, live_server, "/my-access/")
    page.get_by_text("999999999999 (as they say)").wait_for()

    of_row(page, "999999999999", "Take it back").click()
    page.get_by_text("Nothing is said of 999999999999 any more").wait_for()
    assert not AccountNeed.objects.exists()
    assert console_errors == []


def test_the_configuration_is_downloaded(page, live_server, ana, tmp_path, console_errors):
    enter(page, live_server)
    opened(page, live_server, "/my-access/")
    page.get_by_text("Configuration with all profiles").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download aws-config", exact=True).click()
    path = tmp_path / "config"
    waiting.value.save_as(path)

    profiles = botocore.configloader.load_config(str(path))["profiles"].values()
    doors = [(one["sso_account_id"], one["sso_role_name"]) for one in profiles]
    assert doors == [(ana.account.account_id, "SetOfAna")]
    assert console_errors == []


def test_without_scripts_everything_can_be_said(browser, live_server, ana):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server)
    page.goto(f"{live_server.url}/my-access/")
    page.get_by_label("What did you try").fill("everything")
    page.get_by_role("button", name="I have tested it").click()
    page.get_by_text("“everything”").wait_for()

    page.get_by_role("link", name="Say which accounts you need").click()
    of_row(page, ana.old_account.name, "Not needed").click()
    page.get_by_text("You have said that you do not need").wait_for()

    page.goto(f"{live_server.url}/my-access/")
    page.get_by_role("link", name="Your configuration of the AWS CLI").click()
    page.get_by_text("Configuration with all profiles").click()
    assert page.get_by_role("link", name="Download aws-config", exact=True).is_visible()
    context.close()


def test_a_lead_reads_it_on_the_page_of_the_person(page, live_server, ana, console_errors):
    answering.confirm_test(by=ana.client.user, note="tested-by-Ana", now=timezone.now())
    enter(page, live_server, "Security lead")
    opened(page, live_server, reverse("person", args=[ana.person.pk]))

    page.get_by_text("tested-by-Ana").wait_for()
    assert page.locator("#answers form").count() == 0
    assert wrong(page) == []
    assert console_errors == []
