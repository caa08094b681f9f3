"""The way in: limits, sameness, sample users, the set-up link, the next page."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accessportal import checks
from accessportal.web.address import client_address
from migrations_plan import sign_in
from migrations_plan.models import JournalEntry, PortalUser, SetupLink, SignInAttempt
from tests import builders

pytestmark = pytest.mark.django_db

SECRET = "correct horse battery"
LOGIN = "/sign-in/"


@pytest.fixture
def lead():
    return PortalUser.objects.create_user("ana@example.com", role="lead", password=SECRET)


def send(client, username="ana@example.com", password=SECRET, **more):
    return client.post(LOGIN, {"username": username, "password": password}, **more)


def test_a_lead_signs_in_and_out(client, lead):
    before = client.session.session_key

    response = send(client, " ANA@example.com ")

    assert response["Location"] == "/"
    assert client.session.session_key != before
    assert client.get("/iam-users/").status_code == 200
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert SESSION_KEY not in client.session


def test_wrong_name_wrong_password_and_closed_account_read_the_same(client, lead):
    PortalUser.objects.create_user("old@example.com", role="lead", password=SECRET)
    PortalUser.objects.filter(username="old@example.com").update(is_active=False)

    answers = [
        send(client, password="wrong"),
        send(client, "nobody@example.com"),
        send(client, "old@example.com"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all(sign_in_problem(answer) == sign_in_problem(answers[0]) for answer in answers)


def sign_in_problem(response):
    return response.content.split(b'role="alert"')[1].split(b"</p>")[0]


def test_an_unknown_name_takes_as_long(client, lead, monkeypatch):
    """Hashing is what takes long; a clock would measure the machine instead."""
    hashed = []
    encode = PBKDF2PasswordHasher.encode

    def counted(*args):
        hashed.append(args[0])
        return encode(*args)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)

    send(client, "ana@example.com", "wrong")
    known = list(hashed)
    send(client, "nobody@example.com", "wrong")

    assert len(known) == 1
    assert len(hashed) == 2


@pytest.fixture
def fast_hashes(settings):
    """What is counted is attempts, however long each takes to check."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_the_eleventh_attempt_on_an_account_waits_even_from_elsewhere(fast_hashes, client, lead):
    for number in range(10):
        assert send(client, password="wrong", REMOTE_ADDR=f"192.0.2.{number}").status_code == 422

    assert send(client, REMOTE_ADDR="198.51.100.7").status_code == 429
    SignInAttempt.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert send(client).status_code == 302


def test_the_eleventh_attempt_from_a_network_waits_for_every_account(fast_hashes, client, lead):
    for number in range(10):
        address = f"2001:db8::{number}"
        assert send(client, f"u{number}@example.com", REMOTE_ADDR=address).status_code == 422

    assert send(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert send(client, REMOTE_ADDR="2001:db8:1::1").status_code == 302


def test_success_leaves_no_attempt_and_nothing_typed_is_kept(client, lead):
    send(client)
    assert SignInAttempt.objects.count() == 0

    send(client, "my-password-by-mistake", "x")
    kept = list(SignInAttempt.objects.values_list("subject", flat=True))

    assert len(kept) == 2
    assert not any("my-password" in subject for subject in kept)


def test_the_proxys_word_counts_behind_the_proxy_only(rf, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "1.1.1.1, 9.9.9.9"})

    settings.BEHIND_TLS = False
    assert client_address(request) == "10.0.0.1"
    settings.BEHIND_TLS = True
    assert client_address(request) == "9.9.9.9"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " //evil.example",
        "https://testserver.evil.example/",
        "",
    ],
)
def test_next_stays_inside(client, lead, wanted):
    response = client.post(
        LOGIN, {"username": "ana@example.com", "password": SECRET, "next": wanted}
    )

    assert response["Location"] == "/"


def test_next_leads_back(client, lead):
    response = client.post(
        LOGIN, {"username": "ana@example.com", "password": SECRET, "next": "/accounts/?q=a"}
    )

    assert response["Location"] == "/accounts/?q=a"


@pytest.mark.parametrize("body", [{}, {"username": "x" * 300, "password": "y"}, {"username": "\0"}])
def test_nonsense_is_refused_politely(client, body):
    assert client.post(LOGIN, body).status_code == 422


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost"]
    for role in ("lead", "engineer", "auditor"):
        builders.portal_user(role, f"{role}@example.com", sample=True)
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_the_demo_lets_each_persona_in(demo, role):
    assert demo.get(LOGIN).content.count(b'name="persona"') == 3

    demo.post("/sign-in/demo/", {"persona": f"{role}@example.com"})

    assert b"Sample data" in demo.get("/iam-users/").content


