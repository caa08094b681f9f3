"""What a set grants by name and nobody called."""

from migrations_plan.policy.unused import Granted, granted
from tests.migrations_plan.policy.forecasting import UNREAD, allow, deny, paper

READ = paper(allow("s3:Get*", "s3:List*", "ec2:Describe*"), name="read")


def test_a_pattern_is_used_when_a_called_action_fits_it():
    found = granted([READ], {"s3:GetObject", "s3:GetBucketPolicy"})

    assert found.services == (
        Granted("ec2", ("ec2:describe*",), ("ec2:describe*",), 0),
        Granted("s3", ("s3:get*", "s3:list*"), ("s3:list*",), 2),
    )


def test_what_a_deny_names_is_not_granted():
    assert granted([paper(deny("s3:*"))], ()).services == ()


def test_everything_and_everything_but_some_name_no_service():
    but = paper({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, name="power")

    found = granted([paper(allow("*"), name="all"), but, paper(allow("*:Get*"), name="odd")], ())

    assert (found.services, found.whole) == ((), ("all", "odd", "power"))


def test_a_policy_that_was_not_read_is_told():
    found = granted([UNREAD, paper({"Effect": "Odd"}, name="broken")], ())

    assert found.unread == ("broken", "team-policy")


def test_a_statement_alone_is_a_list_of_one():
    text = '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    one = paper().__class__("alone", text)

    assert [row.service for row in granted([one], ()).services] == ["s3"]
