"""Which credential first: what counts, and that each point is explained."""

from dataclasses import replace

import pytest

from migrations_plan.rules.facts import PASSWORD
from migrations_plan.rules.order import rank, rank_root
from tests.migrations_plan.rules.making import LIMITS, NEVER, NOW, ago, credential, owner, root

HARMLESS = credential(owner=owner(left=False))
MORE = {
    "a leaver's": ({"owner": owner()}, "left on 2025-01-31"),
    "an administrator's": ({"admin": True}, "administrator"),
    "perhaps an administrator's": ({"admin": None}, "not known"),
    "unused": ({"used_at": ago(50)}, "not used for 50 days, per AWS"),
    "never used": ({"used_at": None, "created_at": ago(80)}, "never used"),
    "of unknown use": ({"used_at": None, "used_told": NEVER}, "last use is not known"),
    "old": ({"created_at": ago(91)}, "91 days old"),
    "of unknown age": ({"created_at": None}, "age is not known"),
    "in production": ({"environment": "prod"}, "account for prod"),
    "in an account nobody knows": ({"environment": "unknown"}, "counts as production"),
    "nobody's": ({"owner": None}, "nobody is confirmed"),
    "the second": ({"earlier": ("AKIA0",)}, "2 active keys"),
    "a password without MFA": ({"kind": PASSWORD, "mfa": False}, "without MFA"),
    "a password, perhaps without MFA": ({"kind": PASSWORD, "mfa": None}, "perhaps without MFA"),
}


@pytest.mark.parametrize(("facts", "words"), MORE.values(), ids=MORE.keys())
def test_what_brings_a_credential_forward_is_said_in_words(facts, words):
    found = rank(replace(HARMLESS, **facts), LIMITS, NOW)

    assert found.score > rank(HARMLESS, LIMITS, NOW).score == 0
    assert words in "; ".join(reason.words for reason in found.reasons)


def test_the_score_is_the_sum_of_its_reasons_the_weightiest_first():
    found = rank(credential(admin=True, created_at=ago(400), environment="prod"), LIMITS, NOW)
    points = [reason.points for reason in found.reasons]

    assert found.score == sum(points)
    assert points == sorted(points, reverse=True)


def test_what_is_inactive_comes_after_whatever_opens_something():
    idle = rank(credential(active=False, admin=True, owner=owner()), LIMITS, NOW)

    assert idle.score < rank(credential(), LIMITS, NOW).score
    assert "inactive" in idle.reasons[0].words


def test_a_key_of_root_comes_before_everything():
    worst = credential(
        kind=PASSWORD, mfa=False, admin=True, created_at=ago(900), used_at=ago(800),
        environment="prod", owner=owner(),
    )  # fmt: skip

    assert rank_root(root(has_key=True)).score > rank(worst, LIMITS, NOW).score
