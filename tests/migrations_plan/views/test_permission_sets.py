"""The list of permission sets, and one of them."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import Outcome
from tests import builders

pytestmark = pytest.mark.django_db

URL = "/permission-sets/"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
HOSTILE = "=1+1<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture
def sets():
    """An administrator for long, one that nobody can judge, one plain one that is used."""
    builders.read_everything()
    policies: dict[str, Any] = {"managed_policies": [], "customer_managed_policies": []}
    found = {
        "Admin": builders.permission_set(
            "Admin", session_duration="PT12H", **(policies | {"managed_policies": [ADMIN]})
        ),
        "Billing": builders.permission_set(
            "Billing", **(policies | {"customer_managed_policies": ["/x/unread"]})
        ),
        "Read": builders.permission_set("Read", description="Sees all", **policies),
    }
    builders.assignment(builders.account(), found["Read"], builders.store_user().user_id, "USER")
    builders.permission_set("Old", gone_at=timezone.now(), **policies)
    return found


FILTERS = {
    "": ["Admin", "Billing", "Read"],
    "sort=-name": ["Read", "Billing", "Admin"],
    "sort=-session": ["Admin", "Billing", "Read"],
    "sort=-accounts": ["Read", "Admin", "Billing"],
    "q=SEES": ["Read"],
    "admin=yes": ["Admin"],
    "admin=no": ["Read"],
    "admin=unknown": ["Billing"],
    "assigned=yes": ["Read"],
    "assigned=no": ["Admin", "Billing"],
    "admin=x&assigned=y&page=99&sort=arn": ["Admin", "Billing", "Read"],
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters_and_order(lead, sets, query):
    page = lead.get(f"{URL}?{query}").context["page"]

    assert [row.permission_set.name for row in page] == FILTERS[query]


def test_unread_assignments_are_unknown_in_every_place(lead):
    builders.run("permission_sets")
    builders.run("account_assignments", outcome=Outcome.DENIED, error="AWS refused it.")
    builders.permission_set("Read", managed_policies=[], customer_managed_policies=[])
    response = lead.get(URL)
    (row,) = response.context["page"]
    file = b"".join(lead.get(f"{URL}?format=csv").streaming_content).decode()

    assert (row.accounts, row.people) == (None, None)
    assert "where they are assigned is unknown" in response.content.decode()
    assert next(iter(csv.DictReader(io.StringIO(file))))["accounts"] == ""
    assert list(lead.get(f"{URL}?assigned=no").context["page"]) == []


def test_nothing_read_is_told_apart_from_nothing_there(lead):
    assert "never read" in lead.get(URL).content.decode()
    builders.read_everything()
    assert "There is no permission set." in lead.get(URL).content.decode()


def test_hostile_words_are_text(lead):
    builders.read_everything()
    one = builders.permission_set(
        "Bad",
        description=HOSTILE,
        tags={HOSTILE: HOSTILE},
        inline_policy={"Statement": [{"Sid": HOSTILE}]},
        managed_policies=[HOSTILE],
        customer_managed_policies=[HOSTILE],
    )
    for url in (URL, reverse("permission-set", args=[one.pk])):
        text = lead.get(url).content.decode()
        assert "<script>alert" not in text
        assert "{{ 7|add:7 }}" in text


@pytest.fixture
def shared():
    """A set for a group of two, in two accounts."""
    builders.read_everything()
    one = builders.permission_set("Shared", managed_policies=[], customer_managed_policies=[])
    group = builders.store_group("Ops")
    for _ in range(2):
        builders.membership(group, builders.store_user())
        builders.assignment(builders.account(), one, group.group_id)
    return one, group


def page_of(client, one):
    return client.get(reverse("permission-set", args=[one.pk]))


def test_groups_are_expanded_to_people(lead, shared):
    one, _ = shared
    context = page_of(lead, one).context

    assert len(context["assigned"].places) == 2
    assert [reached.accounts for reached in context["reached"]] == [2, 2]
    assert {g.display_name for r in context["reached"] for g in r.groups} == {"Ops"}


def test_members_are_unknown_when_the_identity_store_was_not_read(lead):
    builders.run("permission_sets")
    builders.run("account_assignments")
    one = builders.permission_set()
    builders.assignment(builders.account(), one, "group-nobody-read")
    text = page_of(lead, one).content.decode()

    assert "to an unknown number of people" in text
    assert "this group was not read" in text
    assert "Nobody." not in text


def test_policies_that_were_not_read_are_not_none(lead):
    builders.read_everything()
    one = builders.permission_set(managed_policies=None, customer_managed_policies=None, tags=None)
    text = page_of(lead, one).content.decode()

    assert "What is attached was not read." in text
    assert "None." not in text.split('id="places"')[0]


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_both_pages_ask_a_fixed_number_of_times(lead, shared):
    one, group = shared
    urls = [URL, reverse("permission-set", args=[one.pk])]

    def grow(number):
        for _ in range(number):
            user = builders.store_user()
            builders.person(identity_center_user_id=user.user_id)
            builders.membership(group, user)
            builders.assignment(builders.account(), one, group.group_id)
            builders.assignment(builders.account(), one, user.user_id, "USER")
            builders.permission_set(customer_managed_policies=["/a/b"])

    grow(3)
    few = [queries(lead, url) for url in urls]
    grow(27)

    assert [queries(lead, url) for url in urls] == few
    assert max(few) <= 12


def test_people_come_in_pages(lead, shared):
    one, group = shared
    for _ in range(60):
        builders.membership(group, builders.store_user())
    url = reverse("permission-set", args=[one.pk])
    second = lead.get(f"{url}?page=2", headers=builders.HTMX)

    assert len(second.context["reached"]) == 12
    assert "<h1" not in second.content.decode()


def test_an_engineer_sees_none_of_it(shared):
    client = builders.signed_in("engineer")

    assert client.get(URL).status_code == 403
    assert page_of(client, shared[0]).status_code == 403
