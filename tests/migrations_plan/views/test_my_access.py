"""My access: what is one's own, and never anybody else's."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import IdentityCenterInstance, Outcome
from migrations_plan.gather.my_cli import TEXTS
from migrations_plan.models import Message, Plan, Wave, WaveMember
from tests import builders

pytestmark = pytest.mark.django_db

URL = "/my-access/"
START = "https://acme.awsapps.com/start"


def instance():
    made = builders.run("identity_center")
    now = timezone.now()
    return IdentityCenterInstance.objects.create(
        run=made,
        first_seen_at=now,
        observed_at=now,
        changed_at=now,
        digest="0" * 64,
        instance_arn="arn:aws:sso:::instance/ssoins-1",
        identity_store_id="d-1",
        owner_account_id="1" * 12,
        region="eu-central-1",
    )


class Somebody:
    """A person with a group, a grant, an IAM user with a key, and a sign-in."""

    def __init__(self, name):
        self.name = name
        self.user = builders.store_user(f"{name}@example.com")
        self.group = builders.store_group(f"group-of-{name}")
        builders.membership(self.group, self.user)
        self.account = builders.account(f"account-of-{name}")
        self.set = builders.permission_set(f"SetOf{name}")
        builders.assignment(self.account, self.set, self.group.group_id)
        self.old_account = builders.account(f"old-account-of-{name}")
        self.iam_user = builders.iam_user(f"iam-of-{name}", account=self.old_account)
        self.key = builders.access_key(self.iam_user)
        self.person = builders.person(
            f"{name}@example.com", name=name, identity_center_user_id=self.user.user_id
        )
        builders.owner(self.iam_user, self.person)
        self.client = builders.signed_in("engineer", person=self.person)
        self.spoken = []

    def marks(self):
        """Everything by which one would know this person's data."""
        return [
            self.group.display_name,
            self.account.name,
            self.account.account_id,
            self.set.name,
            self.iam_user.user_name,
            self.old_account.name,
            self.key.access_key_id,
            self.user.email,
            *self.spoken,
        ]


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


def speak(somebody):
    """Everything that one can say of oneself, and be told."""
    post = somebody.client.post
    name = somebody.name
    key = {"access_key_id": somebody.key.access_key_id, "got_how": f"got-by-{name}"}
    need = {"account_id": somebody.old_account.account_id, "answer": "needed"}
    assert post(reverse("my-tested"), {"note": f"tested-by-{name}"}).status_code == 302
    assert post(reverse("my-key"), {**key, "place": "ci"}).status_code == 302
    assert post(reverse("my-account-need"), {**need, "note": f"for-{name}"}).status_code == 302
    in_wave(somebody.person, name)
    somebody.spoken = [f"got-by-{name}", f"tested-by-{name}", f"for-{name}", f"wave-of-{name}"]
    somebody.spoken += [f"subject-to-{name}", f"body-to-{name}"]


def in_wave(person, name, *, on=None, state="running", sent="sent"):
    """A plan with a wave for this person alone, and a message about it."""
    now = timezone.now()
    plan = Plan.objects.create(
        name=f"plan-{builders.number()}",
        template="x",
        state=state,
        starts_on=now.date(),
        time_zone="Europe/Berlin",
        cutover_at=time(18),
        contact="x",
        content={},
        made_by="x",
        made_at=now,
    )
    day = on or now.date() + timedelta(days=3)
    wave = Wave.objects.create(plan=plan, name=f"wave-of-{name}", position=1, cutover_on=day)
    WaveMember.objects.create(plan=plan, wave=wave, kind="person", person=person)
    Message.objects.create(
        plan=plan,
        wave=wave,
        person=person,
        stage="test",
        channel="email",
        to=person.email,
        subject=f"subject-to-{name}",
        body=f"body-to-{name}",
        state=sent,
        queued_by="x",
        queued_at=now,
        sent_at=now if sent == "sent" else None,
    )
    return plan


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
