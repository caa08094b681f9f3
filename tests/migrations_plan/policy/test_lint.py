"""The linter names what is wrong or wide, and is silent about what is neither."""

import pytest

from migrations_plan.policy.lint import problems

GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
WIDE = {
    "s3:GetObjet": ({"Action": "s3:GetObjet"}, "no action"),
    "a service": ({"Action": "s4:Get*"}, "no action"),
    "a pattern of nothing": ({"Action": "s3:Gett*"}, "no action"),
    "everything": ({"Action": "*", "Resource": "*"}, "allows everything"),
    "NotAction": ({"Action": None, "NotAction": "iam:*"}, "everything but"),
    "any role": ({"Action": "iam:Pass*", "Resource": "*"}, "hands any role"),
}


def policy(**changes):
    statement = {name: value for name, value in (GET | changes).items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(("changes", "said"), WIDE.values(), ids=WIDE.keys())
def test_what_is_wrong_or_wide_is_said(changes, said):
    assert any(said in one for one in problems(policy(**changes)))


def test_a_narrow_policy_has_nothing_to_say_of():
    assert problems(policy()) == ()
    assert problems(policy(Action=["s3:Get*", "s3:listbucket"])) == ()


def test_what_is_no_policy_is_said_in_a_sentence():
    assert problems({"Statement": "x"}) != ()
    assert problems(None) != ()


def test_a_policy_that_is_too_long_is_said():
    long = policy(Resource=[f"arn:aws:s3:::reports/{number:0>60}" for number in range(500)])

    assert any("characters" in one for one in problems(long))
