"""What a tally holds beside the counts that the reference proves."""

import json

from inventory.cloudtrail.events import Events
from inventory.cloudtrail.identifiers import block_of, is_final, rank, worse_copies
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.records import Path, SessionKind
from inventory.cloudtrail.tallying import session_keys, tally
from tests.inventory.cloudtrail import samples as given


def read(*records):
    return decode(json.dumps({"Records": records}).encode()).events


def counted(*records, **options):
    return tally(read(*records), **options)


def test_direct_calls_are_those_without_invoked_by():
    through = given.iam_user(invokedBy="cloudformation.amazonaws.com")
    result = counted(given.event(given.iam_user()), given.event(through))
    ((row, count),) = result.usage.items()
    assert (row.actor.path, count.events, count.direct) == (Path.OLD, 2, 1)


def test_a_failed_sign_in_is_no_use():
    failed = given.console_login(given.iam_user(""), "Failure", eventTime="2026-11-01T11:00:00Z")
    result = counted(given.console_login(given.iam_user("")), failed)
    (day,) = result.actor_days.values()
    assert (day.events, day.errors, day.failed_signins) == (2, 1, 1)
    assert day.succeeded_at == "2026-11-01T10:00:00Z"
    assert {row.operation.error for row in result.usage} == {"", "Failure"}


def test_hours_are_those_of_the_event():
    times = ("2026-11-01T00:59:59Z", "2026-11-01T23:00:00Z", "2026-11-01T23:30:00Z")
    result = counted(*(given.event(given.iam_user(), eventTime=time) for time in times))
    (day,) = result.actor_days.values()
    assert (day.hours[0], day.hours[23], sum(day.hours)) == (1, 2, 3)


def test_a_resource_counts_once_an_event():
    bucket = {"ARN": "arn:aws:s3:::logs", "accountId": given.HOME}
    events = [given.event(given.iam_user(), resources=[bucket, bucket, None]) for _ in range(3)]
    (names,) = counted(*events, given.event(given.iam_user())).resources.values()
    assert names == {"arn:aws:s3:::logs": 3}


def test_origins_are_networks_and_families_of_tools():
    result = counted(given.event(given.iam_user()), given.event(given.iam_user(invokedBy="x")))
    places = {(key.network, key.agent_family, key.agent_version) for key in result.origins}
    assert places == {("203.0.113.0/24", "aws-cli-v2", "2.36.19"), ("aws", "aws-cli-v2", "2.36.19")}


def test_skipped_positions_are_duplicates():
    events = read(*(given.event(given.iam_user()) for _ in range(4)))
    result = tally(events, skip={0, 2})
    assert (result.counted, result.duplicates) == (2, 2)


def test_control_characters_stay_visible_in_rows():
    (row,) = counted(given.event(given.iam_user(), eventName="List\x00\n")).usage
    assert row.operation.event_name == "List\\x00\\n"


def test_strings_that_begin_alike_stay_apart_when_cut():
    names = ("x" * 9_000 + "a", "x" * 9_000 + "b")
    rows = counted(*(given.event(given.iam_user(), eventName=name) for name in names)).usage
    assert len(rows) == 2
    assert all(len(row.operation.event_name) <= 256 for row in rows)


def test_a_use_before_its_assume_role_is_the_makers():
    made = given.assume_role(given.iam_user(), "ASIAAPP1")
    rows = counted(given.event(given.session()), made).usage
    (use,) = [row for row in rows if row.actor.role_arn]
    assert (use.actor.path, use.actor.arn, use.actor.session_key) == (Path.OLD, given.ANA_ARN, "")


def test_an_unknown_makers_session_can_be_moved_later():
    events = read(given.event(given.session()))
    (pending,) = tally(events).usage
    assert (pending.actor.path, pending.actor.session_key) == (Path.UNKNOWN, "ASIAAPP1")
    assert session_keys(events) == {"ASIAAPP1"}
    (maker,) = tally(read(given.assume_role(given.iam_user(), "ASIAAPP1"))).sessions.values()
    assert maker.actor is not None
    (moved,) = tally(events, known={"ASIAAPP1": maker.actor}).usage
    assert (moved.actor.path, moved.actor.user_name) == (Path.OLD, "ana")


def test_who_switches_an_application_to_a_user_is_that_user():
    """A session made with a user's context is the user's, whoever called AssumeRole."""
    enhanced = given.assume_role(
        given.service(), "ASIAAPP1", request={"providedContexts": [{"contextAssertion": "x"}]}
    )
    named = given.session(onBehalfOf=given.ON_BEHALF_OF)
    for order in ([enhanced, given.event(named)], [given.event(named), enhanced]):
        result = counted(*order, given.event(given.session()))
        assert {row.actor.path for row in result.usage} == {Path.NEW, Path.AWS}


