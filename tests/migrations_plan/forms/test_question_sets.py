"""Blocks of the what-if form: policies by name, a typed document, a boundary, or one sentence."""

import pytest

from migrations_plan.forms.question_sets import (
    SET_FIELDS,
    Problem,
    inline_document,
    look_up,
    set_edit,
    typed_set,
)
from migrations_plan.policy.lint import MOST_INLINE
from tests import builders
from tests.forecasts import ADMIN, S3_READ, document

GOOD = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
OWN = "/team/Reports"


def shown(path_and_name):
    account = builders.account()
    arn = f"arn:aws:iam::{account.account_id}:policy{path_and_name}"
    builders.iam_policy(arn, account=account, path=path_and_name.rpartition("/")[0] + "/")


@pytest.fixture
def developer(db):
    """Shown beside two customer-managed policies with one name, and one with a name of AWS's."""
    for one in ("/Reports", OWN, "/old/AdministratorAccess"):
        shown(one)
    return builders.permission_set(
        "Developer", managed_policies=[S3_READ], customer_managed_policies=[OWN, "/Reports"]
    )


def edited(**values):
    raw = {**dict.fromkeys(SET_FIELDS, ""), "set": "Developer", **values}
    return set_edit(raw, look_up([raw]))


def refused(**values):
    with pytest.raises(Problem) as problem:
        edited(**values)
    return str(problem.value)


@pytest.mark.embedded
@pytest.mark.parametrize("name", ["PowerUserAccess", "arn:aws:iam::aws:policy/PowerUserAccess"])
def test_policies_of_aws_are_named_by_name_or_arn(developer, name):
    edit = edited(attach=f"{name}\n{name}", detach="AmazonS3ReadOnlyAccess")

    assert (edit.arn, edit.detach) == (developer.arn, (S3_READ,))
    assert edit.attach == ("arn:aws:iam::aws:policy/PowerUserAccess",)
    assert (edit.inline, edit.boundary) == (None, None)


@pytest.mark.embedded
def test_customer_managed_policies_are_named_by_name_or_path_and_name(developer):
    shown("/team/Audit")
    edit = edited(attach="Audit\n/team/Audit\n/Reports", detach=OWN)

    assert (edit.attach, edit.detach) == (("/team/Audit", "/Reports"), (OWN,))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"attach": "Reports"}, "Several policies have the name “Reports”: /Reports, /team/Rep"),
        ({"attach": "AdministratorAccess"}, "Several policies have the name"),
        ({"attach": "/Nothing"}, "No account shows a customer-managed policy “/Nothing”"),
        ({"attach": "arn:aws:iam::123456789012:policy/mine"}, "named by its path and name"),
        ({"attach": "arn:aws:iam::aws:policy/NoSuch"}, "No policy of AWS with the name"),
        ({"attach": "NoSuch"}, "No policy of AWS with the name “NoSuch” is known, and no account"),
        ({"detach": "Reports"}, "Several policies have the name “Reports”"),
        ({"detach": "Audit"}, "Developer has no policy with the name “Audit”"),
        ({"boundary_do": "replace"}, "name the policy that is to be the boundary of Developer"),
        ({"boundary_do": "replace", "boundary": "NoSuch"}, "No policy of AWS with the name"),
        ({"attach": "\n".join(f"p{n}" for n in range(99_999))}, "name 50 policies of Developer at"),
        (
            {"detach": "\n".join(f"p{n}" for n in range(51))},
            "name 50 policies of Developer at most",
        ),
        ({"set": "Nothing"}, "no permission set with the name “Nothing”"),
    ],
)
@pytest.mark.embedded
def test_what_cannot_be_told_is_one_sentence(developer, values, said):
    assert said in refused(**values)


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("do", "inline"), [("keep", None), ("remove", {}), ("replace", document("*")), ("x", None)]
)
def test_its_own_policy_stays_is_another_or_goes(developer, do, inline):
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["*"],"Resource":"*"}]}'

    assert edited(inline=text, inline_do=do).inline == inline


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("do", "named", "boundary"),
    [
        ("keep", "PowerUserAccess", None),
        ("remove", "PowerUserAccess", ""),
        ("replace", ADMIN, ADMIN),
        ("replace", OWN, OWN),
        ("x", ADMIN, None),
    ],
)
def test_its_boundary_stays_is_another_or_goes(developer, do, named, boundary):
    assert edited(boundary=named, boundary_do=do).boundary == boundary


@pytest.mark.embedded
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"attach": f"{OWN}\n{ADMIN}", "detach": S3_READ},
        {"inline": GOOD, "inline_do": "replace", "boundary_do": "remove"},
        {"inline_do": "remove", "boundary": OWN, "boundary_do": "replace"},
    ],
)
def test_a_change_comes_back_into_the_form_as_it_was(developer, values):
    edit = edited(**values)

    assert set_edit(typed_set(edit), look_up([typed_set(edit)])) == edit


DEEP = '{"Statement": ' * 40 + "1" + "}" * 40
HOSTILE = {
    "not JSON": "{Statement: 1}",
    "empty": "",
    "a list": "[]",
    "a number": "7",
    "no statement": "{}",
    "cut off": '{"Statement": [',
    "more after it": GOOD + "x",
    "NaN": '{"Statement": NaN}',
    "too large a number": '{"Statement": 1e999}',
    "NUL": GOOD.replace("Allow", "Allow").replace('"*"}', '"\\u0000"}'),
    "NUL in a key": '{"a\\u0000": 1, ' + GOOD[1:],
    "half a character": GOOD.replace('"*"}', '"\\ud800"}'),
    "deep": DEEP,
    "deeper than Python": "[" * 30_000,
    "deep objects": '{"a":' * 6_000 + "1" + "}" * 6_000,
    "too long": GOOD + " " * MOST_INLINE,
    "neither allowed nor denied": GOOD.replace("Allow", "Perhaps"),
    "no action": GOOD.replace('"Action": "*", ', ""),
    "markup": '<script>alert("x")</script>',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_document_is_one_sentence(text):
    with pytest.raises(Problem) as problem:
        inline_document(text, "Developer")

    said = str(problem.value)
    assert said.startswith("The policy for Developer")
    assert len(said) < 400
    assert "\0" not in said


def test_a_whole_policy_of_the_largest_size_passes():
    text = GOOD + " " * (MOST_INLINE - len(GOOD))

    assert inline_document(text, "Developer")["Version"] == "2012-10-17"
