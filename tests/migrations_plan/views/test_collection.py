"""Collection: states, runs, the work list, and asking for reads."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.exceptions import OperationalError

from inventory import tasks
from inventory.models import Job, JobState, Outcome
from migrations_plan.models import JournalEntry
from tests import builders

pytestmark = pytest.mark.django_db

URL, STATUS, COLLECT = "/collection/", "/collection/status/", "/collection/collect/"
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture(autouse=True)
def hints(monkeypatch):
    """No broker: what would have been sent is counted."""
    sent: list[int] = []
    monkeypatch.setattr(tasks, "hint", lambda: sent.append(1))
    return sent


@pytest.fixture
def accounts():
    """One account read whole, one refused, one read long ago."""
    whole, refused, old = (builders.account(name) for name in ("whole", "refused", "old"))
    builders.read_everything(whole)
    builders.read_everything(old, at=timezone.now() - timedelta(days=9))
    builders.read_everything()
    builders.run(
        "authorization_details", refused.account_id, outcome=Outcome.DENIED, error=f"no {HOSTILE}"
    )
    return whole, refused, old


def job(state=JobState.QUEUED, source="access_keys", account_id="", **more):
    now = timezone.now()
    values = {"lane": f"{source}{account_id}", "rank": 1, "not_before": now, "created_at": now}
    return Job.objects.create(source=source, account_id=account_id, state=state, **values, **more)


def test_three_states_and_trouble_first(lead, accounts):
    context = lead.get(URL).context
    status, reads = context["status"], context["account_reads"]
    by_name = {row.account.name: {cell.state for cell in row.cells} for row in reads}

    assert by_name == {"whole": {"fresh"}, "refused": {"unknown"}, "old": {"stale"}}
    assert reads[-1].account.name == "whole"
    assert (status.counts["fresh"], status.counts["stale"], status.counts["unknown"]) == (
        19,
        10,
        10,
    )


def test_accounts_come_in_pages_and_are_counted_together(lead, accounts):
    extra = [builders.account() for _ in range(30)]
    builders.read_everything(*extra)
    first, second = (lead.get(f"{URL}?accounts={n}&origin=aws") for n in (1, 2))
    shown = [row.account.pk for r in (first, second) for row in r.context["account_reads"]]

    assert len(first.context["account_reads"]) == 25
    assert len(shown) == len(set(shown)) == 33
    for response in (first, second):
        assert "31 of 33 accounts were read whole and fresh." in response.content.decode()
    assert 'href="?origin=aws&amp;accounts=2#accounts"' in first.content.decode()


@pytest.mark.parametrize("number", ["9999", "0", "x", "-1"])
def test_a_page_of_accounts_that_is_not_there_is_the_nearest(lead, accounts, number):
    assert len(lead.get(f"{URL}?accounts={number}").context["account_reads"]) == 3


def test_the_sentence_counts(lead, accounts):
    text = " ".join(lead.get(URL).content.decode().split())

    assert "1 of 3 accounts were read whole and fresh." in text
    assert "20 of 39 reads are not fresh" in text


def test_errors_are_shown_in_full_and_as_text(lead, accounts):
    text = lead.get(f"{URL}?outcome=bad").content.decode()

    assert "no &lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("outcome=denied", 1),
        ("outcome=bad", 1),
        ("source=identity_store", 3),
        ("account=organization", 29),
        ("origin=file", 1),
        ("origin=aws&outcome=denied", 1),
        ("outcome=nonsense", 50),
    ],
)
def test_runs_filter_by_address(lead, accounts, query, count):
    builders.run("roster", origin="file", file_name="people.csv", file_sha256="ab" * 32)

    assert lead.get(f"{URL}?{query}").context["page"].paginator.count == count


def test_imports_show_the_file_its_hash_and_who(lead):
    builders.run(
        "identity_store.users",
        origin="file",
        file_name=f"{HOSTILE}.json",
        file_sha256="ab" * 32,
        requested_by="ana (command line)",
    )
    text = lead.get(URL).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}.json" in text
    assert "ab" * 32 in text
    assert "ana (command line)" in text
    assert "Identity store (users)" in text


def test_runs_as_csv(lead, accounts):
    file = b"".join(lead.get(f"{URL}?format=csv&outcome=denied").streaming_content)
    (row,) = csv.DictReader(io.StringIO(file.decode()))

    assert (row["source"], row["outcome"]) == ("authorization_details", "denied")


def test_it_asks_for_itself_only_while_something_is_open(lead):
    assert "hx-trigger" not in lead.get(STATUS, headers=builders.HTMX).content.decode()
    waiting = job()
    assert 'hx-trigger="every 4s"' in lead.get(STATUS, headers=builders.HTMX).content.decode()
    Job.objects.filter(pk=waiting.pk).update(state=JobState.GIVEN_UP)
    text = lead.get(STATUS, headers=builders.HTMX).content.decode()
    assert "hx-trigger" not in text
    assert "1 was given up" in " ".join(text.split())


def test_without_htmx_the_status_is_the_page(lead):
    assert lead.get(STATUS)["Location"] == URL


def test_a_later_job_answers_for_one_that_was_given_up(lead):
    job(JobState.GIVEN_UP)
    job(JobState.QUEUED)

    assert lead.get(URL).context["work"].given_up == ()


def test_a_lead_collects_everything(lead, accounts, hints):
    response = lead.post(COLLECT)

    assert response["Location"] == URL
    assert Job.objects.count() == 39
    assert JournalEntry.objects.get().action == "collect-now"
    assert hints == [1]


def test_a_lead_reads_one_thing_again(lead, accounts):
    refused = accounts[1].account_id
    data = {"source": "authorization_details", "account_id": refused}
    response = lead.post(COLLECT, data, headers=builders.HTMX)

    assert [(j.source, j.account_id) for j in Job.objects.all()] == [(data["source"], refused)]
    assert 'id="collection-status"' in response.content.decode()
    assert "queued" in response.content.decode()


@pytest.mark.parametrize(
    "data", [{"source": "nonsense"}, {"account_id": "1" * 12}, {"account_id": "x"}]
)
def test_what_there_is_not_is_not_read(lead, data):
    assert lead.post(COLLECT, data).status_code == 404
    assert not Job.objects.exists()


def test_a_broker_that_is_away_loses_nothing(lead, accounts, monkeypatch):
    def broken():
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks, "hint", broken)

    assert lead.post(COLLECT).status_code == 302
    assert Job.objects.count() == 39


def test_an_auditor_reads_only(accounts):
    auditor = builders.signed_in("auditor")
    text = auditor.get(URL).content.decode()

    assert "Read again" not in text
    assert "Collect everything now" not in text
    assert auditor.post(COLLECT).status_code == 403
    assert not Job.objects.exists()


def test_nothing_was_read_yet(lead):
    text = lead.get(URL).content.decode()

    assert "Nothing was read yet, so nothing is known" in text
    assert "No account is known yet." in text


def test_as_many_queries_for_thirty_as_for_three(lead):
    def grow(number):
        for _ in range(number):
            account = builders.account()
            builders.run(account_id=account.account_id)
            builders.run("roster", file_sha256="ab" * 32)
            job(account_id=account.account_id)

    def queries():
        lead.get(URL)
        with CaptureQueriesContext(connection) as found:
            assert lead.get(URL).status_code == 200
        return len(found)

    grow(3)
    few = queries()
    grow(27)

    assert queries() == few <= 12
