"""Every gate of a plan: ready, blocked, unknown; a read that is not whole is never ready."""

from dataclasses import replace

import pytest

from migrations_plan.artefacts.plan_gates import FACT_GATES, PERSON, PERSON_GATES
from migrations_plan.rules.checklist import WHOLE, answer_for
from migrations_plan.rules.gate import GateVerdict
from migrations_plan.rules.plan_gates import FACT_JUDGES, JUDGES
from migrations_plan.rules.plan_gates.facts import Fate, Guarded, TrailEvents
from tests import control_facts as control
from tests import plan_facts as made
from tests.control_facts import DAY, HOUR, NOW
from tests.plan_facts import (
    ADA,
    ANA,
    BEN,
    CI,
    DEV,
    ERP,
    GOOD,
    OLD,
    READ,
    facts,
    with_account,
    with_control,
    with_person,
    with_user,
)

MISSING = "1 of 30 days of account 2 are not wholly read"
BY_HAND = (control.store_user(scim=False),)
UNREAD_DAY = {"missing": 1, "why": "2026-11-03: Nothing was read."}
# What the portal itself writes down, and what history proved once, needs no fresh read.
OF_OUR_OWN = {
    "told", "tested", "start-url-recorded", "volunteer-signed-in", "work-addresses",
    "snapshot-kept", "scim-arrives", "scim-leaves", "statements-hold", "tails-quiet",
    "no-new-denials",
}  # fmt: skip

