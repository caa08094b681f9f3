"""Rosters as people keep them."""

import pytest
from django.core.management import CommandError

from inventory.models import RosterPerson
from migrations_plan.models import Person
from tests.inventory.imports.importing import MONDAY, PAYLOADS, TUESDAY, run, run_on

pytestmark = pytest.mark.django_db
COMMAND = "import_roster"
ROSTER = (PAYLOADS / "roster.csv").read_text()


def test_a_roster_makes_people(tmp_path):
    line = run(COMMAND, PAYLOADS / "roster.csv", at=MONDAY)

    assert "3 records as of" in line
    assert list(Person.objects.order_by("email").values_list("email", "left_on")) == [
        ("ana@example.com", None),
        ("bo@example.com", "2025-01-31"),
        ("cy@example.com", None),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + ROSTER,
        ROSTER.replace("ana@example.com", " ANA@Example.com "),
        ROSTER.replace('"=Cy, of the roster"', "=Cy").replace(",", ";"),
        ROSTER.replace('"=Cy, of the roster"', "=Cy").replace(",", "\t"),
        ROSTER.replace("\n", "\r\n") + "\r\n,,,,,\r\n",
        ROSTER + "ana@example.com,Ana Example,active,,boss@example.com,Paris\n",
        ROSTER.encode("utf-16"),
    ],
    ids=["mark", "capitals", "semicolons", "tabs", "blank lines", "the same twice", "UTF-16"],
)
def test_every_way_to_write_a_roster_says_the_same(tmp_path, content):
    run_on(tmp_path, COMMAND, content)

    ana = RosterPerson.objects.get(email="ana@example.com")
    assert (ana.name, ana.status, ana.left_on) == ("Ana Example", "active", None)
    assert RosterPerson.objects.count() == 3


def test_who_is_no_longer_on_the_roster_is_gone_from_it(tmp_path):
    run_on(tmp_path, COMMAND, ROSTER)
    run_on(tmp_path, COMMAND, "\n".join(ROSTER.splitlines()[:2]), at=TUESDAY)

    assert [p.email for p in RosterPerson.objects.present()] == ["ana@example.com"]
    assert Person.objects.count() == 3


BROKEN = {
    "another date": (
        ROSTER.replace("2025-01-31", "31.01.2025"),
        "line 3: left_on: '31.01.2025' is",
    ),
    "no such day": (ROSTER.replace("2025-01-31", "2025-02-31"), "is not a date like 2025-01-31"),
    "no address": (ROSTER.replace("bo@example.com", "bo"), "line 3: email: 'bo' is not an e-mail"),
    "twice, differently": (
        ROSTER + "Ana@example.com,Somebody,active,,,\n",
        "line 5: ana@example.com is listed twice, differently",
    ),
    "no such column": ("name,status\nAna,active\n", "line 1: there is no column email"),
    "a column twice": ("email,name,Name\na@example.com,x,y\n", "a column stands there twice"),
    "too many cells": (ROSTER + "a@example.com,,,,,,,\n", "8 cells under 6 column names"),
    "nobody": ("email,name\n", "lists nobody"),
    "empty": ("", "lists nobody"),
    "an open quote": (ROSTER + '"a@example.com', "line 5: unexpected end of data"),
    "a million columns": ("email," + ",".join(["x"] * 1_000_000), "more than 200 columns"),
}


@pytest.mark.parametrize(("content", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_roster_is_one_sentence(tmp_path, content, sentence):
    with pytest.raises(CommandError, match=sentence):
        run_on(tmp_path, COMMAND, content)

    assert not RosterPerson.objects.exists()
