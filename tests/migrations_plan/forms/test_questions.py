"""The what-if form: what is typed becomes a question, or one sentence says what is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from migrations_plan.forms.questions import (
    MOST_PEOPLE,
    draft_from,
    draft_of,
    question_in,
)
from tests import builders
from tests.forecasts import ADMIN, S3_READ

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'


def form(**values):
    data = QueryDict(mutable=True)
    data.update({"date": "2026-12-01", **values})
    return draft_of(data, NOW)


def asked(**values):
    draft = form(**values)
    question = question_in(draft, NOW)
    assert bool(draft.problems) == (question is None)
    return question or draft.problems


@pytest.fixture
def developer():
    return builders.permission_set(
        "Developer", managed_policies=[S3_READ], customer_managed_policies=[]
    )


def an_edit(**values):
    return {f"set-0-{name}": value for name, value in {"set": "Developer", **values}.items()}


def a_grant(number=0, **values):
    fields = {"do": "add", "set": "Developer", **values}
    return {f"grant-{number}-{name}": value for name, value in fields.items()}


def test_an_empty_form_asks_about_everybody_today():
    question = question_in(draft_of(QueryDict(), NOW), NOW)

    assert question is not None
    assert (question.people, question.date) == (None, NOW.date())
    assert (question.sets, question.grants) == ((), ())


def test_people_are_named_by_address():
    ana, bob = builders.person("ana@example.com"), builders.person("bob@example.com")
    question = asked(whom="chosen", emails="  ANA@example.com,\nbob@example.com\n\n")

    assert question.people == (ana.pk, bob.pk)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"whom": "chosen"}, "at least one person"),
        ({"whom": "chosen", "emails": "zoe@example.com"}, "Nobody with the address zoe@example"),
        ({"whom": "chosen", "emails": "a@x\n" * 3 + "b@x"}, "Nobody with the address a@x and 1"),
        (
            {"whom": "chosen", "emails": "\n".join(f"p{n}@x" for n in range(MOST_PEOPLE + 1))},
            "500 people at most",
        ),
        ({"date": "2026-02-30"}, "date of the cutover"),
        ({"date": "soon"}, "date of the cutover"),
        ({"date": "2026-08-23"}, "from 2026-08-24 to 2027-11-23"),
        ({"date": "2027-11-24"}, "from 2026-08-24 to 2027-11-23"),
        (an_edit(set="Nothing"), "no permission set with the name “Nothing”"),
        (an_edit(attach="arn:aws:iam::123456789012:policy/mine"), "no policy that AWS manages"),
        (an_edit(attach="NoSuchPolicyOfAws"), "No policy of AWS with the name"),
        (an_edit(attach="arn:aws:iam::aws:policy/NoSuch"), "No policy of AWS with the name"),
        (an_edit(detach="AdministratorAccess"), "Developer has no policy with the name"),
        ({**an_edit(), "set-1-set": "Developer"}, "in one block only"),
        (a_grant(account="123456789012", who="x"), "no account “123456789012”"),
        (a_grant(account="", who="x"), "no account “”"),
        (a_grant(account="111111111111", set="", who="devs"), "no permission set"),
        (a_grant(account="111111111111", who="nobody"), "nobody and no group has the name"),
        (a_grant(account="111111111111", who="twins"), "several groups have the name"),
    ],
)
def test_what_makes_no_question_is_said(developer, values, said):
    builders.account("prod", account_id="111111111111")
    builders.store_group("devs")
    builders.store_group("twins"), builders.store_group("twins")

    assert any(said in problem for problem in asked(**values)), asked(**values)


@pytest.mark.parametrize("date", ["2026-08-24", "2026-11-22", "2027-11-23"])
def test_dates_reach_as_far_as_calls_are_kept_and_a_year_ahead(date):
    assert asked(date=date).date.isoformat() == date


def test_assignments_are_to_people_or_groups_by_account_number_or_name(developer):
    builders.account("prod", account_id="111111111111")
    group, ana = builders.store_group("devs"), builders.person("ana@example.com")
    one, two = asked(
        **a_grant(account="prod", who="devs"),
        **a_grant(1, account="111111111111", who="Ana@example.com", do="remove"),
    ).grants

    assert (one.add, one.account_id, one.group_id) == (True, "111111111111", group.group_id)
    assert (two.add, two.person_id, two.group_id) == (False, ana.pk, "")


def test_a_flood_of_fields_is_cut():
    values = {f"set-{n}-set": "x" for n in range(200)} | {"name": "n" * 500, "emails": "e" * 99_999}
    draft = form(**values)

    assert (len(draft.sets), len(draft.name), len(draft.emails)) == (10, 120, 40_000)


def test_nul_in_a_field_goes():
    assert form(name="a\0b", **an_edit(set="De\0veloper")).sets[0]["set"] == "Developer"


def test_a_kept_question_comes_back_into_the_form(developer):
    builders.account("prod", account_id="111111111111")
    builders.store_group("devs"), builders.person("ana@example.com")
    question = asked(
        whom="chosen",
        emails="ana@example.com",
        **an_edit(
            attach=ADMIN, inline=GOOD, inline_do="replace", boundary=ADMIN, boundary_do="replace"
        ),
        **a_grant(account="prod", who="devs", do="remove"),
    )
    draft = draft_from(question, "again")

    assert question_in(draft, NOW) == question
    assert draft.problems == []


def test_a_past_question_may_be_too_old_to_ask_again():
    question = asked(date="2026-08-24")

    assert question_in(draft_from(question, "x"), NOW + timedelta(days=1)) is None