BLOCKED = {
    "administrators-known": None,
    "assigned-by-groups": (
        with_control(direct=(control.Subject("u", "bob"),)),
        "1 user has access of their own: bob",
    ),
    "auditor-reads-everywhere": (
        facts(sets=made.sets(AuditorReadOnly={"placed": (("account 1", "management"),)})),
        "not assigned in 1 account: account 2",
    ),
    "break-glass-reviewed": (facts(uses=(made.use(reviewed_at=None),)), "awaits its review"),
    "break-glass-set": (
        facts(sets=made.sets(ProdBreakGlass={"seconds": 7200})),
        "last 2 hours, not 1",
    ),
    "contacts-set": (with_account(contacts=frozenset({"BILLING"})), "has no contact for security"),
    "data-events-known": (facts(trails=()), "0 trails"),
    "disabled-decided": (with_user(fate=None), "Nobody decided"),
    "exceptions-bound": (
        with_user(ERP, terms=made.terms(verified=False)),
        "erp in account 1 lacks a policy that denies everything from elsewhere",
    ),
    "external-directory": (with_control(store_users=BY_HAND), "1 of 1 user were made by hand: ana"),
    "guardrail-proven": (
        facts(guarded=(Guarded(BEN, "account 2", ("iam:CreateUser",), (), 13),)),
        "1 of 13 attacks are open in account 2: iam:CreateUser",
    ),
    "identity-center-enabled": (with_control(has_instance=False), "0 Identity Center instances"),
    "keys-gone": (with_user(keys=1), "ana in account 1 still has 1 access key"),
    "keys-inactive": (with_user(active_keys=2), "ana in account 1 has 2 active keys"),
    "keys-read": None,
    "leavers-gone": (
        with_control(leavers=(control.leaver(enabled=True),)),
        "1 of 1 leaver still has something active",
    ),
    "mixed-split": (with_user(kind="mixed"), "A person and a program share ana in account 1"),
    "no-human-users": (with_control(users=(control.user("ana", True),)), "1 of 1 IAM user belongs"),
    "no-new-denials": (
        with_person(refused=("s3:PutObject in 2",)),
        "1 action that should work was refused on the new path: s3:PutObject in 2",
    ),
    "no-production-write": (
        facts(
            sets=made.sets(
                ProductionReadOnly={"writes": (("account 2", "s3:PutObject", "allowed"),)}
            )
        ),
        "ProductionReadOnly allows 1 writes: s3:PutObject in account 2",
    ),
    "no-regressions": (with_user(made_at=NOW - DAY), "the user is new, made on 2026-11-21"),
    "old-path-quiet": (with_user(old_calls=7), "7 calls came over the old path in the last 7 days"),
    "one-exempt-role": (facts(exempt=("a", "b")), "2 roles are exempt from the guardrail: a, b; 1"),
    "org-admins-few": (
        facts(sets=made.sets(OrgAdmin={"holders": 4})),
        "4 people can hold OrgAdmin",
    ),
    "organization-read": None,
    "parallel-long-enough": (
        with_person(opened_at=NOW - 5 * HOUR),
        "Both ways are open since 2026-11-22 07:00 UTC, 5 hours; 48 are asked",
    ),
    "passwords-gone": (with_user(password=True), "ana in account 1 has a console password"),
    "production-admin-on-call": (
        facts(sets=made.sets(ProductionAdmin={"direct": 1})),
        "given to 1 user directly",
    ),
    "production-sets-reviewed": (
        facts(sets=made.sets(ProductionReadOnly={"reviews": made.reviews("lea", "max")})),
        "2 people reviewed ProductionReadOnly as it stands within 90 days; 3 should",
    ),
    "root-mfa": (with_account(root=made.root(has_mfa=False)), "has 0 MFA devices"),
    "root-no-key": (with_account(root=made.root(has_key=True)), "has an access key"),
    "root-unused": (
        with_account(root=made.root(used_at=NOW - 3 * DAY)),
        "used 3 days ago, per AWS",
    ),
    "scim-arrives": (
        facts(drills=(made.drill(seen_at=None),)),
        "test@example.com was added on 2026-11-17 12:00 UTC and has not arrived",
    ),
    "scim-leaves": (facts(drills=(made.drill(),)), "0 drills show"),
    "sessions-bounded": (
        facts(sets=made.sets(Developer={"seconds": 12 * 3600})),
        "Sessions of Developer last 12 hours; 8 is the most",
    ),
    "sets-as-code": (
        facts(sets=made.sets(Developer={"as_code": None, "reviews": ()})),
        "No tag and no review of Developer",
    ),
    "sets-described": (facts(sets=()), "There is no permission set yet"),
    "sets-reviewed": (
        facts(sets=made.sets(Developer={"reviews": made.reviews("lea", current=False)})),
        "0 people reviewed Developer as it stands within 90 days, and 1 reviewed it as it was",
    ),
    "sets-scoped": (
        facts(sets=made.sets(Developer={"scope": ("Developer is assigned in x (prod).",)})),
        "Developer is assigned in x",
    ),
    "snapshot-kept": None,
    "start-url-recorded": (facts(start_url=""), "PORTAL_START_URL"),
    "statements-hold": (
        facts(statements=made.statements(off_boarding="not met")),
        "1 result speaks against them from 2026-11-16 to 2026-11-22: Off-boarding on 2026-11-22",
    ),
    "tails-quiet": (
        replace(with_user(cut_at=NOW - HOUR), tails=(made.tail(),)),
        "1 role session may live until 2026-11-22 13:00 UTC",
    ),
    "tested": (with_person(tested_at=None), "Ana 1. They have not confirmed"),
    "told": (with_person(message="doubtful"), "may have arrived or not"),
    "trail-covers": None,
    "users-denied": (with_user(denied=False), "0 policies of ana in account 1 deny everything"),
    "users-mapped": (with_user(owner=""), "0 people are confirmed as owner of ana in account 1"),
    "users-read": None,
    "volunteer-signed-in": (facts(volunteers=()), "0 people opened an account"),
    "work-addresses": (with_person(email="a@gmail.com"), "a@gmail.com is not in one of 1 domain"),
    "workload-policies-narrow": (
        facts(moves=(made.move(unused=("s3",)),)),
        "The role ci allows 1 service that it never calls: s3",
    ),
    "workloads-moved": (with_user(CI, active_keys=1), "A program works with ci in account 1"),
}

