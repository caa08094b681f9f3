"""Rules about credentials: yes, no, unknown and the boundaries, each with its sentence."""

from datetime import timedelta

import pytest

from migrations_plan.rules import staleness
from migrations_plan.rules.facts import PASSWORD, Limits
from tests.migrations_plan.rules.making import (
    DENIED,
    FRESH,
    LIMITS,
    NEVER,
    NOW,
    ago,
    credential,
    owner,
)


def password(**more):
    return credential(kind=PASSWORD, subject="arn:aws:iam::123456789012:user/ana", **more)


CASES = {
    "no cutover has begun": ("active-after-cutover", {}, "no", "No cutover"),
    "active in a read since its cutover": (
        "active-after-cutover",
        {"cut_over_at": ago(0, hours=2)},
        "yes",
        "missed, or given back",
    ),
    "inactive since its cutover": (
        "active-after-cutover",
        {"cut_over_at": ago(0, hours=2), "active": False},
        "no",
        "inactive",
    ),
    "not read since its cutover": (
        "active-after-cutover",
        {"cut_over_at": FRESH.observed_at},
        "unknown",
        "It was not read since the cutover",
    ),
    "its reads are refused since its cutover": (
        "active-after-cutover",
        {"cut_over_at": ago(1), "told": DENIED},
        "unknown",
        "AWS refused it",
    ),
    "90 days are not old": ("key-old", {"created_at": ago(90, hours=23)}, "no", "90 days old"),
    "91 days are old": ("key-old", {"created_at": ago(91)}, "yes", "Active and 91 days old"),
    "an inactive key is not old": (
        "key-old",
        {"created_at": ago(500), "active": False},
        "no",
        "inactive",
    ),
    "an age that nobody told": ("key-old", {"created_at": None}, "unknown", "not known"),
    "an old key that nobody may read": (
        "key-old",
        {"created_at": ago(500), "told": DENIED},
        "unknown",
        "Access keys: AWS refused it",
    ),
    "an old key that may be inactive": (
        "key-old",
        {"created_at": ago(500), "active": None},
        "unknown",
        "nobody knows whether it is active",
    ),
    "44 days are not unused": ("key-unused", {"used_at": ago(44, hours=23)}, "no", "44 days ago"),
    "45 days are unused": (
        "key-unused",
        {"used_at": ago(45)},
        "yes",
        "Not used for 45 days, per AWS; the limit is 45.",
    ),
    "CloudTrail saw it later than AWS": ("key-unused", {"used_at": ago(200), "seen_at": ago(3)},
        "no", "3 days ago, per CloudTrail"),
    "CloudTrail saw it earlier than AWS": (
        "key-unused",
        {"used_at": ago(60), "seen_at": ago(70)},
        "yes",
        "60 days, per AWS",
    ),
    "only CloudTrail saw it, long ago": (
        "key-unused",
        {"used_at": None, "seen_at": ago(50)},
        "yes",
        "50 days, per CloudTrail",
    ),
    "AWS was not asked, CloudTrail saw it yesterday": (
        "key-unused",
        {"used_at": None, "used_told": NEVER, "seen_at": ago(1)},
        "no",
        "1 day ago, per CloudTrail",
    ),
    "AWS was not asked, CloudTrail saw it long ago": (
        "key-unused",
        {"used_at": None, "used_told": NEVER, "seen_at": ago(50)},
        "unknown",
        "The last use known is 50 days ago",
    ),
    "a last use that is too old to believe": (
        "key-unused",
        {"used_at": ago(50), "used_told": DENIED},
        "unknown",
        "AWS refused it",
    ),
    "a use yesterday stays one, whatever is refused since": (
        "key-unused",
        {"used_at": ago(1), "told": DENIED, "used_told": DENIED},
        "no",
        "1 day ago",
    ),
    "an inactive key is not unused": (
        "key-unused",
        {"used_at": ago(500), "active": False},
        "no",
        "inactive",
    ),
    "never used is another rule's": ("key-unused", {"used_at": None}, "no", "No use"),
    "a new key may be unused for a week": (
        "key-never-used",
        {"used_at": None, "created_at": ago(7, hours=23)},
        "no",
        "new ones have 7 days",
    ),
    "after the grace it is never used": (
        "key-never-used",
        {"used_at": None, "created_at": ago(8)},
        "yes",
        "Made 8 days ago and never used since",
    ),
    "never used, but nobody asked": (
        "key-never-used",
        {"used_at": None, "created_at": ago(100), "used_told": NEVER},
        "unknown",
        "never read",
    ),
    "never used, made at a time nobody knows": (
        "key-never-used",
        {"used_at": None, "created_at": None},
        "unknown",
        "at a time nobody knows",
    ),
    "used once": ("key-never-used", {"created_at": ago(100)}, "no", "It was used on"),
    "seen by CloudTrail once": (
        "key-never-used",
        {"used_at": None, "created_at": ago(100), "seen_at": ago(30)},
        "no",
        "per CloudTrail",
    ),
    "one active key": ("second-active-key", {}, "no", "no other active key"),
    "two active keys": (
        "second-active-key",
        {"earlier": ("AKIA0",)},
        "yes",
        "ana has 2 active keys; AKIA0 was made before",
    ),
    "the second of two is inactive": (
        "second-active-key",
        {"earlier": ("AKIA0",), "active": False},
        "no",
        "inactive",
    ),
    "the owner left": ("leaver-credential", {"owner": owner()}, "yes", "660 days ago"),
    "the owner is here": ("leaver-credential", {"owner": owner(left=False)}, "no", "not left"),
    "nobody owns it": ("leaver-credential", {}, "no", "Nobody"),
    "the owner left, says a read that is too old": (
        "leaver-credential",
        {"owner": owner(told=DENIED)},
        "unknown",
        "AWS refused it",
    ),
    "the owner left, and it is inactive": (
        "leaver-credential",
        {"owner": owner(), "active": False},
        "no",
        "inactive",
    ),
}  # fmt: skip
PASSWORD_CASES = {
    "MFA": ("console-without-mfa", {}, "no", "There is an MFA device"),
    "no MFA": ("console-without-mfa", {"mfa": False}, "yes", "with 0 MFA devices"),
    "MFA not read": ("console-without-mfa", {"mfa": None}, "unknown", "not known"),
    "no MFA, says a read that is too old": (
        "console-without-mfa",
        {"mfa": False, "mfa_told": DENIED},
        "unknown",
        "AWS refused it",
    ),
    "unused": ("password-unused", {"used_at": ago(45)}, "yes", "Not used for 45 days"),
    "never used": (
        "password-never-used",
        {"used_at": None, "created_at": ago(8)},
        "yes",
        "never used since",
    ),
}
RULES = {rule.name: rule for rule in staleness.RULES}


