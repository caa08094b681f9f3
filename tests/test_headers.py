"""The headers that every answer carries, whatever it is."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import builders

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
PATHS = ["/", "/iam-users/", "/accounts/", "/search/?q=a", "/sign-in/", "/setup/x/", "/nope"]
PATHS += [
    "/people/",
    "/people/directory/",
    "/progress/",
    "/thresholds/",
    "/permission-sets/",
    "/my-access/",
    "/evidence/",
    "/collection/",
]
PATHS += ["/healthz", "/readyz", "/metrics", "/iam-users/?format=csv", "/iam-users/0/"]


def directives(text):
    return {part.strip() for part in text.split(";") if part.strip()}


def check(response):
    assert directives(response["Content-Security-Policy"]) == directives(POLICY)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["lead", "engineer", "", None])
def test_every_answer_has_them(path, who):
    client = Client() if who is None else builders.signed_in(who)

    check(client.get(path))
    check(client.get(path, headers=builders.HTMX))
    check(client.post(path))


def test_a_mistake_has_them_too(monkeypatch):
    monkeypatch.setattr("migrations_plan.views.search.text_of", lambda *_: 1 / 0)
    client = builders.signed_in("lead")
    client.raise_request_exception = False

    response = client.get(reverse("search"))

    assert response.status_code == 500
    assert b"made a mistake" in response.content
    assert b"ZeroDivision" not in response.content
    check(response)


def test_scripts_come_from_files_only():
    body = builders.signed_in("lead").get("/iam-users/").content.decode()

    assert body.count("<script") == body.count("<script src=")
    assert "<style" not in body
    assert " style=" not in body
    assert "htmx-2.min.js" in body
    for setting in (
        '"includeIndicatorStyles": false',
        '"allowEval": false',
        '"allowScriptTags": false',
        '"selfRequestsOnly": true',
        '"historyCacheSize": 0',
        '"historyRestoreAsHxRequest": false',
    ):
        assert setting in body
