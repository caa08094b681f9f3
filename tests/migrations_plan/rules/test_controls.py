"""Each statement: met, not met, unknown, and the boundary between them."""

from dataclasses import replace

import pytest

from migrations_plan.rules.control_results import MET, NOT_MET, UNKNOWN
from migrations_plan.rules.controls import CONTROLS
from migrations_plan.rules.controls_setup import as_code
from tests.control_facts import (
    DAY,
    GOOD,
    HOUR,
    NEVER,
    NOW,
    REFUSED,
    WHOLE,
    account,
    facts,
    group,
    leaver,
    permission_set,
    store_user,
    trail,
    use,
    user,
)

SSO, SCIM, LEFT, CODE = "access-by-sso", "provisioned-by-scim", "off-boarding", "sets-as-code"
TIME, TRAIL, NONE = "time-bound-credentials", "full-audit-trail", "no-human-iam-users"
LIVE = {"password": True, "active_keys": 1}
OF_ACCOUNT = (account(1), account(2, users=REFUSED))
SECRETS = (account(1), account(2, credentials=REFUSED))
UNREAD_DAY = (account(1, missing=1, why="2026-11-03: Nothing was read."), account(2))
QUARTER = 92 * DAY

CASES = [
    # All human access is via SSO.
    (SSO, {}, MET, "None of 0 human IAM users has a console password"),
    (SSO, {"users": (user("ana", True),)}, MET, "None of 1 human IAM user has"),
    (SSO, {"users": (user("ana", True, password=True),)}, NOT_MET, "1 of 1 human IAM user can"),
    (SSO, {"users": (user("ana", True, active_keys=2),)}, NOT_MET, "0 used the old path"),
    (SSO, {"users": (user("ana", True, old_calls=1),)}, NOT_MET, "1 used the old path in the last"),
    (SSO, {"users": (user("ci", False, old_calls=99, **LIVE),)}, MET, ""),
    (SSO, {"users": (user("x", None, **LIVE),)}, UNKNOWN, "Whether a human uses it is unknown"),
    (SSO, {"users": (user("x", None, old_calls=5),)}, UNKNOWN, "made 5 calls over the old path"),
    (SSO, {"users": (user("x", None),)}, MET, ""),
    (SSO, {"users": (user("x", None, active_keys=None),)}, UNKNOWN, "What it holds was not read"),
    (SSO, {"users": (user("ana", True, password=None),)}, UNKNOWN, "was not read"),
    (SSO, {"uses": (use("root"),)}, NOT_MET, "so did 1 root user or IAM user that is gone"),
    (SSO, {"uses": (use("gone", None),)}, UNKNOWN, "Nobody knows whose"),
    (SSO, {"uses": (use("gone", False),)}, MET, ""),
    (SSO, {"accounts": OF_ACCOUNT}, UNKNOWN, "account 2: A read: AWS refused it."),
    (SSO, {"accounts": SECRETS}, UNKNOWN, "AWS refused it"),
    (SSO, {"accounts": UNREAD_DAY}, UNKNOWN, "1 of 30 days are not wholly read. 2026-11-03"),
    (SSO, {"accounts": ()}, UNKNOWN, "No account is known"),
    (SSO, {"organization": REFUSED}, UNKNOWN, "the list of accounts"),
    (
        SSO,
        {"accounts": SECRETS, "users": (user("a", True, **LIVE),)},
        NOT_MET,
        "Unknown is account",
    ),
    # Provisioning is automated by SCIM from groups.
    (SCIM, {}, MET, "Each of 1 user and 1 group with access came by SCIM"),
    (SCIM, {"store_users": (store_user(), store_user("bob", scim=False))}, NOT_MET, "1 of 3 users"),
    (SCIM, {"store_users": (store_user(), store_user("b", scim=False, enabled=False))}, MET, ""),
    (SCIM, {"store_users": (store_user("b", scim=False, enabled=None),)}, NOT_MET, ""),
    (SCIM, {"groups": (group(scim=False),)}, NOT_MET, "1 of 2 users and groups"),
    (SCIM, {"direct": (store_user().subject,)}, NOT_MET, "1 user has access directly"),
    (SCIM, {"store": REFUSED}, UNKNOWN, "AWS refused it"),
    (SCIM, {"assignments": NEVER}, UNKNOWN, "never read"),
    (SCIM, {"instance": REFUSED}, UNKNOWN, "AWS refused it"),
    (SCIM, {"has_instance": False}, NOT_MET, "There is no Identity Center instance"),
    (SCIM, {"has_instance": False, "instance": NEVER}, UNKNOWN, "never read"),
    (SCIM, {"store_users": ()}, UNKNOWN, "It has no users yet"),
    # Off-boarding is automatic.
    (LEFT, {}, MET, "None of 1 leaver has anything active"),
    (LEFT, {"leavers": ()}, MET, "Nobody of 9 people is known to have left"),
    (LEFT, {"leavers": (), "roster": False}, UNKNOWN, "nothing tells who left"),
    (LEFT, {"roster": False}, MET, ""),
    (LEFT, {"leavers": (leaver(enabled=True),)}, NOT_MET, "1 of 1 leaver still has"),
    (LEFT, {"leavers": (leaver(users=(user("a", True, **LIVE),)),)}, NOT_MET, "still has"),
    (LEFT, {"leavers": (leaver(users=(user("ci", False, active_keys=1),)),)}, NOT_MET, ""),
    (LEFT, {"leavers": (leaver(users=(user("a", True),)),)}, MET, ""),
    (LEFT, {"leavers": (leaver(enabled=None),)}, UNKNOWN, "still lets them in is unknown"),
    (LEFT, {"leavers": (leaver(users=(user("a", password=None),)),)}, UNKNOWN, "not read"),
    (LEFT, {"users": (user("x", None, owner="", **LIVE),)}, UNKNOWN, "nobody has confirmed whose"),
    (LEFT, {"users": (user("x", True, owner="", **LIVE),)}, UNKNOWN, "nobody has confirmed whose"),
    (LEFT, {"users": (user("x", False, owner="", **LIVE),)}, MET, ""),
    (LEFT, {"users": (user("x", None, owner=""),)}, MET, ""),
    (LEFT, {"store": REFUSED}, UNKNOWN, "who is in Identity Center"),
    (LEFT, {"accounts": SECRETS}, UNKNOWN, "AWS refused it"),
    # Permission sets are code, and reviewed.
    (CODE, {}, MET, "Each of 1 permission set carries a tag of code; 1 were"),
    (CODE, {"sets": (permission_set(reviewed_at=NOW - QUARTER),)}, MET, ""),
    (CODE, {"sets": (permission_set(reviewed_at=NOW - QUARTER - HOUR),)}, NOT_MET, "1 of 1"),
    (CODE, {"sets": (permission_set(reviewed_at=None),)}, NOT_MET, "was not reviewed within 92"),
    (CODE, {"sets": (permission_set(reviewed_at=None, created_at=NOW - QUARTER),)}, MET, ""),
    (CODE, {"sets": (permission_set(reviewed_at=None, created_at=None),)}, NOT_MET, ""),
    (CODE, {"sets": (permission_set(tags={}),)}, UNKNOWN, "No tag says that code made it"),
    (CODE, {"sets": (permission_set(tags=None),)}, UNKNOWN, "Its tags were not read"),
    (CODE, {"sets": ()}, UNKNOWN, "nothing to judge"),
    (CODE, {"sets_told": REFUSED}, UNKNOWN, "AWS refused it"),
    # Credentials are bound in time.
    (TIME, {}, MET, "No session of 1 permission set is longer than 8 hours"),
    (TIME, {"sets": (permission_set(seconds=8 * 3600 + 1),)}, NOT_MET, "1 of 1 permission set"),
    (TIME, {"sets": (permission_set(seconds=None),)}, UNKNOWN, "cannot be read"),
    (TIME, {"session_hours": 12, "sets": (permission_set(seconds=12 * 3600),)}, MET, "12 hours"),
    (TIME, {"users": (user("a", True, active_keys=2),)}, NOT_MET, "1 human holds 2 active access"),
    (TIME, {"users": (user("a", True, password=True),)}, MET, ""),
    (TIME, {"users": (user("ci", False, active_keys=2),)}, MET, ""),
    (TIME, {"users": (user("x", None, active_keys=1),)}, UNKNOWN, "whether a human holds them"),
    (TIME, {"users": (user("x", None, active_keys=None),)}, UNKNOWN, "Its keys were not read"),
    (TIME, {"users": (user("ci", False, active_keys=None),)}, MET, ""),
    (TIME, {"sets": ()}, UNKNOWN, "nothing to judge"),
    (TIME, {"sets_told": NEVER}, UNKNOWN, "never read"),
    (TIME, {"accounts": SECRETS}, UNKNOWN, "AWS refused it"),
    # CloudTrail shows everything.
    (TRAIL, {}, MET, "A validated multi-region trail records all of 2 accounts, and all 60"),
    (TRAIL, {"trails": (trail(logging=False),)}, NOT_MET, "2 of 2 accounts are not recorded"),
    (TRAIL, {"trails": (trail(multi_region=False),)}, NOT_MET, ""),
    (TRAIL, {"trails": (trail(validated=False),)}, NOT_MET, ""),
    (TRAIL, {"trails": (trail(management_events=False),)}, NOT_MET, ""),
    (TRAIL, {"trails": (trail(error="AccessDenied"),)}, NOT_MET, ""),
    (TRAIL, {"trails": (trail(management_events=None),)}, UNKNOWN, "all management events is"),
    (TRAIL, {"trails": (trail("a", logging=False), trail("b"))}, MET, ""),
    (TRAIL, {"trails": ()}, NOT_MET, "1 of 2 accounts is not recorded in full"),
    (TRAIL, {"trails": (trail(organization=False),)}, UNKNOWN, "trails of its own are not read"),
    (TRAIL, {"trails_told": REFUSED, "trails": ()}, UNKNOWN, "AWS refused it"),
    (TRAIL, {"accounts": UNREAD_DAY}, UNKNOWN, "1 of 30 days are not wholly read"),
    (TRAIL, {"accounts": ()}, UNKNOWN, "No account is known"),
    (TRAIL, {"organization": NEVER}, UNKNOWN, "never read"),
    # There are no human IAM users.
    (NONE, {}, MET, "None of 1 IAM user belongs to a human"),
    (NONE, {"users": ()}, MET, "There is no IAM user at all"),
    (NONE, {"users": (user("a", True), user("ci"))}, NOT_MET, "1 of 2 IAM users belongs to humans"),
    (NONE, {"users": (user("x", None), user("ci"))}, UNKNOWN, "Whether a human uses it is unknown"),
    (NONE, {"accounts": OF_ACCOUNT}, UNKNOWN, "AWS refused it"),
    (NONE, {"accounts": SECRETS}, MET, ""),
    (NONE, {"accounts": ()}, UNKNOWN, "No account is known"),
]


