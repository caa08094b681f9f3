"""Pages and order from the address."""

from typing import Any

import pytest
from django.db.models import F
from django.test import RequestFactory

from accessportal.web.lists import choice_of, text_of, with_query
from accessportal.web.paging import page_of, sort_of, sorted_by
from inventory.models import IamUser
from tests import builders

SORTS = {"name": ("user_name",), "keys": ("active_keys",)}


def get(query=""):
    return RequestFactory().get(f"/{query}")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("?page=2", 2),
        ("?page=9", 3),
        ("?page=0", 3),
        ("?page=x", 1),
        ("?page=" + "9" * 5000, 1),
    ],
)
def test_a_page_that_makes_no_sense_is_one_that_does(query, number):
    assert page_of(get(query), list(range(25)), per_page=10).number == number


@pytest.mark.parametrize(
    ("query", "word"),
    [("", "name"), ("?sort=-keys", "-keys"), ("?sort=password", "name"), ("?sort=--name", "name")],
)
def test_only_listed_words_sort(query, word):
    assert sort_of(get(query), SORTS, "name") == word


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "first"), [("?sort=keys", 1), ("?sort=-keys", 2)])
def test_unknown_comes_last_in_both_directions(query, first):
    account = builders.account()
    for keys in (None, 2, 1):
        builders.iam_user(account=account, active_keys=keys)

    found = [
        user.active_keys for user in sorted_by(get(query), IamUser.objects.all(), SORTS, "name")
    ]

    assert found[0] == first
    assert found[-1] is None


@pytest.mark.django_db
def test_equal_rows_have_one_order_so_that_none_is_on_two_pages():
    account = builders.account()
    for _ in range(7):
        builders.iam_user(account=account, active_keys=1)
    rows = sorted_by(get("?sort=-keys"), IamUser.objects.all(), SORTS, "name")

    seen = [user.pk for page in (1, 2, 3) for user in page_of(get(f"?page={page}"), rows, 3)]

    assert len(set(seen)) == 7


@pytest.mark.django_db
def test_a_page_has_its_rows_in_order_whatever_they_carry():
    accounts = [builders.account() for _ in range(3)]
    for number in range(9):
        builders.iam_user(account=accounts[number % 3], active_keys=number)
    users = IamUser.objects.filter(active_keys__gt=0).select_related("account")
    rows: Any = users.annotate(double=F("active_keys") * 2).order_by(
        "account__name", "-double", "pk"
    )

    for every in (rows, rows.distinct()):
        pages = [list(page_of(get(f"?page={number}"), every, 3)) for number in (1, 2, 3)]
        seen = [(user.pk, user.double) for page in pages for user in page]
        assert seen == [(user.pk, user.double) for user in rows]


@pytest.mark.django_db
def test_a_page_of_nothing_is_empty():
    assert list(page_of(get(), IamUser.objects.all())) == []


def test_text_is_cut_and_has_no_nul():
    assert text_of(get("?q=%20a%00b%20"), "q") == "ab"
    assert len(text_of(get("?q=" + "x" * 900), "q")) == 200


def test_a_choice_is_one_of_the_choices():
    assert choice_of(get("?a=yes"), "a", ("yes", "no")) == "yes"
    assert choice_of(get("?a=maybe"), "a", ("yes", "no")) == ""


def test_links_keep_the_rest_of_the_address():
    assert with_query(get("?q=a%26b&page=2"), page=None, sort="name") == "?q=a%26b&sort=name"


def test_pages_of_a_second_list_have_a_name_of_their_own():
    request = get("?page=3&accounts=2")

    assert list(page_of(request, range(9), 2, name="accounts")) == [2, 3]
