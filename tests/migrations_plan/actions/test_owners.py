"""Owners confirmed, refused and brought from files: each with a line in the journal."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accessportal.web.csvfile import csv_lines
from inventory.models import IamUser
from migrations_plan.actions.owners import (
    confirm_suggestions,
    import_links,
    reject_owner,
    unreject_owner,
)
from migrations_plan.decision_files import LINK_COLUMNS, FileProblem, link_lines, target_lines
from migrations_plan.gather.owners_list import link_rows
from migrations_plan.models import (
    IamUserLink,
    JournalEntry,
    OwnerSuggestion,
    Person,
    RejectedOwner,
)
from migrations_plan.passes import suggesting
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return builders.portal_user("lead")


@pytest.fixture
def account():
    return builders.account(account_id="000000000042")


def suggested(account, *names):
    """Users of people of the same name, with suggestions. Gives the users."""
    users = []
    for name in names:
        given, family = name.split(".")
        builders.person(f"{name}@example.com", name=f"{given} {family}".title())
        users.append(builders.iam_user(name, account=account))
    suggesting.suggest_all(timezone.now())
    return users


def pair(user):
    return user.pk, OwnerSuggestion.objects.get(iam_user_arn=user.arn, place=1).person_id


def confirm(lead, *pairs, reason="the directory says so"):
    return confirm_suggestions(by=lead, chosen=pairs, reason=reason, now=timezone.now())


def test_many_are_confirmed_at_once_each_with_its_own_line(lead, account):
    users = suggested(account, "ana.silva", "bela.sato")

    assert confirm(lead, *map(pair, users)) == (2, 0)

    assert set(IamUserLink.objects.values_list("iam_user_arn", flat=True)) == {
        user.arn for user in users
    }
    lines = JournalEntry.objects.filter(action="link-iam-user")
    assert lines.count() == 2
    assert all("suggested with 60 points" in line.reason for line in lines)


def test_what_is_weak_tied_linked_or_not_suggested_is_left(lead, account):
    (sure, linked) = suggested(account, "ana.silva", "bela.sato")
    weak = builders.iam_user("bsato", account=account)
    builders.person("alex.silva@example.com", name="Alex Silva")
    builders.iam_user("asilva", account=account)
    suggesting.suggest_all(timezone.now())
    tied = OwnerSuggestion.objects.filter(tied=2)[0]
    user_of_tied = IamUser.objects.get(arn=tied.iam_user_arn)
    stranger = builders.person()
    chosen = [pair(sure), pair(linked), pair(weak), (user_of_tied.pk, tied.person_id)]
    builders.owner(linked, stranger)

    assert confirm(lead, *chosen, (sure.pk, stranger.pk), (987654, stranger.pk)) == (1, 5)
    assert IamUserLink.objects.get(iam_user_arn=linked.arn).person == stranger


@pytest.mark.parametrize("role", ["auditor", "engineer", ""])
def test_only_a_lead_confirms_refuses_and_imports(role, account):
    (user,) = suggested(account, "ana.silva")
    who, person, now = builders.portal_user(role), Person.objects.get(), timezone.now()
    given = {"by": who, "reason": "x", "now": now}

    for action in (
        lambda: confirm(who, pair(user)),
        lambda: reject_owner(iam_user=user, person=person, **given),
        lambda: unreject_owner(iam_user=user, person=person, **given),
        lambda: import_links(by=who, links=[(user, person, "x")], now=now),
    ):
        with pytest.raises(PermissionDenied):
            action()
    assert not JournalEntry.objects.exists()


def test_without_a_reason_nothing_is_confirmed(lead, account):
    (user,) = suggested(account, "ana.silva")

    with pytest.raises(ValidationError):
        confirm(lead, pair(user), reason="  ")


def test_not_theirs_is_remembered_until_it_is_taken_back(lead, account):
    (user,) = suggested(account, "ana.silva")
    given = {"iam_user": user, "person": Person.objects.get(), "now": timezone.now(), "by": lead}

    reject_owner(reason="a namesake", **given)
    suggesting.suggest_all(timezone.now())
    assert not OwnerSuggestion.objects.exists()
    assert RejectedOwner.objects.get().reason == "a namesake"

    unreject_owner(reason="it was her after all", **given)
    suggesting.suggest_all(timezone.now())
    assert OwnerSuggestion.objects.count() == 1
    actions = JournalEntry.objects.order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["reject-owner", "unreject-owner"]


def test_the_confirmed_owner_cannot_be_refused(lead, account):
    (user,) = suggested(account, "ana.silva")
    builders.owner(user, Person.objects.get())

    with pytest.raises(ValidationError, match="take that back first"):
        reject_owner(
            by=lead, iam_user=user, person=Person.objects.get(), reason="x", now=timezone.now()
        )


def problems(text):
    return [(line.number, line.problem, line.change) for line in link_lines(text)]


HEAD = "account_id,user_name,arn,email,reason\n"


def test_every_bad_row_is_named_with_its_number_and_reason(account):
    builders.iam_user("ana", account=account)
    bo = builders.iam_user("bo", account=account)
    builders.person("ana@example.com", name="Ana")
    builders.person("two@example.com")
    builders.person("two@example.com")
    text = HEAD + (
        "000000000042,ana,,ana@example.com,asked\n"
        "000000000042,nobody,,ana@example.com,asked\n"
        "000000000042,bo,,nobody@example.com,asked\n"
        "000000000042,ana,,ana@example.com,again\n"
        f",,{bo.arn},two@example.com,asked\n"
        f",other,{bo.arn},ana@example.com,asked\n"
        f",,{bo.arn},ana@example.com,\n"
        "000000000042,bo,,,\n"
    )

    assert problems(text) == [
        (2, "", "confirms Ana"),
        (3, "no such IAM user is known", ""),
        (4, "nobody with the address nobody@example.com is known", ""),
        (5, "the file names it twice", ""),
        (6, "the file names it twice", ""),
        (7, "the ARN is of bo, not of other", ""),
        (8, "the file names it twice", ""),
        (9, "", ""),
    ]


def test_an_export_comes_back_as_it_went_also_where_it_was_protected(account, lead):
    odd = builders.iam_user("=cmd|' /C calc'!A0", account=account)
    person = builders.person("ana@example.com", name="Ana")
    builders.owner(odd, person, reason="-asked")
    text = "".join(csv_lines(LINK_COLUMNS, link_rows(lead)))
    assert "'=cmd" in text

    assert problems(text) == [(2, "", "")]
    IamUserLink.objects.all().delete()
    assert problems(text) == [(2, "", "confirms Ana")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user_name,email\n",
        HEAD + "x" * 1_000_001,
        'account_id,user_name,email\n"' + "x" * 200_000,
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(text):
    with pytest.raises(FileProblem, match=r"\.$"):
        link_lines(text)


def test_targets_from_a_file_need_a_known_person_and_account_and_a_reason(account):
    builders.person("ana@example.com", name="Ana")
    lines = target_lines(
        "email;account_id;permission_set;reason\n"
        "ana@example.com;42;Developer;agreed\n"
        "ana@example.com;000000000042;Developer;agreed\n"
        "bo@example.com;42;Developer;agreed\n"
        "ana@example.com;43;Developer;agreed\n"
        "ana@example.com;42;;agreed\n"
        "ana@example.com;42;ReadOnly;\n"
    )

    assert [(line.number, line.problem) for line in lines] == [
        (2, ""),
        (3, ""),
        (4, "nobody with the address bo@example.com is known"),
        (5, "no account 000000000043 is known"),
        (6, "it names no permission set"),
        (7, "it gives no reason"),
    ]
    assert [line.change for line in lines[:2]] == ["Ana shall have Developer", ""]
