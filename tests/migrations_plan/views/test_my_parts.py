"""What My access tells: configuration, tools, the day it ends, messages, tiles in plain words."""

from datetime import timedelta

import botocore.configloader
import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import AccountAssignment, AwsAccount, Outcome
from migrations_plan.models import (
    Message,
    Wave,
    WaveMember,
)
from tests import builders, usage_rows
from tests.own_access import Somebody, in_wave, instance, speak

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


def used(user, account):
    actor = usage_rows.actor_of(user)
    usage_rows.used(actor, usage_rows.days_ago(3), account_id=account.account_id)


def test_the_files_are_what_is_assigned_and_nothing_else(ana, bob, tmp_path):
    builders.assignment(ana.account, builders.permission_set("Second"), ana.user.user_id, "USER")
    for name in ("config", "legacy"):
        answer = ana.client.get(reverse("my-cli-file", args=[name]))
        assert answer["Content-Disposition"].startswith("attachment")
        path = tmp_path / name
        path.write_bytes(answer.content)
        profiles = botocore.configloader.load_config(str(path))["profiles"].values()
        doors = {(one["sso_account_id"], one["sso_role_name"]) for one in profiles}
        assert doors == {(ana.account.account_id, "SetOfAna"), (ana.account.account_id, "Second")}
        assert len(profiles) == 2
        assert {one.get("sso_start_url", START) for one in profiles} == {START}


def test_the_page_names_the_hash_of_the_file_and_the_age_of_its_facts(ana):
    page = text(ana.client, reverse("my-cli"))
    answer = ana.client.get(reverse("my-cli-file", args=["steps"]))

    assert "Made from facts as of" in page
    assert "aws-vault exec" in answer.content.decode()
    assert "aws sts get-caller-identity &#x27;--profile=account-of-ana-SetOfAna&#x27;" in page


def test_a_file_that_cannot_be_made_says_so(ana, settings):
    settings.PORTAL_START_URL = ""
    assert "cannot be made" in text(ana.client, reverse("my-cli-file", args=["config"]))
    assert ana.client.get(reverse("my-cli-file", args=["other"])).status_code == 404
    assert "PORTAL_START_URL" in text(ana.client, reverse("my-cli"))


def test_a_read_that_was_refused_is_said_beside_the_configuration(ana):
    builders.run("account_assignments", outcome=Outcome.DENIED, error="refused")

    page = text(ana.client, reverse("my-cli"))

    assert "a profile may be missing or too many" in page
    assert "[profile" in page


def test_tools_that_renew_no_session_are_named(ana):
    actor = usage_rows.actor_of(ana.iam_user)
    day = usage_rows.days_ago(2)
    usage_rows.used(actor, day)
    for family, version in (("aws-cli-v2", "2.3.1"), ("boto3", "1.40.1"), ("terraform", "")):
        seen = usage_rows.came_from(actor, day, family=family)
        seen.agent_version = version
        seen.save()

    page = text(ana.client, reverse("my-cli"))

    assert "aws-cli-v2 2.3.1" in page
    assert "its version was not told" in page
    assert "boto3 1.40.1" not in page


def test_the_day_on_which_the_old_access_ends_is_said_in_the_plans_zone(ana):
    assert "No day is set yet" in text(ana.client)
    day = timezone.now().date() + timedelta(days=4)
    in_wave(ana.person, "Ana", on=day)

    page = text(ana.client)

    assert f"{day}, 18:00 CE" in page
    assert "wave-of-Ana" in page


def test_a_paused_plan_is_said_to_be_paused_and_a_cancelled_one_is_none(ana):
    plan = in_wave(ana.person, "Ana", state="paused")
    assert "is paused" in text(ana.client)

    plan.state = "cancelled"
    plan.save()

    assert "No day is set yet" in text(ana.client)


def test_a_wave_of_ones_own_goes_before_the_wave_of_ones_account(ana):
    plan = in_wave(ana.person, "Ana")
    day = timezone.now().date() + timedelta(days=1)
    other = Wave.objects.create(plan=plan, name="wave-of-accounts", position=2, cutover_on=day)
    WaveMember.objects.create(
        plan=plan, wave=other, kind="account", account_id=ana.old_account.account_id
    )

    page = text(ana.client)

    assert "wave-of-Ana" in page
    assert "wave-of-accounts" not in page


def test_a_day_that_is_over_is_said_to_be_over(ana):
    in_wave(ana.person, "Ana", on=timezone.now().date() - timedelta(days=2))

    assert "your old access ended" in text(ana.client)


@pytest.mark.parametrize("kind", ["account", "workload"])
def test_a_wave_of_ones_account_or_user_ends_ones_access_too(ana, bob, kind):
    plan = in_wave(bob.person, "Bob")
    named = {"account_id": ana.old_account.account_id, "user_arn": ana.iam_user.arn}
    only = {"account": "account_id", "workload": "user_arn"}[kind]
    WaveMember.objects.create(plan=plan, wave=plan.waves.get(), kind=kind, **{only: named[only]})

    assert "Your old access ends" in text(ana.client)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("sent", True),
        ("copied", True),
        ("queued", False),
        ("doubtful", False),
        ("withdrawn", False),
    ],
)
def test_messages_are_shown_when_they_were_sent(ana, state, shown):
    in_wave(ana.person, "Ana", sent=state)

    assert ("body-to-Ana" in text(ana.client)) is shown


def test_a_hostile_message_stays_text(ana):
    in_wave(ana.person, "Ana")
    Message.objects.update(subject='"><script>alert(1)</script>', body="<img src=x onerror=1>")

    page = text(ana.client)

    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_tile_says_what_the_set_allows_and_that_it_is_production(ana):
    ana.set.managed_policies = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
    ana.set.customer_managed_policies = ["/Ours"]
    ana.set.save()
    AwsAccount.objects.filter(pk=ana.account.pk).update(environment="unknown")
    page = text(ana.client)
    assert "All of Amazon S3" in page
    assert "Not all of it is known" in page
    assert "counts as production" in page

    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    arn = f"arn:aws:iam::{ana.account.account_id}:policy/Ours"
    builders.iam_policy(arn, account=ana.account, document=document)

    page = text(ana.client)

    assert "Some actions that can change something in Amazon SQS" in page
    assert "Not all of it is known" not in page


def test_policies_that_were_not_read_are_not_nothing(ana):
    assert ana.set.managed_policies is None

    page = text(ana.client)

    assert "What it allows is not known" in page
    assert "Nothing: no policy" not in page


@pytest.mark.parametrize("url", [URL, "/my-access/accounts/", "/my-access/cli/"])
def test_a_refused_read_is_never_nothing_assigned(ana, url):
    AccountAssignment.objects.all().delete()
    builders.run("account_assignments", outcome=Outcome.DENIED, error="arn:aws:secret refused")
    used(ana.iam_user, ana.old_account)

    page = text(ana.client, url)

    assert "the last read of “Account assignments” is not whole and fresh" in page
    assert "arn:aws:secret" not in page
    assert "Nothing is assigned to you" not in page
    assert "nothing is assigned to you" not in page
    assert ">not assigned<" not in page.replace("\n", "")


def test_a_lead_does_not_read_a_refused_read_as_not_assigned(ana):
    speak(ana)
    builders.run("account_assignments", outcome=Outcome.DENIED, error="AWS refused it.")

    page = text(builders.signed_in("lead"), reverse("person-answers", args=[ana.person.pk]))

    assert "not assigned" not in page
    assert "is not whole and fresh" in page
