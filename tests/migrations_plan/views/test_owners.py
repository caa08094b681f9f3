"""Owners: the list, its states, deciding one by one and together, and files there and back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import IamUserLink, JournalEntry, OwnerSuggestion, RejectedOwner
from migrations_plan.passes import suggesting
from tests import builders

pytestmark = pytest.mark.django_db
URL = "/owners/"


@pytest.fixture
def company():
    account = builders.account(account_id="000000000042")
    builders.read_everything(account)
    ana = builders.person("ana.silva@example.com", name="Ana Silva")
    builders.person("alex.silva@example.com", name="Alex Silva")
    users = {name: builders.iam_user(name, account=account) for name in ("ana.silva", "asilva")}
    users["x-17"] = builders.iam_user("x-17", account=account)
    suggesting.suggest_all(timezone.now())
    return {"ana": ana, **users}


def text(client, url=URL, **more):
    return client.get(url, **more).content.decode()


def names(body):
    return [name for name in ("ana.silva", "asilva", "x-17") if f">{name}</a>" in body]


def test_the_page_says_in_words_how_many_belong_to_nobody(company):
    body = " ".join(text(builders.signed_in("auditor")).split())

    assert "3 of 3 IAM users</strong> belong to nobody for certain" in body
    assert (
        'one person stands out, for <a href="/owners/?fit=tied">1</a> several fit equally' in body
    )
    assert "as good as 1 other" in body
    assert "PORTAL_EMAIL_DOMAINS is not set" in body
    assert reverse("owners-confirm") not in body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["ana.silva", "asilva", "x-17"]),
        ("?fit=sure", ["ana.silva"]),
        ("?fit=tied", ["asilva"]),
        ("?fit=none", ["x-17"]),
        ("?fit=weak", []),
        ("?q=SILVA", ["ana.silva", "asilva"]),
        ("?account=000000000042", ["ana.silva", "asilva", "x-17"]),
        ("?account=1", []),
        ("?fit=nonsense&sort=nonsense&page=99", ["ana.silva", "asilva", "x-17"]),
    ],
)
def test_the_address_filters(company, query, found):
    assert names(text(builders.signed_in("lead"), URL + query)) == found


def test_empty_says_whether_that_is_so_or_nobody_knows():
    client = builders.signed_in("lead")
    assert "Nothing was looked at yet" in text(client)

    suggesting.suggest_all(timezone.now())
    assert "We do not know of any IAM user" in text(client)

    account = builders.account()
    builders.read_everything(account)
    assert "Every IAM user has an owner" in text(client)
    assert "No IAM user fits these filters" in text(client, f"{URL}?q=zz")


def test_htmx_swaps_the_table_only(company):
    body = text(builders.signed_in("lead"), headers=builders.HTMX)

    assert "<h1>" not in body
    assert 'id="owners"' in body


def test_only_strangers_to_the_companys_domains_are_listed(company, settings):
    settings.PORTAL_EMAIL_DOMAINS = ["example.com"]
    builders.store_user("kim@example.org", display_name="Kim Contractor")
    builders.store_user("lee@example.com", display_name="Lee Inside")

    body = text(builders.signed_in("lead"))

    assert "Kim Contractor" in body
    assert "Lee Inside" not in body


def test_chosen_rows_are_confirmed_and_the_page_comes_back_where_it_was(company):
    client = builders.signed_in("lead")
    body = text(client, f"{URL}?check=all")
    chosen = f"{company['ana.silva'].pk}:{company['ana'].pk}"
    assert f'value="{chosen}" form="bulk"' in body
    assert body.count('form="bulk"') == body.count(" checked>") == 1

    answer = client.post(
        reverse("owners-confirm"),
        {"chosen": [chosen], "reason": "asked", "next": "/owners/?fit=sure"},
    )

    assert answer["Location"] == "/owners/?fit=sure"
    assert IamUserLink.objects.get().person == company["ana"]
    assert "1 owner was confirmed" in text(client)


@pytest.mark.parametrize(
    "data", [{"chosen": ["1:1"]}, {"reason": "x"}, {"chosen": ["x:y"], "reason": "x"}]
)
def test_a_bulk_confirmation_without_reason_or_choice_changes_nothing(company, data):
    client = builders.signed_in("lead")
    client.post(reverse("owners-confirm"), data)

    assert not IamUserLink.objects.exists()
    assert "Please" in text(client)


def test_one_by_one_theirs_not_theirs_and_perhaps_after_all(company):
    client, user = builders.signed_in("lead"), company["asilva"]
    url, person = reverse("owners-decide", args=[user.pk]), company["ana"].pk

    client.post(url, {"person": person, "verb": "reject", "reason": "a namesake"})
    assert RejectedOwner.objects.get().person == company["ana"]
    assert "Not of Ana Silva" in text(client)

    client.post(url, {"person": person, "verb": "unreject", "reason": "hm"})
    assert not RejectedOwner.objects.exists()
    client.post(url, {"person": person, "verb": "nonsense", "reason": "x"})
    client.post(url, {"person": "x", "verb": "confirm", "reason": "x"})
    assert not IamUserLink.objects.exists()
    client.post(url, {"person": person, "verb": "confirm", "reason": "asked"})
    assert IamUserLink.objects.get().iam_user_arn == user.arn
    assert JournalEntry.objects.count() == 3


def test_csv_and_links_are_safe_to_open(company):
    client = builders.signed_in("auditor")
    builders.iam_user("=1+1", account=company["x-17"].account)

    rows = list(csv.DictReader(io.StringIO(client.get(f"{URL}?format=csv").getvalue().decode())))
    links = client.get(reverse("owners-links")).getvalue().decode()

    assert [row["user_name"] for row in rows][:2] == ["ana.silva", "asilva"]
    assert rows[1]["best_email"] == "alex.silva@example.com; ana.silva@example.com" or (
        rows[1]["best_email"] == "ana.silva@example.com; alex.silva@example.com"
    )
    assert '"\'=1+1"' in links


def upload(client, body, **more):
    file = SimpleUploadedFile("links.csv", body.encode())
    return client.post(reverse("owners-import"), {"file": file, **more})


def test_a_file_is_previewed_with_its_bad_rows_and_then_applied_without_them(company):
    client = builders.signed_in("lead")
    body = (
        "account_id,user_name,email,reason\n"
        "000000000042,x-17,ana.silva@example.com,she said so\n"
        "000000000042,nobody,ana.silva@example.com,she said so\n"
    )

    shown = upload(client, body).content.decode()
    assert "1 row would change something" in shown
    assert "no such IAM user is known" in shown
    assert not IamUserLink.objects.exists()

    answer = client.post(reverse("owners-import"), {"apply": "yes", "text": body})
    assert answer["Location"] == URL
    assert IamUserLink.objects.get().reason == "she said so"
    assert "1 row was applied" in text(client)


@pytest.mark.parametrize("body", ["", "a,b\n1,2\n", "\udcff"])
def test_what_is_no_such_file_says_why(company, body):
    client = builders.signed_in("lead")
    file = SimpleUploadedFile("x.csv", body.encode("utf-8", "surrogateescape"))

    answer = client.post(reverse("owners-import"), {"file": file})

    assert 'class="problem"' in answer.content.decode()


def test_the_users_own_page_shows_who_may_own_it_and_an_engineer_sees_no_suggestion(company):
    url = reverse("iam-user-identity", args=[company["ana.silva"].pk])
    assert "Who may own it" in text(builders.signed_in("lead"), url)

    builders.owner(company["ana.silva"], company["ana"])
    assert "Who may own it" not in text(builders.signed_in("lead"), url)
    mine = builders.signed_in("engineer", person=company["ana"])
    assert "Used as" in text(mine, url)
    assert OwnerSuggestion.objects.exists()
