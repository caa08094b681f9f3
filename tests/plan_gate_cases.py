"""Facts of plans by gate under which it is blocked, or nobody knows, with what its sentence says.

None: such a gate is never blocked: what it asks for was read, or nobody knows.
"""

from dataclasses import replace

from migrations_plan.rules.control_facts import Subject
from migrations_plan.rules.plan_gates.facts import Guarded, TrailEvents
from tests import control_facts as control
from tests import plan_facts as made
from tests.control_facts import DAY, HOUR, NOW
from tests.plan_facts import (
    BEN,
    CI,
    ERP,
    GOOD,
    facts,
    with_account,
    with_control,
    with_person,
    with_user,
)

MISSING = "1 of 30 days of account 2 are not wholly read"
BY_HAND = (control.store_user(scim=False),)
UNREAD_DAY = {"missing": 1, "why": "2026-11-03: Nothing was read."}
BLOCKED = {
    "administrators-known": None,
    "assigned-by-groups": (
        with_control(direct=(Subject("u", "bob"),)),
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
    "external-directory": (with_control(store_users=BY_HAND), "1 of 1 user was made by hand: ana"),
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
