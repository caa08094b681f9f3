"""The story of the logs: the same every time, with everything in it that counting must survive."""

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from inventory.sample_org.clock import stamp
from inventory.sample_org.logs.story import HISTORY_DAYS, Story

EPOCH = datetime(2026, 11, 20, 15, 30, 12, tzinfo=UTC)
SEED = 47


@pytest.fixture(scope="module")
def story():
    return Story("fifty", SEED, EPOCH)


@pytest.fixture(scope="module")
def happenings(story):
    days = story.days(EPOCH.date())
    return [one for day in days for one in day.happenings if one.at <= EPOCH]


def kinds(happenings):
    return Counter(str(one.record["userIdentity"].get("type")) for one in happenings)


def test_a_day_is_told_the_same_again():
    when = date(2026, 11, 3)
    first, second = (Story("fifty", SEED, EPOCH).day(when) for _ in range(2))
    assert first.happenings == second.happenings


def test_a_day_is_the_same_whatever_was_told_before():
    when = date(2026, 11, 3)
    alone = Story("fifty", SEED, EPOCH).day(when)
    among_others = list(Story("fifty", SEED, EPOCH).days(when))[-1]
    assert among_others.happenings == alone.happenings


def test_another_seed_tells_another_story():
    when = date(2026, 11, 3)
    first, second = (Story("fifty", seed, EPOCH).day(when) for seed in (SEED, SEED + 1))
    assert first.happenings != second.happenings


def test_it_begins_a_month_before_the_epoch(happenings):
    days = {one.record["eventTime"][:10] for one in happenings}
    assert min(days) == (EPOCH.date() - timedelta(days=HISTORY_DAYS)).isoformat()
    assert len(days) == HISTORY_DAYS + 1


@pytest.mark.parametrize(
    "kind",
    [
        "IAMUser",
        "AssumedRole",
        "FederatedUser",
        "IdentityCenterUser",
        "Unknown",
        "SAMLUser",
        "WebIdentityUser",
        "AWSService",
        "AWSAccount",
        "Root",
        "None",
    ],
)
def test_every_kind_of_identity_appears(happenings, kind):
    assert kinds(happenings)[kind] > 0


def test_a_keys_last_event_is_the_use_that_iam_reports(story, happenings):
    last: defaultdict[str, str] = defaultdict(str)
    for one in happenings:
        key = one.who.access_key_id
        last[key] = max(last[key], stamp(one.at))
    reported = {
        key_id: stamp(EPOCH - timedelta(days=key.used))
        for user in story.cast.users
        for key_id, key in user.keys
        if key.used is not None and key.used < 25 and (key.active or user.spec.kind != "service")
    }
    assert {key: last[key] for key in reported} == reported


def test_people_move_from_the_old_path_to_the_new_one(happenings):
    def share(first, last):
        paths = Counter(
            one.who.path
            for one in happenings
            if first <= (EPOCH - one.at).days <= last and one.at.hour > 6
        )
        return paths["new"] / (paths["new"] + paths["old"])

    assert share(22, 28) < share(8, 14) < share(1, 5)


def test_leavers_are_quiet_but_for_one_key_that_wakes_up(story, happenings):
    gone = {p.email for p in story.cast.world.people if p.left_on is not None}
    theirs = {user.arn for user in story.cast.users if user.spec.owner in gone}
    seen = [one for one in happenings if one.who.actor in theirs]
    assert len({one.who.actor for one in seen}) == 1
    assert min(one.at for one in seen) > EPOCH - timedelta(days=4)


def test_most_records_of_permission_sets_say_on_whose_behalf(happenings):
    sets = [one.record for one in happenings if one.who.permission_set]
    named = sum("onBehalfOf" in record["userIdentity"] for record in sets)
    assert 0.82 < named / len(sets) < 0.92


def test_some_sessions_never_say_on_whose_behalf(happenings):
    silent = [one for one in happenings if one.who.path == "new" and one.who.permission_set]
    assert [one for one in silent if str(one.who.actor).startswith("arn:")]


