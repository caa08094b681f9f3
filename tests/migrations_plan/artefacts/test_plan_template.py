"""Plan templates: what the stories say is in them, and a bad file says what is wrong with it."""

import pytest

from migrations_plan.artefacts.plan_gates import (
    FACT_GATES,
    PERSON,
    PERSON_GATES,
    known,
    meaning,
)
from migrations_plan.artefacts.plan_template import (
    AUTOMATIC,
    FOLDER,
    MANUAL,
    MIXED,
    TEMPLATES,
    load_template,
    plan_templates,
)
from migrations_plan.artefacts.toml_reading import PlanDataError

BY_NAME = {one.name: one for one in plan_templates()}
WEEK, FOUR, RETIRE = (BY_NAME[name] for name in TEMPLATES)
EACH = pytest.mark.parametrize("template", BY_NAME.values(), ids=lambda one: one.name)

GOOD = """
title = "T"
about = "A"
source = "004"
counts = "working"
[settings]
parallel_hours = 48
[[day]]
name = "one"
title = "One"
offset = 0
[[day.item]]
name = "first"
title = "First"
who = "lead"
why = "W"
verified = "automatic"
gates = ["users-read"]
source = "004"
[[day.item]]
name = "second"
title = "Second"
who = "lead"
why = "W"
verified = "manual"
confirm = "It is so."
after = ["first"]
source = "004"
"""


def items(template):
    return {item.name: item for item in template.items}


def test_the_portal_brings_three():
    assert [(one.title, one.source) for one in plan_templates()] == [
        ("One week", "004"),
        ("Four weeks", "000"),
        ("Retire an admin user", "003"),
    ]
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted([*TEMPLATES, "catalogue"])


@EACH
def test_every_item_says_who_why_and_how(template):
    for item in template.items:
        assert item.title
        assert item.why.endswith((".", "?"))
        assert (item.verified == MANUAL) is (item.gates == ())
        assert (item.verified == AUTOMATIC) is (item.confirm == "")
        assert item.confirm == "" or item.confirm.endswith(".")


@EACH
def test_nobody_is_disabled_while_something_required_is_open(template):
    """Behind every step that ends access stand, in some chain, the gates of the person."""
    found = items(template)

    def behind(name):
        for before in found[name].after:
            yield before
            yield from behind(before)

    ending = [one for one in template.items if "users-denied" in one.gates]
    assert ending
    for one in ending:
        gates = {gate for before in behind(one.name) for gate in found[before].gates}
        gates |= set(one.gates)
        assert {"person:signed-in", "person:forecast", "person:quiet", "person:workload"} <= gates


@EACH
def test_passwords_and_deletion_come_after_the_keys(template):
    order = [one.name for one in template.items]
    denied = min(i for i, one in enumerate(template.items) if "users-denied" in one.gates)

    for one in template.items:
        if {"passwords-gone", "keys-gone"} & set(one.gates):
            assert order.index(one.name) > denied


def test_the_one_week_has_its_five_days():
    assert [(day.offset, day.title) for day in WEEK.days if 0 <= day.offset <= 4] == [
        (0, "Identity Center provisioning"),
        (1, "Permission set design"),
        (2, "Assignment and parallel access"),
        (3, "Cutover"),
        (4, "Lockdown and cleanup"),
    ]


