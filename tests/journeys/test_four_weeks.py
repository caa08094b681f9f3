"""Four weeks of a company with 14 IAM users, as those see them who sign in to the portal: the board
of people in a real browser, on the mornings of a world whose clock moves on.

Nothing is written into the portal but what leads decide. Who is who is found by rule, in what the
portal showed before.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from migrations_plan.rules.class_facts import HUMAN, WORKLOAD
from migrations_plan.rules.split import TITLES
from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.journeys.browsing import Browsing
from tests.journeys.four_weeks import ACTS, BACK, LAST, REFUSED, Month, first_evening, look
from tests.journeys.played import played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly]
MORNINGS = (1, 7, 10, 14, 15, 28)


@pytest.fixture(scope="module")
def month(browser: Any, tmp_path_factory: Any) -> Iterator[Month]:  # noqa: F811
    place = tmp_path_factory.mktemp("month")
    (place / "shots").mkdir()
    with played("fourteen", place) as world:
        seen = Browsing(world, browser, place / "shots")
        made = first_evening(world, seen)
        for number in MORNINGS:
            world.day(number)
            look(made, number)
            if number in ACTS:
                ACTS[number](world, made)
        with seen.signed_in() as page:
            made.texts["progress"] = seen.open(page, "/progress/")
            seen.shoot(page, "progress")
        yield made


def test_nobody_is_ready_before_any_log_is_counted(month: Month) -> None:
    everybody = set(month.users)

    assert month.boards["collected"].people("unmapped") >= everybody
    assert month.boards["linked"].people("mapped") == everybody
    assert month.boards["linked"].people("ready") == set()


def test_people_come_all_the_way_by_themselves_as_the_world_changes(month: Month) -> None:
    stops = ("collected", "linked", "counted", 1, 7, 10, 14)

    assert month.states(month.late, *stops) == [
        "unmapped",
        "mapped",
        "assigned",
        "mapped",
        "assigned",
        "parallel",
        "ready",
    ]
    assert month.boards[1].gates(month.late)["assigned"] == "blocked"
    assert month.boards[7].gates(month.late)["signed-in"] == "blocked"
    assert month.boards[10].gates(month.late)["forecast"] == "blocked"
    assert month.boards[14].gates(month.late) == {"tools": "waived"}


def test_more_people_are_ready_each_week(month: Month) -> None:
    ready = [len(month.boards[day].people("ready")) for day in (1, 7, 14)]

    assert ready == sorted(ready)
    assert ready[-1] >= ready[0] + 3


def test_whoever_is_ready_has_no_gate_that_is_anything_else(month: Month) -> None:
    for board in month.boards.values():
        for who in board.people("ready"):
            assert set(board.gates(who).values()) <= {"waived"}
            assert "ready" in board.rows[who]["ready"]


def test_an_account_that_cannot_be_read_makes_its_people_unknown_never_ready(month: Month) -> None:
    board = month.boards["refused"]

    assert month.states(month.refused, REFUSED) == ["ready"]
    assert board.state(month.refused) != "ready"
    assert "unknown" in board.gates(month.refused).values()
    assert "blocked" not in board.gates(month.refused).values()
    assert "denied" in month.texts["refused"] or "refused" in month.texts["refused"]


def test_with_the_next_whole_read_they_are_ready_again(month: Month) -> None:
    assert month.states(month.refused, BACK) == ["ready"]


def test_a_key_that_wakes_up_reopens_what_was_closed(month: Month) -> None:
    assert month.states(month.woken, REFUSED, BACK) == ["ready", "regressed"]
    assert month.boards[BACK].gates(month.woken)["quiet"] == "blocked"
    assert "The old path was used on 2030-01-21 12:00" in month.texts["woken"]


def test_a_command_line_that_came_back_has_to_be_seen_over_sso_too(month: Month) -> None:
    assert month.states(month.woken, LAST) != ["ready"]
    assert month.boards[LAST].gates(month.woken)["sso-cli"] == "blocked"


def test_a_regression_ends_by_itself_once_the_old_path_was_quiet(month: Month) -> None:
    ways = [month.states(who, 7, 10, 14) for who in month.users]

    assert ["ready", "regressed", "ready"] in ways


def test_whoever_lacks_a_permission_stays_blocked_to_the_end(month: Month) -> None:
    days = ("counted", *MORNINGS)

    assert set(month.states(month.held, *days)) == {"parallel"}
    assert all(month.boards[day].gates(month.held)["forecast"] == "blocked" for day in days)


def test_they_read_on_their_own_page_what_is_missing(month: Month) -> None:
    assert "would be denied" in month.texts["own"]


def test_a_shared_user_shows_how_to_take_it_apart(month: Month) -> None:
    text = month.texts["split"]

    assert "Used as mixed" in text
    assert "How to split it" in text
    assert all(f"{TITLES[side]}:" in text for side in (HUMAN, WORKLOAD))


def test_a_split_user_stands_in_nobodys_way_any_more(month: Month) -> None:
    (arn,) = month.users[month.shared]
    name = f"IAM user {arn.rsplit('/', 1)[1]}"

    assert month.boards[7].gates(month.shared)["workload"] == "blocked"
    assert month.boards[10].state(name) == "workload"
    assert "workload" not in month.boards[10].gates(month.shared)
    assert month.boards[LAST].gates(month.sharing)["workload"] == "blocked"


def test_whoever_is_disabled_in_the_directory_has_left(month: Month) -> None:
    assert month.states(month.leaver, BACK, LAST) == ["parallel", "departed"]
    assert "of their credentials still work" in month.boards[LAST].sentence(month.leaver)


def test_progress_tells_of_the_weeks(month: Month) -> None:
    assert "2030-02-04" in month.texts["progress"]


def test_no_page_complained(month: Month) -> None:
    assert month.seen.complaints == []
