"""People, permission sets, collection, my access and evidence in a real browser, every state."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import codec, tasks
from inventory.models import Job, JobState, Outcome
from inventory.records import IdentityStoreUserRecord
from inventory.saving.tables import record_of
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAS = {"lead": "Security lead", "auditor": "Auditor", "engineer": "Engineer"}
EMPTY = [
    "/people/",
    "/people/directory/",
    "/permission-sets/",
    "/collection/",
    "/my-access/",
    "/evidence/",
]
POPULATIONS = [f"/evidence/{n}/" for n in ("iam-users", "credentials", "people", "assignments")]
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture(autouse=True)
def demo(settings, monkeypatch):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    settings.PORTAL_START_URL = "https://acme.awsapps.com/start"
    settings.IDENTITY_CENTER_REGION = "eu-central-1"
    monkeypatch.setattr(tasks, "hint", lambda: 0)


@pytest.fixture
def signs_in(page, live_server, demo):
    """Signs in as a role, with whom it is bound to, and gives a function that opens an address."""

    def enter(role, person=None):
        builders.portal_user(role, f"{role}@example.com", sample=True, person=person)
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_role("button", name=PERSONAS[role]).click()
        page.wait_for_load_state()
        return lambda url: page.goto(live_server.url + url)

    return enter


def history(user):
    """An imported file, and two changes of the user in the ledger."""
    builders.run("roster", origin="file", file_name=f"{HOSTILE}.csv", file_sha256="ab" * 32)
    for change, email in (("appeared", "a@example.com"), ("changed", "ana@example.com")):
        user.email = email
        told = codec.to_json(record_of(user, IdentityStoreUserRecord))
        builders.observation("identity_store_user", user.user_id, told, change=change)


@pytest.fixture
def company():
    """Somebody with grants and an old user; a set nobody can judge; a refused account; work."""
    read, refused = builders.account("payments", environment="prod"), builders.account(HOSTILE)
    user, group = builders.store_user("ana@example.com"), builders.store_group(HOSTILE)
    builders.membership(group, user)
    person = builders.person(name=f"Ana {HOSTILE}", identity_center_user_id=user.user_id)
    builders.person("left@example.com", left_on="2024-01-01")
    one = builders.permission_set(
        "Ops",
        session_duration="PT12H",
        managed_policies=["arn:aws:iam::aws:policy/AdministratorAccess"],
        customer_managed_policies=["/x/unread"],
        inline_policy={"Statement": [{"Sid": HOSTILE}]},
        tags={"tier": HOSTILE},
    )
    builders.assignment(read, one, group.group_id)
    builders.assignment(refused, one, "group-nobody-read")
    iam_user = builders.iam_user("ana", account=read, console_password=True, admin=None)
    builders.access_key(iam_user)
    builders.owner(iam_user, person)
    builders.read_everything(read)
    builders.run(
        "access_keys", refused.account_id, outcome=Outcome.DENIED, error=f"refused {HOSTILE}"
    )
    history(user)
    return {
        "person": person,
        "pages": [
            *EMPTY,
            *POPULATIONS,
            reverse("person", args=[person.pk]),
            reverse("permission-set", args=[one.pk]),
            "/collection/?outcome=bad",
            "/people/?q=zzzz",
            "/people/directory/?q=zzzz",
            "/evidence/?check=1",
            "/evidence/?at=2020-01-01T00:00:00",
            "/evidence/?at=nonsense",
        ],
    }


def job(state, source="identity_store", **more):
    now = timezone.now()
    values = {"lane": source, "rank": 1, "not_before": now, "created_at": now, **more}
    return Job.objects.create(source=source, state=state, **values)


@SETTLED_PAGES
@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_every_page_is_accessible_and_silent(page, signs_in, company, console_errors, role, theme):
    page.emulate_media(color_scheme=theme)
    for state in (JobState.RUNNING, JobState.QUEUED, JobState.GIVEN_UP):
        job(state, source="trails" if state == JobState.QUEUED else "identity_store")
    open_page = signs_in(role, company["person"])
    found = []
    for url in company["pages"]:
        assert open_page(url).status == 200
        found += violations(page)

    assert found == []
    assert console_errors == []


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_an_empty_portal_is_accessible_and_silent(page, signs_in, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    open_page = signs_in("lead")
    found = []
    for url in [*EMPTY, *POPULATIONS]:
        assert open_page(url).status == 200
        found += violations(page)

    assert found == []
    assert console_errors == []


@pytest.mark.nightly
def test_a_phone_scrolls_tables_not_pages(page, signs_in, company, console_errors):
    page.set_viewport_size({"width": 390, "height": 800})
    open_page = signs_in("lead", company["person"])
    wide = []
    for url in company["pages"]:
        open_page(url)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(url)

    assert wide == []
    assert console_errors == []


def test_an_engineer_finds_the_way_in(page, signs_in, company, console_errors):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page = signs_in("engineer", company["person"])
    open_page("/my-access/")
    link = page.get_by_role("link", name="Ops in payments")

    assert "#/console?account_id=" in link.get_attribute("href")
    page.get_by_text("Configuration with all profiles").click()
    page.get_by_role("button", name="Copy all of it").click()
    page.get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[sso-session acme]" in copied
    assert "[profile payments-Ops]" in copied
    assert violations(page) == []
    assert console_errors == []


def test_a_collection_is_asked_for_and_watched(page, signs_in, company, console_errors):
    open_page = signs_in("lead")
    open_page("/collection/")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Read again Identity store in the organization").click()
    page.get_by_role("heading", name="Work list").wait_for()
    assert page.get_by_text("1 is being read or waiting.").count() == 1
    page.locator("#runs-trails").focus()

    Job.objects.update(state=JobState.DONE)

    page.get_by_role("heading", name="Work list").wait_for(state="detached", timeout=15_000)
    assert page.evaluate("window.sameDocument") is True
    assert page.evaluate("document.activeElement.id") == "runs-trails"
    assert "hx-trigger" not in page.locator("#collection-status").evaluate("e => e.outerHTML")
    assert console_errors == []


def test_without_a_script_everything_works(browser, live_server, company):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    builders.portal_user("lead", "lead@example.com", sample=True)
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name="Security lead").click()
    page.goto(f"{live_server.url}/people/directory/?state=enabled")
    assert page.locator("#directory tbody tr").count() == 1
    page.goto(f"{live_server.url}/collection/")
    page.get_by_role("button", name="Collect everything now").click()
    page.get_by_text("added to the work list").wait_for()
    assert Job.objects.count() > 0
    page.goto(f"{live_server.url}/evidence/")
    page.get_by_label("As of, UTC").fill((timezone.now() - timedelta(days=400)).isoformat()[:19])
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_text("nothing was ever read").count() == 1
    context.close()