# What the stories demand: template, item, and words or gates that carry the rule.
RULES = [
    (WEEK, "find-leavers", "six to eight"),
    (WEEK, "count-users", "47 active users"),
    (WEEK, "connect-identity-provider", "SAML and SCIM"),
    (WEEK, "volunteer-signs-in", "one volunteer"),
    (WEEK, "scim-proven", "see them appear"),
    (WEEK, "limit-org-admin", "two or three"),
    (WEEK, "review-sets", "three reviewers"),
    (WEEK, "keep-old-path", "48 hours"),
    (WEEK, "engineers-test", "person:sso-cli"),
    (WEEK, "close-gaps", "person:forecast"),
    (WEEK, "tell-everybody", "end of the day"),
    (WEEK, "disable-keys", "inactive"),
    (WEEK, "disable-users", "do not delete"),
    (WEEK, "standby", "rollback"),
    (WEEK, "apply-guardrail", "on the units"),
    (WEEK, "audit-disabled", "no owner speaks up"),
    (WEEK, "move-workloads", "trust policy"),
    (WEEK, "bind-exceptions", "rotation"),
    (WEEK, "document", "new model"),
    (WEEK, "runbook", "group of the identity provider"),
    (WEEK, "statements-hold", "seven statements"),
    (WEEK, "quarterly-review", "quarter"),
    (FOUR, "list-users", "last use of its password"),
    (FOUR, "take-snapshot", "get-account-authorization-details"),
    (FOUR, "map-users", "real human"),
    (FOUR, "split-mixed", "person and a program"),
    (FOUR, "write-sets", "Terraform"),
    (FOUR, "bound-sessions", "eight hours"),
    (FOUR, "review-production", "Three reviewers"),
    (FOUR, "parallel-week", "one week"),
    (FOUR, "measure-old-path", "calls per identity"),
    (FOUR, "move-workloads", "IRSA"),
    (FOUR, "update-tools", "granted or aws-vault"),
    (FOUR, "break-glass-set", "AdministratorAccess"),
    (FOUR, "review-break-glass", "Twice in six months"),
    (FOUR, "log-everything", "180 dollars"),
    (FOUR, "sample-data-events", "S3 and Lambda only"),
    (FOUR, "guardrail-at-root", "organization's root"),
    (FOUR, "one-exempt-role", "Exactly one role"),
    (FOUR, "assign-groups", "three roles in production, four in stage and five in development"),
    (FOUR, "look-through-users", "no-regressions"),
    (FOUR, "no-human-keys", "Zero static access keys"),
    (FOUR, "no-console-users", "Zero IAM users with console access"),
    (RETIRE, "root-mfa", "MFA"),
    (RETIRE, "root-no-keys", "access key"),
    (RETIRE, "contacts", "billing and security"),
    (RETIRE, "root-stored", "password manager"),
    (RETIRE, "organization", "AWS Organizations"),
    (RETIRE, "start-url", "access portal's address"),
    (RETIRE, "add-people", "work e-mail"),
    (RETIRE, "invite", "invitations"),
    (RETIRE, "admin-set", "AdministratorAccess"),
    (RETIRE, "assign", "management, development, staging, production"),
    (RETIRE, "open-console", "tile"),
    (RETIRE, "configure-cli", "aws configure sso"),
    (RETIRE, "verify-cli", "get-caller-identity"),
    (RETIRE, "pipeline-roles", "each environment"),
    (RETIRE, "assume-by-oidc", "CodePipeline"),
    (RETIRE, "can-sign-in", "person:signed-in"),
    (RETIRE, "has-full-access", "every account that is needed"),
    (RETIRE, "no-scripts", "old keys"),
    (RETIRE, "delete-keys", "access keys"),
    (RETIRE, "no-console", "console sign-in"),
    (RETIRE, "delete-user", "Delete the user"),
    (RETIRE, "break-glass", "cannot assume a role"),
]


@pytest.mark.parametrize(("template", "name", "words"), RULES)
def test_a_rule_of_the_stories_is_an_item(template, name, words):
    item = items(template)[name]

    assert words in " ".join((item.title, item.why, item.confirm, *item.gates))


@pytest.mark.parametrize(
    ("template", "name", "number"),
    [
        (WEEK, "parallel_hours", 48),
        (WEEK, "session_hours", 12),
        (WEEK, "volunteers", 1),
        (WEEK, "org_admins_least", 2),
        (WEEK, "org_admins_most", 3),
        (WEEK, "review_days", 90),
        (FOUR, "parallel_hours", 168),
        (FOUR, "session_hours", 8),
        (FOUR, "production_reviewers", 3),
        (FOUR, "exempt_roles", 1),
        (FOUR, "break_glass_uses_seen", 2),
        (FOUR, "trail_dollars_month", 180),
        (RETIRE, "root_keys", 0),
    ],
)
def test_a_number_of_the_stories_is_a_setting(template, name, number):
    assert template.settings[name] == number


