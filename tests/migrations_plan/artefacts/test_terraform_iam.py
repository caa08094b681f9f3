"""The denial of everything, and the guardrail, as Terraform."""

from datetime import UTC, datetime

import pytest

from migrations_plan.artefacts.cutover_facts import AssumedRole, LegacyUser, Wave, parts_of
from migrations_plan.artefacts.quoting import hcl_value
from migrations_plan.artefacts.scp import Guardrail, GuardrailError, OneRole, strong_policy
from migrations_plan.artefacts.terraform_iam import denials, guardrail
from tests.terraform_checks import assert_formatted, evaluated, imports, resources

AS_OF = datetime(2026, 11, 30, 22, tzinfo=UTC)
(PART,) = parts_of(
    Wave(
        "Wave 1",
        (
            LegacyUser("arn:aws:iam::555555555555:user/=cmd", (), denied=True),
            LegacyUser("arn:aws:iam::555555555555:user/cmd", ()),
            LegacyUser("arn:aws:iam::555555555555:user/-${x}", ()),
        ),
        (AssumedRole("arn:aws:iam::555555555555:role/deploy", None),),
        AS_OF,
    )
)
EXEMPT = OneRole("arn:aws:iam::555555555555:role/emergency")
GUARD = guardrail(
    Guardrail(EXEMPT),
    ["r-ab12", "ou-ab12-abcdefgh", "555555555555"],
    as_of=AS_OF,
    policy_id="p-12345678",
    attached=["r-ab12"],
)


@pytest.mark.parametrize("made", [denials(PART), GUARD], ids=["deny", "scp"])
def test_terraform_would_not_change_a_sign(made, tmp_path):
    assert_formatted(made.text, tmp_path)
    assert "# Made from facts as of 2026-11-30T22:00:00Z.\n" in made.text


def test_terraform_reads_the_guardrail_as_it_was(tmp_path):
    document = strong_policy(Guardrail(EXEMPT))

    assert evaluated(hcl_value(document), tmp_path) == document


def test_who_is_denied_already_is_imported():
    made = denials(PART).text
    found = resources(made)

    assert len(found) == 3
    assert list(imports(made).values()) == ["=cmd/arn:aws:iam::aws:policy/AWSDenyAll"]


def test_a_guardrail_hangs_where_it_is_wanted():
    found = resources(GUARD.text)

    assert [label for kind, label in found if kind.endswith("attachment")] == [
        "denylonglivedcredentials_n_555555555555",
        "denylonglivedcredentials_ou_ab12_abcdefgh",
        "denylonglivedcredentials_r_ab12",
    ]
    assert imports(GUARD.text) == {
        "aws_organizations_policy.denylonglivedcredentials": "p-12345678",
        "aws_organizations_policy_attachment.denylonglivedcredentials_r_ab12": (
            "r-ab12:p-12345678"
        ),
    }
    assert "# The management account is not bound" in GUARD.text


@pytest.mark.parametrize("target", ["", "root", "ou-1", 'r-ab12"', "r-ab12\n", "12345"])
def test_a_guardrail_hangs_nowhere_else(target):
    with pytest.raises(GuardrailError, match="no root"):
        guardrail(Guardrail(EXEMPT), [target], as_of=AS_OF)
