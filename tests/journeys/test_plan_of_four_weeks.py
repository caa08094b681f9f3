"""The plan of four weeks, from its first day to done, against the sample organisation of fourteen:
its clock moves on, its logs are delivered, people sit before a real browser, and administrators run
what the portal hands out.

Each act that changes the world is in four_weeks_played; here is what the portal said meanwhile.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.aws_cli import aws_cli_folder
from tests.browser.conftest import browser
from tests.journeys.four_weeks_played import HELD, LATE, SHARED, FourWeeks
from tests.journeys.one_week_prepared import SECOND
from tests.journeys.plan_played import LEAD, Administrator, Office
from tests.journeys.played import played

__all__ = ["browser"]
pytestmark = [pytest.mark.slow, pytest.mark.nightly, pytest.mark.browser]
DONE, OPEN = {"done"}, {"open"}


@pytest.fixture(scope="module")
def run(browser: Browser, tmp_path_factory: Any) -> Iterator[FourWeeks]:
    aws_cli_folder()
    place = tmp_path_factory.mktemp("four-weeks")
    (place / "scripts").mkdir()
    with played("fourteen", place) as world:
        office = Office(browser, world)
        made = FourWeeks(world, Administrator(world), office, place / "scripts")
        for act in ACTS:
            act(made)
        yield made


ACTS = (
    FourWeeks.inventory,
    FourWeeks.split,
    FourWeeks.sets_as_code,
    FourWeeks.move_programs,
    FourWeeks.both_ways,
    FourWeeks.last_day,
    FourWeeks.there_and_back,
    FourWeeks.late_use,
    FourWeeks.guard,
    FourWeeks.clean_up,
    FourWeeks.prove,
)


def test_days_of_the_calendar_are_shown_before_the_plan_is_made(run: FourWeeks) -> None:
    for day in ("Mon 7 Jan", "Mon 14 Jan", "Mon 21 Jan", "Mon 28 Jan", "Mon 4 Feb"):
        assert day in run.saw["the first day"]


def test_what_is_so_on_the_first_day_is_done_by_itself(run: FourWeeks) -> None:
    for item in ("list-users", "list-keys", "take-snapshot", "map-users", "log-everything"):
        assert run.verdicts("the first day", item) == DONE, item
    for item in ("no-human-keys", "no-console-users", "guardrail-at-root", "tell-everybody"):
        assert run.verdicts("the first day", item) == OPEN, item


def test_a_shared_user_is_split_when_it_is_the_programs_alone(run: FourWeeks) -> None:
    for arn in SHARED:
        assert run.stood["the first day"]["split-mixed", arn]["verdict"] == "open"
    assert run.verdicts("the shared users are split", "split-mixed") == DONE


def test_gaps_close_by_themselves_when_permissions_are_added(run: FourWeeks) -> None:
    assert "open" in run.verdicts("week 2 begins", "close-gaps")
    assert "open" in run.verdicts("week 3 begins", "close-gaps")
    assert run.verdicts("the last gap is closed", "close-gaps") == DONE


def test_sets_are_reviewed_by_three_and_again_when_they_change(run: FourWeeks) -> None:
    for item in ("review-sets", "review-production"):
        assert "open" in run.verdicts("the sets are in code", item)
        assert run.verdicts("the sets are reviewed", item) == DONE
    assert run.verdicts("the last gap is closed", "review-sets") == {"done", "open"}
    assert run.verdicts("the set is reviewed again", "review-sets") == DONE


def test_programs_are_moved_when_their_keys_rest(run: FourWeeks) -> None:
    assert run.verdicts("week 2 begins", "move-workloads") == OPEN
    assert run.verdicts("week 3 begins", "move-workloads") == DONE


def test_a_tested_wave_opens_the_way_and_both_ways_were_open_for_a_week(run: FourWeeks) -> None:
    assert run.verdicts("week 3 begins", "cli-with-sso") == OPEN
    assert run.verdicts("everybody has tested", "cli-with-sso") == DONE
    assert run.verdicts("the first day", "parallel-week") == OPEN
    assert run.verdicts("week 3 begins", "parallel-week") == DONE


def test_old_tools_are_no_longer_seen_a_week_after_the_update(run: FourWeeks) -> None:
    assert "open" in run.verdicts("week 2 begins", "update-tools")
    assert run.verdicts("week 3 begins", "update-tools") == DONE


def test_everybody_is_told_before_the_old_access_ends(run: FourWeeks) -> None:
    assert run.verdicts("week 4 begins", "tell-everybody") == OPEN
    assert run.verdicts("everybody is told", "tell-everybody") == DONE


def test_the_interlock_refuses_whoever_used_a_key_this_morning(run: FourWeeks) -> None:
    shown = run.saw["refused"]

    assert "11 of 12 people may be cut over now; 1 is refused." in shown
    assert "Eamon Muller refused" in shown
    assert "Last used on 2030-01-28 07:00 UTC" in shown
    assert not [
        script for script in run.folder.glob("*.sh") if "eamon.muller" in script.read_text()
    ]


def test_production_waits_for_a_second_lead(run: FourWeeks) -> None:
    assert (
        "Somebody else than who handed them out has to approve them." in run.saw["approved alone"]
    )
    assert "Approved: the scripts can be downloaded." in run.saw["approved"]
    assert LEAD != SECOND


def test_the_downloaded_scripts_run_without_an_error(run: FourWeeks) -> None:
    for step, done in run.ran.items():
        assert len(done) >= 1, step
        assert [one.stderr for one in done if one.returncode] == [], step
    assert all("Dry run: nothing was changed." in one.stdout for one in run.ran["dry"])


def test_keys_that_are_off_close_their_items_and_a_rollback_opens_them(run: FourWeeks) -> None:
    keys = {
        moment: {
            row["verdict"]
            for (item, arn), row in run.stood[moment].items()
            if item == "no-human-keys" and arn not in run.users[HELD]
        }
        for moment in ("everybody is told", "cut over", "given back", "cut over again")
    }

    assert keys == {
        "everybody is told": OPEN,
        "cut over": DONE,
        "given back": OPEN,
        "cut over again": DONE,
    }


def test_a_late_use_is_raised_and_opens_what_was_done(run: FourWeeks) -> None:
    assert "the old path was used 1 time since" in run.saw["a late use"]
    assert run.stood["a late use"]["measure-old-path", _person(run, LATE)]["verdict"] == "open"
    assert run.verdicts("a late use", "look-through-users") == OPEN


def _person(run: FourWeeks, email: str) -> str:
    """The subject of a person's items."""
    name = email.split("@")[0].replace(".", " ").title()
    return next(
        subject
        for (item, subject), row in run.stood["the first day"].items()
        if item == "measure-old-path" and row["name"] == name
    )


