"""Every address, for everybody, in every manner. An address that is missing here fails."""

import uuid

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import builders
from tests.addresses import EVERYBODY, TABLE, make_addresses

# Who may open what is no matter of the database; pages themselves are tested over PostgreSQL too.
pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

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


@pytest.mark.parametrize("name", TABLE)
def test_who_gets_what(name):
    """Everybody, in every manner; what one request changed is undone before the next."""
    address = make_addresses()[name]
    for who in (*EVERYBODY, *OTHERS):
        client = client_of(who)
        for roles, method in zip(TABLE[name], ("get", "post"), strict=True):
            for manner, headers in MANNERS.items():
                with transaction.atomic():
                    response = getattr(client, method)(address, headers=headers)
                    assert_answer(response, roles, name=name, who=who, manner=manner)
                    transaction.set_rollback(True)


def assert_answer(response, roles, *, name, who, manner):
    told = f"{who}: {response.request['REQUEST_METHOD']} {manner}"
    if roles is None and "public" in TABLE[name]:
        assert response.status_code == 405, told
    elif roles == "public":
        assert response.status_code < 500, told
        assert "login" not in response.get("Location", ""), told
    elif who in ("nobody", "inactive"):
        assert_sent_to_sign_in(response, manner)
    elif who == "no role":
        assert response.status_code in (403, 405), told
        assert b"No access yet" in response.content or response.status_code == 405, told
    elif roles is None or who not in roles:
        assert response.status_code in (403, 405), told
    else:
        # 404: an engineer asks for somebody else's user.
        assert response.status_code in (200, 204, 302, 404), told
        assert response.status_code != 404 or who == "engineer", told


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