def test_the_console_has_a_key_for_each_request_and_one_start(happenings):
    sessions = defaultdict(set)
    for one in happenings:
        if one.record.get("sessionCredentialFromConsole"):
            identity = one.record["userIdentity"]
            started = identity["sessionContext"]["attributes"]["creationDate"]
            sessions[(identity["principalId"], started)].add(identity["accessKeyId"])
    assert max(len(keys) for keys in sessions.values()) > 3


def test_a_call_between_accounts_is_recorded_in_both(happenings):
    shared = [one for one in happenings if one.copies]
    assert {one.record["sharedEventID"] for one in shared} == {
        copy["sharedEventID"] for one in shared for copy in one.copies
    }
    assert all(
        copy["eventID"] != one.record["eventID"]
        and copy["recipientAccountId"] != one.record["recipientAccountId"]
        for one in shared
        for copy in one.copies
    )
    assert {"AWSAccount", "AWSService"} <= {
        copy["userIdentity"]["type"] for one in shared for copy in one.copies
    }


def test_users_are_behind_roles_through_chains_and_into_other_accounts(happenings):
    chained = [one for one in happenings if one.who.path == "old" and ":assumed-role/" in arn(one)]
    elsewhere = [
        one for one in chained if one.who.actor.split(":")[4] != one.record["recipientAccountId"]
    ]
    assert {one.record["userIdentity"]["arn"].split("/")[1] for one in elsewhere} == {
        "cross-account-admin",
        "release-manager",
    }


def arn(one):
    return one.record["userIdentity"].get("arn", "")


def test_somebody_is_refused_on_the_new_path(happenings):
    refused = [one for one in happenings if one.who.path == "new" and one.error == "AccessDenied"]
    assert len({one.who.actor for one in refused}) > 3


def test_wrong_passwords_and_mistyped_names_are_failures(happenings):
    failed = [one for one in happenings if one.error == "Failure"]
    hidden = [one for one in failed if one.who.user_name == "HIDDEN_DUE_TO_SECURITY_REASONS"]
    assert hidden
    assert len(failed) > len(hidden)


def test_break_glass_is_used(happenings):
    days = {
        one.record["eventTime"][:10]
        for one in happenings
        if one.who.permission_set == "ProdBreakGlass"
    }
    assert len(days) >= 3


def test_calls_that_aws_made_for_somebody_are_not_direct(happenings):
    for one in happenings:
        assert one.direct == ("invokedBy" not in one.record["userIdentity"])


def test_hostile_strings_are_among_them(happenings):
    text = json.dumps([one.record for one in happenings])
    assert "<script>" in text
    assert "=HYPERLINK" in text
    assert "\\u202e" in text
    assert "\\ud83d" in text


def test_records_carry_what_was_asked_and_touched(happenings):
    named = [one.record for one in happenings if one.record.get("resources")]
    assert {resource["type"] for record in named for resource in record["resources"]} >= {
        "AWS::S3::Bucket",
        "AWS::S3::Object",
        "AWS::KMS::Key",
        "AWS::IAM::Role",
    }


def test_after_the_epoch_the_story_goes_on(story):
    day = story.day(EPOCH.date() + timedelta(days=5))
    assert Counter(one.who.path for one in day.happenings).keys() >= {"new", "workload", "aws"}


def test_the_small_world_has_its_story_too():
    day = Story("fourteen", SEED, EPOCH).day(date(2026, 11, 17))
    assert {one.who.path for one in day.happenings} >= {"old", "new", "signin", "workload"}


def test_people_leave_the_old_path_some_days_after_the_epoch(story):
    day = story.day(EPOCH.date() + timedelta(days=14))
    programs = {one.arn for one in story.cast.users if one.spec.kind in ("service", "mixed")}
    old = {one.who.actor for one in day.happenings if one.who.path == "old" and one.who.actor}

    assert old
    assert old <= programs
