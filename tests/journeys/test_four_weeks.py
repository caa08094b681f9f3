"""Four weeks of a company with 14 IAM users, as those see them who sign in to the portal: the board
of people in a real browser, on the mornings of a world whose clock moves on.

Nothing is written into the portal but what leads decide. Who is who is found by rule, in what the
portal showed before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from migrations_plan.rules.class_facts import HUMAN, WORKLOAD
from migrations_plan.rules.split import TITLES
from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.journeys.browsing import Browsing, Seen
from tests.journeys.directory import Directory
from tests.journeys.played import Played, Row, owners, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly]
MORNINGS = (1, 7, 10, 14, 15, 28)
REFUSED, BACK, LAST = 14, 15, 28


@dataclass
class Month:
    """What was seen. boards: by what had happened, or by the day's number. texts: of other pages.
    users: by address, the ARNs of the IAM users.

    late: who has access and used nothing of it yet; loses it, gets it back, and begins. held: whom
    only a missing permission holds back, and who never gets it. shared: whose user a program shares
    too, and is split; sharing: who goes on sharing theirs. refused: who is ready when the account
    of their user is not readable for a while. woken: whose key is used after they were ready.
    leaver: who is disabled in the directory.
    """

    seen: Browsing
    users: dict[str, list[str]]
    boards: dict[int | str, Seen] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    late: str = ""
    held: str = ""
    shared: str = ""
    sharing: str = ""
    refused: str = ""
    woken: str = ""
    leaver: str = ""

    def states(self, who: str, *when: int | str) -> list[str]:
        return [self.boards[one].state(who) for one in when]


@pytest.fixture(scope="module")
def month(browser: Any, tmp_path_factory: Any) -> Iterator[Month]:  # noqa: F811
    place = tmp_path_factory.mktemp("month")
    (place / "shots").mkdir()
    with played("fourteen", place) as world:
        seen = Browsing(world, browser, place / "shots")
        made = _first_evening(world, seen)
        for number in MORNINGS:
            world.day(number)
            _look(made, number)
            if number in ACTS:
                ACTS[number](world, made)
        with seen.signed_in() as page:
            made.texts["progress"] = seen.open(page, "/progress/")
            seen.shoot(page, "progress")
        yield made


def _look(made: Month, when: int | str) -> Seen:
    with made.seen.signed_in() as page:
        made.boards[when] = made.seen.board(page)
        made.seen.shoot(page, f"board-{when}")
    return made.boards[when]


def _first_evening(world: Played, seen: Browsing) -> Month:
    world.portal("collect", "--summary")
    known = owners(world)
    users: dict[str, list[str]] = {}
    for row in known:
        users.setdefault(row["email"], []).append(row["arn"])
    made = Month(seen, users)
    world.decide("sign_ins", *(_sign_in(role) for role in ("lead", "auditor", "engineer")))
    _look(made, "collected")
    world.decide("link", *known)
    _look(made, "linked")
    world.import_logs()
    board = _look(made, "counted")
    (made.late,) = board.people("assigned")
    shared = {who for who in board.rows if board.gates(who).get("workload") == "blocked"}
    made.shared, made.sharing = sorted(shared, key=lambda who: len(board.gates(who)))
    made.groups = Directory(world).leave_groups(made.late)
    return made


def _sign_in(role: str, email: str = "") -> Row:
    return {"role": role, "name": f"{role}@example.com", "email": email}


def _lacking(board: Seen) -> set[str]:
    """Whom a missing permission blocks."""
    return {
        who for who in board.people("parallel") if board.gates(who).get("forecast") == "blocked"
    }


def _give_back(world: Played, made: Month) -> None:
    Directory(world).join_groups(made.late, made.groups)


def _split(world: Played, made: Month) -> None:
    """The shared user becomes the program's alone; a lead declares it on the page that shows how to
    take it apart."""
    seen, board = made.seen, made.boards[7]
    (arn,) = made.users[made.shared]
    with seen.signed_in() as page:
        seen.person(page, board, made.shared)
        href = page.locator("main a[href^='/iam-users/']").first.get_attribute("href")
        made.texts["split"] = seen.open(page, f"{href}identity/")
        seen.shoot(page, "split")
        page.locator("summary", has_text="Declare what it is").first.click()
        form = page.locator("form.decide").first
        form.locator("select[name=kind]").select_option("workload")
        form.locator("input[name=reason]").fill("The person works over Identity Center now.")
        form.get_by_role("button", name="Declare").click()
        page.wait_for_load_state("networkidle")
    world.decide("unlink", {"arn": arn})
    granted = world.organization.world("assignments")
    one = next(row for row in granted if row["person"] == made.shared)
    target = {name: one[name] for name in ("account_id", "permission_set")}
    world.decide("target", {"email": made.shared, **target})


def _add_permissions(world: Played, made: Month) -> None:
    """What the late one lacks is added to the sets that deny it, and their old tool is waived on
    the board: a wrapper renews its sessions. Whoever lacks what was used last stays without."""
    denied = [row for row in world.rows("forecast") if row["decision"] == "denied"]
    late = [row for row in denied if row["person"] == made.late]
    for name in {row["permission_set"] for row in late}:
        actions = [row["action"] for row in late if row["permission_set"] == name]
        # Some requests hand a role to a service, and the log's counts do not say which.
        world.allow(name, [*actions, "iam:PassRole"])
    added = {row["action"] for row in late}
    always = _lacking(made.boards["counted"]) & _lacking(made.boards[10])
    left = [row for row in denied if row["person"] in always and row["action"] not in added]
    made.held = max(left, key=lambda row: str(row["last_seen"]))["person"]
    world.decide("sign_ins", _sign_in("engineer", made.held))
    with made.seen.signed_in() as page:
        made.seen.board(page)
        page.locator("tr", has_text=made.late).locator("input.pick").check()
        page.locator("summary", has_text="Waive a gate").click()
        page.locator("#waive-gate").select_option("tools")
        page.locator("#waive-reason").fill("granted stands in front of the old tool.")
        page.get_by_role("button", name="Waive").click()
        page.wait_for_load_state("networkidle")
        made.seen.shoot(page, "waived")


def _wake_and_refuse(world: Played, made: Month) -> None:
    """Somebody who is ready uses a key after all; of somebody else who is ready the account cannot
    be read that day, and the board is looked at again."""
    board = made.boards[REFUSED]
    ready = sorted(board.people("ready") - {made.late, made.shared})
    made.woken = next(who for who in ready if _active_key(world, made.users[who][0]))
    made.refused = next(
        who
        for who in ready
        if world.cast(made.users[who][0]).account != world.cast(made.users[made.woken][0]).account
    )
    account = world.cast(made.users[made.refused][0]).account
    rule = {"service": "sts", "operation": "AssumeRole", "kind": "deny", "account_id": account}
    world.organization.fault(**rule)
    world.go_to(world.now.replace(hour=11, minute=0))
    world.portal("collect", "--summary", fails=True)
    _look(made, "refused")
    with made.seen.signed_in("Auditor") as page:
        made.texts["refused"] = made.seen.person(page, made.boards["refused"], made.refused)
        made.seen.shoot(page, "refused")
    world.organization.clear_faults()
    world.use_key(made.users[made.woken][0], world.now.replace(hour=12, minute=0))


def _active_key(world: Played, arn: str) -> bool:
    return any(key.active for _, key in world.cast(arn).keys)


def _leave(world: Played, made: Month) -> None:
    with made.seen.signed_in() as page:
        made.texts["woken"] = made.seen.person(page, made.boards[BACK], made.woken)
        made.seen.shoot(page, "woken")
    made.leaver = min(_lacking(made.boards[BACK]) - {made.held, made.late, made.sharing})
    Directory(world).disable(made.leaver)


def _own_page(world: Played, made: Month) -> None:
    with made.seen.signed_in("Engineer") as page:
        made.texts["own"] = made.seen.open(page, "/my-access/")
        made.seen.shoot(page, "my-access")


ACTS: dict[int, Callable[[Played, Month], None]] = {
    1: _give_back,
    7: _split,
    10: _add_permissions,
    REFUSED: _wake_and_refuse,
    BACK: _leave,
    LAST: _own_page,
}


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
