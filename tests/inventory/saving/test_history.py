"""What comes late: history says what was so and when, and what is known now stays as it is."""

import pytest

from inventory import codec, ledger
from inventory.models import CollectionRun, Observation
from inventory.records import IamUserRecord
from tests.inventory.reads import DAY, HOUR, T0, ask_users, key, read, row_of, user

pytestmark = pytest.mark.django_db
USERS = "authorization_details"


def as_of(moment):
    """User names and tags as the ledger tells them for one instant."""
    state: dict[str, tuple[str, str | None]] = {}
    lines = Observation.objects.filter(kind=IamUserRecord.KIND, observed_at__lte=moment)
    for line in lines.order_by("observed_at", "seq"):
        if line.change == "gone":
            state.pop(line.key)
        else:
            record = codec.from_json(IamUserRecord, line.record or {})
            state[line.key] = (record.user_name, (record.tags or {}).get("v"))
    return sorted(state.values())


def version(name, text):
    return user(name, tags={"v": text})


def test_an_older_file_changes_no_row():
    read(USERS, [version("ann", "new")], T0)
    row = row_of(user("ann"))
    _, counts = read(USERS, [version("ann", "old"), user("bob")], T0 - DAY, now=T0 + HOUR)
    again = row_of(user("ann"))
    assert counts.history_only
    assert (again.tags, again.observed_at, again.run_id) == (row.tags, T0, row.run_id)
    assert type(row).objects.count() == 1


def test_an_older_file_is_true_from_its_own_time_until_the_next_whole_read():
    read(USERS, [version("ann", "new")], T0)
    read(USERS, [version("ann", "old"), user("bob")], T0 - DAY, now=T0 + HOUR)
    assert as_of(T0 - 2 * DAY) == []
    assert as_of(T0 - DAY) == as_of(T0 - HOUR) == [("ann", "old"), ("bob", None)]
    assert as_of(T0) == as_of(T0 + DAY) == [("ann", "new")]


def test_an_older_file_between_two_equal_reads_does_not_outlive_the_second():
    read(USERS, [version("ann", "1")], T0 - 2 * DAY)
    read(USERS, [version("ann", "1")], T0)
    read(USERS, [version("ann", "2"), user("bob")], T0 - DAY, now=T0 + HOUR)
    assert as_of(T0 - 2 * DAY) == [("ann", "1")]
    assert as_of(T0 - DAY) == [("ann", "2"), ("bob", None)]
    assert as_of(T0) == [("ann", "1")]


def test_an_older_file_that_lacks_somebody_says_so_for_its_time_only():
    read(USERS, [user("ann"), user("bob")], T0 - 2 * DAY)
    read(USERS, [user("ann"), user("bob")], T0)
    read(USERS, [user("ann")], T0 - DAY, now=T0 + HOUR)
    assert as_of(T0 - DAY) == [("ann", None)]
    assert as_of(T0) == [("ann", None), ("bob", None)]


def test_the_same_older_file_twice_adds_nothing():
    read(USERS, [version("ann", "new")], T0)
    read(USERS, [version("ann", "old")], T0 - DAY, now=T0 + HOUR)
    lines = Observation.objects.count()
    read(USERS, [version("ann", "old")], T0 - DAY, now=T0 + 2 * HOUR)
    assert Observation.objects.count() == lines


def test_files_in_any_order_tell_one_history():
    for days, text in ((0, "0"), (-3, "3"), (-1, "1"), (-2, "2")):
        read(USERS, [version("ann", text)], T0 + days * DAY, now=T0 + HOUR)
    told = [as_of(T0 - days * DAY)[0][1] for days in (3, 2, 1, 0)]
    assert told == ["3", "2", "1", "0"]
    assert row_of(user("ann")).tags == {"v": "0"}


def test_an_older_part_takes_nobody_away():
    read(USERS, [user("ann"), user("bob")], T0 - 2 * DAY)
    read(USERS, [user("ann"), user("bob")], T0)
    read(USERS, [version("ann", "part")], T0 - DAY, now=T0 + HOUR, whole=False)
    assert as_of(T0 - DAY) == [("ann", "part"), ("bob", None)]
    assert as_of(T0) == [("ann", None), ("bob", None)]


def test_a_file_of_the_same_instant_is_no_change():
    read(USERS, [user("ann")], T0)
    _, counts = read(USERS, [user("ann")], T0, now=T0 + HOUR)
    assert (counts.same, counts.history_only) == (1, False)


def test_a_credential_report_served_from_the_cache_confirms_what_is_known():
    run, _ = read("credential_report", [], T0)
    again, counts = read("credential_report", [], T0, now=T0 + HOUR)
    assert not counts.history_only
    assert CollectionRun.objects.get(pk=again.pk).observed_at == run.observed_at


def test_a_late_read_of_one_user_does_not_undo_a_newer_one():
    ask_users("access_keys", [key("AKIA1", "ann", status="Inactive")], T0, ["ann"])
    ask_users("access_keys", [key("AKIA1", "ann")], T0 - HOUR, ["ann", "bob"])
    assert row_of(key("AKIA1", "ann")).status == "Inactive"


def test_the_chain_holds_after_all_that():
    test_files_in_any_order_tell_one_history()
    assert ledger.verify().first_bad is None
