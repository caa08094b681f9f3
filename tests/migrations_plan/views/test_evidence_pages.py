"""Evidence shows a part of what it knows: gaps from their table, rows of the first accounts."""

import random
from datetime import timedelta

import pytest

from inventory.exports.assignments import GROUP
from inventory.models import CollectionRun, Observation, ScopeState
from inventory.records import (
    AccountAssignmentRecord,
    GroupMembershipRecord,
    IdentityStoreUserRecord,
)
from migrations_plan.gather.first_rows import first_rows
from migrations_plan.gather.populations import POPULATIONS, Counted
from tests import builders
from tests.inventory.reads import (
    DAY,
    HOUR,
    OTHER,
    T0,
    account,
    key,
    profile,
    read,
    read_organization,
    report_row,
    user,
)

pytestmark = pytest.mark.django_db
USERS = "authorization_details"
IDS = [f"{number:012}" for number in range(1, 7)]


@pytest.fixture
def auditor():
    return builders.signed_in("auditor")


def url(at, name=""):
    return f"/evidence/{name}?at={at:%Y-%m-%dT%H:%M:%S}"


def users_gaps(auditor, at):
    return [g for g in auditor.get(url(at)).context["gaps"] if g.source.name == USERS]


def test_a_gap_that_began_before_the_days_looked_at_is_told_whole(auditor):
    read_organization(T0)
    read(USERS, [user("ann")], T0)
    read(USERS, [user("ann")], T0 + 40 * DAY)
    (gap,) = users_gaps(auditor, T0 + 40 * DAY)

    assert (gap.since, gap.until) == (T0 + 6 * HOUR, T0 + 40 * DAY)


@pytest.mark.parametrize("at", [T0 + DAY, T0 + 3 * DAY])
def test_gaps_stay_known_when_old_runs_are_gone(auditor, at):
    read_organization(T0)
    read(USERS, [user("ann")], T0)
    for days in (2, 3):
        read(USERS, [user("ann")], T0 + days * DAY)
    before = users_gaps(auditor, at)
    kept = CollectionRun.objects.exclude(pk__in=ScopeState.objects.values("last_run"))
    kept.exclude(pk__in=Observation.objects.values("run")).filter(source=USERS).delete()

    assert before
    assert users_gaps(auditor, at) == before


def an_account(chance, account_id, at):
    """Users listed, reported, both or none, with some credentials."""
    names = [f"u{chance.randrange(50):02}" for _ in range(chance.randrange(9))]
    listed = [name for name in sorted(set(names)) if chance.random() < 0.7]
    if chance.random() < 0.8:
        read(USERS, [user(name, account_id) for name in listed], at, account_id=account_id)
    if chance.random() < 0.7:
        rows = [report_row(name, account_id, password_enabled=True) for name in set(names)]
        rows.append(report_row("<root_account>", account_id))
        early = at - HOUR * chance.choice([0, 3])
        read("credential_report", rows, early, account_id=account_id)
    keys = [key(f"AKIA{account_id}{name}", name, account_id) for name in listed]
    read("access_keys", keys, at, account_id=account_id, user_names=set(listed))
    profiles = [profile(name, account_id) for name in listed[::2]]
    read("login_profiles", profiles, at, account_id=account_id, user_names=set(listed))


def store_user(number):
    return IdentityStoreUserRecord(
        identity_store_id="d-1",
        user_id=f"p{number}",
        user_name=f"p{number}",
        display_name="",
        email=f"p{number % 3}@example.com",
        enabled=True,
        external_ids=(),
        created_at=None,
        updated_at=None,
    )


def membership(group_id, number):
    user_id = f"p{number}"
    return GroupMembershipRecord(membership_id=user_id, group_id=group_id, user_id=user_id)


def some_grants(chance):
    """Grants of two sets without a name to a group of three, to a group without a member, to one
    whose id begins as another's, and to a person."""
    members = [membership("g1", number) for number in range(3)] + [membership("g10", 4)]
    read("identity_store", [*map(store_user, range(5)), *members], T0 - HOUR, account_id="")
    grants = [
        AccountAssignmentRecord(
            account_id=account_id,
            permission_set_arn=set_arn,
            principal_type=kind,
            principal_id=principal_id,
        )
        for account_id in IDS
        for set_arn in ("arn:one", "arn:two")
        for kind, principal_id in [*((GROUP, name) for name in ("g1", "g10", "g2")), ("USER", "p4")]
        if chance.random() < 0.6
    ]
    read("account_assignments", grants, T0 - HOUR, account_id="")


@pytest.mark.parametrize("name", sorted(POPULATIONS))
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (1, 2))]
)
def test_the_first_rows_are_those_the_whole_list_begins_with(name, seed):
    chance, one = random.Random(seed), POPULATIONS[name]
    read_organization(T0 - DAY, *(account(each) for each in IDS))
    for account_id in chance.sample(IDS, 5):
        an_account(chance, account_id, T0 - HOUR)
        an_account(chance, account_id, T0)
    some_grants(chance)

    assert len(list(one.rows(T0, T0, None))) >= 5
    for at in (T0 - 30 * DAY, T0 - timedelta(minutes=30), T0):
        every = list(one.rows(at, T0, None))
        for most in (1, 3, 25, 1000):
            first = first_rows(one, at, T0, most)
            assert first.rows == every[:most]
            assert first.total == len(every) or (first.total is None and len(first.rows) == most)


def test_where_only_reports_tell_of_users_the_page_says_so(auditor):
    read_organization(T0)
    rows = [report_row(f"u{n}") for n in range(30)]
    read("credential_report", rows, T0)
    read("credential_report", [report_row("z", OTHER)], T0, account_id=OTHER)
    text = " ".join(auditor.get(url(T0, "iam-users/")).content.decode().split())

    assert "an unknown number of IAM users, 31 credential report lines" in text
    assert "0 IAM users" not in text
    assert "The first 25 of many rows" in text


def test_a_file_holds_every_row_that_the_page_leaves_out(auditor):
    read_organization(T0)
    read(USERS, [user(f"u{n:02}") for n in range(40)], T0)
    response = auditor.get(url(T0, "iam-users/") + "&format=csv")
    text = b"".join(response.streaming_content).decode()

    assert all(f"user/u{n:02}" in text for n in range(40))
    assert len(auditor.get(url(T0, "iam-users/")).context["rows"]) == 25


def test_a_page_names_some_accounts_and_the_file_names_all(auditor):
    ids = [f"{number:012}" for number in range(40)]
    read_organization(T0, *map(account, ids))
    read(USERS, [user("ann", ids[0])], T0, account_id=ids[0])
    page = auditor.get(url(T0, "iam-users/")).content.decode()
    response = auditor.get(url(T0, "iam-users/") + "&format=csv")

    assert "and 28 more, which the file names" in page
    assert " ".join(ids) in b"".join(response.streaming_content).decode()


def test_one_of_a_kind_is_named_in_the_singular(auditor):
    read_organization(T0)
    read(USERS, [user("ann")], T0)
    read("access_keys", [key("AKIA1", "ann")], T0)
    text = " ".join(auditor.get(url(T0)).content.decode().split())

    assert "1 IAM user <" in text
    assert "1 access key, 0 console passwords" in text
    assert [Counted("x", "key", "keys").words(n) for n in (0, 1, 2)] == ["keys", "key", "keys"]
