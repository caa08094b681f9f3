"""The plan of one week, run from the health check to the page that says done: a company of 47 human
IAM users, a clock that moves on, pages in a real browser, scripts run over HTTP by AWS's own CLI.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.aws_cli import aws_cli_folder
from tests.browser.conftest import browser
from tests.journeys.one_week_played import OneWeek
from tests.journeys.one_week_prepared import SECOND
from tests.journeys.plan_played import Administrator, Office
from tests.journeys.played import played

__all__ = ["browser"]
pytestmark = [pytest.mark.slow, pytest.mark.nightly, pytest.mark.browser]

LAST_DAY = (
    "standby",
    "apply-guardrail",
    "audit-disabled",
    "delete-passwords",
    "move-workloads",
    "document",
    "runbook",
)


@pytest.fixture(scope="module")
def week(browser: Browser, tmp_path_factory: Any) -> Iterator[OneWeek]:
    aws_cli_folder()
    folder = tmp_path_factory.mktemp("scripts")
    with played("fifty", tmp_path_factory.mktemp("one-week")) as world:
        made = OneWeek(world, Administrator(world), Office(browser, world), folder)
        made.play()
        yield made


@pytest.fixture(scope="module")
def ended(week: OneWeek) -> OneWeek:
    week.end()
    return week


def test_the_plan_is_made_in_the_browser_and_shows_its_days(week: OneWeek) -> None:
    assert "Tue 2030-01-08 Identity Center provisioning" in week.saw["the days"]
    assert "Fri 2030-01-11 Cutover" in week.saw["the days"]
    assert "1 wave, 4 members" in week.saw["waves"]


def test_leavers_hold_the_plan_back_until_nothing_of_theirs_is_active(week: OneWeek) -> None:
    assert week.verdicts("health check", "find-leavers") == {"open"}
    assert week.verdicts("the identity provider is connected", "find-leavers") == {"done"}


def test_an_item_opens_by_itself_when_the_identity_provider_is_connected(week: OneWeek) -> None:
    item = "connect-identity-provider"

    assert week.verdicts("health check", item) == {"open"}
    assert week.verdicts("the identity provider is connected", item) == {"done"}


def test_the_directory_is_proven_by_a_user_who_came_and_went(week: OneWeek) -> None:
    gone = week.stood["the test user is gone"]["scim-proven", ""]
    came, went = sorted(gone["gates"], key=lambda gate: str(gate["name"]))

    assert (came["name"], came["verdict"]) == ("scim-arrives", "ready")
    assert "was seen 3 h 0 min after being added" in came["sentence"]
    assert (went["name"], went["verdict"]) == ("scim-leaves", "unknown")
    assert "whether a session was open is known from the log by" in went["sentence"]
    assert week.verdicts("the sets are reviewed", "scim-proven") == {"done"}


@pytest.mark.parametrize(
    "item", ["limit-org-admin", "production-for-on-call", "review-sets", "assign-by-groups"]
)
def test_permission_sets_are_put_in_order_and_reviewed(week: OneWeek, item: str) -> None:
    assert "open" in week.verdicts("health check", item)
    assert week.verdicts("the sets are reviewed", item) == {"done"}


def test_both_ways_stay_open_for_two_days_before_anybody_is_cut_over(week: OneWeek) -> None:
    assert week.verdicts("the sets are reviewed", "keep-old-path") == {"open"}
    assert week.verdicts("both ways are open", "keep-old-path") == {"done"}


def test_a_wave_is_tested_when_each_of_its_people_says_so(week: OneWeek) -> None:
    assert week.verdicts("both ways are open", "engineers-test") == {"open"}
    assert week.verdicts("the wave has tested", "engineers-test") == {"done"}


def test_everybody_is_told_by_hand_where_no_channel_is_set_up(week: OneWeek) -> None:
    assert week.verdicts("the wave has tested", "tell-everybody") == {"open"}
    assert week.verdicts("before the cutover", "tell-everybody") == {"done"}


def test_the_interlock_refuses_whoever_is_blocked_and_lets_the_others_pass(week: OneWeek) -> None:
    said = week.saw["refused"]

    assert "4 of 5 people may be cut over now; 1 is refused." in said
    assert "Nothing denied (gate forecast) is blocked:" in said


def test_a_second_lead_approves_where_production_is_touched(week: OneWeek) -> None:
    assert "Somebody else than who handed them out has to approve" in week.saw["approved alone"]
    assert "Approved: the scripts can be downloaded." in week.saw["approved"]
    assert f"{SECOND} approved them" in week.saw["approved"]


@pytest.mark.parametrize("run", ["cut", "back", "cut again", "verified"])
def test_the_downloaded_scripts_run_without_an_error(week: OneWeek, run: str) -> None:
    assert len(week.ran[run]) == 4
    assert [done.stderr for done in week.ran[run] if done.returncode] == []


@pytest.mark.parametrize("item", ["disable-keys", "disable-users"])
def test_items_close_when_the_scripts_ran_and_open_when_they_are_rolled_back(
    week: OneWeek, item: str
) -> None:
    moments = ("before the cutover", "cut over", "given back", "cut over again")
    told = [week.verdicts(moment, item) for moment in moments]

    assert told == [{"open"}, {"done"}, {"open"}, {"done"}]


def test_the_watch_page_shows_what_is_off_and_what_came_back(week: OneWeek) -> None:
    assert "4 of 4 IAM users are off." in week.saw["cut over"]
    assert "0 of 4 IAM users are off; 4 were missed" in week.saw["given back"]
    assert "4 of 4 IAM users are off." in week.saw["cut over again"]


def test_a_late_use_reopens_what_was_done(week: OneWeek) -> None:
    assert "the old path was used 1 time since" in week.saw["a late use"]
    assert "used: reopened" in week.saw["a late use"]
    for item in ("everybody-tested", "no-way-back"):
        assert week.verdicts("cut over again", item) == {"done"}
        assert "open" in week.verdicts("a late use", item)


@pytest.mark.parametrize(
    "item",
    [
        "standby",
        "apply-guardrail",
        "audit-disabled",
        "delete-passwords",
        "move-workloads",
        "document",
        "runbook",
    ],
)
def test_items_of_the_last_day_close_by_facts_and_by_hand(week: OneWeek, item: str) -> None:
    assert "open" in week.verdicts("a late use", item)
    assert week.verdicts("locked down", item) == {"done"}


def test_a_user_of_a_late_use_is_not_yet_safe_to_delete(week: OneWeek) -> None:
    assert "3 of 4 disabled IAM users may be deleted" in week.saw["disabled"]
    assert "0 were not claimed and not decided" in week.saw["decided"]


def test_quiet_days_close_what_the_late_use_reopened(ended: OneWeek) -> None:
    for item in ("engineers-test", "everybody-tested", "no-way-back"):
        assert ended.verdicts("quiet again", item) == {"done"}
    assert "4 of 4 disabled IAM users may be deleted" in ended.saw["deletion"]


def test_the_statements_hold_on_each_of_seven_days(ended: OneWeek) -> None:
    assert ended.verdicts("locked down", "statements-hold") == {"open"}
    held = ended.stood["done"]["statements-hold", ""]

    assert held["verdict"] == "done"
    assert "held on each of 7 days from 2030-01-24 to 2030-01-30" in held["sentence"]


def test_every_item_but_the_optional_one_is_done_in_the_end(ended: OneWeek) -> None:
    left = {name for (name, _), row in ended.stood["done"].items() if row["verdict"] != "done"}

    assert left == {"insurance-question"}


def test_the_last_page_says_done_with_dates_and_a_lead_closes_the_plan(ended: OneWeek) -> None:
    assert "Done. All 34 required items are done since 2030-01-30" in ended.saw["done"]
    assert "Finished on 2030-01-30" in ended.saw["closed"]
    assert "the last one closed on 2030-01-30" in ended.saw["closed"]


def test_no_page_complained(ended: OneWeek) -> None:
    assert ended.office.errors == []
