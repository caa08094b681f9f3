"""Probes, gauges, error pages, and a database that is away."""

import http.server
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from inventory.models import Heartbeat, Job, Outcome
from tests import builders


@pytest.mark.django_db
def test_a_fresh_install_is_ready(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ready"


@pytest.mark.django_db
def test_old_reads_and_waiting_jobs_are_reasons(client, settings):
    settings.PORTAL_COLLECT = True
    old = timezone.now() - timedelta(hours=5)
    builders.run(at=old)
    Job.objects.create(source="organization", lane="x", rank=0, not_before=old, created_at=old)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert len(response.json()["reasons"]) == 2
    assert response.json()["freshest_run_seconds"] >= 5 * 3600


@pytest.mark.django_db
def test_old_reads_do_not_matter_where_nothing_collects(client, settings):
    settings.PORTAL_COLLECT = False
    builders.run(at=timezone.now() - timedelta(hours=5))

    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_waiting_schema_migrations_are_a_reason(client, monkeypatch):
    monkeypatch.setattr(
        "migrations_plan.views.health.MigrationExecutor.migration_plan", lambda *_: ["one"]
    )

    assert client.get("/readyz").status_code == 503


def away(*_, **__):
    raise OperationalError("no route to host db.internal")


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_reason(client, monkeypatch):
    monkeypatch.setattr("migrations_plan.views.health.MigrationExecutor", away)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["reasons"] == ["the database does not answer"]


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["session", "view"])
def test_a_database_that_is_away_is_told_in_words(monkeypatch, place):
    client = builders.signed_in("lead")
    client.raise_request_exception = False
    if place == "session":
        monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    else:
        monkeypatch.setattr("migrations_plan.views.iam_users.filtered", away)

    response = client.get("/iam-users/")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert b"database does not answer" in response.content
    assert b"db.internal" not in response.content
    assert b"Traceback" not in response.content


def test_error_pages_ask_no_database():
    """No database mark: a query would fail this test."""
    response = Client().get("/%00nothing")

    assert response.status_code == 404
    assert b"There is no such page" in response.content


@pytest.mark.django_db
def test_gauges_count_what_is_there(client):
    account = builders.account()
    builders.iam_user(account=account, admin=True)
    builders.iam_user(account=account, admin=None)
    builders.run(outcome=Outcome.DENIED, account_id=account.account_id)

    text = client.get("/metrics").content.decode()

    assert "portal_iam_users 2.0" in text
    assert "portal_iam_admins 1.0" in text
    assert "portal_iam_admin_unknown 1.0" in text
    assert 'portal_runs{outcome="denied"} 1.0' in text
    assert 'portal_jobs{state="queued"} 0.0' in text
    assert 'portal_scopes{state="unknown"}' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, "", 200),
        ("::1", {}, "", 200),
        ("192.0.2.1", {}, "", 403),
        ("192.0.2.1", {"Authorization": "Bearer "}, "", 403),
        ("192.0.2.1", {"Authorization": "Bearer s3cret"}, "s3cret", 200),
        ("192.0.2.1", {"Authorization": "Bearer wrong"}, "s3cret", 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, "", 403),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, "", 403),
    ],
)
def test_gauges_are_for_this_machine_or_a_token(client, settings, address, headers, token, status):
    settings.METRICS_TOKEN = token

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize(("status", "good"), [(200, True), (503, False)])
def test_the_health_check_asks_its_own_port(settings, status, good):
    seen = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        settings.PORT, settings.ALLOWED_HOSTS = server.server_port, [".example.com"]
        if good:
            call_command("healthcheck")
        else:
            with pytest.raises(CommandError, match="answers 503"):
                call_command("healthcheck")
        thread.join()
    assert seen == [("/healthz", "example.com")]


def test_the_health_check_says_when_nobody_answers(settings):
    settings.PORT = 9
    with pytest.raises(CommandError, match="does not answer"):
        call_command("healthcheck")


@pytest.mark.django_db
def test_a_schedule_that_stands_still_is_not_well():
    with pytest.raises(CommandError, match="has not begun"):
        call_command("healthcheck", "beat")
    Heartbeat.objects.create(name="tick", at=timezone.now() - timedelta(minutes=20))
    with pytest.raises(CommandError, match="the last tick was 1200 s ago"):
        call_command("healthcheck", "beat")
    Heartbeat.objects.update(at=timezone.now())
    call_command("healthcheck", "beat")
