"""Logs: what was counted and what was not, why, and trying again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.exceptions import OperationalError

from inventory import tasks
from inventory.models import LogState, QuarantinedEvent, TrailObject, UsageCoverage
from migrations_plan.models import JournalEntry
from tests import builders

pytestmark = pytest.mark.django_db
URL, RETRY = "/collection/logs/", "/collection/logs/retry/"
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture(autouse=True)
def hints(monkeypatch):
    """No broker: what would have been sent is counted."""
    sent: list[int] = []
    monkeypatch.setattr(tasks, "hint_logs", lambda: sent.append(1))
    return sent


def log_object(state=LogState.QUARANTINED, account_id="", **more):
    number = builders.number()
    values = {
        "key": f"{number:032d}",
        "uri": f"s3://logs/{number}.json.gz",
        "name": f"{number}.json.gz",
        "source": "s3",
        "found_at": timezone.now(),
        "reason": "not_gzip" if state == LogState.QUARANTINED else "",
    }
    return TrailObject.objects.create(state=state, account_id=account_id, **values | more)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_with_nothing_read_it_says_that_nothing_is_known(lead):
    assert "nothing is known of who uses what" in text_of(lead.get(URL))


def test_the_sentence_counts_and_says_what_is_missing(lead):
    account = builders.account()
    here = {"account_id": account.account_id, "region": "eu-west-1"}
    UsageCoverage.objects.create(**here, day=timezone.now().date(), objects_read=40, events=900)
    log_object(account_id=account.account_id)
    log_object(LogState.PENDING)
    log_object(LogState.PENDING, not_before=timezone.now() + timedelta(hours=1), detail="throttled")
    text = text_of(lead.get(URL))
    assert "40 log objects of the last 35 days are counted. 2 wait" in text
    assert "1 could not be fetched yet" in text
    assert "1 cannot be read" in text


def test_accounts_with_trouble_come_first(lead):
    good, bad = builders.account("good"), builders.account("bad")
    for account in (good, bad):
        UsageCoverage.objects.create(
            account_id=account.account_id, region="x", day=timezone.now().date(), objects_read=3
        )
    log_object(account_id=bad.account_id)
    rows = lead.get(URL).context["account_page"].object_list
    assert [str(row.account) for row in rows] == ["bad", "good"]


def test_every_object_that_was_not_read_says_why(lead):
    log_object(uri=f"s3://logs/{HOSTILE}", detail=HOSTILE)
    log_object(LogState.PENDING, not_before=timezone.now(), detail="s3:GetObject: refused")
    log_object(LogState.DONE, uri="s3://logs/fine")
    text = text_of(lead.get(URL))
    assert "The object claims to be gzip but is damaged." in text
    assert "s3:GetObject: refused" in text
    assert "<script>alert" not in text
    assert "s3://logs/fine" not in text


def test_bad_events_of_good_objects_are_told_with_their_place(lead):
    row = log_object(LogState.DONE, quarantined=1)
    QuarantinedEvent.objects.create(object=row, index=7, reason="no_time", detail=HOSTILE)
    assert "?show=events" in text_of(lead.get(URL))
    text = text_of(lead.get(f"{URL}?show=events"))
    assert "The event has no time." in text
    assert "<script>alert" not in text


def test_what_was_not_read_is_a_csv_too(lead):
    row = log_object(detail="=1+1")
    text = lead.get(f"{URL}?format=csv").getvalue().decode()
    assert row.uri in text
    assert "'=1+1" in text


def test_a_lead_has_one_object_tried_again_and_the_journal_knows(lead, hints):
    row, other = log_object(), log_object()
    response = lead.post(RETRY, {"object": row.pk}, follow=True)
    assert "1 log object back on the work list" in text_of(response)
    states = dict(TrailObject.objects.values_list("pk", "state"))
    assert states == {row.pk: "pending", other.pk: "quarantined"}
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.subject) == ("retry-logs", row.uri)
    assert hints == [1]


def test_a_lead_has_everything_tried_again(lead):
    log_object()
    log_object()
    lead.post(RETRY)
    assert set(TrailObject.objects.values_list("state", flat=True)) == {"pending"}
    assert JournalEntry.objects.get().details == {"objects": 2}


@pytest.mark.parametrize("word", ["0", "-1", "nonsense", "٣", "9" * 30])
def test_what_is_not_in_quarantine_cannot_be_retried(lead, word):
    log_object(LogState.DONE)
    assert lead.post(RETRY, {"object": word}).status_code == 404
    assert not JournalEntry.objects.exists()


def test_without_a_broker_the_object_waits_for_the_next_tick(lead, monkeypatch):
    def away():
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks, "hint_logs", away)
    row = log_object()
    assert lead.post(RETRY, {"object": row.pk}).status_code == 302
    assert TrailObject.objects.get().state == "pending"


def test_an_auditor_reads_and_finds_no_button():
    log_object()
    log_object()
    text = text_of(builders.signed_in("auditor").get(URL))
    assert "s3://logs/" in text
    assert RETRY not in text


def test_the_page_is_reached_from_collection(lead):
    assert f'href="{URL}"' in text_of(lead.get("/collection/"))


def test_days_that_are_not_wholly_read_are_told_with_the_reason(lead):
    account, whole = builders.account("partly"), builders.account("whole")
    now = timezone.now()
    for back in range(15):
        day = now.date() - timedelta(days=back)
        for one in (account, whole):
            through = None if one is account and back == 3 else now + timedelta(hours=2)
            UsageCoverage.objects.create(
                account_id=one.account_id, region="x", day=day, objects_read=1, read_through=through
            )
    response = lead.get(URL)
    assert [(gap.account, gap.state) for gap in response.context["gaps"]] == [(account, "partial")]
    assert "13 of 14 days are wholly read" in text_of(response)


def test_the_page_asks_a_fixed_number_of_times(lead):
    def grow(number):
        for _ in range(number):
            account = builders.account()
            here = {"account_id": account.account_id, "region": "x"}
            UsageCoverage.objects.create(**here, day=timezone.now().date(), objects_read=1)
            row = log_object(account_id=account.account_id)
            log_object(LogState.PENDING, not_before=timezone.now())
            QuarantinedEvent.objects.create(object=row, index=1, reason="no_time")

    def count():
        lead.get(URL)
        with CaptureQueriesContext(connection) as queries:
            lead.get(URL)
        return len(queries)

    grow(3)
    few = count()
    grow(20)
    assert count() == few <= 12
