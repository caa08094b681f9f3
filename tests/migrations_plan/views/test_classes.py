"""Classes, workloads and the part of a user's page: what is shown, filtered, declared and split."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import Declaration, IdentityClass
from tests import builders
from tests.migrations_plan import identities

pytestmark = pytest.mark.django_db
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def company():
    account = identities.company()
    nightly = identities.program(account, "nightly")
    shared = identities.program(account, "shared", console_password=True)
    identities.opened(shared)
    ana = identities.console_user(account, "ana")
    builders.owner(ana, builders.person("ana@example.com", name=HOSTILE))
    identities.passes()
    return {"account": account, "nightly": nightly, "shared": shared, "ana": ana}


def text(client, url):
    return client.get(url).content.decode()


def of(user):
    return IdentityClass.objects.get(subject=user.arn)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"ana", "nightly", "shared"}),
        ("?kind=human", {"ana"}),
        ("?kind=mixed", {"shared"}),
        ("?what=key", {"nightly", "shared"}),
        ("?what=key&kind=workload", {"nightly", "shared"}),
        ("?q=NIGHT", {"nightly"}),
        ("?declared=yes", set()),
        ("?kind=nonsense", {"ana", "nightly", "shared"}),
    ],
)
def test_the_address_filters_classes(company, query, found):
    body = text(builders.signed_in("auditor"), f"/classes/{query}")

    assert {name for name in ("ana", "nightly", "shared") if f">{name}</a>" in body} == found
    assert HOSTILE not in body


def test_the_pages_say_in_words_what_is_so(company):
    client = builders.signed_in("auditor")
    classes = " ".join(text(client, "/classes/").split())
    workloads = " ".join(text(client, "/workloads/").split())

    assert "1 IAM user</a> is somebody's" in classes
    assert "<strong>2 users</strong> of programs are still to be moved to roles; 1 of them" in (
        workloads
    )
    assert "203.0.113.0/24 with boto3" in workloads
    assert reverse("classes-declare", args=[of(company["ana"]).pk]) not in classes


def test_the_table_in_a_file_has_the_reasons(company):
    body = builders.signed_in("auditor").get("/classes/?format=csv").getvalue().decode()
    rows = {row["user_name"]: row for row in csv.DictReader(io.StringIO(body))}

    assert rows["shared"]["access_key_id"]
    assert "only people sign in to the console" in body
    assert "program: " in rows["nightly"]["reasons"]


def test_a_lead_declares_an_exception_and_it_shows_until_it_ends(company):
    client, row = builders.signed_in("lead"), of(company["nightly"])
    until = (timezone.now() + timedelta(days=30)).date()

    client.post(
        reverse("classes-declare", args=[row.pk]),
        {"kind": "exception", "reason": "SMTP", "until": until.isoformat(), "next": "/workloads/"},
    )

    assert "Exempt" in text(client, "/workloads/")
    assert ">nightly</a>" in text(client, "/workloads/?kind=exception")
    Declaration.objects.update(until=timezone.now())
    IdentityClass.objects.update(declared_until=timezone.now() - timedelta(days=1))
    assert ">nightly</a>" not in text(client, "/workloads/?kind=exception")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "exception", "reason": "x"},
        {"kind": "nonsense", "reason": "x"},
        {"kind": "human", "reason": ""},
        {"kind": "human", "reason": "x", "until": "yesterday"},
    ],
)
def test_a_declaration_that_makes_no_sense_changes_nothing(company, data):
    client = builders.signed_in("lead")
    client.post(reverse("classes-declare", args=[of(company["ana"]).pk]), data)

    assert not Declaration.objects.exists()
    assert "Please" in text(client, "/classes/") or "needs an end" in text(client, "/classes/")


def test_a_declaration_is_taken_back_from_the_page(company):
    client, row = builders.signed_in("lead"), of(company["ana"])
    client.post(
        reverse("classes-declare", args=[row.pk]), {"kind": "workload", "reason": "it runs there"}
    )
    assert "the calls say human" in text(client, "/classes/")

    client.post(reverse("classes-take-back", args=[row.pk]), {"reason": "wrong"})

    assert of(company["ana"]).kind == "human"


def test_a_shared_users_page_shows_how_to_split_it(company):
    url = reverse("iam-user-identity", args=[company["shared"].pk])
    body = text(builders.signed_in("lead"), url)

    assert "To the person&#x27;s permission set: 24 calls" in body
    assert "To a role of the workload: 580 calls" in body
    assert "s3.amazonaws.com PutObject" in body
    assert "How to split it" not in text(
        builders.signed_in("lead"), reverse("iam-user-identity", args=[company["ana"].pk])
    )


def test_a_program_in_identity_center_is_shown_as_what_blocks(company):
    IdentityClass.objects.filter(subject=company["nightly"].arn).update(
        in_identity_center="The workload nightly has a user in Identity Center."
    )
    body = text(builders.signed_in("auditor"), "/workloads/?center=yes")

    assert "1 program</strong>" in body
    assert "blocked" in body


@pytest.mark.parametrize("url", ["/classes/", "/workloads/"])
def test_empty_says_whether_that_is_so_or_nobody_knows(url):
    client = builders.signed_in("lead")
    assert "Nothing was judged yet" in text(client, url)

    identities.passes()
    assert "Nothing was judged yet" not in text(client, url)
    assert "fits these filters" in text(client, f"{url}?q=zz")


def test_the_user_page_loads_the_part_and_works_without_it(company):
    body = text(builders.signed_in("lead"), reverse("iam-user", args=[company["ana"].pk]))

    assert reverse("iam-user-identity", args=[company["ana"].pk]) in body