@pytest.mark.parametrize(("name", "facts", "answer", "words"), CASES.values(), ids=CASES.keys())
def test_what_a_rule_says_of_a_key(name, facts, answer, words):
    said = RULES[name].judge(credential(**facts), LIMITS, NOW)

    assert (said.answer, words in said.sentence) == (answer, True), said.sentence


@pytest.mark.parametrize(
    ("name", "facts", "answer", "words"), PASSWORD_CASES.values(), ids=PASSWORD_CASES.keys()
)
def test_what_a_rule_says_of_a_password(name, facts, answer, words):
    said = RULES[name].judge(password(**facts), LIMITS, NOW)

    assert (said.answer, words in said.sentence) == (answer, True), said.sentence


@pytest.mark.parametrize("name", ["service-credential-old", "ssh-key-old", "certificate-old"])
def test_credentials_without_a_last_use_are_judged_by_age(name):
    (kind,) = RULES[name].kinds
    old = credential(kind=kind, created_at=ago(91), used_at=None, used_told=None)

    assert RULES[name].judge(old, LIMITS, NOW).answer == "yes"
    assert [rule.name for rule in staleness.RULES if kind in rule.kinds] == [
        "leaver-credential",
        name,
    ]


def test_the_limits_are_settings():
    tight = Limits(old=5, unused=1, long_unused=2, grace=0)
    said = staleness.old(credential(), tight, NOW), staleness.unused(credential(), tight, NOW)

    assert [one.answer for one in said] == ["yes", "yes"]


@pytest.mark.parametrize(("days", "severe"), [(45, False), (89, False), (90, True)])
def test_unused_is_severe_from_the_second_limit_on(days, severe):
    assert staleness.unused(credential(used_at=ago(days)), LIMITS, NOW).severe is severe


def test_a_no_from_a_refused_read_is_not_fresh():
    """It must not close what an earlier, whole read opened."""
    said = staleness.second_active(credential(told=DENIED), LIMITS, NOW)

    assert (said.answer, said.fresh) == ("no", False)


def test_a_verdict_names_its_facts_their_sources_and_times_and_when_it_ends():
    said = staleness.unused(credential(used_at=ago(60), seen_at=ago(61)), LIMITS, NOW)

    assert [(fact.name, fact.source, fact.observed_at) for fact in said.facts] == [
        ("last use per AWS", "Access keys", NOW - timedelta(hours=1)),
        ("last use per CloudTrail", "CloudTrail", ago(61)),
        ("state", "Access keys", NOW - timedelta(hours=1)),
    ]
    assert said.until == FRESH.until


def test_every_sentence_of_a_finding_has_a_number_in_it():
    worst = credential(
        created_at=ago(500), used_at=ago(400), earlier=("AKIA0",), owner=owner(), mfa=False
    )
    never = credential(created_at=ago(500), used_at=None)
    for rule in staleness.RULES:
        said = [rule.judge(one, LIMITS, NOW) for one in (worst, never)]
        assert [
            s for s in said if s.answer == "yes" and not any(map(str.isdigit, s.sentence))
        ] == []
