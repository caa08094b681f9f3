"""Saving a read: what appears, changes, goes and returns, and what a read may not touch."""

import json
import threading

import pytest
from django.db import IntegrityError, connections, transaction

from inventory import codec, ledger, store
from inventory.models import AccessKey, AwsAccount, CollectionRun, IamUser, Observation
from inventory.records import RECORD_TYPES, AccessKeyRecord, IamPolicyRecord
from inventory.saving.tables import record_of
from tests.inventory.reads import (
    DAY,
    HOUR,
    MINE,
    OTHER,
    T0,
    account,
    ask_users,
    failed,
    key,
    read,
    read_organization,
    row_of,
    user,
)

pytestmark = pytest.mark.django_db
USERS = "authorization_details"


def changes():
    return list(Observation.objects.order_by("seq").values_list("change", "key"))


def test_a_first_read_makes_rows_and_ledger_lines():
    _, counts = read(USERS, [user("ann"), user("bob")], T0)
    assert (counts.appeared, counts.changed, counts.gone) == (2, 0, 0)
    assert [change for change, _ in changes()] == ["appeared", "appeared"]
    row = row_of(user("ann"))
    assert (row.first_seen_at, row.observed_at, row.changed_at) == (T0, T0, T0)


def test_a_second_equal_read_confirms_rows_and_writes_no_ledger_line():
    read(USERS, [user("ann")], T0)
    run, counts = read(USERS, [user("ann")], T0 + HOUR)
    assert (counts.same, Observation.objects.count()) == (1, 1)
    row = row_of(user("ann"))
    assert (row.run_id, row.observed_at, row.changed_at) == (run.pk, T0 + HOUR, T0)


def test_a_changed_record_changes_its_row_and_leaves_one_line():
    read(USERS, [user("ann")], T0)
    _, counts = read(USERS, [user("ann", tags={"team": "x"})], T0 + HOUR)
    assert counts.changed == 1
    assert row_of(user("ann")).tags == {"team": "x"}
    assert changes()[-1] == ("changed", user("ann").key())


def test_what_a_whole_read_no_longer_shows_is_gone_but_not_deleted():
    read(USERS, [user("ann"), user("bob")], T0)
    _, counts = read(USERS, [user("ann")], T0 + HOUR)
    row = row_of(user("bob"))
    assert (counts.gone, row.gone_at, row.observed_at) == (1, T0 + HOUR, T0)
    assert changes()[-1] == ("gone", user("bob").key())


def test_what_is_gone_goes_once():
    read(USERS, [user("bob")], T0)
    for hours in (1, 2):
        read(USERS, [], T0 + hours * HOUR)
    assert [change for change, _ in changes()] == ["appeared", "gone"]
    assert row_of(user("bob")).gone_at == T0 + HOUR


def test_what_returns_appears_again_and_keeps_its_first_day():
    read(USERS, [user("bob")], T0)
    read(USERS, [], T0 + HOUR)
    read(USERS, [user("bob")], T0 + 2 * HOUR)
    row = row_of(user("bob"))
    assert (row.gone_at, row.first_seen_at) == (None, T0)
    assert [change for change, _ in changes()] == ["appeared", "gone", "appeared"]


def test_a_part_says_nothing_about_what_it_does_not_show():
    read(USERS, [user("ann"), user("bob")], T0)
    _, counts = read(USERS, [user("ann", tags={"a": "b"})], T0 + HOUR, whole=False)
    assert (counts.changed, counts.gone) == (1, 0)
    assert row_of(user("bob")).observed_at == T0


def test_a_read_of_one_account_touches_no_other():
    read(USERS, [user("ann")], T0)
    read(USERS, [user("ann", OTHER)], T0, account_id=OTHER)
    read(USERS, [], T0 + HOUR, account_id=OTHER)
    assert row_of(user("ann")).gone_at is None


def test_a_read_of_some_users_settles_those_users_only():
    ask_users("access_keys", [key("AKIA1", "ann"), key("AKIA2", "bob")], T0, ["ann", "bob"])
    ask_users("access_keys", [], T0 + HOUR, ["ann"])
    assert row_of(key("AKIA1", "ann")).gone_at == T0 + HOUR
    assert row_of(key("AKIA2", "bob")).gone_at is None


def test_a_failed_read_leaves_every_row_as_it_was():
    read(USERS, [user("ann")], T0)
    before = IamUser.objects.values().get()
    failed(USERS, T0 + HOUR)
    assert IamUser.objects.values().get() == before


@pytest.mark.django_db(transaction=True)
def test_facts_are_refused_outside_a_transaction():
    run = store.open_run(USERS, MINE, now=T0)
    with pytest.raises(RuntimeError, match="one transaction"):
        store.save([], run=run, types=())


