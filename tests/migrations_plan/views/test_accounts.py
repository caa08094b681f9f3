"""Accounts, one account, overview, search: what they say when they know and when they do not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import Outcome
from migrations_plan.models import JournalEntry
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return builders.signed_in("lead")


def text(client, url):
    return " ".join(client.get(url).content.decode().split())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("root=no-mfa", {"bare"}),
        ("root=keys", {"bare"}),
        ("root=unknown", {"unread"}),
        ("environment=prod", {"unread"}),
        ("q=bar", {"bare"}),
        ("gone=yes", {"gone"}),
        ("sort=-users", {"bare", "unread"}),
    ],
)
def test_accounts_are_found_by_what_is_wrong_with_them(lead, query, found):
    bare = builders.account("bare")
    builders.account("unread", environment="prod")
    builders.account("gone", gone_at=timezone.now())
    builders.account_summary(bare, root_mfa_enabled=False, root_access_keys_present=True)

    page = lead.get(f"/accounts/?{query}").context["page"]
    csv = b"".join(lead.get(f"/accounts/?{query}&format=csv").streaming_content).decode()

    assert {account.name for account in page} == found
    assert all(f'"{name}"' in csv for name in found)


def test_the_users_of_an_account_that_was_never_read_are_unknown_not_zero(lead):
    read, unread = builders.account("read"), builders.account("unread")
    builders.read_everything(read)
    rows = {account.name: account for account in lead.get("/accounts/").context["page"]}

    assert rows["read"].users_read
    assert not rows["unread"].users_read
    assert "10 of 10 not fresh" in text(lead, "/accounts/")
    assert "Nothing in this account was ever read" in text(
        lead, reverse("account", args=[unread.account_id])
    )


def test_a_contact_nobody_named_differs_from_one_nobody_read(lead):
    account = builders.account()
    url = reverse("account", args=[account.account_id])
    assert "contacts were never read" in text(lead, url)

    builders.read_everything(account)

    assert "contacts were never read" not in text(lead, url)
    assert "nobody</td>" in text(lead, url)


def test_an_account_shows_who_may_open_it(lead):
    account, group, user = builders.account(), builders.store_group("Ops"), builders.store_user()
    admin = builders.permission_set("Admin")
    builders.assignment(account, admin, group.group_id)
    builders.assignment(account, admin, user.user_id, "USER")
    builders.assignment(account, admin, "vanished", "USER")

    [(name, _, holders)] = lead.get(reverse("account", args=[account.account_id])).context[
        "assignments"
    ]

    assert name == "Admin"
    assert {holder for _, _, holder in holders} == {"Ops", user.display_name, None}


def test_a_lead_says_what_an_account_is_for(lead):
    account = builders.account(environment="unknown")
    url = reverse("account-environment", args=[account.account_id])

    lead.post(url, {"environment": "prod", "reason": "payments run here"})

    account.refresh_from_db()
    assert (account.environment, account.environment_set_by_lead) == ("prod", True)
    assert JournalEntry.objects.get().details == {"before": "unknown", "after": "prod"}


@pytest.mark.parametrize("body", [{}, {"environment": "prod"}, {"environment": "x", "reason": "y"}])
def test_an_environment_needs_a_known_word_and_a_reason(lead, body):
    account = builders.account(environment="dev")

    page = lead.post(reverse("account-environment", args=[account.account_id]), body, follow=True)

    account.refresh_from_db()
    assert account.environment == "dev"
    assert b"message-error" in page.content


@pytest.mark.parametrize("number", ["12345678901", "1234567890123", "abc", "000000000000"])
def test_no_such_account(lead, number):
    assert lead.get(f"/accounts/{number}/").status_code == 404


def test_the_overview_of_nothing_claims_nothing(lead):
    page = text(lead, "/")

    assert "Nothing was read yet" in page
    assert "0 IAM users" not in page


def test_the_overview_counts_at_least_while_an_account_is_unread(lead):
    read, unread = builders.account("read"), builders.account("closed-door")
    user = builders.iam_user(account=read, active_keys=1, admin=True)
    builders.access_key(user)
    builders.read_everything(read)
    builders.run(
        "authorization_details", unread.account_id, outcome=Outcome.DENIED, error="AWS refused it."
    )

    page = text(lead, "/")

    assert "At least <a" in page
    assert "1 of <a" in page
    assert "closed-door" in page
    assert "AWS refused it." in page
    assert "Lower bounds" in page


def test_the_bars_numbers_are_the_tables_numbers(lead):
    account = builders.account()
    for _ in range(3):
        builders.access_key(builders.iam_user(account=account, active_keys=1))
    builders.iam_user(account=account, active_keys=None)

    bands = lead.get("/").context["bands"]

    assert [band.keys for band in bands] == [0, 0, 3, None]
    assert bands[3].users == 1
    assert [band.width for band in bands] == [0, 0, 750, 250]


def test_people_with_and_without_access_are_told_apart(lead):
    account, group = builders.account(), builders.store_group()
    builders.assignment(account, builders.permission_set(), group.group_id)
    inside, outside = builders.store_user(), builders.store_user()
    unsure = builders.store_user(enabled=None)
    for user in (inside, unsure):
        builders.membership(group, user)
    for user in (inside, outside, unsure):
        builders.person(identity_center_user_id=user.user_id)
    builders.person(left_on="2020-01-01")
    builders.read_everything(account)

    access = lead.get("/").context["access"]

    assert (access.people, access.with_access, access.unknown, access.without) == (3, 1, 1, 1)


@pytest.fixture
def findable():
    account = builders.account("needle-account")
    user = builders.iam_user("needle-user", account=account)
    other = builders.iam_user("needle-other", account=account)
    builders.access_key(user, access_key_id="AKIANEEDLE1")
    builders.access_key(other, access_key_id="AKIANEEDLE2")
    builders.permission_set("needle-set")
    person = builders.person("needle@example.com")
    builders.person("needle2@example.com")
    builders.owner(user, person)
    return person


def hits(client, word="needle"):
    groups = client.get(f"/search/?q={word}").context["groups"]
    return {group.kind: len(group.hits) for group in groups}


def test_a_lead_finds_everything(lead, findable):
    assert hits(lead) == {"person": 2, "iam-user": 2, "key": 2, "account": 1, "permission-set": 1}


def test_an_engineer_finds_what_is_theirs(findable):
    client = builders.signed_in("engineer", person=findable)

    assert hits(client) == {"person": 1, "iam-user": 1, "key": 1}
    assert b"needle-other" not in client.get("/search/?q=needle").content
    assert hits(builders.signed_in("engineer")) == {}


def test_a_search_shows_ten_of_a_kind_and_says_so(lead):
    account = builders.account()
    for number in range(11):
        builders.iam_user(f"many-{number}", account=account)

    page = text(lead, "/search/?q=many")

    assert "The first 10 are shown" in page
    assert "gone=all&amp;q=many" in page


@pytest.mark.parametrize(
    ("word", "says"),
    [("", "Searches IAM users"), ("x", "At least 2"), ("%00zz", "Nothing you may")],
)
def test_a_search_without_hits_says_why(lead, word, says):
    assert says in text(lead, f"/search/?q={word}")


def test_an_engineer_is_led_to_what_is_theirs():
    response = builders.signed_in("engineer").get("/")

    assert response.status_code == 302