UNKNOWN = {
    "administrators-known": (with_user(admin=None), "Whether ana in account 1 is an administrator"),
    "auditor-reads-everywhere": (
        facts(sets=made.sets(AuditorReadOnly={"writes": (("a", "s3:PutObject", "unknown"),)})),
        "1 writes are undecided: s3:PutObject in a",
    ),
    "break-glass-reviewed": (with_account(**UNREAD_DAY), "1 account-day of the log are not wholly"),
    "break-glass-set": (facts(sets=made.sets(ProdBreakGlass={"seconds": None})), "cannot be read"),
    "data-events-known": (facts(trails=(TrailEvents("org", None, ()),)), "1 trail were not read"),
    "disabled-decided": (with_user(told=control.REFUSED), "AWS refused it"),
    "exceptions-bound": (with_user(ERP, terms=made.terms(verified=None)), "what its policies say"),
    "external-directory": (with_control(store=control.NEVER), "never read"),
    "guardrail-proven": (
        facts(guarded=(Guarded(BEN, "account 2", (), ("iam:CreateUser",), 13),)),
        "1 of 13 attacks are undecided in account 2: iam:CreateUser",
    ),
    "keys-gone": (with_user(keys=None), "The keys of ana in account 1 were not read"),
    "keys-inactive": (with_user(active_keys=None), "The keys of ana in account 1 were not read"),
    "keys-read": (with_user(active_keys=None), "The keys of 1 IAM users were not read: ana"),
    "leavers-gone": (with_control(leavers=(), roster=False), "nothing tells who left"),
    "mixed-split": (with_user(kind="unknown", human=None), "is shared"),
    "no-human-users": (with_control(users=(control.user("x", None),)), "it is unknown"),
    "no-new-denials": (facts(quiet_missing=1, quiet_why="2026-11-03."), "the log is not whole"),
    "no-production-write": (
        facts(sets=made.sets(ProductionReadOnly={"described": False})),
        "What ProductionReadOnly holds was not read",
    ),
    "no-regressions": (with_account(credentials=control.REFUSED), "AWS refused it"),
    "old-path-quiet": (
        facts(quiet_missing=2, quiet_why="2026-11-20 of account 2 is the first."),
        "0 calls are known, but 2 account-days are not wholly read. 2026-11-20",
    ),
    "one-exempt-role": (with_account(users=control.REFUSED), "AWS refused it"),
    "org-admins-few": (facts(sets=made.sets(OrgAdmin={"holders": None})), "is not known"),
    "organization-read": (facts(accounts=()), "No account is known"),
    "passwords-gone": (with_user(password=None), "is not known"),
    "root-mfa": (with_account(root=None), "No read told of the root user of account 2"),
    "root-no-key": (with_account(root=made.root(has_key=None)), "is not known"),
    "root-unused": (with_account(root=made.root(used_told=control.NEVER)), "never read"),
    "scim-arrives": (facts(control=replace(GOOD.control, store=control.NEVER), drills=()), ""),
    "scim-leaves": (
        facts(drills=(made.drill("leave", gone_at=NOW - HOUR / 2, residual_until=None),)),
        "is known from the log by 2026-11-22 12:30 UTC",
    ),
    "sessions-bounded": (facts(sets=made.sets(Developer={"seconds": None})), "cannot be read"),
    "sets-described": (facts(sets=made.sets(Developer={"described": False})), "was not read"),
    "snapshot-kept": (with_account(snapshot_at=None), "was never read whole"),
    "statements-hold": (
        facts(statements=made.statements(sets_as_code="unknown")),
        "1 result is unknown",
    ),
    "tails-quiet": (
        replace(with_user(cut_at=NOW - HOUR / 2), logs_through=NOW),
        "nothing can live after 2026-11-23 23:30 UTC",
    ),
    "told": (facts(people=()), "No wave of the plan names a person yet"),
    "tested": (facts(people=()), "No wave"),
    "parallel-long-enough": (with_control(assignments=control.REFUSED), "AWS refused it"),
    "trail-covers": (with_account(**UNREAD_DAY), MISSING),
    "users-denied": (with_user(denied=None), "were not read whole"),
    "users-mapped": (with_account(users=control.REFUSED), "AWS refused it"),
    "users-read": (with_account(users=control.REFUSED), "AWS refused it"),
    "volunteer-signed-in": (
        facts(volunteers=(), quiet_missing=1, quiet_why="2026-11-03."),
        "The log is not whole",
    ),
    "work-addresses": (facts(domains=()), "PORTAL_EMAIL_DOMAINS"),
    "workload-policies-narrow": (facts(moves=()), "Nobody named the role"),
    "workloads-moved": (with_user(CI, active_keys=None), "The keys of ci in account 1"),
}


