"""Every address, for everybody, in every manner. An address that is missing here fails."""

import uuid
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from migrations_plan.models import AccessRequest, Finding, ForecastLine
from tests import builders
from tests.scenarios import scenario

pytestmark = pytest.mark.django_db

EVERYBODY = ("lead", "auditor", "engineer")
READERS = ("lead", "auditor")
LEAD = ("lead",)
# name -> roles that may GET, roles that may POST (None: the method is not offered).
# 'public' instead of roles: without sign-in, with the reason written at the view.
TABLE: dict[str, tuple[Any, Any]] = {
    "home": (EVERYBODY, EVERYBODY),
    "iam-users": (READERS, READERS),
    "iam-user": (EVERYBODY, EVERYBODY),
    "iam-user-owner": (None, LEAD),
    "iam-user-no-owner": (None, LEAD),
    "credentials": (READERS, READERS),
    "alerts": (READERS, READERS),
    "finding": (EVERYBODY, EVERYBODY),
    "finding-acknowledge": (None, LEAD),
    "finding-unacknowledge": (None, LEAD),
    "accounts": (READERS, READERS),
    "account": (READERS, READERS),
    "account-environment": (None, LEAD),
    "people": (READERS, READERS),
    "person": (READERS, READERS),
    "permission-sets": (READERS, READERS),
    "permission-set": (READERS, READERS),
    "my-access": (EVERYBODY, EVERYBODY),
    "person-usage": (READERS, READERS),
    "iam-user-usage": (EVERYBODY, EVERYBODY),
    "my-usage": (EVERYBODY, EVERYBODY),
    "usage-summary": (READERS, READERS),
    "usage": (READERS, READERS),
    "usage-identities": (READERS, READERS),
    "usage-corrections": (READERS, READERS),
    "evidence": (READERS, READERS),
    "evidence-population": (READERS, READERS),
    "evidence-statement": (READERS, READERS),
    "evidence-review": (None, LEAD),
    "journal": (READERS, READERS),
    "what-if": (READERS, READERS),
    "what-if-ask": (READERS, READERS),
    "what-if-save": (None, LEAD),
    "what-if-compare": (READERS, READERS),
    "scenario": (READERS, READERS),
    "scenario-recompute": (None, LEAD),
    "collection": (READERS, READERS),
    "collection-status": (READERS, READERS),
    "collection-collect": (None, LEAD),
    "collection-logs": (READERS, READERS),
    "collection-logs-retry": (None, LEAD),
    "forecast": (READERS, READERS),
    "person-forecast": (READERS, READERS),
    "permission-set-forecast": (READERS, READERS),
    "my-forecast": (EVERYBODY, EVERYBODY),
    "access-requests": (EVERYBODY, EVERYBODY),
    "access-request-ask": (None, EVERYBODY),
    "access-request-decide": (None, LEAD),
    "search": (EVERYBODY, EVERYBODY),
    "login": ("public", "public"),
    "login-demo": (None, "public"),
    "logout": (None, "public"),
    "setup": ("public", "public"),
    "theme": (None, "public"),
    "healthz": ("public", None),
    "readyz": ("public", None),
    "metrics": ("public", None),
}
SCENARIO = ("scenario", "scenario-recompute")
FINDING = ("finding", "finding-acknowledge", "finding-unacknowledge")
OTHERS = ("nobody", "no role", "inactive")
MANNERS = {"plain": {}, "htmx": {"HX-Request": "true"}}


def patterns(entries=None):
    for entry in entries if entries is not None else get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry.url_patterns)


NAMED = {pattern.name: pattern for pattern in patterns()}


def test_every_address_has_a_name_and_a_line_in_the_table():
    assert None not in NAMED
    assert set(NAMED) == set(TABLE)


@pytest.mark.parametrize("name", NAMED)
def test_every_view_says_who_may_open_it(name):
    view = NAMED[name].callback
    roles, reason = getattr(view, "portal_roles", None), getattr(view, "portal_public", "")

    assert bool(roles) != bool(reason)
    allowed = {roles for roles in TABLE[name] if roles is not None}
    assert allowed == {"public"} if reason else {frozenset(r) for r in allowed} == {roles}
    assert getattr(view, "login_required", True) is not bool(reason)


def a_finding(account):
    now = timezone.now()
    made = Finding.objects.create(
        rule="not-read",
        subject=account.account_id,
        kind="account",
        name="x",
        account=account,
        verdict="unknown",
        sentence="x",
        opened_at=now,
        changed_at=now,
    )
    return made.pk