@pytest.mark.parametrize(("name", "changes", "verdict", "words"), CASES)
def test_a_statement_is_judged(name, changes, verdict, words):
    result = CONTROLS[name].judge(facts(**changes))

    assert (result.verdict, words in result.sentence) == (verdict, True), result.sentence
    assert bool(result.exceptions) == (verdict == NOT_MET)
    assert result.not_looked_at == len(result.undecided)


@pytest.mark.parametrize("name", CONTROLS)
def test_a_portal_that_has_read_nothing_says_unknown(name):
    empty = replace(
        GOOD, accounts=(), users=(), uses=(), store_users=(), groups=(), leavers=(), sets=(),
        trails=(), people=0, roster=False, has_instance=False, organization=NEVER, instance=NEVER,
        store=NEVER, assignments=NEVER, sets_told=NEVER, trails_told=NEVER, synced_at=None,
    )  # fmt: skip

    assert CONTROLS[name].judge(empty).verdict == UNKNOWN


@pytest.mark.parametrize("name", CONTROLS)
def test_a_result_ages_with_the_first_of_its_reads(name):
    early = replace(WHOLE, until=NOW + HOUR)
    changes = dict.fromkeys(
        ("organization", "instance", "store", "sets_told", "trails_told"), early
    )

    assert CONTROLS[name].judge(GOOD).until == NOW + 5 * HOUR
    assert CONTROLS[name].judge(facts(**changes)).until == NOW + HOUR


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        ({"managed-by": "terraform"}, True),
        ({"ManagedBy": "OpenTofu 1.8"}, True),
        ({"terraform": "true"}, True),
        ({"aws:cloudformation:stack-name": "sets"}, True),
        ({"created_by": "AWS CDK"}, True),
        ({"terraform": "false"}, None),
        ({"managed-by": "ana"}, None),
        ({"Team": "terraform"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_tag_says_that_code_made_a_set_and_nothing_says_the_contrary(tags, answer):
    assert as_code(tags) is answer


def test_exceptions_come_before_what_is_unknown():
    result = CONTROLS[SSO].judge(
        facts(users=(user("a", None, **LIVE), user("b", True, **LIVE), user("c", True, **LIVE)))
    )

    assert [case.subject.name for case in result.cases] == ["b", "c", "a"]
