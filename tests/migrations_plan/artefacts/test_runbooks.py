"""Runbooks and messages: made from facts, honest about what is not known, deaf to hostile names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from migrations_plan.artefacts import messages, runbooks
from migrations_plan.artefacts.messages import Occasion, Recipient
from migrations_plan.artefacts.runbooks import Opening, RunbookFacts

AS_OF = datetime(2026, 11, 30, 22, tzinfo=UTC)
START = "https://acme.awsapps.com/start"
HOSTILE = "x`\n# <img src=x onerror=alert(1)> [a](javascript:b) \N{RIGHT-TO-LEFT OVERRIDE}"
FACTS = RunbookFacts(
    start_url=START,
    directory="Okta",
    openings=(
        Opening("aws-oncall", "ProductionAdmin", "acme-prod", "prod"),
        Opening("engineering", "DeveloperFullAccess", "acme-dev", "dev", default=True),
        Opening("engineering", "ReadOnly", "acme-lab", "unknown", default=True),
    ),
    portal_hours=8,
    role_hours=12,
    channel="#sec-emergency",
    break_glass_set="ProdBreakGlass",
    independent="",
    repository="the repository infra",
    reviewers=1,
    production_reviewers=3,
    as_of=AS_OF,
)
TO = Recipient(
    "Nora Jansen",
    "nora@example.com",
    ("user nora in acme-prod-app, 2 active keys",),
    ("ProductionReadOnly in acme-prod-app",),
    ("You have not used the command line over SSO yet.",),
)
CENTRAL = timezone(timedelta(hours=1), "CET")
WHEN = Occasion(
    START,
    "https://portal.example.com/my-access/",
    "#aws-migration",
    datetime(2026, 12, 2, 17, tzinfo=CENTRAL),
    datetime(2026, 12, 3, 18, tzinfo=CENTRAL),
    AS_OF,
)


def test_a_new_engineer_gets_a_group_and_no_user():
    text = runbooks.new_engineer(FACTS).text

    assert "a group in Okta" in text
    assert text.index("`engineering` (for everybody)") < text.index("`aws-oncall`:")
    assert "`DeveloperFullAccess` in acme-dev (dev)" in text
    assert f"`{START}`" in text
    assert "Nobody makes an IAM user" in text


def test_access_of_a_leaver_lives_on_for_both_sessions_together():
    text = runbooks.leaver(FACTS).text

    assert "up to 8 hours" in text
    assert "up to 12 more" in text
    assert "over 20 hours after" in text


@pytest.mark.parametrize("unknown", [{"portal_hours": None}, {"role_hours": None}])
def test_a_length_that_is_not_known_is_said(unknown):
    assert "is not known" in runbooks.leaver(replace(FACTS, **unknown)).text


def test_break_glass_says_where_it_is_told_and_what_is_missing():
    text = runbooks.use_break_glass(FACTS).text

    assert "`#sec-emergency`" in text
    assert "THERE IS NONE YET" in text
    made = replace(FACTS, independent="the sealed user in the emergency account")
    assert "the sealed user" in runbooks.use_break_glass(made).text


def test_a_permission_in_production_needs_its_reviewers():
    text = runbooks.add_permission(FACTS).text

    assert "at least 3 for a set in" in text
    assert "- `ProductionAdmin`" in text
    assert "- `ReadOnly`" in text
    assert "- `DeveloperFullAccess`" not in text


def test_nothing_read_is_not_nothing_there():
    assert "not known: no group opens" in runbooks.new_engineer(replace(FACTS, openings=())).text
    assert "address not set" in runbooks.new_engineer(replace(FACTS, start_url="")).text


def test_hostile_names_stay_words():
    facts = replace(
        FACTS,
        directory=HOSTILE,
        openings=(Opening(HOSTILE, HOSTILE, HOSTILE, "prod"),),
        channel=HOSTILE,
        independent=HOSTILE,
        repository=HOSTILE,
    )
    for made in runbooks.runbooks(facts):
        assert "\n# <img" not in made.text
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in made.text
        outside_code = "".join(made.text.split("``")[::2])
        assert "<img" not in outside_code
        assert "](javascript" not in outside_code


def test_every_runbook_says_of_when_it_is():
    made = runbooks.runbooks(FACTS)

    assert [one.name for one in made] == [
        "runbook-new-engineer.md",
        "runbook-leaver.md",
        "runbook-break-glass.md",
        "runbook-add-permission.md",
    ]
    assert all("Made from facts as of 2026-11-30T22:00:00Z." in one.text for one in made)


def test_an_announcement_says_what_ends_when_and_what_comes_instead():
    text = messages.announcement(TO, WHEN).text

    assert text.startswith("To: nora@example.com\nSubject: Your access to AWS moves")
    assert "- user nora in acme-prod-app, 2 active keys\n" in text
    assert "- ProductionReadOnly in acme-prod-app\n" in text
    assert "It ends on Thursday 2026-12-03, 18:00 CET.\n" in text


def test_a_reminder_names_the_day_and_what_is_open():
    text = messages.test_by(TO, WHEN).text

    assert "Subject: Please test your new access to AWS by Wednesday\n" in text
    assert "Still open for you:\n- You have not used the command line over SSO yet.\n" in text


def test_the_day_itself_names_the_hour():
    text = messages.ends_today(TO, WHEN).text

    assert "Subject: Your old access to AWS ends today 18:00\n" in text
    assert "#aws-migration" in text


def test_who_has_nothing_is_told_so():
    text = messages.ends_today(replace(TO, new=(), open_items=None), WHEN).text

    assert "NOTHING IS ASSIGNED TO YOU" in text
    assert "is not known: the facts are not read yet" in text
    assert "nothing is open" in messages.stuck(replace(TO, open_items=()), WHEN).text


def test_a_name_cannot_begin_a_header_or_a_line():
    evil = "x\nBcc: everybody@example.com\r\nSubject: y"
    made = messages.messages(replace(TO, name=evil, email=evil, old=(evil,), new=(evil,)), WHEN)

    for one in made:
        assert "\nBcc:" not in one.text
        assert one.text.count("\nSubject:") == 1


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        messages.announcement(TO, replace(WHEN, ends_at=datetime(2026, 12, 3, 18)))  # noqa: DTZ001


def test_there_are_five_messages():
    made = messages.messages(TO, WHEN)

    assert [one.name.split("-")[0] for one in made] == [
        "announcement",
        "test",
        "today",
        "done",
        "stuck",
    ]
    assert messages.messages(TO, WHEN) == made
