"""The catalogue of permission sets: what the stories say, and who and where is out of place."""

import pytest

from migrations_plan.artefacts.catalogue import (
    catalogue,
    load_catalogue,
    may_be_in,
    reviewers_needed,
    scope_problems,
)
from migrations_plan.artefacts.toml_reading import PlanDataError
from migrations_plan.policy.managed import managed_document

SETS = {(one.source, one.name): one for one in catalogue()}
GOOD = """
[[set]]
name = "A"
source = "004"
purpose = "P"
audience = "Q"
environments = ["dev"]
managed = ["ReadOnlyAccess"]
session = "PT8H"
"""


def test_the_sets_of_both_stories_are_there():
    assert [name for source, name in SETS if source == "004"] == [
        "OrgAdmin",
        "ProductionAdmin",
        "ProductionReadOnly",
        "DeveloperFullAccess",
        "BillingViewer",
        "AuditorReadOnly",
    ]
    assert [name for source, name in SETS if source == "000"] == [
        "ReadOnly",
        "Developer",
        "SREOnCall",
        "BillingViewer",
        "ProdBreakGlass",
    ]


def test_who_holds_them():
    org_admin = SETS["004", "OrgAdmin"]

    assert (org_admin.holders_least, org_admin.holders_most) == (2, 3)
    assert SETS["004", "ProductionAdmin"].audience == "The on-call rotation."
    assert "finance" in SETS["004", "BillingViewer"].audience
    assert [one.name for one in catalogue() if one.default] == [
        "ProductionReadOnly",
        "DeveloperFullAccess",
        "ReadOnly",
    ]


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: f"{one.source}-{one.name}")
def test_every_policy_is_one_that_aws_manages(one):
    for arn in one.permission_set().managed:
        assert managed_document(arn) is not None


def test_sessions_are_those_of_the_story():
    assert {one.session for one in catalogue() if one.source == "000"} == {"PT8H", "PT1H"}
    assert SETS["000", "ProdBreakGlass"].session == "PT1H"
    assert SETS["000", "ProdBreakGlass"].permission_set().tags == (("tier", "breakglass"),)


@pytest.mark.parametrize(
    ("name", "environment", "fits"),
    [
        ("OrgAdmin", "management", True),
        ("OrgAdmin", "audit", True),
        ("OrgAdmin", "prod", False),
        ("ProductionAdmin", "prod", True),
        ("ProductionAdmin", "dev", False),
        ("DeveloperFullAccess", "sandbox", True),
        ("DeveloperFullAccess", "prod", False),
        ("DeveloperFullAccess", "unknown", False),
        ("ProductionReadOnly", "unknown", True),
        ("AuditorReadOnly", "stage", True),
    ],
)
def test_where_a_set_may_be(name, environment, fits):
    assert may_be_in(SETS["004", name], environment) is fits


def test_what_is_out_of_place_is_said():
    one = SETS["004", "OrgAdmin"]
    placed = [("acme-audit", "audit"), ("acme-dev", "dev")]

    assert scope_problems(one, placed, 4) == (
        "OrgAdmin is assigned in acme-dev (dev), but is meant for management, audit.",
        "4 people hold OrgAdmin; 3 at most should.",
    )
    assert "2 at least" in scope_problems(one, [], 1)[0]
    assert scope_problems(one, [], None) == ("How many people hold OrgAdmin is not known.",)
    assert scope_problems(one, [], 3) == ()
    assert scope_problems(SETS["004", "BillingViewer"], [], None) == ()


@pytest.mark.parametrize(
    ("environments", "number"),
    [(["dev"], 1), (["dev", "prod"], 3), (["unknown"], 3), (["management"], 3), ([], 1)],
)
def test_what_touches_production_needs_three_reviewers(environments, number):
    assert reviewers_needed(environments) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "is not TOML"),
        ("", "needs at least one [[set]]"),
        (GOOD.replace('"A"', '"A b"'), "no name that a permission set may have"),
        (GOOD.replace("PT8H", "PT13H"), "is not PT1H to PT12H"),
        (GOOD.replace('"dev"', '"moon"'), "environments are not among"),
        (GOOD.replace('"dev"', ""), "environments are not among"),
        (GOOD.replace('"ReadOnlyAccess"', ""), "holds no policy"),
        (GOOD + "holders_least = 3\nholders_most = 2", "needs more holders than it may have"),
        (GOOD + GOOD, "stands twice"),
        (GOOD + "[story.777]\ntitle = 'x'", "'777' is not known"),
        (GOOD + "colour = 'red'", "'colour' is not known"),
    ],
)
def test_a_bad_catalogue_says_why(text, said):
    with pytest.raises(PlanDataError, match=r"^catalogue\.toml: ") as caught:
        load_catalogue(text)

    assert said in str(caught.value)
