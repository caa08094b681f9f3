"""My access: what is one's own, and never anybody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import IdentityCenterInstance, Outcome
from migrations_plan.gather.my_cli import TEXTS
from tests import builders
from tests.own_access import Somebody, instance, speak

pytestmark = pytest.mark.django_db

URL = "/my-access/"
START = "https://acme.awsapps.com/start"


@pytest.fixture
def ana(settings):
    settings.PORTAL_START_URL = START
    settings.IDENTITY_CENTER_REGION = ""
    instance()
    found = Somebody("Ana")
    builders.read_everything(found.account, found.old_account)
    return found


@pytest.fixture
def bob(ana):
    return Somebody("Bob")


PARTS = ("my-cli", "my-accounts", "my-forecast", "my-usage")


def text(client, url=URL):
    return client.get(url).content.decode()


def everything(client):
    """My access with all its parts and files."""
    files = [reverse("my-cli-file", args=[name]) for name in TEXTS]
    urls = [URL, *map(reverse, PARTS), *files, reverse("my-forecast") + "?format=csv"]
    answers = [client.get(url, follow=True) for url in [*urls, reverse("my-usage") + "?format=csv"]]
    return "\n".join(b"".join(one).decode() for one in answers)


def test_everything_of_ones_own_is_there(ana):
    page = text(ana.client)
    cli = text(ana.client, reverse("my-cli"))

    assert [mark for mark in ana.marks() if mark not in page] == []
    link = f"{START}/#/console?account_id={ana.account.account_id}&amp;role_name=SetOfAna"
    assert f'href="{link}"' in page
    assert "[profile account-of-ana-SetOfAna]" in cli
    assert "sso_region = eu-central-1" in cli


def test_nothing_of_anybody_else_is_there(ana, bob):
    speak(bob)
    speak(ana)

    assert [mark for mark in bob.marks() if mark in everything(ana.client)] == []
    assert [mark for mark in ana.marks() if mark in everything(bob.client)] == []


def test_no_id_in_an_address_opens_anothers_data(ana, bob):
    addresses = [
        reverse("iam-user", args=[bob.iam_user.pk]),
        reverse("person", args=[bob.person.pk]),
        reverse("permission-set", args=[bob.set.pk]),
        reverse("account", args=[bob.account.account_id]),
        reverse("people") + f"?q={bob.name}&format=csv",
        reverse("collection") + f"?account={bob.account.account_id}",
        reverse("evidence-population", args=["people"]) + "?format=csv",
        URL + f"?person={bob.person.pk}&user={bob.user.user_id}",
        reverse("search") + "?q=Bob",
        reverse("person-answers", args=[bob.person.pk]),
        reverse("my-cli") + f"?person={bob.person.pk}",
        reverse("my-accounts") + f"?person={bob.person.pk}",
    ]
    for address in addresses:
        response = ana.client.get(address)
        page = b"".join(response).decode()
        assert response.status_code in (200, 403, 404)
        assert [mark for mark in bob.marks() if mark in page] == [], address


@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_a_lead_sees_only_the_own_here(ana, bob, role):
    client = builders.signed_in(role, person=ana.person)

    assert [mark for mark in bob.marks() if mark in text(client)] == []
    assert ana.key.access_key_id in text(client)


def test_a_sign_in_of_nobody_is_told_so_and_nothing_else(ana):
    client = builders.signed_in("engineer")
    speak(ana)
    page = everything(client)

    assert page.count("not bound to a person yet") >= 3
    assert [mark for mark in ana.marks() if mark in page] == []


def test_taking_the_owner_back_takes_the_page_back(ana):
    ana.person.links.all().delete()

    assert ana.key.access_key_id not in text(ana.client)


@pytest.mark.parametrize("start", ["", "javascript:alert(1)", "http://acme.awsapps.com/start"])
def test_without_a_start_url_there_is_no_broken_link(ana, settings, start):
    settings.PORTAL_START_URL = start
    page = text(ana.client)

    assert "SetOfAna" in page
    assert "PORTAL_START_URL" in page
    assert "#/console" not in page
    assert "sso-session" not in page


def test_without_a_region_there_are_links_but_no_profile(ana):
    IdentityCenterInstance.objects.all().delete()
    page = text(ana.client, reverse("my-cli"))

    assert "#/console" in text(ana.client)
    assert "[profile" not in page
    assert "needs the region of Identity Center" in page


def test_a_set_that_was_not_read_has_no_way_in(ana):
    ana.set.delete()
    page = text(ana.client)

    assert "this permission set was not read" in page
    assert "#/console" not in page


def test_unread_assignments_are_not_nothing(settings):
    settings.PORTAL_START_URL = START
    builders.run("identity_store", outcome=Outcome.DENIED, error="arn:aws:secret refused")
    client = builders.signed_in("engineer", person=builders.person("new@example.com"))
    page = text(client)

    assert "not known yet" in page
    assert "Nothing is assigned to you" not in page
    assert "You have no user in Identity Center" not in page
    assert "arn:aws:secret" not in page


def test_old_reads_are_named(ana):
    builders.run("access_keys", ana.old_account.account_id, outcome=Outcome.FAILED, error="x")

    assert "Access keys in old-account-of-Ana" in text(ana.client)


def test_a_disabled_user_is_told(ana):
    ana.user.enabled = False
    ana.user.save()

    assert "Your Identity Center user is disabled" in text(ana.client)


def test_as_many_queries_for_thirty_as_for_three(ana):
    def grow(number):
        for _ in range(number):
            builders.assignment(builders.account(), builders.permission_set(), ana.group.group_id)
            user = builders.iam_user(account=builders.account())
            builders.owner(user, ana.person)
            builders.access_key(user)

    def queries():
        ana.client.get(URL)
        with CaptureQueriesContext(connection) as found:
            assert ana.client.get(URL).status_code == 200
        return len(found)

    grow(3)
    few = queries()
    grow(27)

    assert queries() == few <= 12
