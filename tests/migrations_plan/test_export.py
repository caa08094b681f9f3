"""The export command: people, journal, runs, formats, and its refusals."""

import csv
import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from migrations_plan import journal
from migrations_plan.models import IamUserLink, Person, PersonState, StateChange
from migrations_plan.passes import assessing
from tests import stale
from tests.inventory.imports.importing import ACCOUNT, MONDAY, PAYLOADS, TUESDAY, rows, run
from tests.schema import put_schema

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
ANA = "arn:aws:iam::123456789012:user/ana"


@pytest.fixture
def company():
    """Ana and Bo in the identity store, Cy on the roster only."""
    run("import_aws_listing", PAYLOADS / "identity_center.json", "--account", ACCOUNT, at=MONDAY)
    run("import_roster", PAYLOADS / "roster.csv", at=MONDAY)


def link(arn, email, at):
    person = Person.objects.get(email=email)
    IamUserLink.objects.create(iam_user_arn=arn, person=person, confirmed_by="lea", confirmed_at=at)
    details = {"person": email, "before": None}
    journal.write(
        actor="lea", action="link-iam-user", subject=arn, reason="hers", details=details, now=at
    )


def text(kind, *options):
    out = io.StringIO()
    call_command("export", kind, *options, stdout=out)
    return out.getvalue()


def test_people_come_from_the_identity_store_and_the_roster(company):
    link(ANA, "ana@example.com", MONDAY)
    assessing.assess(timezone.now())

    assert rows("people") == [
        {
            "email": "ana@example.com",
            "name": "Ana Example",
            "identity_center_user_id": "9067642ac7-11111111-1111-1111-1111-111111111111",
            "enabled": True,
            "left_on": None,
            "iam_users": [ANA],
            "state": "mapped",
        },
        {
            "email": "bo@example.com",
            "name": "Bo Example",
            "identity_center_user_id": "9067642ac7-22222222-2222-2222-2222-222222222222",
            "enabled": False,
            "left_on": "2025-01-31",
            "iam_users": [],
            "state": "departed",
        },
        {
            "email": "cy@example.com",
            "name": "=Cy, of the roster",
            "identity_center_user_id": None,
            "enabled": None,
            "left_on": None,
            "iam_users": [],
            "state": None,
        },
    ]


def test_people_as_of_an_instant_own_what_the_journal_had_said(company):
    link(ANA, "ana@example.com", TUESDAY)
    assessing.assess(timezone.now())

    now, then = rows("people"), rows("people", "--as-of", TUESDAY.isoformat())
    # Nobody was judged by then; who had left is a fact.
    assert [row.pop("state") for row in now] == ["mapped", "departed", None]
    assert [row.pop("state") for row in then] == [None, "departed", None]
    assert then == now
    before = rows("people", "--as-of", (TUESDAY - timedelta(hours=1)).isoformat())
    assert before[0]["iam_users"] == []
    assert rows("people", "--as-of", (MONDAY - timedelta(hours=1)).isoformat()) == []


def test_a_state_that_is_too_old_to_be_believed_is_not_known(company):
    assessing.assess(timezone.now())
    later = timezone.now() + timedelta(minutes=1)
    PersonState.objects.update(state="ready", concerned=True, stale_after=later)

    assert rows("people")[0]["state"] == "ready"
    PersonState.objects.update(stale_after=timezone.now())
    assert rows("people")[0]["state"] is None


def test_states_as_of_an_instant_are_those_that_had_begun(company):
    person = Person.objects.get(email="ana@example.com")
    for at, word in ((MONDAY, "mapped"), (TUESDAY, "ready")):
        StateChange.objects.create(subject="x", person=person, state=word, sentence="x", at=at)

    before = (TUESDAY - timedelta(hours=1)).isoformat()

    assert rows("people", "--as-of", before)[0]["state"] == "mapped"
    assert rows("people", "--as-of", TUESDAY.isoformat())[0]["state"] == "ready"


def test_the_table_of_people_says_what_the_export_says(company):
    told = [
        (row["email"], row["identity_center_user_id"], row["left_on"]) for row in rows("people")
    ]

    columns = ("email", "identity_center_user_id", "left_on")
    assert list(Person.objects.order_by("email").values_list(*columns)) == told