def test_a_read_that_breaks_while_saving_leaves_nothing():
    read(USERS, [user("ann")], T0)
    # The same ARN in another account: a read that cannot be right.
    wrong = [user("eve", OTHER), user("ann", OTHER, arn=user("ann").arn)]
    with pytest.raises(IntegrityError):
        read(USERS, wrong, T0 + HOUR, account_id=OTHER)
    assert IamUser.objects.count() == Observation.objects.count() == 1
    assert ledger.verify().first_bad is None


def test_an_account_known_by_its_number_appears_when_the_organization_shows_it():
    read(USERS, [user("ann", OTHER)], T0, account_id=OTHER)
    assert AwsAccount.objects.get(pk=OTHER).run_id is None
    read_organization(T0 + HOUR)
    shown = AwsAccount.objects.get(pk=OTHER)
    assert (shown.first_seen_at, shown.status) == (T0 + HOUR, "ACTIVE")
    assert ("appeared", OTHER) in changes()


def test_documents_and_times_come_back_from_the_database_as_no_change():
    odd = {"b": [1.0, 1e2, 0.1, True, None, {"z": "ü\u2028", "a": 2**40}], "a": "x"}
    policy = IamPolicyRecord(
        account_id=MINE,
        arn=f"arn:aws:iam::{MINE}:policy/p",
        policy_name="p",
        path="/",
        aws_managed=False,
        default_version_id="v1",
        document=odd,
        attachment_count=0,
        created_at=T0.replace(microsecond=123456),
        updated_at=None,
    )
    read(USERS, [policy], T0)
    _, counts = read(USERS, [policy], T0 + HOUR)
    assert (counts.same, counts.changed) == (1, 0)
    rebuilt = record_of(row_of(policy), IamPolicyRecord)
    assert codec.canonical(rebuilt) == codec.canonical(policy)
    assert ledger.verify().first_bad is None


@pytest.mark.parametrize("field", ["path", "user_name", "permissions_boundary"])
def test_a_value_too_long_for_its_column_is_refused_in_a_sentence(field):
    with pytest.raises(ValueError, match=rf"iam_user .*: {field} has 5000 characters, at most"):
        read(USERS, [user("ann"), user("eve", **{field: "x" * 5000})], T0)
    assert not IamUser.objects.exists()
    assert not Observation.objects.exists()


def test_the_longest_names_that_aws_allows_are_kept():
    arn = f"arn:aws-us-gov:iam::{MINE}:user/{'p' * 510}/{'n' * 64}"
    read(USERS, [user("n" * 64, user_id="AIDA", arn=arn, path=f"/{'p' * 510}/")], T0)
    assert Observation.objects.get().key == arn


def test_every_kind_of_record_has_a_short_enough_name_for_the_ledger():
    assert max(len(kind.KIND) for kind in RECORD_TYPES) <= 32


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_older_file_saved_at_the_same_time_never_wins_over_a_newer_read():
    read("access_keys", [], T0 - DAY)
    newer_saved, may_end = threading.Event(), threading.Event()

    def newer():
        with transaction.atomic():
            run = store.open_run("access_keys", MINE, now=T0 + HOUR)
            records = [key("AKIA1", "ann", status="Inactive")]
            store.save(records, run=run, types=[AccessKeyRecord], account_id=MINE)
            store.close_run(run, "complete", now=T0 + HOUR)
            newer_saved.set()
            may_end.wait(1)
        connections.close_all()

    thread = threading.Thread(target=newer)
    thread.start()
    newer_saved.wait(10)
    threading.Timer(0.3, may_end.set).start()
    read("access_keys", [key("AKIA1", "ann", status="Active")], T0)
    thread.join()
    assert AccessKey.objects.get().status == "Inactive"
    assert CollectionRun.objects.complete().count() == 3


def test_every_value_of_a_hostile_record_is_kept_as_it_is():
    name = "x'; DROP TABLE--<script>\u202e\U0001f600"
    hostile = account(name=name, email="=cmd|' /C calc'!A0")
    read_organization(T0, hostile)
    row = AwsAccount.objects.get()
    assert (row.name, row.email) == (name, hostile.email)
    assert json.loads(json.dumps(Observation.objects.latest("seq").record))["name"] == name


def test_an_error_that_a_database_cannot_hold_still_closes_its_run():
    run = failed(USERS, T0, error="ValueError: \x00 \ud800 " + "x" * 9000)
    run.refresh_from_db()
    assert (run.outcome, len(run.error)) == ("denied", 2000)
    assert "\x00" not in run.error