def test_the_demo_lets_nobody_else_in(demo):
    builders.portal_user("lead", "real@example.com")

    assert demo.post("/sign-in/demo/", {"persona": "real@example.com"}).status_code == 403
    assert demo.get("/sign-in/demo/").status_code == 405


def test_a_sample_session_ends_with_the_demo(demo, settings):
    demo.post("/sign-in/demo/", {"persona": "lead@example.com"})
    assert demo.get("/iam-users/").status_code == 200

    settings.DEMO = False

    assert demo.get("/iam-users/").status_code == 302
    assert demo.post("/sign-in/demo/", {"persona": "lead@example.com"}).status_code == 403


def test_sample_users_have_no_way_in_outside_the_demo(client):
    user = builders.portal_user("lead", "lead@example.com", sample=True)
    user.set_password(SECRET)
    user.save()

    assert send(client, "lead@example.com").status_code == 422


@pytest.mark.parametrize("hosts", [["*"], ["portal.example.com"], ["localhost", "10.0.0.3"]])
def test_a_demo_that_others_can_reach_does_not_start(settings, hosts):
    settings.DEMO, settings.ALLOWED_HOSTS = True, hosts

    assert [error.id for error in checks.demo_stays_local()] == ["accessportal.E001"]
    assert sign_in.persona("lead@example.com") is None


def test_a_demo_on_this_machine_starts(settings):
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["localhost", "127.0.0.1", "[::1]"]
    assert checks.demo_stays_local() == []
    settings.DEMO, settings.ALLOWED_HOSTS = False, ["*"]
    assert checks.demo_stays_local() == []


FORM = {"username": "First@Example.com", "password": SECRET, "again": SECRET}


def test_the_set_up_link_makes_one_lead_once(client, capsys):
    call_command("setup_link", base="https://portal.example.com/")
    path = capsys.readouterr().out.strip().removeprefix("https://portal.example.com")
    assert client.get(path).status_code == 200

    assert client.post(path, FORM)["Location"] == "/"

    user = PortalUser.objects.get()
    assert (user.username, user.role) == ("first@example.com", "lead")
    assert JournalEntry.objects.get().action == "set-up-lead"
    assert client.get("/iam-users/").status_code == 200
    assert Client().get(path).status_code == 404
    assert Client().post(path, FORM | {"username": "second@example.com"}).status_code == 404
    assert path.split("/")[2] not in str(list(SetupLink.objects.values()))


def test_an_old_link_and_a_lost_race_make_nobody(client):
    now = timezone.now()
    token = sign_in.make_setup_link(now - timedelta(hours=25))
    assert client.post(f"/setup/{token}/", FORM).status_code == 404

    token = sign_in.make_setup_link(now)
    assert sign_in.use_setup_link(token, username="a@example.com", password=SECRET, now=now)
    assert sign_in.use_setup_link(token, username="b@example.com", password=SECRET, now=now) is None
    assert PortalUser.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"again": "other"}, {"password": "short", "again": "short"}, {"username": "not-an-address"}],
)
def test_a_bad_form_does_not_use_the_link_up(client, change):
    token = sign_in.make_setup_link(timezone.now())

    assert client.post(f"/setup/{token}/", FORM | change).status_code == 422
    assert client.post(f"/setup/{token}/", FORM).status_code == 302


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_a_theme_is_remembered_here_and_elsewhere(theme):
    client = builders.signed_in("lead")

    response = client.post("/theme/", {"theme": theme, "next": "/accounts/"})

    assert response["Location"] == "/accounts/"
    assert client.cookies["theme"].value == theme
    assert client.cookies["theme"]["httponly"]
    client.user.refresh_from_db()
    assert client.user.theme == theme
    body = client.get("/accounts/").content
    assert (f'data-bs-theme="{theme}"'.encode() in body) == (theme != "system")
    assert (b"theme.js" in body) == (theme == "system")


def test_a_theme_that_nobody_made_is_ignored():
    client = builders.signed_in("lead")
    client.post("/theme/", {"theme": '"><script>'})
    client.cookies["theme"] = '"onload=x'

    assert b"onload=x" not in client.get("/accounts/").content