def whole(name, known):
    return JUDGES[name](known)[WHOLE]


def test_every_known_gate_has_a_judge_and_every_judge_is_a_known_gate():
    assert set(FACT_JUDGES) == set(FACT_GATES)
    assert set(JUDGES) == {*FACT_GATES, *(f"{PERSON}{name}" for name in PERSON_GATES)}
    assert set(BLOCKED) == set(FACT_GATES)


@pytest.mark.parametrize("name", JUDGES)
def test_where_all_is_well_it_is_ready_and_says_so(name):
    found = whole(name, GOOD)

    assert (found.verdict, found.sentence) == ("ready", found.sentence)
    assert found.sentence.endswith(".")
    assert "{" not in found.sentence


@pytest.mark.parametrize("name", [name for name, case in BLOCKED.items() if case])
def test_what_is_known_to_stand_in_the_way_blocks(name):
    known, said = BLOCKED[name]
    found = whole(name, known)

    assert found.verdict == "blocked"
    assert said in found.sentence


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_nobody_knows_is_unknown(name):
    known, said = UNKNOWN[name]
    found = whole(name, known)

    assert found.verdict == "unknown"
    assert said in found.sentence


@pytest.mark.parametrize("change", [made.refused, made.stale, made.never])
@pytest.mark.parametrize("name", sorted(FACT_GATES.keys() - OF_OUR_OWN - {"trail-covers"}))
def test_a_read_that_is_not_whole_and_fresh_never_makes_it_ready(name, change):
    found = whole(name, made.retold(GOOD, change))

    assert found.verdict == "unknown"


@pytest.mark.parametrize("name", sorted(FACT_GATES.keys() - OF_OUR_OWN))
def test_what_stands_on_reads_ages_with_them(name):
    assert whole(name, GOOD).until is not None


@pytest.mark.parametrize("name", sorted(FACT_GATES))
def test_no_account_no_set_and_nobody_is_never_ready_by_emptiness(name):
    nothing = facts(
        accounts=(), users=(), people=(), mine=(), workloads=(), sets=(), guarded=(), exempt=(),
        trails=(), statements=(), drills=(), arrivals=(), volunteers=(), uses=(), moves=(),
        control=replace(
            GOOD.control, accounts=(), users=(), store_users=(), grants=0, sets=(), trails=(),
            leavers=(), has_instance=False, people=0, roster=False,
        ),
    )  # fmt: skip
    ready = whole(name, nothing).verdict == "ready"

    # An address is set or not, whatever is read.
    assert ready is (name == "start-url-recorded")


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("keys-inactive", ANA),
        ("users-denied", OLD),
        ("root-mfa", ADA),
        ("sets-reviewed", DEV),
        ("no-production-write", READ),
        ("told", "person:1"),
        ("workloads-moved", CI),
        ("exceptions-bound", ERP),
        ("guardrail-proven", BEN),
        ("person:quiet", "person:2"),
        ("person:quiet", ANA),
    ],
)
def test_a_gate_with_subjects_answers_of_each(name, subject):
    assert JUDGES[name](GOOD)[subject].verdict == "ready"


