"""What people are told is what is known of them, and of nobody else."""

from datetime import timedelta

import pytest

from migrations_plan.gather.letters import STAGES, drafts, untimely_words
from migrations_plan.gather.recipients import occasion, people_of, recipients
from migrations_plan.models import Assessment, IdentityClass, WaveMember
from tests import builders, messaging

pytestmark = pytest.mark.django_db
NOW = messaging.NOW
READ_AT = NOW - timedelta(minutes=20)
LONG_AGO = NOW - timedelta(days=40)


@pytest.fixture
def account():
    return builders.account("prod-app", observed_at=READ_AT)


@pytest.fixture
def everything_read(account):
    builders.read_everything(account, at=READ_AT)


def somebody(account, name="nora", **more):
    stored = builders.store_user(f"{name}@example.com")
    person = builders.person(stored.email, name=name, identity_center_user_id=stored.user_id)
    user = builders.iam_user(name, account=account, **{"active_keys": 2, **more})
    builders.owner(user, person)
    return person, user, stored


def one(person):
    return recipients([person], NOW).recipients[person.pk]


def test_old_and_new_are_the_persons_own(account, everything_read):
    nora, _, stored = somebody(account, console_password=True)
    ben, _, _ = somebody(account, "ben", active_keys=1)
    group = builders.store_group("developers")
    builders.membership(group, stored)
    granted = builders.permission_set("Developer")
    builders.assignment(account, granted, group.group_id)
    builders.assignment(account, granted, stored.user_id, "USER")

    assert one(nora).old == ("user nora in prod-app, 2 active keys, a console password",)
    assert one(nora).new == ("Developer in prod-app",)
    assert one(ben).old == ("user ben in prod-app, 1 active key",)
    assert one(ben).new == ()


def test_what_a_user_has_is_not_known_where_nobody_read_it(account):
    person, _, _ = somebody(account, active_keys=None, console_password=None)

    (words,) = one(person).old
    assert "how many keys is not known" in words
    assert "whether it has a password is not known" in words
    assert "(AWS was not read yet)" in words


def test_access_that_was_never_read_is_never_none(account):
    person, _, _ = somebody(account)

    assert one(person).new == ("This is not known (AWS was not read yet)",)
    assert "NOTHING IS ASSIGNED" not in drafts_of(person, "today").body


def test_a_whole_and_fresh_read_may_say_that_nothing_is_assigned(account, everything_read):
    person, _, _ = somebody(account)

    assert "NOTHING IS ASSIGNED TO YOU" in drafts_of(person, "today").body


@pytest.mark.parametrize("source", ["identity_store", "account_assignments", "permission_sets"])
def test_a_refused_read_later_makes_access_not_known(account, everything_read, source):
    person, _, _ = somebody(account)
    builders.run(source, at=NOW - timedelta(minutes=1), outcome="denied", error="AccessDenied")

    (words,) = one(person).new
    assert words.startswith("This is not known (as last read on 2026-12-01 08:40 UTC)")


def test_old_reads_say_of_when_they_are(account):
    builders.read_everything(account, at=LONG_AGO)
    person, _, _ = somebody(account)

    assert one(person).old[0].endswith("(as last read on 2026-10-22 09:00 UTC)")


def test_a_user_that_is_gone_or_excepted_does_not_end(account, everything_read):
    person, *_ = somebody(account, gone_at=NOW)
    kept = builders.iam_user("kept", account=account, active_keys=1)
    builders.owner(kept, person)
    IdentityClass.objects.create(
        subject=kept.arn, user_arn=kept.arn, account=account, kind="exception", judged="workload",
        declared=True, made_at=NOW, declared_until=NOW + timedelta(days=1),
    )  # fmt: skip

    assert one(person).old == ()
    IdentityClass.objects.update(declared_until=NOW)
    assert one(person).old == ("user kept in prod-app, 1 active key",)


def test_a_link_to_a_user_that_nobody_read_is_not_nothing():
    person = builders.person()
    person.links.create(
        iam_user_arn="arn:aws:iam::999999999999:user/ops/ghost", confirmed_by="x", confirmed_at=NOW
    )

    assert one(person).old == ("user ghost in 999999999999: what it has is not known",)


def test_open_items_are_gates_that_block_or_that_nobody_knows(account):
    person, _, _ = somebody(account)
    assert one(person).open_items is None
    same = {"person": person, "at": NOW, "seen_at": READ_AT, "day": NOW.date()}
    rows = [("owner", "ready", None), ("assigned", "blocked", None), ("quiet", "ready", NOW)]
    for gate, verdict, until in rows:
        Assessment.objects.create(
            gate=gate, verdict=verdict, sentence=f"{gate}.", stale_after=until, **same
        )

    assert one(person).open_items == (
        "Assigned where needed: assigned.",
        "Old path quiet: not known any more; it was so on 2026-12-01 08:40 UTC.",
    )


