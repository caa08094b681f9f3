"""Generated texts in a real browser: a file is downloaded, a text copied, a program decided, an
exception set; both themes, a phone, and states in which nothing is known."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import IdentityCenterInstance
from migrations_plan.models import ExceptionTerms, IdentityClass, WorkloadMove
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.test_pages import enter
from tests.browser.themes import SETTLED_PAGES
from tests.migrations_plan import identities

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSTILE = '"><img src=x onerror=alert(1)> ${x}'


@pytest.fixture
def company(settings):
    """Identity Center with hostile names, and a program that uses a key."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    account = identities.company(name=HOSTILE, account_id="000000000042", environment="prod")
    user = identities.program(account, "ci-deploy")
    IdentityCenterInstance.objects.create(
        **builders._fact(
            instance_arn="arn:aws:sso:::instance/ssoins-1",
            identity_store_id="d-1",
            owner_account_id="1",
            region="eu-west-1",
        )
    )
    granted = builders.permission_set(
        "ProductionReadOnly",
        description=HOSTILE,
        managed_policies=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        customer_managed_policies=[],
        inline_policy=identities.ALLOW_ALL,
        tags={},
    )
    group = builders.store_group(HOSTILE, external_ids=["okta 1"])
    builders.membership(group, builders.store_user("ana@example.com"))
    builders.assignment(account, granted, group.group_id)
    identities.passes()
    for role in ("lead", "auditor"):
        builders.portal_user(role, f"{role}@example.com", sample=True)
    return IdentityClass.objects.get(subject=user.arn)


def addresses(row):
    deploy = "?pattern=github-oidc&repository=acme/app&branch=main"
    return [
        reverse("generated"),
        reverse("generated-center"),
        reverse("generated-center") + "?of=target",
        reverse("generated-catalogue"),
        reverse("generated-guardrail"),
        reverse("generated-guardrail") + "?variant=first",
        reverse("generated-break-glass"),
        reverse("generated-runbooks"),
        reverse("workloads"),
        reverse("workload", args=[row.pk]),
        reverse("workload", args=[row.pk]) + deploy,
    ]


@SETTLED_PAGES
def test_every_page_is_accessible_and_silent(page, live_server, company, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    enter(page, live_server, "Security lead")
    found = []
    for url in addresses(company):
        assert page.goto(live_server.url + url).status == 200
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found += violations(page)

    assert "\n".join(map(str, found)) == ""
    assert console_errors == []


@pytest.mark.nightly
def test_pages_fit_a_phone_whole_and_half_read(page, live_server, company, console_errors):
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, live_server, "Auditor")
    wide = []
    for refused in (False, True):
        if refused:
            builders.run("permission_sets", outcome="denied", error=f"AccessDenied {HOSTILE}")
        for url in addresses(company):
            page.goto(live_server.url + url)
            page.wait_for_load_state("networkidle")
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append(url)

    assert wide == []
    assert console_errors == []
    page.goto(live_server.url + reverse("generated-center"))
    assert page.get_by_text("Nothing can be made now.").is_visible()


def test_a_file_is_downloaded_and_is_the_text_that_is_copied(page, live_server, company):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, live_server, "Security lead")
    page.get_by_role("link", name="Generated", exact=True).click()
    page.get_by_role("link", name="Identity Center as it is").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download identity-center.tf").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert waiting.value.suggested_filename == "identity-center.tf"
    page.get_by_role("button", name="Copy identity-center.tf").click()
    page.locator("#live", has_text="Copied").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == text
    assert page.get_by_text(hashlib.sha256(text.encode()).hexdigest()).is_visible()
    assert page.get_by_text("allows everything").is_visible()


def test_a_program_is_decided_and_its_trust_policy_downloaded(
    page, live_server, company, console_errors
):
    enter(page, live_server, "Security lead")
    page.get_by_role("link", name="Workloads", exact=True).click()
    page.get_by_role("link", name="ci-deploy").click()
    page.get_by_label("Pattern").select_option("github-oidc")
    page.get_by_role("button", name="Make the texts").click()
    page.get_by_label("Repository (owner/name)").fill("acme/app")
    page.get_by_label("Branch", exact=True).fill("main")
    page.get_by_role("button", name="Make the texts").click()
    page.get_by_text("vouches for under the subject repo:acme/app:ref:refs/heads/main").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download ci-deploy-role-trust").click()
    assert "repo:acme/app:ref:refs/heads/main" in Path(waiting.value.path()).read_text()
    page.get_by_label("It is for").select_option("ci-cd")
    page.get_by_label("Why?").fill("It deploys from there.")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Decided. The journal has it.").wait_for()

    assert WorkloadMove.objects.get().subject == "repository=acme%2Fapp&branch=main"
    assert page.get_by_text("decided by lead@example.com").is_visible()
    assert console_errors == []


def test_an_exception_is_set_and_is_not_verified_before_the_policy_is_live(
    page, live_server, company, console_errors
):
    enter(page, live_server, "Security lead")
    page.goto(live_server.url + reverse("workload", args=[company.pk]))
    page.get_by_text("Set an exception").click()
    page.get_by_label("Owner", exact=True).fill("ana@example.com")
    page.get_by_label("Networks it may come from (CIDR)").fill("52.10.20.0/24")
    until = (timezone.now() + timedelta(days=60)).date().isoformat()
    page.get_by_label("Until and including (UTC)").fill(until)
    page.get_by_label("Why can it not go?").fill("The printer knows keys only.")
    page.get_by_role("button", name="Set the exception").click()
    page.get_by_text("The exception has its terms.").wait_for()

    assert ExceptionTerms.objects.get().addresses == ["52.10.20.0/24"]
    assert page.get_by_text("Not every policy of the user was read.").is_visible()
    assert page.get_by_text("Would be cut off").is_visible()
    assert page.get_by_role("link", name="Download exception-ci-deploy.md").is_visible()
    assert console_errors == []
