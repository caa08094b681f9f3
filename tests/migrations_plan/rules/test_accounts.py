"""Rules about root users, and about accounts that nobody can judge."""

import pytest

from migrations_plan.rules import accounts
from tests.migrations_plan.rules.making import (
    DENIED,
    FRESH,
    LIMITS,
    NEVER,
    NOW,
    account,
    ago,
    root,
)

CASES = {
    "no key": ("root-key", {}, "no", "0 access keys"),
    "a key": ("root-key", {"has_key": True}, "yes", "at least 1 access key"),
    "a key that nobody told": ("root-key", {"has_key": None}, "unknown", "not known"),
    "a key, says an old read": (
        "root-key",
        {"has_key": True, "told": DENIED},
        "unknown",
        "refused",
    ),
    "MFA": ("root-without-mfa", {}, "no", "has MFA"),
    "no MFA": ("root-without-mfa", {"has_mfa": False}, "yes", "0 MFA devices"),
    "MFA that nobody told": ("root-without-mfa", {"has_mfa": None}, "unknown", "not known"),
    "nothing that MFA would protect": (
        "root-without-mfa",
        {"has_mfa": False, "has_password": False},
        "no",
        "0 credentials",
    ),
    "no MFA, and a password nobody told": (
        "root-without-mfa",
        {"has_mfa": False, "has_password": None},
        "yes",
        "0 MFA devices",
    ),
    "never used": ("root-used", {}, "no", "No use"),
    "used 29 days ago": ("root-used", {"used_at": ago(29)}, "yes", "29 days ago, per AWS"),
    "used 30 days ago": ("root-used", {"used_at": ago(30)}, "no", "30 days ago"),
    "no use, says a refused read": ("root-used", {"used_told": DENIED}, "unknown", "refused"),
    "used, whatever is refused since": (
        "root-used",
        {"used_at": ago(2), "used_told": DENIED},
        "yes",
        "2 days ago",
    ),
}
RULES = {rule.name: rule for rule in accounts.ROOT_RULES}


@pytest.mark.parametrize(("name", "facts", "answer", "words"), CASES.values(), ids=CASES.keys())
def test_what_a_rule_says_of_a_root_user(name, facts, answer, words):
    said = RULES[name].judge(root(**facts), LIMITS, NOW)

    assert (said.answer, words in said.sentence) == (answer, True), said.sentence


def test_an_account_that_was_read_whole_hides_nothing():
    assert accounts.not_read(account(), LIMITS, NOW).answer == "no"


def test_an_unread_account_is_unknown_and_says_which_reads_are_missing():
    said = accounts.not_read(account(FRESH, DENIED, NEVER), LIMITS, NOW)

    assert said.answer == "unknown"
    assert said.sentence.startswith("2 of 3 reads")
    assert "Access keys: AWS refused it; Access keys: never read" in said.sentence


def test_users_that_were_not_asked_about_make_an_account_unknown():
    said = accounts.not_read(account(users=7, users_unread=2), LIMITS, NOW)

    assert (said.answer, "2 of 7 IAM users" in said.sentence) == ("unknown", True)
