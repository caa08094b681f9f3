"""The list of people, and one person."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import Outcome
from tests import builders

pytestmark = pytest.mark.django_db

HOSTILE = '=1+1 "><script>alert(1)</script>{{ 7|add:7 }}'
URL = "/people/directory/"


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture
def company():
    """Enabled by hand, disabled, without status, absent, and one who left but is enabled."""
    builders.read_everything()
    today = timezone.now().date()
    states: dict[str, dict[str, Any]] = {
        "ana": {"external_ids": ["scim 1"]},
        "bob": {"enabled": False, "external_ids": ["scim 2"]},
        "cat": {"enabled": None, "external_ids": ["scim 3"]},
        "eve": {"external_ids": []},
    }
    people = {}
    for name, values in states.items():
        user = builders.store_user(f"{name}@example.com", **values)
        people[name] = builders.person(
            f"{name}@example.com", name=name, identity_center_user_id=user.user_id
        )
    people["dan"] = builders.person("dan@example.com", name="dan")
    for name, days in (("eve", -1), ("ana", 30)):
        people[name].left_on = (today + timedelta(days=days)).isoformat()
        people[name].save()
    builders.owner(builders.iam_user(account=builders.account()), people["bob"])
    return people


FILTERS = {
    "": {"ana", "bob", "cat", "dan", "eve"},
    "q=AN": {"ana", "dan"},
    "q=bob@": {"bob"},
    "state=enabled": {"ana", "eve"},
    "state=disabled": {"bob"},
    "state=absent": {"dan"},
    "state=unknown": {"cat"},
    "source=scim": {"ana", "bob", "cat"},
    "source=manual": {"eve"},
    "left=yes": {"eve"},
    "left=no": {"ana", "bob", "cat", "dan"},
    "iam=yes": {"bob"},
    "iam=no": {"ana", "cat", "dan", "eve"},
    "state=x&source=y&left=z&iam=1&page=99&sort=password": {"ana", "bob", "cat", "dan", "eve"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters(lead, company, query):
    response = lead.get(f"{URL}?{query}")

    assert {row.person.name for row in response.context["rows"]} == FILTERS[query]


def test_the_sentence_counts_everybody(lead, company):
    found = lead.get(URL).context["sentence"]

    assert (found.people, found.enabled, found.disabled) == (5, 2, 1)
    assert (found.absent, found.unknown, found.left, found.left_enabled) == (1, 1, 1, 1)
    assert found.with_iam_users == 1


@pytest.mark.parametrize("outcome", [None, Outcome.DENIED, Outcome.PARTIAL])
def test_before_the_identity_store_was_read_nobody_is_absent(lead, outcome):
    builders.person("dan@example.com")
    if outcome:
        builders.run("identity_store", outcome=outcome, error="AWS refused it")
    response = lead.get(URL)
    (row,) = response.context["rows"]

    assert row.state == "unknown"
    assert row.reach is None
    assert response.context["sentence"].people == 1
    assert response.context["sentence"].absent == 0
    assert "did not show them" not in response.content.decode()
    assert lead.get(f"{URL}?state=absent").context["rows"] == []
    assert len(lead.get(f"{URL}?state=unknown").context["rows"]) == 1


def test_reach_counts_accounts_and_sets_once(lead, company):
    group, account = builders.store_group(), builders.account()
    user_id = company["ana"].identity_center_user_id
    builders.membership(group, type("U", (), {"user_id": user_id}))
    one = builders.permission_set()
    builders.assignment(account, one, group.group_id)
    builders.assignment(account, one, user_id, "USER")
    builders.assignment(account, builders.permission_set(), user_id, "USER")
    builders.assignment(account, builders.permission_set(), user_id, "USER", gone_at=timezone.now())

    row = lead.get(f"{URL}?q=ana").context["rows"][0]

    assert (row.reach.accounts(), row.reach.permission_sets(), len(row.reach.group_ids)) == (
        1,
        2,
        1,
    )


def test_hostile_names_are_text(lead):
    builders.read_everything()
    builders.person("x@example.com", name=HOSTILE)
    page = lead.get(URL).content.decode()
    file = b"".join(lead.get(f"{URL}?format=csv").streaming_content).decode()

    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page
    assert next(iter(csv.DictReader(io.StringIO(file))))["name"] == f"'{HOSTILE}"


def test_csv_holds_what_is_filtered_and_keeps_unknown_empty(lead, company):
    file = b"".join(lead.get(f"{URL}?format=csv&left=yes").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(file))

    assert (row["email"], row["in_identity_center"]) == ("eve@example.com", "enabled")
    assert (row["provisioned_by"], row["accounts"]) == ("manual", "0")


def grow(number):
    for _ in range(number):
        user, group = builders.store_user(), builders.store_group()
        person = builders.person(identity_center_user_id=user.user_id)
        builders.membership(group, user)
        builders.assignment(builders.account(), builders.permission_set(), group.group_id)
        builders.owner(builders.iam_user(account=builders.account()), person)


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_as_many_queries_for_thirty_as_for_three(lead):
    builders.read_everything()
    grow(3)
    few = queries(lead, URL)
    grow(27)

    assert queries(lead, URL) == few <= 12


@pytest.fixture
def ana():
    builders.read_everything()
    user, group = builders.store_user("ana@example.com"), builders.store_group("Ops <b>")
    builders.membership(group, user)
    person = builders.person("ana@example.com", name="Ana", identity_center_user_id=user.user_id)
    return person, user, group


def page_of(client, person):
    return client.get(reverse("person", args=[person.pk]))


def test_grants_say_how_they_come(lead, ana):
    person, user, group = ana
    account, one = builders.account(), builders.permission_set("Dev", session_duration="PT12H")
    builders.assignment(account, one, group.group_id)
    builders.assignment(account, one, user.user_id, "USER")
    response = page_of(lead, person)
    (grant,) = response.context["grants"]

    assert grant.direct
    assert [g.display_name for g in grant.groups] == ["Ops <b>"]
    assert "here up to 12 hours" in response.content.decode()
    assert "Ops &lt;b&gt;" in response.content.decode()


def test_a_set_that_was_not_read_is_unknown_not_missing(lead, ana):
    person, user, _ = ana
    one = builders.permission_set()
    builders.assignment(builders.account(), one, user.user_id, "USER")
    one.delete()
    response = page_of(lead, person)

    assert response.context["grants"][0].permission_set is None
    assert "this permission set was not read" in response.content.decode()


def test_a_user_who_is_gone_has_no_grants(lead, ana):
    person, user, group = ana
    builders.assignment(builders.account(), builders.permission_set(), group.group_id)
    user.gone_at = timezone.now()
    user.save()
    response = page_of(lead, person)

    assert response.context["state"] == "absent"
    assert response.context["grants"] == []


def test_without_assignments_read_the_page_does_not_say_none(lead):
    builders.run("identity_store")
    user = builders.store_user()
    person = builders.person(identity_center_user_id=user.user_id)
    text = page_of(lead, person).content.decode()

    assert "What Identity Center opens is not known" in text
    assert "without any assignment" not in text


def test_old_access_shows_every_credential(lead, ana):
    person = ana[0]
    iam_user = builders.iam_user("ana-old", account=builders.account())
    builders.owner(iam_user, person)
    key = builders.access_key(iam_user)
    other = builders.service_credential(iam_user)
    builders.access_key(builders.iam_user(account=builders.account()))
    (old,) = page_of(lead, person).context["old_access"]

    assert {c.identifier for c in old.credentials} == {key.access_key_id, other.credential_id}


def test_one_person_asks_a_fixed_number_of_times(lead, ana):
    person, user, group = ana

    def more(number):
        for _ in range(number):
            builders.assignment(builders.account(), builders.permission_set(), group.group_id)
            iam_user = builders.iam_user(account=builders.account())
            builders.owner(iam_user, person)
            builders.access_key(iam_user)
            builders.observation("identity_store_user", user.user_id, {"n": 1}, change="changed")

    url = reverse("person", args=[person.pk])
    more(3)
    few = queries(lead, url)
    more(27)

    assert queries(lead, url) == few <= 12


def test_an_engineer_sees_nobody_here(ana):
    client = builders.signed_in("engineer", person=ana[0])

    assert client.get(URL).status_code == 403
    assert page_of(client, ana[0]).status_code == 403