def test_times_are_of_the_plans_zone_and_the_test_is_on_the_working_day_before():
    plan = messaging.plan(zone="America/New_York", holidays=["2026-12-03"])
    when = occasion(plan, messaging.wave(plan), NOW)

    assert when.ends_at.isoformat() == "2026-12-04T18:00:00-05:00"
    assert when.test_by.isoformat() == "2026-12-02T18:00:00-05:00"
    assert when.contact == "#aws-move"


def test_addresses_come_from_settings_or_are_asked_for(settings):
    plan = messaging.plan()
    wave = messaging.wave(plan)
    settings.PORTAL_START_URL, settings.PORTAL_URL = "https://x.awsapps.com/start", "https://p.test"
    known = occasion(plan, wave, NOW)
    settings.PORTAL_START_URL = settings.PORTAL_URL = ""
    unknown = occasion(plan, wave, NOW)

    assert known.portal_url == "https://p.test/my-access/"
    assert unknown.portal_url == unknown.start_url == "ask #aws-move for the address"


def test_accounts_and_programs_of_a_wave_bring_their_owners_once(account):
    plan = messaging.plan()
    nora, _, _ = somebody(account)
    ben, _, _ = somebody(account, "ben")
    cem, job, _ = somebody(builders.account(), "cem")
    somebody(builders.account(), "dan")
    mine = messaging.wave(plan, nora)
    other = messaging.wave(plan)
    WaveMember.objects.create(plan=plan, wave=other, kind="account", account_id=account.pk)
    WaveMember.objects.create(plan=plan, wave=other, kind="workload", user_arn=job.arn)

    assert list(people_of(mine)) == [nora]
    assert list(people_of(other)) == [ben, cem]


def test_an_owner_reads_only_of_what_is_in_the_wave(account, everything_read):
    nora, _, _ = somebody(account)
    elsewhere = builders.iam_user("elsewhere", account=builders.account("dev-app"), active_keys=1)
    builders.owner(elsewhere, nora)
    plan = messaging.plan()
    accounts = messaging.wave(plan)
    WaveMember.objects.create(plan=plan, wave=accounts, kind="account", account_id=account.pk)
    programs = messaging.wave(messaging.plan("Programs"))
    WaveMember.objects.create(
        plan=programs.plan, wave=programs, kind="workload", user_arn=elsewhere.arn
    )
    person = messaging.wave(messaging.plan("People"), nora)
    ends = {
        wave: [text.split(",")[0] for text in recipients([nora], NOW, wave).recipients[nora.pk].old]
        for wave in (accounts, programs, person)
    }

    assert ends[accounts] == ["user nora in prod-app"]
    assert ends[programs] == ["user elsewhere in dev-app"]
    assert sorted(ends[person]) == ["user elsewhere in dev-app", "user nora in prod-app"]


def drafts_of(person, stage):
    plan = messaging.plan()
    (draft,) = drafts(messaging.wave(plan, person), stage, [person], NOW)
    return draft


def test_every_stage_is_written_for_everybody_and_hostile_names_stay_on_their_line(account):
    name = "Eve\r\nSubject: x\u2028\u202e<b>"
    person = builders.person("eve@example.com", name=name)

    for stage in STAGES:
        draft = drafts_of(person, stage.name)
        assert draft.body.startswith("Hello Eve\N{REPLACEMENT CHARACTER}")
        assert draft.body.count("Subject: x") == 1
        assert "\n" not in draft.subject
        assert draft.mailto.startswith("mailto:eve@example.com?subject=")
        assert "\n" not in draft.mailto
        assert "<" not in draft.mailto


def test_what_is_made_says_of_when_its_facts_are(account):
    builders.read_everything(account, at=READ_AT)
    person, _, _ = somebody(account)

    assert "as of 2026-12-01T08:40:00Z" in drafts_of(person, "test").body


@pytest.mark.parametrize(
    ("stage", "moment", "true"),
    [
        ("announcement", (1, 9), True), ("announcement", (4, 18), False),
        ("test", (3, 16), True), ("test", (3, 17), False),
        ("today", (3, 22), False), ("today", (3, 23), True), ("today", (4, 22), True),
        ("today", (4, 23), False),
        ("done", (4, 16), False), ("done", (4, 17), True),
        ("stuck", (9, 1), True),
    ],
)  # fmt: skip
def test_a_message_is_true_only_in_its_time(stage, moment, true):
    plan = messaging.plan()
    when = occasion(plan, messaging.wave(plan), NOW)
    day, hour = moment

    assert (untimely_words(stage, when, NOW.replace(day=day, hour=hour)) == "") is true


@pytest.mark.parametrize(
    ("keys", "read", "off"),
    [(0, True, True), (1, True, False), (None, True, False), (0, False, False)],
)
def test_it_is_done_only_where_all_keys_are_known_to_be_off(account, keys, read, off):
    if read:
        builders.read_everything(account, at=READ_AT)
    person, _, _ = somebody(account, active_keys=keys)

    assert (recipients([person], NOW).still_on == {}) is off