def test_account_access_is_not_a_workload():
    made = given.assume_role(given.service("account-access.amazonaws.com"), "ASIAAPP1")
    paths = {row.actor.path for row in counted(made, given.event(given.session())).usage}
    assert paths == {Path.AWS, Path.NEW}


def test_central_root_access_is_whoevers_it_is():
    request = {"targetPrincipal": given.OTHER}
    made = given.assume_role(given.iam_user(), "ASIAROOT", name="AssumeRoot", request=request)
    acts = given.root(accessKeyId="ASIAROOT", sessionContext={"assumedRoot": "true"})
    result = counted(given.event(acts), made)
    assert {(row.actor.path, row.actor.arn) for row in result.usage} == {(Path.OLD, given.ANA_ARN)}
    assert result.sessions["ASIAROOT"].kind == SessionKind.ROOT


def test_a_permission_sets_session_shows_when_where_and_whose():
    identity = given.permission_set(onBehalfOf=given.ON_BEHALF_OF)
    events = given.event(identity), given.event(given.permission_set())
    (session,) = counted(*events).sessions.values()
    assert (session.kind, session.started_at) == (SessionKind.PERMISSION_SET, given.STARTED)
    assert (session.permission_set, session.network) == ("ReadOnly", "203.0.113.0/24")
    assert (session.actor.user_id, session.access_key_id) == (given.ANA_ID, "ASIASSO1")


def test_a_consoles_session_is_one_whatever_its_keys():
    keys = [given.permission_set(f"ASIAC{number}") for number in range(3)]
    keys[1]["onBehalfOf"] = given.ON_BEHALF_OF
    result = counted(*(given.event(key, sessionCredentialFromConsole="true") for key in keys))
    (session,) = result.sessions.values()
    assert session.key.startswith("c:")
    assert {row.actor.user_id for row in result.usage} == {given.ANA_ID}


def test_sessions_that_assume_each_other_end():
    """Nonsense, but a file may say it: the search for the maker must not go round for ever."""
    one = given.assume_role(given.session("ASIAA"), "ASIAB")
    other = given.assume_role(given.session("ASIAB"), "ASIAA")
    assert {row.actor.path for row in counted(one, other).usage} == {Path.UNKNOWN}


def copies():
    """One action as the caller's account and two others record it."""
    shared = {"sharedEventID": "b1e1c1a0-efea-4a70-b951-19a88aaaaaaa"}
    own = given.event(given.iam_user(), **shared)
    outside = given.another_account("AIDAJ45Q7YFFAREXAMPLE") | {"accountId": given.HOME}
    return [
        own,
        given.event(outside, recipientAccountId=given.OTHER, **shared),
        given.event(outside, recipientAccountId="333333333333", **shared),
    ]


def test_of_copies_the_callers_own_account_wins_in_any_order():
    own, second, third = read(*copies())
    assert (is_final(own.stay), is_final(second.stay)) == (True, False)
    assert rank(third.stay) < rank(second.stay)
    for events in ([own, second, third], [third, own, second], [second, third, own]):
        skip = worse_copies(Events.of(events))
        assert [event for at, event in enumerate(events) if at not in skip] == [own]


def test_a_copy_that_may_be_replaced_is_remembered_whole():
    _own, second, _third = read(*copies())
    result = tally(Events.of([second]))
    ((row, _count),) = result.usage.items()
    (remembered,) = result.provisional
    assert row.provisional
    assert (remembered.key, remembered.at, remembered.direct) == (row, second.time, True)
    assert remembered.event_id == second.event_id
    assert (result.origins, result.resources) == ({}, {})


def test_ids_are_exact_for_uuids_and_sixteen_bytes_for_all():
    events = read(
        given.event(None, eventID="00000000-0000-4000-8000-0000000000aA"),
        given.event(None, eventID="cEXAMPLE-127e-4632-980d-505a4EXAMPLE"),
        given.event(None, eventID="x", sharedEventID="00000000-0000-4000-8000-0000000000bb"),
        given.event(None, addendum={"originalEventID": "00000000-0000-4000-8000-0000000000cc"}),
    )
    ids = events.ids
    assert [one.hex()[-2:] for one in (ids[0], ids[2], ids[3])] == ["aa", "bb", "cc"]
    assert all(len(one) == 16 for one in ids)
    assert [event.event_id for event in events] == ids


def test_shared_ids_are_kept_apart_from_an_accounts_own():
    own, shared = read(given.event(given.iam_user()), copies()[0])
    assert block_of(own.stay) == ("2026-11-01", given.HOME, 2)
    assert block_of(shared.stay) == ("2026-11-01", "", 2)
