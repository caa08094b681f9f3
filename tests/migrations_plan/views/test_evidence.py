"""Evidence: the past is what was known then, whole or not, and says so in every file."""

import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import runs, store
from inventory.models import ChainHead, Observation
from inventory.records import AccountRecord, IamUserRecord
from inventory.sources import SOURCES
from migrations_plan import journal
from tests import builders

pytestmark = pytest.mark.django_db

URL = "/evidence/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
HOSTILE = "=1+1<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def auditor():
    return builders.signed_in("auditor")


def save(source, records, types, *, at, account_id=""):
    with transaction.atomic():
        run = runs.open_run(source, account_id, now=at)
        store.save(records, run=run, types=types, account_id=account_id, now=at)
        runs.close_run(run, "complete", now=at, items=len(records))


def accounts(*ids, at):
    save(
        "organization",
        [
            AccountRecord(
                account_id=one,
                arn=f"arn:aws:organizations::{one}:account",
                name=f"account {one}",
                email="",
                status="ACTIVE",
                joined_method="CREATED",
                joined_at=None,
                parent_id=None,
                unit_path="",
            )
            for one in ids
        ],
        [AccountRecord],
        at=at,
    )


def users(*names, at, account_id=ACCOUNT):
    save(
        "authorization_details",
        [
            IamUserRecord(
                account_id=account_id,
                arn=f"arn:aws:iam::{account_id}:user/{name}",
                user_id=f"AIDA{name}",
                user_name=name,
                path="/",
                created_at=NOON - DAY,
                groups=(),
                attached_policies=(),
                inline_policies={},
                permissions_boundary=None,
                tags={},
            )
            for name in names
        ],
        [IamUserRecord],
        at=at,
        account_id=account_id,
    )


def at_text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def file_of(client, name, at):
    response = client.get(f"{URL}{name}/?format=csv&at={at_text(at)}")
    text = b"".join(response.streaming_content).decode()
    lines = text.splitlines(keepends=True)
    about = dict(csv.reader(line for line in lines if line.startswith('"# ')))
    body = "".join(line for line in lines if not line.startswith('"# '))
    return about, list(csv.DictReader(io.StringIO(body))), body


@pytest.fixture
def story():
    """Ana and Bob at noon; Bob gone and Cat new an hour later; a second account a day later."""
    accounts(ACCOUNT, at=NOON - HOUR)
    users("ana", "bob", at=NOON)
    users("ana", "cat", at=NOON + HOUR)
    accounts(ACCOUNT, "210987654321", at=NOON + DAY)


MOMENTS = [
    (NOON - DAY, set()),
    (NOON - timedelta(seconds=1), set()),
    (NOON, {"ana", "bob"}),
    (NOON + HOUR - timedelta(seconds=1), {"ana", "bob"}),
    (NOON + HOUR, {"ana", "cat"}),
    (NOON + 30 * DAY, {"ana", "cat"}),
]


@pytest.mark.parametrize(("at", "names"), MOMENTS)
def test_the_page_and_the_file_are_the_past(auditor, story, at, names):
    about, rows, _ = file_of(auditor, "iam-users", at)
    page = auditor.get(f"{URL}?at={at_text(at)}").context

    assert {row["user_name"] for row in rows} == names
    assert about["# Rows"] == str(len(names))
    assert page["rows"][0][1] == [(len(names), "IAM users")]


def test_later_changes_leave_the_past_alone(auditor, story):
    before = file_of(auditor, "iam-users", NOON)[2]
    users("dan", at=NOON + 2 * DAY)

    assert file_of(auditor, "iam-users", NOON)[2] == before


def test_every_file_says_where_it_comes_from(auditor, story):
    journal.write(actor="lea", action="x", subject="y", now=NOON)
    about, _, body = file_of(auditor, "iam-users", NOON + DAY)

    assert about["# As of (observed)"] == "2026-03-03T12:00:00Z"
    assert about["# Accounts expected"] == f"{ACCOUNT} 210987654321"
    assert about["# Accounts with a read missing or too old"] == f"{ACCOUNT} 210987654321"
    assert about["# Reads whole and fresh then"] == "0 of 10"
    assert about["# Ledger head, SHA-256"] == ChainHead.objects.get(chain="ledger").chain_hash
    assert about["# Ledger head, number"] == str(Observation.objects.count())
    assert about["# Journal head, SHA-256"] == ChainHead.objects.get(chain="journal").chain_hash
    assert about["# Journal head, number"] == "1"
    assert (
        about["# SHA-256 of what follows these lines"] == hashlib.sha256(body.encode()).hexdigest()
    )
    assert "authorization_details" in about["# Sources"]
    assert about["# Made at"] > about["# As of (observed)"]