def a_line_and_a_request(person):
    now = timezone.now()
    line = ForecastLine.objects.create(
        person=person,
        account_id="1",
        service="s3",
        action="s3:GetObject",
        decision="denied",
        events=1,
        last_at=now,
    )
    asked = AccessRequest.objects.create(
        person=person, account_id="1", action="s3:GetObject", reason="x", asked_at=now
    )
    return line.pk, asked.pk


@pytest.fixture
def addresses():
    account = builders.account()
    user = builders.iam_user(account=account)
    finding = a_finding(account)
    line, asked = a_line_and_a_request(builders.person())
    parts = {
        "iam-user": [user.pk],
        "iam-user-usage": [user.pk],
        "iam-user-owner": [user.pk],
        "iam-user-no-owner": [user.pk],
        "account": [account.account_id],
        "account-environment": [account.account_id],
        **{name: [finding] for name in FINDING},
        "person": [builders.person().pk],
        "person-forecast": [builders.person().pk],
        "access-request-ask": [line],
        "access-request-decide": [asked],
        "person-usage": [builders.person().pk],
        "permission-set-forecast": [builders.permission_set().pk],
        "permission-set": [builders.permission_set().pk],
        "evidence-population": ["iam-users"],
        "evidence-statement": ["access-by-sso"],
        "setup": ["no-such-token"],
    }
    kept = scenario().pk
    parts |= {name: [kept] for name in SCENARIO}
    found = {name: reverse(name, args=parts.get(name)) for name in TABLE}
    return found | {"what-if-compare": f"{found['what-if-compare']}?a={kept}&b={kept}"}


def client_of(who):
    if who == "nobody":
        return Client()
    if who == "no role":
        return builders.signed_in("")
    if who == "inactive":
        client = builders.signed_in("lead")
        client.user.is_active = False
        client.user.save()
        return client
    return builders.signed_in(who)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", [*EVERYBODY, *OTHERS])
@pytest.mark.parametrize("name", TABLE)
def test_who_gets_what(name, who, method, manner, addresses):
    roles = TABLE[name][method == "post"]
    response = getattr(client_of(who), method)(addresses[name], headers=MANNERS[manner])

    if roles is None and "public" in TABLE[name]:
        assert response.status_code == 405
    elif roles == "public":
        assert response.status_code < 500
        assert "login" not in response.get("Location", "")
    elif who in ("nobody", "inactive"):
        assert_sent_to_sign_in(response, manner)
    elif who == "no role":
        assert response.status_code in (403, 405)
        assert b"No access yet" in response.content or response.status_code == 405
    elif roles is None or who not in roles:
        assert response.status_code in (403, 405)
    else:
        # 404: an engineer asks for somebody else's user.
        assert response.status_code in (200, 204, 302, 404)
        assert response.status_code != 404 or who == "engineer"


def assert_sent_to_sign_in(response, manner):
    if manner == "htmx":
        assert response.status_code == 204
        assert response["HX-Redirect"].startswith(reverse("login"))
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("login"))


def test_a_role_that_is_taken_away_ends_at_the_next_request():
    client = builders.signed_in("lead")
    assert client.get(reverse("iam-users")).status_code == 200

    client.user.role = ""
    client.user.save()

    assert client.get(reverse("iam-users")).status_code == 403


def test_a_role_that_nobody_defined_opens_nothing():
    client = builders.signed_in(uuid.uuid4().hex[:8])

    assert client.get(reverse("home")).status_code == 403


def test_an_engineer_sees_own_users_only():
    account = builders.account()
    mine, other = builders.iam_user(account=account), builders.iam_user(account=account)
    person = builders.person()
    builders.owner(mine, person)
    client = builders.signed_in("engineer", person=person)

    assert client.get(reverse("iam-user", args=[mine.pk])).status_code == 200
    assert client.get(reverse("iam-user", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("who", ["auditor", "engineer"])
def test_only_a_lead_sees_forms_that_decide(who):
    user = builders.iam_user(account=builders.account())
    person = builders.person()
    builders.owner(user, person)

    body = builders.signed_in(who, person=person).get(reverse("iam-user", args=[user.pk])).content

    assert reverse("iam-user-owner", args=[user.pk]).encode() not in body


def test_a_form_without_its_token_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(builders.portal_user("lead"))

    response = client.post(reverse("logout"))

    assert response.status_code == 403
    assert b"too old" in response.content
    assert SESSION_KEY in client.session
