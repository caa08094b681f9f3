"""What follows from several reads: right whatever their order, and unknown where nobody told."""

import pytest

from inventory import derived
from inventory.aws.reading import Reading
from inventory.inputs import plan
from inventory.models import AwsAccount, CredentialReportRow, IamUser, UserRead
from inventory.sources import SOURCE_BY_NAME
from tests.inventory.reads import (
    DAY,
    HOUR,
    MINE,
    OTHER,
    T0,
    account,
    ask_users,
    key,
    profile,
    read,
    read_organization,
    report_row,
    row_of,
    user,
)

pytestmark = pytest.mark.django_db
USERS = "authorization_details"
REPORT = "credential_report"


def ann():
    return IamUser.objects.get(user_name="ann")


def asked(source, at):
    """Whom the next read of a source would ask about."""
    found = plan(SOURCE_BY_NAME[source], MINE, management_account_id=MINE, now=at)
    return list(found.inputs.user_names)


def test_a_user_of_whom_nothing_else_is_known_has_no_answer_anywhere():
    read(USERS, [user("ann")], T0)
    found = ann()
    assert (found.console_password, found.mfa, found.active_keys) == (None, None, None)
    assert (found.last_seen_at, found.oldest_active_key_at) == (None, None)


def test_the_report_tells_of_password_mfa_and_keys():
    read(USERS, [user("ann")], T0)
    row = report_row(
        "ann",
        password_enabled=True,
        password_last_used_at=T0 - DAY,
        access_key_1_active=True,
        access_key_1_last_rotated_at=T0 - 9 * DAY,
        access_key_1_last_used_at=T0 - 2 * DAY,
    )
    read(REPORT, [row], T0)
    found = ann()
    assert (found.console_password, found.mfa, found.active_keys) == (True, False, 1)
    assert (found.last_seen_at, found.oldest_active_key_at) == (T0 - DAY, T0 - 9 * DAY)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_order_of_reads_does_not_matter(order):
    steps = (
        lambda: read(USERS, [user("ann")], T0),
        lambda: read(REPORT, [report_row("ann")], T0),
        lambda: ask_users("access_keys", [key("AKIA1", "ann")], T0 + HOUR, ["ann"]),
    )
    for number in order:
        steps[number]()
    assert ann().active_keys == 1
    assert row_of(key("AKIA1", "ann")).user == ann()


def test_what_was_asked_later_than_the_report_wins_and_earlier_does_not():
    read(USERS, [user("ann")], T0)
    ask_users("login_profiles", [profile("ann")], T0, ["ann"])
    assert ann().console_password is True
    read(REPORT, [report_row("ann", password_enabled=False)], T0 + HOUR)
    assert ann().console_password is False
    ask_users("login_profiles", [profile("ann")], T0 + 2 * HOUR, ["ann"])
    assert ann().console_password is True


def test_a_report_that_does_not_say_whether_a_key_is_active_leaves_the_number_unknown():
    read(USERS, [user("ann")], T0)
    read(REPORT, [report_row("ann", access_key_2_active=None)], T0)
    assert ann().active_keys is None


def test_a_user_made_after_the_report_is_not_answered_for_by_it():
    read(REPORT, [report_row("ann", password_enabled=True, access_key_1_active=True)], T0)
    reborn = user("ann", user_id="AIDANEW", created_at=T0 + HOUR)
    read(USERS, [reborn], T0 + 2 * HOUR)
    found = ann()
    assert (found.console_password, found.mfa, found.active_keys) == (None, None, None)


def test_a_user_deleted_and_made_again_has_none_of_the_old_answers():
    read(USERS, [user("ann")], T0)
    read(REPORT, [report_row("ann", password_last_used_at=T0 - DAY)], T0)
    ask_users("access_keys", [key("AKIA1", "ann", last_used_at=T0)], T0 + HOUR, ["ann"])
    ask_users("login_profiles", [profile("ann")], T0 + HOUR, ["ann"])
    read(USERS, [user("ann", user_id="AIDANEW", created_at=T0 + 2 * HOUR)], T0 + 3 * HOUR)
    found = ann()
    assert (found.active_keys, found.console_password, found.last_seen_at) == (None, None, None)


def test_a_user_deleted_and_made_again_is_asked_about_at_once():
    read(USERS, [user("ann"), user("bob")], T0)
    ask_users("access_keys", [], T0 + HOUR, ["ann", "bob"])
    assert asked("access_keys", T0 + 2 * HOUR) == []
    reborn = user("ann", user_id="AIDANEW", created_at=T0 + 2 * HOUR)
    read(USERS, [reborn, user("bob")], T0 + 3 * HOUR)
    assert asked("access_keys", T0 + 3 * HOUR) == ["ann"]


def test_a_user_is_asked_about_again_when_the_report_changes_and_after_a_day():
    read(USERS, [user("ann"), user("bob")], T0)
    read(REPORT, [report_row("ann"), report_row("bob")], T0)
    ask_users("access_keys", [], T0, ["ann", "bob"])
    rows = {row.user_name: row.digest for row in CredentialReportRow.objects.all()}
    for name, digest in rows.items():
        UserRead.objects.filter(user_name=name).update(report_digest=digest)
    assert asked("access_keys", T0 + HOUR) == []
    read(REPORT, [report_row("ann", mfa_active=True), report_row("bob")], T0 + 4 * HOUR)
    assert asked("access_keys", T0 + 5 * HOUR) == ["ann"]
    assert asked("access_keys", T0 + DAY) == ["ann", "bob"]


def test_a_deleted_user_is_settled_without_asking():
    read(USERS, [user("ann"), user("bob")], T0)
    ask_users("access_keys", [key("AKIA1", "ann")], T0, ["ann", "bob"])
    read(USERS, [user("bob")], T0 + HOUR)
    found = plan(SOURCE_BY_NAME["access_keys"], MINE, management_account_id=MINE, now=T0 + HOUR)
    assert found.inputs.user_names == ()
    assert found.settled_by(Reading()) == frozenset({"ann"})


def test_a_user_that_only_the_report_knows_is_asked_about():
    read(REPORT, [report_row("ann"), report_row("<root_account>")], T0)
    assert asked("access_keys", T0) == ["ann"]


def test_environments_follow_the_tree_unless_a_lead_has_decided():
    read_organization(T0, account(MINE), account(OTHER, unit_path="Root/Prod"))
    names = dict(AwsAccount.objects.values_list("pk", "environment"))
    assert names == {MINE: "management", OTHER: "prod"}
    AwsAccount.objects.filter(pk=OTHER).update(environment="dev", environment_set_by_lead=True)
    read_organization(T0 + HOUR, account(MINE), account(OTHER, unit_path="Root/Staging"))
    assert AwsAccount.objects.get(pk=OTHER).environment == "dev"


def test_derived_columns_ask_a_fixed_number_of_times(django_assert_max_num_queries):
    names = [f"user{number:05}" for number in range(600)]
    read(USERS, [user(name) for name in names], T0)
    read(REPORT, [report_row(name, access_key_1_active=True) for name in names], T0)
    IamUser.objects.update(active_keys=None, mfa=None)
    derived.refresh_users(MINE, admin=True)
    assert IamUser.objects.filter(active_keys=1).count() == 600
    with django_assert_max_num_queries(12):
        derived.refresh_users(MINE, admin=True)
