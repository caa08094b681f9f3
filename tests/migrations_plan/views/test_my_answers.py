"""Answers on My access: of the signed-in person alone, and read by leads."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import (
    AccountNeed,
    IdentityClass,
    JournalEntry,
    KeyStory,
    TestConfirmation,
)
from tests import builders, usage_rows
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


def text(client, url=URL):
    return client.get(url, follow=True).content.decode()


def post(client, name, **data):
    return client.post(reverse(name), data, follow=True).content.decode()


def test_the_button_confirms_a_test_and_takes_it_back(ana):
    assert "I have tested it" in text(ana.client)

    page = post(ana.client, "my-tested", note="console and kubectl")
    assert "“console and kubectl”" in page
    assert "I have tested it" not in page

    page = post(ana.client, "my-untested", note="kubectl fails")
    assert "I have tested it" in page
    assert TestConfirmation.objects.get().ended_at is not None


def test_a_test_of_nothing_is_no_test(ana):
    assert "Please say what you tried" in post(ana.client, "my-tested", note=" ")
    assert not TestConfirmation.objects.exists()


def test_a_lead_reads_the_answers_and_gives_none(ana):
    speak(ana)
    client = builders.signed_in("lead")
    page = text(client, reverse("person-answers", args=[ana.person.pk]))

    assert [one for one in ("tested-by-Ana", "got-by-Ana", "for-Ana") if one not in page] == []
    assert "hint: a program" in page
    assert "not assigned" in page
    assert "<form" not in page.partition("<main")[2]
    before = JournalEntry.objects.count()
    for name, data in (
        ("my-tested", {"note": "x"}),
        ("my-untested", {"note": "x"}),
        ("my-account-need", {"account_id": "9" * 12, "answer": "needed"}),
        ("my-key", {"access_key_id": ana.key.access_key_id, "place": "vault"}),
    ):
        answer = {**data, "person": ana.person.pk, "person_id": ana.person.pk}
        assert "not bound to a person" in post(client, name, **answer)
    assert JournalEntry.objects.count() == before
    assert KeyStory.objects.get().place == "ci"


def test_a_lead_who_is_bound_answers_for_themselves_alone(ana, bob):
    client = builders.signed_in("lead", person=bob.person)

    post(client, "my-tested", note="mine", person=ana.person.pk)

    assert TestConfirmation.objects.get().person == bob.person
    data = {"access_key_id": ana.key.access_key_id, "place": "vault"}
    assert client.post(reverse("my-key"), data).status_code == 404


def test_anothers_key_is_as_good_as_none(ana, bob):
    for key_id in (bob.key.access_key_id, "AKIANOBODY"):
        data = {"access_key_id": key_id, "place": "vault"}
        assert ana.client.post(reverse("my-key"), data).status_code == 404
    assert not KeyStory.objects.exists()


def test_the_story_of_a_key_is_shown_and_can_be_changed(ana):
    key = ana.key.access_key_id
    assert "you have not said it yet" in text(ana.client)

    page = post(ana.client, "my-key", access_key_id=key, place="dotfile", got_how="by <Slack>")
    assert "by &lt;Slack&gt;" in page
    assert "not removed" in page

    today = timezone.now().date()
    page = post(ana.client, "my-key", access_key_id=key, place="vault", removed_on=today)
    assert f"on {today}" in page
    assert KeyStory.objects.get().got_how == ""


def test_a_key_that_will_be_removed_is_not_removed(ana):
    tomorrow = timezone.now().date() + timedelta(days=2)
    data = {"access_key_id": ana.key.access_key_id, "place": "ci", "removed_on": tomorrow}

    assert "has not come yet" in post(ana.client, "my-key", **data)
    assert not KeyStory.objects.exists()


def test_an_earlier_owners_story_is_not_told_to_the_next(ana, bob):
    speak(bob)
    bob.person.links.all().delete()
    builders.owner(bob.iam_user, ana.person)

    page = text(ana.client)

    assert bob.key.access_key_id in page
    assert "got-by-Bob" not in page


def used(user, account):
    actor = usage_rows.actor_of(user)
    day = usage_rows.days_ago(3)
    usage_rows.used(actor, day, account_id=account.account_id)


def test_accounts_are_those_assigned_used_and_named(ana):
    used(ana.iam_user, ana.old_account)
    secret = builders.account("secret-acquisition")
    url = reverse("my-accounts")
    page = text(ana.client, url)
    assert ana.account.name in page
    assert ana.old_account.name in page
    assert "secret" not in page

    page = post(ana.client, "my-account-need", account_id=secret.account_id, answer="needed")
    assert secret.account_id in page
    assert "secret" not in page + text(ana.client)
    assert "not assigned" in page

    page = post(ana.client, "my-account-need", account_id=secret.account_id, answer="not-needed")
    assert "You have said that you do not need" in page
    page = post(ana.client, "my-account-need", account_id=secret.account_id, answer="forget")
    assert not AccountNeed.objects.exists()


@pytest.mark.parametrize("wrong", [{"account_id": "12"}, {"answer": "perhaps"}, {"answer": ""}])
def test_an_answer_that_is_none_is_refused(ana, wrong):
    post(ana.client, "my-account-need", **{"account_id": "9" * 12, "answer": "needed", **wrong})

    assert not AccountNeed.objects.exists()


def test_a_key_said_to_live_in_ci_is_a_hint_beside_the_class_and_no_more(ana):
    second = builders.access_key(ana.iam_user)
    for key_id in ("", ana.key.access_key_id, second.access_key_id):
        IdentityClass.objects.create(
            subject=key_id or ana.iam_user.arn,
            user_arn=ana.iam_user.arn,
            user_name=ana.iam_user.user_name,
            access_key_id=key_id,
            account=ana.old_account,
            iam_user=ana.iam_user,
            kind="human",
            judged="human",
            made_at=timezone.now(),
        )
    lead = builders.signed_in("lead")
    urls = [reverse("classes"), reverse("iam-user-identity", args=[ana.iam_user.pk])]
    assert [url for url in urls if "lives in CI" in text(lead, url)] == []

    post(ana.client, "my-key", access_key_id=ana.key.access_key_id, place="ci")

    for url in urls:
        page = text(lead, url)
        # Of the user as a whole, and of this key; not of the other one.
        assert page.count("lives in CI") == 2
        assert page.count("this key lives in CI") == 1
    assert set(IdentityClass.objects.values_list("kind", flat=True)) == {"human"}