@pytest.mark.parametrize("name", ["iam-users", "credentials", "people", "assignments"])
def test_each_population_has_a_page_and_a_file(auditor, story, name):
    assert auditor.get(f"{URL}{name}/?at={at_text(NOON)}").status_code == 200
    assert file_of(auditor, name, NOON)[0]["# Rows"].isdigit()


def test_another_name_is_no_population(auditor):
    assert auditor.get(f"{URL}secrets/").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "2026-13-01T00:00", "2999-01-01T00:00", "0001-01-01T00:00:00+23:59", "1", "\0"],
)
def test_what_is_no_past_is_the_present_and_said(auditor, text):
    response = auditor.get(URL, {"at": text})

    assert response.status_code == 200
    assert timezone.now() - response.context["at"] < HOUR
    assert response.context["problem"]


def test_before_the_first_read_nothing_is_zero(auditor, story):
    text = auditor.get(f"{URL}?at={at_text(NOON - DAY)}").content.decode()

    assert "no account was known yet" in text
    assert "0 IAM users" not in text
    assert "nothing of it had been read by then" in text


def test_accounts_expected_are_those_of_the_time(auditor, story):
    one = auditor.get(f"{URL}?at={at_text(NOON + HOUR)}").context["then"]
    two = auditor.get(f"{URL}?at={at_text(NOON + DAY)}").context["then"]

    assert (len(one.accounts), len(two.accounts)) == (1, 2)
    found = next(c for c in two.coverage if c.source.name == "authorization_details")
    assert (found.expected, found.covered, found.too_old, len(found.never)) == (2, 0, 1, 1)


def test_gaps_are_times_without_true_facts(auditor, story):
    users("ana", "cat", at=NOON + HOUR + timedelta(hours=9))
    gaps = auditor.get(f"{URL}?at={at_text(NOON + HOUR + timedelta(hours=12))}").context["gaps"]
    mine = [g for g in gaps if g.source.name == "authorization_details"]

    assert [(g.account_id, g.words, g.until) for g in mine] == [
        (ACCOUNT, "3 hours", NOON + timedelta(hours=10))
    ]
    assert mine[0].since == NOON + timedelta(hours=7)


def test_a_gap_that_lasts_has_no_end(auditor, story):
    gaps = auditor.get(f"{URL}?at={at_text(NOON + HOUR + timedelta(hours=8))}").context["gaps"]
    (mine,) = [g for g in gaps if g.source.name == "authorization_details"]

    assert (mine.until, mine.words) == (None, "2 hours")


def test_chains_are_checked_when_asked(auditor, story):
    journal.write(actor="lea", action="x", subject="y", now=NOON)
    assert auditor.get(URL).context["checks"] is None
    text = auditor.get(f"{URL}?check=1").content.decode()

    assert text.count("every link holds") == 2


def test_a_changed_ledger_is_told(auditor, story):
    row = Observation.objects.order_by("seq")[1]
    Observation.objects.filter(pk=row.pk).update(key="arn:aws:iam::1:user/forged")
    text = auditor.get(f"{URL}?check=1").content.decode()

    assert "broken" in text
    assert f"row {row.seq} no longer says what was recorded" in text


def test_looking_writes_nothing(auditor, story):
    before = (Observation.objects.count(), *ChainHead.objects.values_list("chain_hash", flat=True))
    auditor.get(f"{URL}?check=1")
    file_of(auditor, "people", NOON)

    after = (Observation.objects.count(), *ChainHead.objects.values_list("chain_hash", flat=True))
    assert after == before


def test_hostile_names_are_text(auditor):
    accounts(ACCOUNT, at=NOON)
    users(HOSTILE, at=NOON)
    page = auditor.get(f"{URL}iam-users/").content.decode()
    _, (row,), _ = file_of(auditor, "iam-users", NOON)

    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page
    assert row["user_name"] == f"'{HOSTILE}"


def test_an_empty_portal_says_so(auditor):
    text = auditor.get(URL).content.decode()

    assert "nothing was ever read" in text
    assert "No row." in auditor.get(f"{URL}people/").content.decode()


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_as_many_queries_for_thirty_as_for_three(auditor, story):
    urls = [URL, *(f"{URL}{name}/" for name in ("iam-users", "credentials", "people"))]

    def grow(number):
        for i in range(number):
            account_id = f"{i:012d}"
            users(*(f"u{n}" for n in range(number)), at=NOON + DAY, account_id=account_id)
            for source in SOURCES:
                builders.run(source.name, account_id, at=NOON + 2 * DAY)

    grow(3)
    few = [queries(auditor, url) for url in urls]
    grow(15)

    assert [queries(auditor, url) for url in urls] == few
    assert few[0] <= 12


def test_an_engineer_sees_none_of_it(story):
    client = builders.signed_in("engineer")

    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}iam-users/?format=csv").status_code == 403
