"""Every address that answers a browser with a page, and every page that says no: accessible,
silent and no wider than a phone, light and dark. A new address is here by itself, since it is in
tests/addresses.py."""

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from migrations_plan import sign_in
from migrations_plan.views import search
from tests import builders
from tests.addresses import TABLE, make_addresses
from tests.browser.accessibility import violations
from tests.browser.test_pages import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 800}
# Dark runs with the drills: a visit of every address takes minutes.
THEMES = pytest.mark.parametrize(
    "theme", ["light", pytest.param("dark", marks=pytest.mark.nightly)]
)
# Answers for machines, and files.
WITHOUT_HTML = {"healthz", "readyz", "metrics", "owners-links", "targets-file", "plan-version"}


def kind_of(answer):
    return answer.headers["content-type"].partition(";")[0]


@pytest.fixture
def visit(page, live_server, settings, console_errors):
    """Opens an address; what is wrong with it is in the list that comes back in the end."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    wrong: list[object] = []

    def look(status):
        page.set_viewport_size(PHONE)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wrong.append((page.url, "wider than a phone"))
        wrong.extend(violations(page))
        # A refusal is an error to the browser's console, and the point of the visit.
        if status < 400:
            wrong.extend(console_errors)
        console_errors.clear()

    def go(address, status=200):
        answer = page.goto(live_server.url + address)
        assert (answer.status, kind_of(answer)) == (status, "text/html"), address
        page.wait_for_selector(".htmx-request", state="detached")
        look(status)

    return SimpleNamespace(go=go, look=look, wrong=wrong)


@THEMES
def test_every_address_is_accessible_silent_and_fits_a_phone(page, live_server, visit, theme):
    builders.portal_user("lead", "lead@example.com", sample=True)
    page.emulate_media(color_scheme=theme)
    made = make_addresses()
    read = {name: address for name, address in made.items() if TABLE[name][0] is not None}
    read.pop("setup")  # its link works once, so it has a test of its own
    public = [name for name in read if TABLE[name][0] == "public" and name not in WITHOUT_HTML]
    for name in public:
        visit.go(read[name])
    enter(page, live_server, "Security lead")
    for name in sorted(WITHOUT_HTML):
        answer = page.request.get(live_server.url + read[name])
        assert (answer.status, kind_of(answer) != "text/html") == (200, True), name
    for name in sorted(read.keys() - set(public) - WITHOUT_HTML):
        visit.go(read[name])

    assert "\n".join(map(str, visit.wrong)) == ""


@THEMES
def test_the_ways_in_are_accessible_and_fit_a_phone(page, visit, settings, theme):
    settings.DEMO = False
    page.emulate_media(color_scheme=theme)
    visit.go("/sign-in/")
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("do not open the portal").wait_for()
    visit.look(422)
    visit.go("/setup/no-such-token/", 404)
    visit.go(reverse("setup", args=[sign_in.make_setup_link(timezone.now())]))
    page.get_by_label("E-mail address").fill("lead@example.com")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("The same password again").fill("other")
    page.get_by_role("button", name="Make the lead").click()
    page.locator(".problem").first.wait_for()
    visit.look(422)

    assert "\n".join(map(str, visit.wrong)) == ""


@THEMES
def test_every_refusal_is_accessible_and_fits_a_phone(page, live_server, visit, monkeypatch, theme):
    builders.portal_user("engineer", "engineer@example.com", sample=True)
    page.emulate_media(color_scheme=theme)
    visit.go("/no-such-page/", 404)
    enter(page, live_server, "Engineer")
    visit.go(reverse("collection"), 403)
    for problem, status in ((OperationalError("gone"), 503), (ValueError("odd"), 500)):

        def fails(*_, problem=problem, **__):
            raise problem

        monkeypatch.setattr(search, "render", fails)
        visit.go(reverse("search"), status)
    get_user_model().objects.update(role="")
    visit.go(reverse("home"), 403)

    assert "\n".join(map(str, visit.wrong)) == ""