def test_the_journal_is_chosen_by_inclusive_utc_dates():
    for day in (MONDAY, TUESDAY):
        journal.write(actor="lea", action="note", subject="x", reason=f"{day:%A}", now=day)

    assert [row["reason"] for row in rows("journal")] == ["Monday", "Tuesday"]
    chosen = rows("journal", "--from", "2026-03-03", "--to", "2026-03-03")
    assert chosen == [
        {
            "at": "2026-03-03T09:00:00Z",
            "actor": "lea",
            "action": "note",
            "subject": "x",
            "reason": "Tuesday",
        }
    ]
    assert len(rows("journal", "--as-of", MONDAY.isoformat())) == 1


def test_runs_show_what_failed_and_why(tmp_path):
    with pytest.raises(CommandError):
        run("import_roster", tmp_path / "none.csv")

    (failed,) = rows("runs")
    assert (failed["source"], failed["outcome"]) == ("import_roster", "failed")
    assert failed["error"].endswith("none.csv: cannot be read (No such file or directory)")
    assert set(failed) == {
        *("source", "account_id", "region", "outcome", "started_at", "ended_at"),
        *("calls", "items", "error"),
    }


def test_csv_has_the_same_columns_and_no_formula(company):
    table = list(csv.reader(io.StringIO(text("people", "--format", "csv"))))

    assert table[0] == list(rows("people")[0])
    assert table[3][:2] == ["cy@example.com", "'=Cy, of the roster"]
    assert table[1][3:6] == ["true", "", "[]"]


REFUSED = {
    "a time without zone": (("people", "--as-of", "2026-03-02T09:00:00"), "--as-of: '2026"),
    "a future time": (("people", "--as-of", "2999-01-01T00:00:00Z"), "is in the future"),
    "no date": (("runs", "--from", "monday"), "--from: 'monday' is not a date"),
    "dates in reverse": (
        ("runs", "--from", "2026-03-03", "--to", "2026-03-02"),
        "is before --from",
    ),
    "dates of a population": (("people", "--from", "2026-03-02"), "use --as-of"),
    "no such kind": (("buckets",), "invalid choice"),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_request_is_one_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        text(*arguments)


def test_queries_do_not_grow_with_the_number_of_facts(company, django_assert_max_num_queries):
    run("import_iam_snapshot", PAYLOADS / "authorization_details.json", at=MONDAY)

    for kind, most in (("iam-users", 14), ("credentials", 14), ("people", 3), ("assignments", 5)):
        with django_assert_max_num_queries(most):
            text(kind)


def test_findings_say_what_stands_now_and_what_stood_then():
    _, user = stale.company(TUESDAY)
    old = stale.key(user, TUESDAY, age=100)
    stale.evaluate(TUESDAY)

    (told,) = rows("findings")
    assert list(told) == ["rule", "subject", "verdict", "sentence", "since", "fact_times"]
    assert (told["rule"], told["subject"]) == ("key-old", old.access_key_id)
    # Nobody read since March: what was open then is unknown now.
    assert told["verdict"] == "unknown"
    assert (told["since"], told["fact_times"]["state"]) == (
        "2026-03-03T09:00:00Z",
        "2026-03-03T08:40:00Z",
    )
    (then,) = rows("findings", "--as-of", TUESDAY.isoformat())
    assert then["verdict"] == "open"
    assert rows("findings", "--as-of", MONDAY.isoformat()) == []


def test_a_closed_finding_is_exported_as_of_the_time_it_stood():
    _, user = stale.company(TUESDAY)
    old = stale.key(user, TUESDAY, age=100)
    stale.evaluate(TUESDAY)
    old.gone_at = TUESDAY
    old.save()
    stale.evaluate(TUESDAY + timedelta(hours=1))

    assert rows("findings") == []
    assert len(rows("findings", "--as-of", TUESDAY.isoformat())) == 1


@pytest.mark.embedded
def test_a_reader_that_stops_early_sees_no_error(tmp_path):
    command = [sys.executable, "manage.py"]
    environment = {**os.environ, "DATABASE_URL": "", "DATA_DIR": str(tmp_path)}
    put_schema(tmp_path)
    line = "a" * 60 + "{n}@example.com," + "n" * 180 + "\n"
    (tmp_path / "r.csv").write_text("email,name\n" + "".join(line.format(n=n) for n in range(800)))
    imported = [*command, "import_roster", str(tmp_path / "r.csv")]
    subprocess.run(imported, cwd=ROOT, env=environment, check=True, capture_output=True)

    with subprocess.Popen(
        [*command, "export", "people"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        reading.stdout.readline()
        reading.stdout.close()

        assert reading.stderr.read() == b""
