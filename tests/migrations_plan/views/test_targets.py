"""Targets and leavers: what is suggested, confirmed, live, and what who left still holds."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from inventory.models import ScopeState
from migrations_plan.models import SuggestedTarget, TargetAccess
from tests import builders
from tests.migrations_plan import identities

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    account = identities.company(account_id="000000000042")
    builders.store_user("ana@example.com", user_id="u-1")
    ana = builders.person("ana@example.com", name="Ana", identity_center_user_id="u-1")
    builders.owner(identities.console_user(account, "ana"), ana)
    values: dict[str, list[object]] = {"managed_policies": [], "customer_managed_policies": []}
    storage = builders.permission_set("Storage", inline_policy=identities.ALLOW_S3, **values)
    extra = builders.permission_set("Extra", inline_policy=identities.ALLOW_ALL, **values)
    builders.assignment(account, extra, "u-1", "USER")
    identities.passes()
    return {"ana": ana, "account": account, "storage": storage}


def text(client, url="/targets/"):
    return client.get(url).content.decode()


def confirm(client):
    keys = list(SuggestedTarget.objects.values_list("pk", flat=True))
    return client.post(reverse("targets-confirm"), {"chosen": keys, "reason": "agreed"})


def test_a_suggestion_is_confirmed_and_compared_with_what_is_live(company):
    client = builders.signed_in("lead")
    assert "Allows all 1 different call made here" in text(client)
    assert "not assigned" in text(client)

    confirm(client)

    assert TargetAccess.objects.get().permission_set == "Storage"
    assert "Nothing waits to be confirmed" in text(client)
    assert "not assigned" in text(client, "/targets/?show=confirmed")
    part = " ".join(text(client, reverse("person-targets", args=[company["ana"].pk])).split())
    assert "1 of 1 is not assigned yet, 1 is assigned beside it" in part

    builders.assignment(company["account"], company["storage"], "u-1", "USER")
    assert "live</span>" in text(client, "/targets/?show=confirmed")


def test_what_was_never_read_is_unknown_and_not_missing(company):
    client = builders.signed_in("lead")
    confirm(client)
    from_nothing = {"whole_observed_at": None, "first_observed_at": None}
    ScopeState.objects.filter(source="account_assignments").update(**from_nothing)

    assert "not assigned" not in text(client, "/targets/?show=confirmed")
    assert "state-unknown" in text(client, "/targets/?show=confirmed")


def test_a_target_is_added_and_removed_on_the_persons_page(company):
    client, person = builders.signed_in("lead"), company["ana"]
    add = reverse("person-targets-add", args=[person.pk])
    client.post(add, {"account_id": "000000000042", "permission_set": "New", "reason": "soon"})
    client.post(add, {"account_id": "42", "permission_set": "New", "reason": "soon"})
    target = TargetAccess.objects.get()

    client.post(reverse("targets-remove", args=[target.pk]), {"reason": ""})
    assert TargetAccess.objects.exists()
    client.post(reverse("targets-remove", args=[target.pk]), {"reason": "not needed"})

    assert not TargetAccess.objects.exists()


def test_targets_come_and_go_as_a_file(company):
    client = builders.signed_in("lead")
    body = "email,account_id,permission_set,reason\nana@example.com,42,Reader,agreed\nx@y.z,1,R,x\n"
    file = SimpleUploadedFile("t.csv", body.encode())

    assert "nobody with the address x@y.z" in (
        client.post(reverse("targets-import"), {"file": file}).content.decode()
    )
    client.post(reverse("targets-import"), {"apply": "yes", "text": body})

    told = client.get(reverse("targets-file")).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [(row["email"], row["permission_set"]) for row in rows] == [
        ("ana@example.com", "Reader")
    ]


@pytest.mark.parametrize("query", ["?q=zz", "?admin=yes", "?account=1", "?show=confirmed&q=zz"])
def test_filters_that_nothing_fits_say_so(company, query):
    assert "fits these filters" in text(builders.signed_in("auditor"), f"/targets/{query}")


def test_targets_in_a_file_as_listed(company):
    body = builders.signed_in("auditor").get("/targets/?format=csv").getvalue().decode()

    assert '"suggested","ana@example.com","000000000042"' in body


def left(name, days, **more):
    day = timezone.now().date() - timedelta(days=days)
    return builders.person(f"{name}@example.com", name=name, left_on=day.isoformat(), **more)


@pytest.fixture
def gone():
    """Who left 20 days ago with a key that works, without one, and perhaps with another's."""
    account = identities.company()
    holds = builders.iam_user("holds", account=account, active_keys=1)
    builders.access_key(holds)
    builders.owner(holds, left("Holder", 20))
    clean = builders.iam_user("clean", account=account)
    key = builders.access_key(clean, first_seen_at=timezone.now() - timedelta(days=60))
    key.gone_at = timezone.now() - timedelta(days=17)
    key.save()
    builders.owner(clean, left("Cleaned", 20))
    left("ana.silva", 20)
    builders.iam_user("ana.silva", account=account)
    builders.person("stays@example.com", name="Stays")
    identities.passes()
    return account


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Holder", "Cleaned", "ana.silva"}),
        ("?state=holds", {"Holder"}),
        ("?state=clean", {"Cleaned"}),
        ("?state=unknown", {"ana.silva"}),
        ("?q=hold", {"Holder"}),
        ("?sort=left", {"Holder", "Cleaned", "ana.silva"}),
    ],
)
def test_leavers_with_what_they_still_hold(gone, query, found):
    body = text(builders.signed_in("auditor"), f"/leavers/{query}")

    names = ("Holder", "Cleaned", "ana.silva", "Stays")
    assert {name for name in names if f">{name}</a><br>" in body} == found


def test_how_well_off_boarding_works_is_measured_of_whom_it_is_known(gone):
    body = " ".join(text(builders.signed_in("auditor"), "/leavers/").split())

    assert "3 people are gone" in body
    assert "50 % <span" in body
    assert "gone within 3 days, as seen of 1 person" in body


def test_whom_a_whole_read_no_longer_shows_and_who_is_disabled_are_gone_too():
    account = identities.company()
    for name, values in (
        ("Absent", {"gone_at": timezone.now()}),
        ("Disabled", {"enabled": False}),
        ("Here", {}),
    ):
        builders.store_user(f"{name}@example.com", user_id=name, **values)
        builders.person(f"{name}@example.com", name=name, identity_center_user_id=name)
    body = text(builders.signed_in("auditor"), "/leavers/")

    assert {name for name in ("Absent", "Disabled", "Here") if f">{name}</a><br>" in body} == {
        "Absent",
        "Disabled",
    }
    assert account


def test_nobody_gone_and_nobody_knows_are_told_apart():
    client = builders.signed_in("auditor")
    assert "We do not know who left" in text(client, "/leavers/")

    identities.company()
    assert "Nobody is known to have left" in text(client, "/leavers/")


def test_leavers_in_a_file(gone):
    body = builders.signed_in("auditor").get("/leavers/?format=csv").getvalue().decode()
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(body))}

    assert rows["Holder"]["active_credentials"] == "1 access key"
    assert rows["Cleaned"]["state"] == "clean"
