"""The list of IAM users, and one of them."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import IamUser, Outcome
from migrations_plan.models import IamUserLink, JournalEntry
from tests import builders

pytestmark = pytest.mark.django_db

HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}<img src=x onerror=alert(2)>'
URL = "/iam-users/"


@pytest.fixture
def lead():
    return builders.signed_in("lead")


def names(response):
    return [user.user_name for user in response.context["page"].object_list]


def old(days):
    return timezone.now() - timedelta(days=days, hours=1)


FILTERS = {
    "q=ali": {"alice"},
    "environment=prod": {"alice"},
    "admin=yes": {"alice"},
    "admin=unknown": {"carol"},
    "keys=any": {"alice", "bob"},
    "keys=none": {"dave"},
    "keys=unknown": {"carol"},
    "keys=up-to-90": {"bob"},
    "keys=91-to-365": set(),
    "keys=older-than-365": {"alice"},
    "console=yes&mfa=no": {"alice"},
    "console=unknown": {"carol"},
    "mfa=yes": {"bob"},
    "owner=yes": {"bob"},
    "owner=no&admin=no": {"dave"},
    "gone=yes": {"gone"},
    "gone=all": {"alice", "bob", "carol", "dave", "gone"},
    "admin=nonsense&keys=x&page=99&sort=password": {"alice", "bob", "carol", "dave"},
}


@pytest.fixture
def some_users():
    prod, dev = builders.account("prod", environment="prod"), builders.account("dev")
    builders.iam_user(
        "alice",
        account=prod,
        admin=True,
        admin_how=["inline:all"],
        active_keys=1,
        oldest_active_key_at=old(400),
        console_password=True,
    )
    bob = builders.iam_user(
        "bob", account=dev, active_keys=1, oldest_active_key_at=old(90), mfa=True
    )
    builders.iam_user(
        "carol", account=dev, admin=None, active_keys=None, console_password=None, mfa=None
    )
    builders.iam_user("dave", account=dev)
    builders.iam_user("gone", account=dev, gone_at=timezone.now())
    builders.owner(bob, builders.person("bob@example.com"))
    return prod, dev


@pytest.mark.parametrize("query", FILTERS)
def test_filters_and_their_csv_agree(lead, some_users, query):
    response = lead.get(f"{URL}?{query}")
    rows = lead.get(f"{URL}?{query}&format=csv")
    text = b"".join(rows.streaming_content).decode()

    assert set(names(response)) == FILTERS[query]
    assert {row["user_name"] for row in csv.DictReader(io.StringIO(text))} == FILTERS[query]


def test_the_sentences_numbers_link_to_as_many_rows(lead, some_users):
    for query, key in (("admin=yes", "admins"), ("keys=any", "with_keys"), ("", "users")):
        response = lead.get(f"{URL}?{query}")
        counted = getattr(response.context["sentence"], key)
        assert counted == response.context["page"].paginator.count


def test_what_was_not_read_is_never_counted_as_none(lead, some_users):
    prod, dev = some_users
    builders.read_everything(prod)
    builders.run("authorization_details", dev.account_id, outcome=Outcome.DENIED, error="refused")

    page = lead.get(URL).content.decode()
    empty = lead.get(f"{URL}?q=nobody-like-this").content.decode()

    assert "At least" in page
    assert "state-unknown" in page
    assert "1 of 2 accounts is not read whole and fresh" in page
    assert "There may be some" in empty


def test_an_empty_portal_does_not_claim_that_there_are_no_users(lead):
    assert b"We do not know of any IAM user" in lead.get(URL).content
    builders.read_everything(builders.account())
    assert b"every account was read" in lead.get(URL).content.lower()


def test_htmx_gets_the_table_and_a_restored_page_all_of_it(lead, some_users):
    part = lead.get(URL, headers=builders.HTMX).content
    restored = lead.get(
        URL, headers={**builders.HTMX, "HX-History-Restore-Request": "true"}
    ).content

    assert part.strip().startswith(b'<section id="iam-users"')
    assert b"<html" not in part
    assert b"<html" in restored
    assert part.strip() in restored


def test_fifty_a_page_and_links_that_keep_the_filters(lead):
    account = builders.account()
    for _ in range(51):
        builders.iam_user(account=account)

    response = lead.get(f"{URL}?environment=dev&sort=-name")

    assert len(names(response)) == 50
    assert b"?environment=dev&amp;sort=-name&amp;page=2" in response.content


@pytest.fixture
def hostile_user():
    account = builders.account(HOSTILE[:120], unit_path=HOSTILE, environment_reason=HOSTILE)
    user = builders.iam_user(
        HOSTILE[:64],
        account=account,
        path=f"/{HOSTILE}/",
        tags={HOSTILE: HOSTILE},
        groups=[HOSTILE, "known"],
        attached_policies=[f"arn:aws:iam::1:policy/{HOSTILE}"],
        inline_policies={HOSTILE: {"Statement": HOSTILE}},
        permissions_boundary=HOSTILE,
        admin=True,
        admin_how=[f"inline:{HOSTILE}", f"group:{HOSTILE}:inline:{HOSTILE}"],
    )
    builders.iam_group("known", account=account, inline_policies={HOSTILE: {"a": HOSTILE}})
    builders.iam_policy(
        f"arn:aws:iam::1:policy/{HOSTILE}", account=account, document={"x": HOSTILE}
    )
    builders.access_key(user, access_key_id=HOSTILE, last_used_service=HOSTILE[:60])
    builders.service_credential(user, service_name=HOSTILE)
    builders.mfa_device(user, serial_number=HOSTILE)
    builders.report_row(user, words={"mfa_active": HOSTILE}, extra={HOSTILE: HOSTILE})
    builders.observation("iam_user", user.arn, {"tags": "x"})
    builders.observation("iam_user", user.arn, {"tags": HOSTILE, HOSTILE: 1}, change="changed")
    builders.owner(user, builders.person(name=HOSTILE), reason=HOSTILE, confirmed_by=HOSTILE)
    builders.alternate_contact(account, name=HOSTILE[:120], email=HOSTILE)
    builders.identity_provider(account, url=HOSTILE, client_ids=[HOSTILE])
    builders.assignment(account, builders.permission_set(HOSTILE[:60], description=HOSTILE), "p-1")
    builders.run("access_keys", account.account_id, outcome=Outcome.FAILED, error=HOSTILE)
    return user


def test_nothing_that_others_wrote_becomes_markup(lead, hostile_user):
    account = reverse("account", args=[hostile_user.account_id])
    one = reverse("iam-user", args=[hostile_user.pk])
    quoted = "%22%3E%3Cscript%3Ealert(1)"
    paths = [URL, one, account, "/", "/accounts/", f"{URL}?q={quoted}", f"/accounts/?q={quoted}"]
    paths += [f"/search/?q={quoted}", "/search/?q=script", f"/?x={quoted}", f"{URL}?{quoted}=1"]
    for path in paths:
        body = lead.get(path).content.decode()
        assert "<script>" not in body, path
        assert "<img" not in body, path
        assert "14<img" not in body
        assert 'onerror=alert(2)>"' not in body
    assert "&lt;script&gt;" in lead.get(one).content.decode()


def test_one_user_explains_itself(lead):
    account = builders.account()
    user = builders.iam_user(
        "ana",
        account=account,
        groups=["Admins", "Lost"],
        attached_policies=["arn:aws:iam::1:policy/p"],
    )
    builders.iam_group("Admins", account=account, inline_policies={"all": {"Action": "*"}})
    builders.observation("iam_user", user.arn, {"groups": ["Dev"], "path": "/"})
    builders.observation(
        "iam_user", user.arn, {"groups": ["Admins"], "path": "/"}, change="changed"
    )
    builders.read_everything(account)

    response = lead.get(reverse("iam-user", args=[user.pk]))
    body = response.content.decode()

    change = response.context["changes"][0]
    assert [(f.field, f.before, f.after) for f in change.fields] == [
        ("groups", ["Dev"], ["Admins"])
    ]
    assert "this group was not read" in body
    assert "its text was not read" in body
    assert "&quot;Action&quot;: &quot;*&quot;" in body


def test_a_lead_confirms_and_takes_back_an_owner(lead):
    user = builders.iam_user(account=builders.account())
    person = builders.person("ana@example.com")
    url = reverse("iam-user-owner", args=[user.pk])

    lead.post(url, {"email": "ANA@example.com", "reason": "asked her"}, follow=True)

    assert IamUserLink.objects.get().person == person
    assert JournalEntry.objects.get(action="link-iam-user").reason == "asked her"
    page = lead.post(reverse("iam-user-no-owner", args=[user.pk]), {"reason": "left"}, follow=True)
    assert b"taken back" in page.content
    assert not IamUserLink.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ana@example.com"},
        {"email": "ana@example.com", "reason": "  "},
        {"email": "nobody@example.com", "reason": "x"},
        {"email": "a" * 400, "reason": "x"},
    ],
)
def test_no_owner_without_a_person_and_a_reason(lead, body):
    builders.person("ana@example.com")
    user = builders.iam_user(account=builders.account())

    page = lead.post(reverse("iam-user-owner", args=[user.pk]), body, follow=True)

    assert b"message-error" in page.content
    assert not IamUserLink.objects.exists()
    assert not JournalEntry.objects.exists()


def test_taking_back_what_somebody_else_took_back(lead):
    user = builders.iam_user(account=builders.account())

    page = lead.post(reverse("iam-user-no-owner", args=[user.pk]), {"reason": "x"}, follow=True)

    assert b"already" in page.content
    assert IamUser.objects.count() == 1