def test_one_subject_in_the_way_leaves_the_others_ready():
    answers = JUDGES["root-mfa"](with_account(2, root=made.root(has_mfa=False)))

    assert answers[ADA].verdict == "ready"
    assert answers[BEN].verdict == "blocked"
    assert answers[WHOLE].sentence.startswith("1 of 2 accounts is in the way: account 2.")


def test_a_refused_read_of_one_account_leaves_the_others_known():
    answers = JUDGES["users-read"](with_account(2, users=control.REFUSED))

    assert (answers[ADA].verdict, answers[BEN].verdict) == ("ready", "unknown")


def test_a_persons_gate_reads_for_them_and_for_each_of_their_users():
    stale = GateVerdict(verdict="unknown", sentence="Too old.", until=NOW)
    waived = GateVerdict(verdict="waived", sentence="Waived.", until=NOW + DAY)
    answers = JUDGES["person:quiet"](with_person(gates={"quiet": stale}))
    let = JUDGES["person:quiet"](with_person(gates={"quiet": waived}))

    assert [answers[key].verdict for key in ("person:1", ANA, "person:2")] == [
        "unknown", "unknown", "ready",
    ]  # fmt: skip
    assert answers[WHOLE].verdict == "unknown"
    assert let[WHOLE].verdict == "waived"


def test_a_user_of_nobody_in_a_wave_is_not_known_to_be_ready():
    loose = made.user("arn:aws:iam::1:user/loose", owner="")
    known = facts(users=(*GOOD.users, loose), mine=(*GOOD.mine, loose.arn))

    assert JUDGES["person:quiet"](known)[loose.arn].verdict == "unknown"
    assert JUDGES["person:owner"](known)[loose.arn].verdict == "blocked"
    assert whole("person:quiet", known).verdict == "unknown"


def test_a_kept_user_is_decided_again_when_its_time_is_over():
    over = Fate(word="keep", by="lead", until=NOW - DAY)

    assert whole("disabled-decided", with_user(fate=over)).verdict == "blocked"


def test_a_new_key_of_an_exception_is_its_rotation():
    young = {"keys_at": (NOW - HOUR,)}

    assert whole("no-regressions", with_user(ERP, **young)).verdict == "ready"
    assert whole("no-regressions", with_user(CI, **young)).verdict == "blocked"


def test_a_credential_that_is_on_again_after_the_cutover_is_a_regression():
    found = whole("no-regressions", with_user(active_keys=1))

    assert "it was cut over on 2026-11-19 and has 1 active key" in found.sentence


def test_after_the_longest_session_no_log_is_needed():
    long_ago = replace(with_user(cut_at=NOW - 37 * HOUR), logs_through=None, tails=(made.tail(),))

    assert whole("tails-quiet", long_ago).verdict == "ready"


def test_reviewers_are_people_and_not_lines():
    twice = facts(sets=made.sets(Developer={"reviews": made.reviews("lea", "lea")}))
    needed = replace(twice, settings={"reviewers": 2})

    assert JUDGES["sets-reviewed"](needed)[DEV].verdict == "blocked"


def test_old_reviews_do_not_count():
    old = made.reviews("lea", at=NOW - 91 * DAY)

    found = JUDGES["sets-reviewed"](facts(sets=made.sets(Developer={"reviews": old})))
    assert found[DEV].verdict == "blocked"


def test_the_old_way_that_ended_too_early_stays_told():
    early = with_person(opened_at=NOW - 5 * DAY, closed_at=NOW - 4 * DAY)

    found = whole("parallel-long-enough", early)
    assert found.verdict == "blocked"
    assert "The old way ended after 24 of the 48 hours" in found.sentence


def test_a_gate_nobody_knows_is_never_ready():
    assert answer_for(None, "", "no-such-gate").verdict == "unknown"
