"""The journal page: every decision in words, filtered by the address, and its chain."""

import ast
import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from migrations_plan import journal
from migrations_plan.journal_words import ACTIONS, words
from migrations_plan.models import JournalEntry
from tests import builders

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOSTILE = '=cmd|"/c calc"!A1<script>alert(1)</script>'
SOURCES = Path(journal.__file__).parent


def write(at=NOON, **more):
    values = {"actor": "lea@example.com", "action": "link-iam-user", "subject": "arn:ana", **more}
    return journal.write(now=at, **values)


@pytest.fixture
def auditor():
    return builders.signed_in("auditor")


def page(client, **query):
    return client.get(reverse("journal"), query)


def subjects(client, **query):
    return [entry.subject for entry, _, _ in page(client, **query).context["rows"]]


def written_actions():
    """Each action that the code writes: handed to journal.write by its literal, or to a function
    of the same module that hands it on."""
    for path in SOURCES.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        if any(ast.unparse(call.func) == "journal.write" for call in calls):
            places = dict(handing_on(tree))
            for call in calls:
                yield from literals(call, places.get(ast.unparse(call.func)))


def handing_on(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [one.arg for one in node.args.args]
            if "action" in names:
                yield node.name, names.index("action")


def literals(call, place):
    values = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
    values += [] if place is None else call.args[place : place + 1]
    return [one.value for one in values if isinstance(one, ast.Constant)]


def test_every_action_that_the_code_writes_has_words():
    found = set(written_actions())

    assert {"link-iam-user", "save-scenario", "recompute-scenario", "set-up-lead"} <= found
    assert found - set(ACTIONS) == set()


def test_an_action_of_another_version_is_still_readable():
    assert words("split-mixed-user") == "Split mixed user"


def test_decisions_are_shown_newest_first_with_reason_and_details(auditor):
    write(reason="the tag says so", details={"person": "ana@example.com", "before": None})
    write(NOON + DAY, subject="arn:bob", action="collect-now", reason="", details={"jobs": 3})
    response = page(auditor)
    text = response.content.decode()

    assert subjects(auditor) == ["arn:bob", "arn:ana"]
    assert "Confirmed an owner" in text
    assert "the tag says so" in text
    assert "before: none" in text
    assert "none was asked for" in text
    assert response.context["head"].seq == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["c", "b", "a"]),
        ({"actor": "lea@example.com"}, ["c", "a"]),
        ({"action": "collect-now"}, ["b"]),
        ({"q": "B"}, ["b"]),
        ({"q": "month end"}, ["c"]),
        ({"from": "2026-03-03"}, ["c", "b"]),
        ({"to": "2026-03-03"}, ["b", "a"]),
        ({"from": "2026-03-03", "to": "2026-03-03"}, ["b"]),
        ({"from": "2026-03-04", "to": "2026-03-03"}, []),
        ({"from": "2026-02-30", "to": "nonsense", "actor": "zoe", "action": "x"}, ["c", "b", "a"]),
        ({"q": "\0"}, ["c", "b", "a"]),
    ],
)
def test_the_address_filters(auditor, query, found):
    write(subject="a")
    write(NOON + DAY, subject="b", actor="max@example.com", action="collect-now")
    write(NOON + 2 * DAY, subject="c", reason="Month end")

    assert subjects(auditor, **query) == found


def test_the_last_second_of_a_day_is_in_it(auditor):
    write(datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC), subject="late")
    write(datetime(2026, 3, 3, tzinfo=UTC), subject="next")

    assert subjects(auditor, **{"from": "2026-03-02", "to": "2026-03-02"}) == ["late"]


def test_the_file_has_everything_and_runs_nothing(auditor):
    write(subject=HOSTILE, reason="+1", details={"a": ["=2"]})
    response = auditor.get(reverse("journal"), {"format": "csv"})
    (row,) = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))

    assert row["subject"] == f"'{HOSTILE}"
    assert row["reason"] == "'+1"
    assert row["details"] == '{"a": ["=2"]}'
    assert (row["erased"], row["number"]) == ("false", "1")
    assert row["chain_sha256"] == JournalEntry.objects.get().chain_hash
    assert "<script>alert" not in page(auditor).content.decode()


def test_the_chain_is_checked_when_asked(auditor):
    write()
    write(NOON + DAY)

    assert page(auditor).context["check"] is None
    assert "Every link holds." in page(auditor, check="1").content.decode()
    JournalEntry.objects.filter(seq=1).update(reason="forged")
    assert "The chain is broken." in page(auditor, check="1").content.decode()


def test_an_erased_entry_says_so(auditor):
    write(reason="why")
    JournalEntry.objects.update(salt="", reason="", subject="", details={})

    assert "erased; its link in the chain stays" in page(auditor).content.decode()


def test_htmx_gets_the_table_alone(auditor):
    write()
    response = auditor.get(reverse("journal"), headers=builders.HTMX)

    assert b"<html" not in response.content
    assert b'id="journal"' in response.content


def test_an_empty_journal_says_so(auditor):
    assert "Nothing was decided yet." in page(auditor).content.decode()
    assert "No decision fits" in page(auditor, q="x").content.decode()


def test_an_engineer_sees_nothing_of_it():
    write()

    assert builders.signed_in("engineer").get(reverse("journal")).status_code == 403
    assert JournalEntry.objects.visible_to(builders.portal_user("engineer")).count() == 0