def test_whoever_was_held_back_is_cut_over_once_a_lead_waives_the_gate(run: FourWeeks) -> None:
    assert run.verdicts("a late use", "no-human-keys") == {"done", "open"}
    assert run.verdicts("everybody is cut over", "no-human-keys") == DONE


def test_passwords_go_last(run: FourWeeks) -> None:
    assert "open" in run.verdicts("everybody is cut over", "no-console-users")
    assert run.verdicts("passwords are gone", "no-console-users") == DONE


def test_the_guardrail_is_proven_by_evaluation_and_exempts_one_role(run: FourWeeks) -> None:
    for item in ("guardrail-at-root", "one-exempt-role"):
        assert run.verdicts("passwords are gone", item) == OPEN
        assert run.verdicts("the guardrail is up", item) == DONE


def test_a_use_of_break_glass_opens_its_item_until_it_is_reviewed(run: FourWeeks) -> None:
    assert run.verdicts("the guardrail is up", "review-break-glass") == DONE
    assert run.verdicts("the day after", "review-break-glass") == OPEN
    assert "Reviewed. The journal has it." in run.saw["reviewed"]
    assert run.verdicts("the users are deleted", "review-break-glass") == DONE


def test_the_last_page_says_done_and_a_lead_closes_the_plan(run: FourWeeks) -> None:
    open_ones = {key: row["verdict"] for key, row in run.stood["done"].items()}

    assert {key: told for key, told in open_ones.items() if told != "done"} == {}
    assert "Done" in run.saw["done"]
    assert "2030-02-06" in run.saw["done"]
    assert "finished" in run.saw["closed"]


def test_no_page_complained(run: FourWeeks) -> None:
    assert run.office.errors == []
