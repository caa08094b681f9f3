"""One week of a company with 47 human IAM users: what the portal concludes on its mornings, from
its own collections over HTTP, its own counting of the delivered logs, and what leads decide.

Who is who in it is found by rule, in what the portal said the morning before.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.journeys.played import Played, Row, Standing, owners, played

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
MORNINGS = (1, 2, 3, 4, 7)
# A month of logs is not there yet; a lead lets a week do.
WINDOW_DAYS = 7


@dataclass
class Week:
    """unread: before any log was counted. days: by number; 0 is the evening after the first count.
    exported: the states of the export then. lacking: who misses a permission, until the second
    morning. woken: whose key was at rest and is used on the first day. switched: whose credentials
    are off on the second morning, and on again on the third. sharing: whose shared user is split
    off on the first morning, which user, and who keeps another."""

    people: list[Row]
    users: dict[str, list[str]]
    unread: Standing
    unread_export: dict[str, str | None]
    days: dict[int, Standing] = field(default_factory=dict)
    exported: dict[int, dict[str, str | None]] = field(default_factory=dict)
    lacking: str = ""
    woken: str = ""
    switched: str = ""
    sharing: tuple[str, str, str] = ("", "", "")


@pytest.fixture(scope="module")
def week(tmp_path_factory: Any) -> Iterator[Week]:
    with played("fifty", tmp_path_factory.mktemp("week")) as world:
        made = _first_evening(world)
        acts = {1: _first_morning, 2: _second_morning}
        for number in MORNINGS:
            made.days[number] = world.day(number)
            made.exported[number] = world.exported()
            acts.get(number, lambda *_: None)(world, made)
        yield made


def _first_evening(world: Played) -> Week:
    world.portal("collect", "--summary")
    world.import_roster()
    known = owners(world)
    world.decide("link", *known)
    world.decide("threshold", {"window_days": WINDOW_DAYS})
    users = defaultdict(list)
    for row in known:
        users[row["email"]].append(row["arn"])
    made = Week(world.organization.world("people"), users, world.standing(), world.exported())
    world.import_logs()
    made.days[0], made.exported[0] = world.standing(), world.exported()
    return made


def _first_morning(world: Played, week: Week) -> None:
    """A key at rest is used, another person is cut over, and a shared user is given up."""
    ready = sorted(week.days[0].people("ready") & week.days[1].people("ready"))
    week.woken, week.switched = [
        who for who in ready if any(key.active for _, key in world.cast(week.users[who][0]).keys)
    ][:2]
    world.use_key(week.users[week.woken][0], world.now.replace(hour=12, minute=0))
    for arn in week.users[week.switched]:
        world.switch_off(arn)
    kinds = {row["arn"]: row for row in world.organization.world("classes")}
    # The one that no tag names an owner of is the one to be given up.
    shared = sorted(arn for arn, row in kinds.items() if row["kind"] == "mixed")
    given_up = next(arn for arn in shared if not world.cast(arn).spec.tags)
    kept = next(arn for arn in shared if arn != given_up)
    week.sharing = (kinds[given_up]["owner"], given_up, kinds[kept]["owner"])
    world.decide("unlink", {"arn": given_up})
    world.decide("declare", {"arn": given_up, "kind": "workload"})
    week.lacking, set_name, actions = _lacking(world, week.days[1])
    world.allow(set_name, actions)


def _lacking(world: Played, standing: Standing) -> tuple[str, str, list[str]]:
    """Somebody whom nothing blocks but what one permission set does not allow."""
    denied: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in world.rows("forecast"):
        if row["decision"] == "denied":
            denied[row["person"]].add((row["permission_set"], row["action"]))
    for who, found in sorted(denied.items()):
        names = {name for name, _ in found}
        if who in standing.rows and standing.blocked(who) == {"forecast"} and len(names) == 1:
            return who, min(names), sorted(action for _, action in found)
    raise AssertionError(f"nobody lacks permissions of one set alone: {dict(denied)}")


def _second_morning(world: Played, week: Week) -> None:
    """What was switched off comes back."""
    for arn in week.users[week.switched]:
        world.set_keys(arn, "Active")


def test_nobody_is_ready_before_any_log_is_counted(week: Week) -> None:
    assert week.unread.people("ready") == set()
    assert "ready" not in week.unread_export.values()
    signed_in = {row["gates"]["signed-in"] for row in week.unread.rows.values() if row["gates"]}
    assert signed_in == {"unknown"}


def test_whoever_left_the_old_path_is_ready_once_the_logs_say_so(week: Week) -> None:
    ready = week.days[0].people("ready")

    assert len(ready) >= 3
    assert {week.exported[0][who] for who in ready} == {"ready"}
    assert all(not week.days[0].blocked(who) for who in ready)


def test_every_ready_of_the_week_stands_on_whole_gates(week: Week) -> None:
    for standing in week.days.values():
        for who in standing.people("ready"):
            assert standing.rows[who]["certain"]
            assert standing.blocked(who) == set()


def test_a_missing_permission_holds_somebody_back_until_it_is_added(week: Week) -> None:
    assert week.days[1].gate(week.lacking, "forecast") == "blocked"
    assert week.exported[1][week.lacking] != "ready"
    assert week.days[2].gate(week.lacking, "forecast") == "ready"
    assert week.exported[2][week.lacking] == "ready"


def test_a_shared_user_holds_its_owner_back_until_it_is_given_up(week: Week) -> None:
    owner, given_up, other = week.sharing

    assert [week.days[day].gate(owner, "workload") for day in (0, 1)] == ["blocked", "blocked"]
    assert week.days[2].gate(owner, "workload") == "ready"
    assert week.days[2].state(given_up) == "workload"
    assert {standing.gate(other, "workload") for standing in week.days.values()} == {"blocked"}
    assert all(other not in standing.people("ready") for standing in week.days.values())


def test_leavers_are_departed_with_what_still_opens(week: Week) -> None:
    left = {row["email"] for row in week.people if row["left_on"]}

    assert left
    for number, standing in week.days.items():
        assert standing.people("departed") == left
        assert {week.exported[number][who] for who in left} == {"departed"}
    for who in left:
        row = week.days[7].rows[who]
        assert row["open"] > 0
        assert f"{row['open']} of their credentials still work" in row["sentence"]


def test_a_key_that_wakes_up_shows_as_a_regression(week: Week) -> None:
    assert week.exported[1][week.woken] == "ready"
    assert week.exported[2][week.woken] == "regressed"
    assert "The old path was used on 2030-01-08 12:00" in week.days[2].rows[week.woken]["sentence"]


def test_credentials_that_come_back_show_as_a_regression(week: Week) -> None:
    assert [week.exported[day][week.switched] for day in (1, 2, 3, 4)] == [
        "ready",
        "disabled",
        "regressed",
        "regressed",
    ]
    assert "active again" in week.days[3].rows[week.switched]["sentence"]