def test_every_gate_is_used_and_says_what_it_means():
    used = {gate for template in BY_NAME.values() for item in template.items for gate in item.gates}

    assert {name for name in used if not name.startswith(PERSON)} == set(FACT_GATES)
    assert {name.removeprefix(PERSON) for name in used if name.startswith(PERSON)} == set(
        PERSON_GATES
    )
    assert all(len(meaning(name).split()) > 3 for name in used)
    assert not known("person:users-read")
    assert not known("owner")


def test_the_sample_of_a_template_is_read():
    template = load_template(GOOD, name="x")

    assert [item.name for item in template.items] == ["first", "second"]
    assert template.settings == {"parallel_hours": 48}
    assert template.items[1].after == ("first",)
    assert template.items[0].per == "plan"


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "x.toml: is not TOML"),
        (changed('title = "T"', ""), "x.toml: needs the text 'title'"),
        (changed('title = "T"', 'title = " T"'), "one clean line"),
        (changed('title = "T"', r'title = "T\nU"'), "one clean line"),
        (changed('source = "004"', 'source = "999"'), "'source' is '999'"),
        (changed("48", "1"), "x.toml: settings: 'parallel_hours' is 1, which is not between"),
        (changed("48", '"48"'), "needs the whole number 'parallel_hours'"),
        (changed("48", "true"), "needs the whole number 'parallel_hours'"),
        (changed("parallel_hours", "paralel_hours"), "settings: 'paralel_hours' is not known"),
        (
            changed("parallel_hours = 48", "org_admins_least = 3\norg_admins_most = 2"),
            "is more than",
        ),
        (changed("offset = 0", "offset = 4000"), "day one: 'offset' is 4000"),
        (changed('who = "lead"', 'who = "boss"'), "item first: 'who' is 'boss'"),
        (changed('why = "W"', ""), "item first: needs the text 'why'"),
        (changed('"users-read"', '"user-read"'), "item first: there is no gate 'user-read'"),
        (changed('"users-read"', ""), "item first: is automatic, with 0 gates"),
        (changed('"users-read"', '"users-read", "users-read"'), "names something twice"),
        (changed('"users-read"', "1"), "is not a list of texts"),
        (changed('"automatic"', '"manual"'), "item first: is manual, with 1 gates"),
        (changed('"automatic"', '"mixed"'), "item first: is mixed, with no sentence to confirm"),
        (changed('"manual"', '"automatic"'), "item second: is automatic, with 0 gates"),
        (changed('name = "second"', 'name = "first"'), "item first: stands twice"),
        (changed('["first"]', '["third"]'), "item second: waits for 'third'"),
        (changed('["first"]', '["second"]'), "item second: waits for 'second'"),
        (changed('["first"]', '["first"]\ncolour = "red"'), "item second: 'colour' is not known"),
        (changed('["first"]', '["first"]\noptional = 1'), "'optional' is neither true nor false"),
        (GOOD.split("[[day]]")[0], "needs at least one [[day]]"),
        (GOOD.split("[[day.item]]")[0], "day one: needs at least one [[item]]"),
        (GOOD + GOOD[GOOD.index("[[day]]") :], "day one: stands twice"),
        (GOOD + GOOD[GOOD.index("[[day]]") :].replace("offset = 0", "offset = -1"), "go forward"),
        (GOOD + "[other]", "'other' is not known here"),
    ],
)
def test_a_bad_file_says_file_item_and_reason(text, said):
    with pytest.raises(PlanDataError) as caught:
        load_template(text, name="x")

    assert str(caught.value).startswith("x.toml: ")
    assert said in str(caught.value)


def test_mixed_items_have_both():
    mixed = [item for one in BY_NAME.values() for item in one.items if item.verified == MIXED]

    assert mixed
    assert all(item.gates and item.confirm for item in mixed)
