"""The end of a wave's day, clicked through: refused, handed out, approved, downloaded, watched."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import tasks
from inventory.models import ActorDay, DailyUsage
from migrations_plan.models import Assessment, Handout, WaveMember
from tests import builders, usage_rows
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES
from tests.wave_pages import Cut, ran, read_since
from tests.waves import asked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTILE = '"><img src=x onerror=alert(1)>'


class Story:
    """Ana is ready, Bob is not; production is touched."""

    def __init__(self):
        self.cut = Cut("prod", now=timezone.now())
        self.bob = builders.person("bob@example.com", name=f"Bob {HOSTILE}")
        user = builders.iam_user("bob", account=self.cut.account, attached_policies=[])
        builders.owner(user, self.bob)
        builders.access_key(user)
        asked(user)
        WaveMember.objects.create(
            plan=self.cut.plan, wave=self.cut.wave, kind="person", person=self.bob
        )
        Assessment.objects.filter(person=self.cut.person).update(verdict="ready", stale_after=None)

    def path(self, name):
        args = (
            [self.cut.plan.pk] if name == "plan-standby" else [self.cut.plan.pk, self.cut.wave.pk]
        )
        return reverse(name, args=args)


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def signs_in(page, live_server, settings, monkeypatch):
    """Signs in as somebody; signed in already, as somebody else. Gives what opens an address."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    monkeypatch.setattr(tasks, "hint", lambda: 0)

    def enter(role):
        client = builders.signed_in(role)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        return lambda url: page.goto(live_server.url + url)

    return enter


def test_a_wave_is_cut_over_by_two_leads(page, signs_in, story, console_errors, tmp_path):
    go = signs_in("lead")
    go(story.path("plan-cutover"))
    page.get_by_text("1 of 2 people may be cut over now").wait_for()
    refused = page.get_by_role("row").filter(has_text="Bob")
    refused.get_by_text("(gate owner) is unknown: It was judged 0 times.").wait_for()

    page.get_by_label("Why now?").fill("Day four, 18:00.")
    page.get_by_role("button", name="Hand out scripts for 1 IAM user").click()
    page.get_by_text("another lead has to approve them", exact=False).first.wait_for()
    assert page.get_by_role("button", name="Download").count() == 0
    page.get_by_label("What did you check?").fill("All of it.")
    page.get_by_role("button", name="Approve the scripts").click()
    page.get_by_text("Somebody else than who handed them out").wait_for()

    go = signs_in("lead")
    go(story.path("plan-cutover"))
    page.get_by_label("What did you check?").fill("Read every line.")
    page.get_by_role("button", name="Approve the scripts").click()
    page.get_by_text("Approved: the scripts can be downloaded.").wait_for()
    script = Handout.objects.get().scripts[0]
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {script['name']}").click()
    place = tmp_path / "script.sh"
    download.value.save_as(place)
    assert download.value.suggested_filename == script["name"]
    assert story.cut.key.access_key_id in place.read_text()

    and_then_watched(page, story)
    assert console_errors == []


def and_then_watched(page, story):
    """They ran; a read from after it says that all is off; the user is decided about."""
    page.get_by_label("When did they begin? (UTC)").fill("")
    page.get_by_role("button", name="They ran").click()
    page.get_by_role("heading", name="Watch Wave 1").wait_for()
    page.get_by_text("0 of 1 IAM user is off; of 1 nobody knows yet").wait_for()
    Handout.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    read_since(story)
    page.reload()
    page.get_by_text("1 of 1 IAM user is off.").wait_for()

    page.get_by_role("link", name="Disabled users").click()
    page.get_by_label("ana in dev").check()
    page.get_by_label("What becomes of those chosen?").select_option("delete")
    page.get_by_label("Why?").fill("Nobody claims it.")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("1 decided.").wait_for()
    page.get_by_role("link", name="Standby").click()
    page.get_by_role("heading", name="Refused over the new path").wait_for()


def busy(story):
    """Every page has rows: a missed key, a late use, sessions, a role, a refusal."""
    cut, now = story.cut, timezone.now()
    role = f"arn:aws:iam::{cut.account.account_id}:role/deploy"
    ran(story, roles=[role], refused=[{"name": f"Bob {HOSTILE}", "sentence": HOSTILE}])
    read_since(story, status="Active")
    at = now - timedelta(minutes=4)
    usage_rows.session(cut.old, at)
    usage_rows.used(cut.old, usage_rows.today(), hours={0: 1})
    ActorDay.objects.filter(day=usage_rows.today()).update(succeeded_at=at, last_at=at)
    row = usage_rows.called(cut.new, at.date(), error="AccessDenied")
    DailyUsage.objects.filter(pk=row.pk).update(first_at=at, last_at=at)


@SETTLED_PAGES
def test_pages_of_a_cutover_are_accessible_silent_and_fit_a_phone(
    page, signs_in, story, console_errors, theme
):
    busy(story)
    go, wrong = signs_in("lead"), []
    page.emulate_media(color_scheme=theme)
    for name in ("plan-cutover", "plan-watch", "plan-disabled", "plan-standby"):
        page.set_viewport_size({"width": 1280, "height": 900})
        go(story.path(name))
        wrong += violations(page)
        page.set_viewport_size({"width": 390, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        wrong += [(name, "wider than a phone")] if wide else []
    assert wrong == []
    assert console_errors == []


def test_without_scripts_the_board_is_whole(browser, live_server, settings, story):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    busy(story)
    context = browser.new_context(java_script_enabled=False)
    client = builders.signed_in("auditor")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(live_server.url + story.path("plan-standby"))
    board = page.locator("main").inner_text()
    context.close()

    assert "s3:GetObject" in board
    assert str(story.cut.person) in board
    assert "refused" in board
